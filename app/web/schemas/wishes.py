"""Wishes and campaigns, as the doors take and give them (T6, T7, C16, C22)."""

from marshmallow import Schema, fields, validate

from app.service_orders.models_claim import TAGGED, WISH_STATES
from app.service_orders.wishes import KIND_MAX, TEXT_MAX, TITLE_MAX, VALUE_MAX
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

REASON_MAX = 200
LINK_MAX = 200


class WishIn(InSchema):
    """What is wished for, and what it may cost at most, as a guide."""

    kind = Text(required=True, length_max=KIND_MAX)
    title = Text(required=True, length_max=TITLE_MAX)
    text = Text(load_default="", length_max=TEXT_MAX, is_empty_ok=True)
    value_max_yuan = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=VALUE_MAX)
    )


class WishForIn(WishIn):
    """The same, written down by staff for a member."""

    member_id = fields.UUID(required=True)


class WishesIn(PlacePageIn):
    """Which wishes of a place."""

    state = fields.String(load_default=None, validate=validate.OneOf(WISH_STATES))
    campaign_code = Text(load_default=None, length_max=24)


class StarsIn(InSchema):
    """One star to five."""

    stars = WholeNumber(required=True, validate=validate.Range(min=1, max=5))


class ReturnIn(InSchema):
    """Why a wish is sent back."""

    reason = Text(required=True, length_max=REASON_MAX)


class WishLinkIn(InSchema):
    """The activity that is to fulfil these wishes."""

    activity_id = fields.UUID(required=True)
    wish_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=LINK_MAX)
    )


class WishOut(Schema):
    """A wish and where it stands. `text` and `wisher_name` are for the two of them only (T6)."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    title = fields.String()
    text = fields.String(allow_none=True)
    node_code = fields.String()
    value_max_yuan = fields.Integer(allow_none=True)
    state = fields.String()
    side = fields.String(validate=validate.OneOf(("wisher", "claimer", "none")))
    wisher_name = fields.String(allow_none=True)
    made_at = fields.DateTime()
    claimed_at = fields.DateTime(allow_none=True)
    fulfilled_at = fields.DateTime(allow_none=True)
    activity_id = fields.UUID(allow_none=True)
    stars = fields.Integer(allow_none=True)
    ended_reason = fields.String(allow_none=True)


class WishCountOut(Schema):
    """How many wishes a place has, and how many came true (C22)."""

    node_code = fields.String()
    name = fields.String()
    entered_count = fields.Integer()
    open_count = fields.Integer()
    claimed_count = fields.Integer()
    fulfilled_count = fields.Integer()
    returned_count = fields.Integer()


class CampaignIn(InSchema):
    """A campaign (载体)."""

    code = Text(required=True, length_max=24)
    name = Text(required=True, length_max=40)


class CampaignItemIn(InSchema):
    """What a campaign counts."""

    kind = fields.String(required=True, validate=validate.OneOf(TAGGED))
    subject_id = fields.UUID(required=True)


class CampaignOut(Schema):
    """A campaign."""

    code = fields.String()
    name = fields.String()


class CampaignCountOut(CampaignOut):
    """What a campaign counts at a place and below (T7, C31)."""

    node_code = fields.String()
    wish_count = fields.Integer()
    fulfilled_count = fields.Integer()
    post_count = fields.Integer()
    activity_count = fields.Integer()
