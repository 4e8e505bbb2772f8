"""What everybody may see, and the switches for it: boards, notices, team cards, photos."""

from marshmallow import Schema, fields, validate

from app.points.models_public import BOARD_COUNTS, BOARD_PERIODS, LISTED_KINDS
from app.points.notice_spans import WORKDAYS_MAX, WORKDAYS_MIN
from app.web.schemas import InSchema, PageIn, Text, WholeNumber


class BoardIn(InSchema):
    """A place's star board (亮星榜): public or not, of which period, which hours, how many."""

    is_open = fields.Boolean(required=True)
    period = fields.String(load_default="quarter", validate=validate.OneOf(BOARD_PERIODS))
    counts = fields.String(load_default="all", validate=validate.OneOf(BOARD_COUNTS))
    row_max = WholeNumber(load_default=20, validate=validate.Range(min=10, max=50))


class BoardOut(Schema):
    """How a place's board is set. Off where nobody ever set it."""

    node_code = fields.String()
    is_open = fields.Boolean()
    period = fields.String()
    counts = fields.String()
    row_max = fields.Integer()
    version = fields.Integer()


class StarOut(Schema):
    """One place on a board; the name is masked unless its owner agreed (D43)."""

    rank = fields.Integer()
    name = fields.String()
    is_named = fields.Boolean()
    team = fields.String(allow_none=True)
    minutes = fields.Integer()
    stars = fields.Integer()


class StarsOut(Schema):
    """A whole board, as it is now."""

    node_code = fields.String()
    node_name = fields.String()
    period = fields.String()
    counts = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    people_count = fields.Integer()
    total_minutes = fields.Integer()
    drawn_at = fields.DateTime()
    items = fields.List(fields.Nested(StarOut))


class NoticeIn(InSchema):
    """A notice (公示) to be put up: what, of which days, for how long, where to object."""

    node_code = Text(required=True, length_max=32)
    kind = fields.String(required=True, validate=validate.OneOf(LISTED_KINDS))
    title = Text(required=True, length_max=64)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    contact = Text(required=True, length_max=120)
    workdays = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=WORKDAYS_MIN, max=WORKDAYS_MAX),
    )


class NoticesIn(PageIn):
    """Of which place; without one, of the whole book."""

    node_code = Text(length_max=32)


class NoticeOut(Schema):
    """A notice. `is_open`: one may object until the end of `closes_on`."""

    id = fields.UUID()
    node_code = fields.String()
    kind = fields.String()
    title = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    contact = fields.String()
    published_at = fields.DateTime()
    closes_on = fields.Date()
    withdrawn_at = fields.DateTime(allow_none=True)
    is_open = fields.Boolean()


class NoticeLineOut(Schema):
    """A line of a notice, masked; an objection names its id, or the notice's."""

    id = fields.UUID()
    line = fields.Integer()
    name = fields.String()
    served_on = fields.Date(allow_none=True)
    minutes = fields.Integer()
    points = fields.Integer()


class FullNoticeOut(NoticeOut):
    """A notice with a slice of its lines; none once it is closed."""

    line_count = fields.Integer()
    lines = fields.List(fields.Nested(NoticeLineOut))


class TeamCardIn(InSchema):
    """What a team's card says. The phone is an office's (C25); the area are codes of places."""

    work = Text(required=True)
    reach = Text(required=True)
    phone = Text(load_default=None, allow_none=True, length_max=20, is_empty_ok=True)
    area = fields.List(Text(length_max=32), load_default=list, validate=validate.Length(max=60))
    is_open = fields.Boolean(load_default=False)


class PlaceOut(Schema):
    """A grid, a 小区 or the like."""

    code = fields.String()
    name = fields.String()
    kind_code = fields.String()


class TeamCardOut(Schema):
    """A team's public card: it names nobody."""

    team_id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    lead_body = fields.String()
    contact_role = fields.String(allow_none=True)
    place = fields.String()
    work = fields.String()
    reach = fields.String()
    phone = fields.String(allow_none=True)
    area = fields.List(fields.Nested(PlaceOut))


class TeamCardDraftOut(Schema):
    """A card as staff wrote it, open or not."""

    work = fields.String()
    reach = fields.String()
    phone = fields.String(allow_none=True)
    area = fields.List(fields.String())
    is_open = fields.Boolean()
    version = fields.Integer()


class PhotoIn(InSchema):
    """One photo: JPEG, PNG or WebP, at most 9 MB."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class PhotoOut(Schema):
    """A kept photo: 1600 pixels at most, without metadata. `is_repeat`: sent elsewhere before."""

    id = fields.UUID()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    width = fields.Integer()
    height = fields.Integer()
    is_repeat = fields.Boolean()
    added_at = fields.DateTime()
