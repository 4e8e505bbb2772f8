"""Calls between the field and the desk, as the doors take and give them."""

from marshmallow import Schema, fields

from app.service_orders.field_calls import SPOT_MAX, TEXT_MAX
from app.service_orders.filing import TITLE_MAX
from app.web.schemas import InSchema, Text
from app.web.schemas.lists import PlacePageIn
from app.web.schemas.orders import CODE_MAX


class SaidIn(InSchema):
    """What is seen, and where."""

    text = Text(required=True, length_max=TEXT_MAX)
    spot = Text(load_default="", length_max=SPOT_MAX, is_empty_ok=True)


class MySaidIn(SaidIn):
    """The same from a place of one's duty; of several, `node_code` says which."""

    node_code = Text(load_default=None, length_max=32)


class TaskIn(SaidIn):
    """What is to be done, where, by whom of the field, at which place."""

    member_id = fields.UUID(required=True)
    node_code = Text(required=True, length_max=32)


class AnswerIn(InSchema):
    """What is said to it."""

    text = Text(required=True, length_max=TEXT_MAX)


class CallOrderIn(InSchema):
    """The order that a call becomes."""

    title = Text(required=True, length_max=TITLE_MAX)
    category_code = Text(required=True, length_max=CODE_MAX)


class CallsIn(PlacePageIn):
    """Which calls of a place and below it."""

    only_unanswered = fields.Boolean(load_default=False)


class CallOut(Schema):
    """A call from the field (`to_desk`) or a task to it (`to_field`)."""

    id = fields.UUID()
    number = fields.String()
    direction = fields.String()
    node_code = fields.String()
    member_id = fields.UUID()
    name_masked = fields.String()
    text = fields.String()
    spot = fields.String()
    sent_at = fields.DateTime()
    answered_at = fields.DateTime(allow_none=True)
    answer = fields.String()
    taken_back_at = fields.DateTime(allow_none=True)
    order_id = fields.UUID(allow_none=True)
