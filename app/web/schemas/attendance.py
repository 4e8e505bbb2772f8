"""Check-in, the leader's doors and records of presence, as the doors take and give them."""

from typing import Any

from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from app.activities.states import REASON_LENGTH_MAX
from app.activities.taking import ROLL_MAX
from app.activities.tickets import DIRECTIONS
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.activities import EnrolmentOut, SlotOut

TOKEN_MAX = 200
WAYS = ("code", "card", "member_id")


class SeenIn(InSchema):
    """The scanned token; or six digits typed on the session's page."""

    token = fields.String(validate=validate.Length(min=1, max=TOKEN_MAX))
    book = Text(length_max=32)
    session_id = fields.UUID()
    digits = fields.String(validate=validate.Regexp(r"\s*\d{6}\s*\Z"))
    direction = fields.String(validate=validate.OneOf(DIRECTIONS))

    @validates_schema
    def check_way(self, data: dict[str, Any], **_: Any) -> None:
        """Either a token alone, or digits with where they were typed."""
        typed = {"book", "session_id", "digits"}
        is_scan = set(data) == {"token"}
        if not is_scan and not (typed <= set(data) and "token" not in data):
            raise ValidationError("a token, or book, session_id and digits", "token")


class SeenOut(Schema):
    """Proof that the code was seen now; good for ten minutes, for whoever signs in."""

    ticket = fields.String()
    direction = fields.String()
    seen_at = fields.DateTime()
    book = fields.String()
    activity_id = fields.UUID()
    session_id = fields.UUID()
    title = fields.String()
    address = fields.String()
    node_name = fields.String()
    starts_at = fields.DateTime()
    ends_at = fields.DateTime()
    checkpoint = fields.String(
        allow_none=True, metadata={"description": "Of a route; the direction is `checkpoint`"}
    )


class TicketIn(InSchema):
    """A seen ticket."""

    ticket = fields.String(required=True, validate=validate.Length(min=1, max=TOKEN_MAX))


class StayOut(Schema):
    """A stay that began or ended; minutes count once a leader confirmed them."""

    direction = fields.String()
    attendance_id = fields.UUID()
    session_id = fields.UUID()
    title = fields.String()
    checked_in_at = fields.DateTime()
    checked_out_at = fields.DateTime(allow_none=True)
    starts_at = fields.DateTime()
    ends_at = fields.DateTime()
    credited_minutes = fields.Integer(allow_none=True)
    zero_reason = fields.String(allow_none=True)


class TakeIn(InSchema):
    """One person at the leader's door, by exactly one of code, card and name on the roll."""

    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    code = fields.String(validate=validate.Length(min=1, max=TOKEN_MAX))
    card = fields.String(validate=validate.Length(min=1, max=TOKEN_MAX))
    member_id = fields.UUID()

    @validates_schema
    def check_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none, and more than one."""
        if len([way for way in WAYS if way in data]) != 1:
            raise ValidationError("one of code, card and member_id", "code")


class RollIn(InSchema):
    """Everybody whom the leader ticked."""

    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    member_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=ROLL_MAX)
    )


class RollRefusalOut(Schema):
    """Who was not taken, and why."""

    member_id = fields.UUID()
    code = fields.String()
    title = fields.String()
    facts = fields.Dict()


class RollOut(Schema):
    """What came of a roll-call."""

    direction = fields.String()
    taken = fields.List(fields.UUID())
    refused = fields.List(fields.Nested(RollRefusalOut))


class ConfirmIn(InSchema):
    """Which records are confirmed: those named, else every one that was checked out."""

    attendance_ids = fields.List(fields.UUID(), validate=validate.Length(min=1, max=ROLL_MAX))
    left_at = fields.Dict(keys=fields.UUID(), values=fields.AwareDateTime(), load_default=dict)
    reason = Text(length_max=REASON_LENGTH_MAX)


class ChangeIn(InSchema):
    """How a record should read; `version` is the one that was read."""

    checked_in_at = fields.AwareDateTime(required=True)
    checked_out_at = fields.AwareDateTime(required=True)
    reason = Text(required=True, length_max=REASON_LENGTH_MAX)
    version = WholeNumber(required=True)


class TakeBackIn(InSchema):
    """Why a record is taken back whole; `version` is the one that was read."""

    reason = Text(required=True, length_max=REASON_LENGTH_MAX)
    version = WholeNumber(required=True)


class AttendanceOut(Schema):
    """One stay of a member at a session."""

    id = fields.UUID()
    session_id = fields.UUID()
    member_id = fields.UUID()
    ordinal = fields.Integer()
    version = fields.Integer()
    state = fields.String()
    checked_in_at = fields.DateTime()
    in_door = fields.String()
    checked_out_at = fields.DateTime(allow_none=True)
    out_door = fields.String(allow_none=True)
    credited_minutes = fields.Integer(allow_none=True)
    zero_reason = fields.String(allow_none=True)
    confirmed_at = fields.DateTime(allow_none=True)


class NamedAttendanceOut(AttendanceOut):
    """A stay as a leader or staff see it: the name is masked."""

    volunteer_no = fields.String()
    name_masked = fields.String()


class ReviewOut(Schema):
    """A record that staff must look at, with where it was made."""

    attendance = fields.Nested(NamedAttendanceOut)
    activity_id = fields.UUID()
    title = fields.String()
    starts_at = fields.DateTime()
    ends_at = fields.DateTime()


class MySlotOut(SlotOut):
    """A session that concerns me: my sign-up and my stays in it."""

    enrolment = fields.Nested(EnrolmentOut, allow_none=True)
    stays = fields.List(fields.Nested(AttendanceOut))
