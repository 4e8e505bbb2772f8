"""Posts, projects and their claims, as the doors take and give them (T3, C6)."""

from marshmallow import Schema, fields, validate

from app.service_orders.models_claim import CLAIM_STATES, POST_KINDS
from app.service_orders.posts import SLOTS_MAX, TEXT_MAX, TITLE_MAX
from app.web.schemas import InSchema, PageIn, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

CODE_MAX = 32


class NearIn(PageIn):
    """Which slice of what can be claimed, of which kind."""

    kind = fields.String(load_default=None, validate=validate.OneOf(POST_KINDS))


class PostsIn(PlacePageIn):
    """Which posts of a place."""

    kind = fields.String(load_default=None, validate=validate.OneOf(POST_KINDS))


class PostIn(InSchema):
    """What is to be done, by how many, until when; a project without `due_at` stands."""

    node_code = Text(required=True, length_max=CODE_MAX)
    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    title = Text(required=True, length_max=TITLE_MAX)
    text = Text(load_default="", length_max=TEXT_MAX, is_empty_ok=True)
    category_code = Text(required=True, length_max=CODE_MAX)
    slot_count = WholeNumber(required=True, validate=validate.Range(min=1, max=SLOTS_MAX))
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)
    team_id = fields.UUID(load_default=None, allow_none=True)


class ExtensionIn(InSchema):
    """Until when it is to be done now."""

    due_at = fields.AwareDateTime(required=True)


class ShiftIn(InSchema):
    """The activity whose sessions are the shifts."""

    activity_id = fields.UUID(required=True)


class WorkIn(InSchema):
    """From when to when the work was done, and what there is to say."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    note = Text(load_default="", length_max=500, is_empty_ok=True)


class ClaimsIn(PlacePageIn):
    """Which claims of a place; those that wait for acceptance unless said otherwise."""

    state = fields.String(load_default="submitted", validate=validate.OneOf(CLAIM_STATES))


class PostOut(Schema):
    """A post or project; `due_at` is null for a standing one, `my_claim_id` is one's own."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    title = fields.String()
    text = fields.String()
    category_code = fields.String()
    node_code = fields.String()
    team_id = fields.UUID(allow_none=True)
    slot_count = fields.Integer()
    taken_count = fields.Integer()
    due_at = fields.DateTime(allow_none=True)
    is_standing = fields.Boolean()
    state = fields.String()
    activity_ids = fields.List(fields.UUID())
    my_claim_id = fields.UUID(allow_none=True)


class PostClaimOut(Schema):
    """A claim and where it stands; `note` is for who made it and for staff.

    `due_at`: until when it is to be done, or the slot goes to others; null while it stands.
    """

    id = fields.UUID()
    post_id = fields.UUID()
    post_number = fields.String()
    post_title = fields.String()
    state = fields.String()
    volunteer_no = fields.String()
    name_masked = fields.String()
    claimed_at = fields.DateTime()
    due_at = fields.DateTime(allow_none=True)
    submitted_at = fields.DateTime(allow_none=True)
    starts_at = fields.DateTime(allow_none=True)
    ends_at = fields.DateTime(allow_none=True)
    note = fields.String()
    reason = fields.String(allow_none=True)


class ClaimCountOut(Schema):
    """How many claims a place has, by what became of them (T5)."""

    node_code = fields.String()
    name = fields.String()
    claimed_count = fields.Integer()
    submitted_count = fields.Integer()
    accepted_count = fields.Integer()
    freed_count = fields.Integer()
