"""What the desk's forms about claims, wishes, campaigns and neighbours take."""

from marshmallow import fields, validate

from app.service_orders.models_claim import POST_KINDS, TAGGED, WISH_STATES
from app.service_orders.posts import SLOTS_MAX, TEXT_MAX, TITLE_MAX
from app.web.schemas import InSchema, PageIn, Text, WholeNumber
from app.web.schemas.desk import NUMBER_MAX
from app.web.schemas.desk_fields import LocalMoment
from app.web.schemas.exchanges import AskForIn
from app.web.schemas.wishes import WishIn

CODE_MAX = 24


class PostsFilterIn(PageIn):
    """Which posts are listed."""

    kind = fields.String(load_default=None, validate=validate.OneOf(POST_KINDS))


class DeskPostIn(InSchema):
    """A post or project as the form has it; a project without a deadline stands."""

    kind = fields.String(required=True, validate=validate.OneOf(POST_KINDS))
    title = Text(required=True, length_max=TITLE_MAX)
    text = Text(load_default="", length_max=TEXT_MAX, is_empty_ok=True)
    category_code = Text(required=True, length_max=32)
    slot_count = WholeNumber(required=True, validate=validate.Range(min=1, max=SLOTS_MAX))
    due_at = LocalMoment(load_default=None)
    node_id = WholeNumber(load_default=None)
    team_id = fields.UUID(load_default=None)


class ExtensionIn(InSchema):
    """Until when it is to be done now."""

    due_at = LocalMoment(required=True)


class ShiftOfIn(InSchema):
    """The activity whose sessions are shifts."""

    activity_id = fields.UUID(required=True)


class ExchangesFilterIn(PageIn):
    """Which slice of what waits for a signature; `past`: where the other list begins."""

    past = WholeNumber(load_default=0, validate=validate.Range(min=0, max=1_000_000))


class WishesFilterIn(PageIn):
    """Which wishes are listed."""

    state = fields.String(load_default=None, validate=validate.OneOf(WISH_STATES))
    campaign_code = Text(load_default=None, length_max=CODE_MAX, data_key="campaign")


class DeskWishIn(WishIn):
    """A wish written down for a member, who is named by number."""

    volunteer_no = Text(required=True, length_max=NUMBER_MAX)


class ClaimerIn(InSchema):
    """Who takes a wish on."""

    volunteer_no = Text(required=True, length_max=NUMBER_MAX)


class WishesOfIn(InSchema):
    """The wishes that were ticked."""

    wish_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=200))


class TagIn(InSchema):
    """A thing, and the campaign that counts it."""

    code = Text(required=True, length_max=CODE_MAX)
    kind = fields.String(required=True, validate=validate.OneOf(TAGGED))
    subject_id = fields.UUID(required=True)


class HelpSpanIn(InSchema):
    """From when to when a neighbour helped."""

    starts_at = LocalMoment(required=True)
    ends_at = LocalMoment(required=True)


class HelpForIn(AskForIn):
    """Help asked for in a member's name; the form names no offer."""

    title = Text(required=True, length_max=TITLE_MAX, data_key="help_title")


class TableIn(InSchema):
    """Which table, as which file."""

    table = fields.String(required=True, validate=validate.OneOf(("claims", "wishes", "campaigns")))
    kind = fields.String(required=True, validate=validate.OneOf(("xlsx", "csv")))
