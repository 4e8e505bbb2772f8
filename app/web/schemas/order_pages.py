"""Orders and calls as the pages' forms send them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.service_orders.field_calls import SPOT_MAX
from app.service_orders.field_calls import TEXT_MAX as SAID_MAX
from app.service_orders.filing import TEXT_MAX, TITLE_MAX
from app.service_orders.models import HANDLER_KINDS, MEANINGS
from app.service_orders.models_order import ORDER_STATES
from app.web.schemas import InSchema, PageIn, Text, WholeNumber
from app.web.schemas.orders import CODE_MAX, REASON_MAX


class AskPageIn(InSchema):
    """What is asked for, on the phone; its fields are named apart from an activity's."""

    category_code = Text(required=True, length_max=CODE_MAX)
    title = Text(required=True, length_max=TITLE_MAX, data_key="order_title")
    text = Text(load_default="", length_max=TEXT_MAX, is_empty_ok=True, data_key="order_text")


class FinishPageIn(InSchema):
    """What was done, on one day, from when to when, by whom of the team."""

    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)
    served_on = fields.Date(load_default=None)
    begins = fields.Time(load_default=None, format="%H:%M")
    ends = fields.Time(load_default=None, format="%H:%M")
    member_ids = fields.List(fields.UUID(), load_default=list)

    @validates_schema
    def check_times(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse people without times."""
        if data.get("member_ids"):
            for name in ("served_on", "begins", "ends"):
                if data.get(name) is None:
                    raise ValidationError("when was it?", name)


class CallPageIn(InSchema):
    """What is seen in the field, and where."""

    text = Text(required=True, length_max=SAID_MAX, data_key="call_text")
    spot = Text(load_default="", length_max=SPOT_MAX, is_empty_ok=True)


class MyCallPageIn(CallPageIn):
    """The same from a place of one's duty; the form names it where there are several."""

    node_code = Text(load_default=None, length_max=32)


class AnswerPageIn(InSchema):
    """What is answered."""

    text = Text(required=True, length_max=SAID_MAX, data_key="answer")


class TaskPageIn(CallPageIn):
    """A task of the desk for somebody in the field."""

    member_id = fields.UUID(required=True)


class DispatchPageIn(InSchema):
    """To whom an order is given on the phone: a team, or somebody who takes orders here."""

    hands = Text(required=True, length_max=48)
    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class CallOrderPageIn(InSchema):
    """The order that a call becomes."""

    title = Text(required=True, length_max=TITLE_MAX, data_key="order_title")
    category_code = Text(required=True, length_max=CODE_MAX)


class OrderListIn(PageIn):
    """Which orders the desk shows."""

    state = fields.String(validate=validate.OneOf(ORDER_STATES))
    meaning = fields.String(validate=validate.OneOf(MEANINGS))
    category_code = Text(length_max=CODE_MAX, data_key="category")
    node_code = Text(length_max=32, data_key="part")
    begins_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to")
    narrowed = fields.String(
        data_key="only", validate=validate.OneOf(("overdue", "unassigned", "hard", "rated", "good"))
    )
    is_hard = fields.Boolean(load_default=False, data_key="hard")
    is_here = fields.Boolean(load_default=False, data_key="here")


class EnterPageIn(AskPageIn):
    """What somebody asked for at the counter: for a member by number, or for nobody here."""

    node_code = Text(required=True, length_max=32)
    volunteer_no = Text(load_default=None, length_max=40)


class AssignPageIn(InSchema):
    """To a team, to somebody with a duty here, or to a member by number."""

    hands = Text(load_default=None, length_max=48)
    volunteer_no = Text(load_default=None, length_max=40)
    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class KindPageIn(InSchema):
    """A kind of order, as the desk's form sends it."""

    code = fields.String(
        required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,23}\Z", error="letters")
    )
    name = Text(required=True, length_max=32)
    handler_kind = fields.String(required=True, validate=validate.OneOf(HANDLER_KINDS))
    due_hours = WholeNumber(required=True, validate=validate.Range(min=1, max=8_760))
    credit_category_code = Text(load_default=None, length_max=32)
    is_hard = fields.Boolean(load_default=False)
    is_open = fields.Boolean(load_default=False)


class ChoicePageIn(InSchema):
    """Which workflow the place uses; empty: that of the places above it."""

    template_code = Text(load_default=None, length_max=CODE_MAX)


class FigureSpanIn(InSchema):
    """Filed on which days, both included."""

    begins_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to")


class OrderFileIn(InSchema):
    """The kind of file of the list that is shown."""

    kind = fields.String(required=True, validate=validate.OneOf(("xlsx", "csv")))
