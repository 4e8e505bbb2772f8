"""What the desk's forms for public things send: the board's switch, a notice, a team's card."""

from marshmallow import fields, validate

from app.points.models_public import BOARD_COUNTS, BOARD_PERIODS, LISTED_KINDS
from app.points.notice_spans import WORKDAYS_MAX, WORKDAYS_MIN
from app.web.schemas import InSchema, Text, WholeNumber

VERSION = validate.Range(min=0, max=1_000_000_000)


class BoardIn(InSchema):
    """The star board's switch; an empty box is no."""

    is_open = fields.Boolean(load_default=False)
    period = fields.String(required=True, validate=validate.OneOf(BOARD_PERIODS))
    counts = fields.String(required=True, validate=validate.OneOf(BOARD_COUNTS))
    row_max = WholeNumber(required=True, validate=validate.Range(min=10, max=50))
    version = WholeNumber(required=True, validate=VERSION)


class NoticeIn(InSchema):
    """A notice of this desk's place."""

    kind = fields.String(required=True, validate=validate.OneOf(LISTED_KINDS))
    title = Text(required=True, length_max=64)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    contact = Text(required=True, length_max=120)
    workdays = WholeNumber(
        required=True, validate=validate.Range(min=WORKDAYS_MIN, max=WORKDAYS_MAX)
    )


class TeamCardIn(InSchema):
    """A team's card; `area` are the boxes that were ticked."""

    work = Text(required=True)
    reach = Text(required=True)
    phone = Text(load_default=None, allow_none=True, length_max=20)
    area = fields.List(WholeNumber(), load_default=list, validate=validate.Length(max=60))
    is_open = fields.Boolean(load_default=False)
    version = WholeNumber(required=True, validate=VERSION)
