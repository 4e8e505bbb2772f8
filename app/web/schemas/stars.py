"""Stars and quarters over the API: tables, standings, reviews, bars, closings."""

from marshmallow import Schema, fields, validate

from app.points.models_star import STAR_COUNTS, STARS_MAX
from app.points.stars.tables import BAR_DAYS, NOTICE_WORKDAYS
from app.points.verdicts import VERDICTS
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

MEMBERS_MAX = 200
BAR = validate.Range(min=BAR_DAYS.start, max=BAR_DAYS.stop - 1)


class StarTableIn(InSchema):
    """A version of a star table: minutes of each star, rising; valid from today or a later day."""

    steps = fields.List(
        WholeNumber(validate=validate.Range(min=1, max=100_000_000)),
        required=True,
        validate=validate.Length(min=1, max=STARS_MAX),
    )
    counts = fields.String(load_default="all", validate=validate.OneOf(STAR_COUNTS))
    notice_workdays = WholeNumber(
        load_default=5,
        validate=validate.Range(min=NOTICE_WORKDAYS.start, max=NOTICE_WORKDAYS.stop - 1),
    )
    bar_days = WholeNumber(load_default=365, validate=BAR)
    valid_from_on = fields.Date(required=True)


class StarTableOut(Schema):
    """A star table; version 0 is the usual one. `steps`: minutes of each star."""

    version = fields.Integer()
    steps = fields.List(fields.Integer())
    counts = fields.String()
    notice_workdays = fields.Integer()
    bar_days = fields.Integer()
    valid_from_on = fields.Date()


class StandingOut(Schema):
    """Where a member stands: stars granted, stars that the hours reach, what is missing."""

    granted = fields.Integer()
    reached = fields.Integer()
    minutes = fields.Integer()
    next_at = fields.Integer(allow_none=True)
    missing_minutes = fields.Integer()
    barred_until_on = fields.Date(allow_none=True)
    rise_state = fields.String(allow_none=True)
    table = fields.Nested(StarTableOut)


class DueIn(PlacePageIn):
    """At and below which place."""


class DueOut(Schema):
    """A member whose hours reach more stars than were granted; masked."""

    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    minutes = fields.Integer()
    granted = fields.Integer()
    reached = fields.Integer()
    barred_until_on = fields.Date(allow_none=True)


class StarReviewIn(InSchema):
    """Whom to review, and what came of it; a refusal says why."""

    member_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=MEMBERS_MAX)
    )
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True)


class RiseOut(Schema):
    """A member's way to more stars."""

    id = fields.UUID()
    member_id = fields.UUID()
    stars = fields.Integer()
    minutes_counted = fields.Integer()
    state = fields.String()
    reason = fields.String(allow_none=True)
    notice_id = fields.UUID(allow_none=True)


class StarNoticeIn(InSchema):
    """Put up the reviewed rises of a place and below it."""

    node_code = Text(required=True, length_max=32)
    title = Text(required=True, length_max=64)
    contact = Text(required=True, length_max=120)


class StarNoticeOut(Schema):
    """What was put up, and until when."""

    notice_id = fields.UUID()
    closes_on = fields.Date()


class StarBarIn(InSchema):
    """For how many days a member rises no more, and why."""

    days = WholeNumber(required=True, validate=BAR)
    reason = Text(required=True)


class StarBarOut(Schema):
    """A bar."""

    id = fields.UUID()
    member_id = fields.UUID()
    until_on = fields.Date()
    reason = fields.String()
    lifted_at = fields.DateTime(allow_none=True)


class PeriodOut(Schema):
    """A quarter on its way to being closed, or closed."""

    period = fields.String()
    state = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    proposed_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)
