"""Venues, their use and their rosters; agreements of units, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.activities.models_shift import ROSTER_KINDS
from app.activities.plan_rules import QUOTA_MAX
from app.activities.shifts.rosters import SHIFT_COUNT_MAX
from app.community.agreements import REASON_MAX, STANDARD_MAX, TITLE_MAX
from app.community.models import AGREEMENT_KINDS
from app.community.venues import (
    ADDRESS_MAX,
    ALIAS_COUNT_MAX,
    KIND_MAX,
    NAME_MAX,
    OPENING_MAX,
    TAG_COUNT_MAX,
    TAG_MAX,
)
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.activities import DaysIn


class VenueDetailsIn(InSchema):
    """What a venue has: the whole of it; what is left out is taken away."""

    parent_id = WholeNumber(load_default=None, allow_none=True)
    opening = Text(load_default=None, allow_none=True, length_max=OPENING_MAX)
    tags = fields.List(
        Text(length_max=TAG_MAX), load_default=list, validate=validate.Length(max=TAG_COUNT_MAX)
    )
    aliases = fields.List(
        Text(length_max=NAME_MAX), load_default=list, validate=validate.Length(max=ALIAS_COUNT_MAX)
    )


class VenueWholeIn(VenueDetailsIn):
    """A venue of a place with what it has."""

    kind = Text(required=True, length_max=KIND_MAX)
    name = Text(required=True, length_max=NAME_MAX)
    address = Text(load_default=None, allow_none=True, length_max=ADDRESS_MAX)


class VenueWholeOut(Schema):
    """A venue (阵地) with what it has; `parent_id` is the centre it belongs to."""

    id = fields.Integer()
    node_code = fields.String()
    node_name = fields.String()
    kind = fields.String()
    name = fields.String()
    address = fields.String(allow_none=True)
    parent_id = fields.Integer(allow_none=True)
    opening = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    aliases = fields.List(fields.String())
    closed_on = fields.Date(allow_none=True)


class UseIn(DaysIn):
    """Which days of a place's venues, or of one venue."""

    node_code = Text(load_default=None, length_max=32)
    venue_id = WholeNumber(load_default=None)


class UseFileIn(DaysIn):
    """A register to be written as a file."""

    node_code = Text(load_default=None, length_max=32)
    kind = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "csv")))


class UseRowOut(Schema):
    """One session at a venue to which somebody came."""

    venue_id = fields.Integer()
    venue_name = fields.String()
    session_id = fields.UUID()
    title = fields.String()
    number = fields.String()
    held_on = fields.Date()
    category_code = fields.String()
    category_name = fields.String()
    people_count = fields.Integer()
    minutes = fields.Integer()


class ShareOut(Schema):
    """What part of the uses a type has; the percents of a list add up to 100."""

    name = fields.String()
    count = fields.Integer()
    percent = fields.Integer()


class IdleOut(Schema):
    """A venue that saw nobody for thirty days."""

    id = fields.Integer()
    name = fields.String()


class UseOut(Schema):
    """How venues were used: from check-ins, typed by nobody (V1)."""

    items = fields.List(fields.Nested(UseRowOut))
    preferences = fields.List(fields.Nested(ShareOut))
    idle = fields.List(fields.Nested(IdleOut))


class WeekIn(InSchema):
    """A week of a roster, by its Monday; this week unless told otherwise."""

    monday = fields.Date(load_default=None)


class NewShiftIn(InSchema):
    """A shift of staff (`resident`, with who holds it) or of volunteers (`rotating`)."""

    kind = fields.String(required=True, validate=validate.OneOf(ROSTER_KINDS))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    holder_id = fields.UUID(load_default=None, allow_none=True)
    people_count = WholeNumber(load_default=1, validate=validate.Range(min=1, max=QUOTA_MAX))


class RosterIn(InSchema):
    """Shifts to put on a venue's roster."""

    title = Text(required=True, length_max=TITLE_MAX)
    shifts = fields.List(
        fields.Nested(NewShiftIn),
        required=True,
        validate=validate.Length(min=1, max=SHIFT_COUNT_MAX),
    )


class ShiftHolderIn(InSchema):
    """Who of the staff holds a shift, by their number; null for nobody."""

    volunteer_no = Text(required=True, allow_none=True, length_max=40)


class ShiftOut(Schema):
    """A shift of a roster; names of staff are not shown here, only whether it is held."""

    id = fields.UUID()
    kind = fields.String()
    starts_at = fields.DateTime()
    ends_at = fields.DateTime()
    session_id = fields.UUID(allow_none=True)
    enrolled_count = fields.Integer()
    quota_count = fields.Integer(allow_none=True)
    is_empty = fields.Boolean()


class AgreementIn(InSchema):
    """What a unit and a place agreed."""

    unit_id = WholeNumber(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(AGREEMENT_KINDS))
    title = Text(required=True, length_max=TITLE_MAX)
    standard = Text(load_default=None, allow_none=True, length_max=STANDARD_MAX)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(load_default=None, allow_none=True)


class AgreementListIn(InSchema):
    """Which agreements: of one kind, or all."""

    kind = fields.String(load_default=None, validate=validate.OneOf(AGREEMENT_KINDS))


class EndIn(InSchema):
    """Why an agreement ends."""

    reason = Text(required=True, length_max=REASON_MAX)


class AgreementOut(Schema):
    """An agreement; it runs until `ends_on`, or until `ended_on` if that came earlier."""

    id = fields.Integer()
    unit_id = fields.Integer()
    unit_name = fields.String()
    unit_kind = fields.String()
    node_code = fields.String()
    place = fields.String(metadata={"description": "The way down to it, in words"})
    kind = fields.String()
    title = fields.String()
    standard = fields.String(allow_none=True)
    begins_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    ended_reason = fields.String(allow_none=True)
    is_running = fields.Boolean()
