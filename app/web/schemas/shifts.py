"""Patrols, visits, logs and series, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.activities.shifts.logs import LOG_LENGTH_MAX
from app.activities.shifts.repeats import EVERY
from app.activities.shifts.series import PART_COUNT_MAX, PART_COUNT_MIN
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.activities import PlanIn, TeamIn

CODE_MAX = 64


class ReachedOut(Schema):
    """A checkpoint that was reached, and where to go next (null: the end of the route)."""

    attendance_id = fields.UUID()
    session_id = fields.UUID()
    title = fields.String()
    name = fields.String()
    ordinal = fields.Integer()
    lap = fields.Integer()
    count = fields.Integer()
    min_count = fields.Integer()
    is_enough = fields.Boolean()
    next_name = fields.String(allow_none=True)
    scanned_at = fields.DateTime()


class CheckpointOut(Schema):
    """A checkpoint with its code of this shift, for the leader to show or print."""

    ordinal = fields.Integer()
    name = fields.String()
    token = fields.String()
    url = fields.String()
    digits = fields.String()
    svg = fields.String()


class ResidentCodeIn(InSchema):
    """The one-time code on the resident's phone (purpose `confirm`): token or 18 digits."""

    code = Text(required=True, length_max=CODE_MAX)


class ShiftLogIn(InSchema):
    """What was seen and done."""

    text = Text(required=True, length_max=LOG_LENGTH_MAX)


class ShiftLogOut(Schema):
    """A log, for its volunteer, leaders and staff."""

    attendance_id = fields.UUID()
    text = fields.String()
    written_at = fields.DateTime()


class SeriesIn(PlanIn):
    """A plan that is held again: each day, week or month, so many times in all."""

    every = fields.String(required=True, validate=validate.OneOf(EVERY))
    turn_count = WholeNumber(
        required=True, validate=validate.Range(min=PART_COUNT_MIN, max=PART_COUNT_MAX)
    )


class SeriesTeamIn(TeamIn):
    """The team that takes every called activity of a series on."""
