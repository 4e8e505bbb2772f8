"""Activities, their sessions and who signs up, as the doors take and give them."""

from typing import Any

from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from app.activities.closing import BENEFICIARY_MAX
from app.activities.models import ACTIVITY_STATES
from app.activities.models_shift import WAYS
from app.activities.plan_rules import (
    ADDRESS_LENGTH_MAX,
    DESCRIPTION_LENGTH_MAX,
    QUOTA_MAX,
    SESSION_COUNT_MAX,
    TITLE_LENGTH_MAX,
    UNIT_COUNT_MAX,
)
from app.activities.shifts.attending import (
    CHECKPOINT_COUNT_MAX,
    CHECKPOINT_COUNT_MIN,
    CHECKPOINT_NAME_MAX,
)
from app.activities.states import REASON_LENGTH_MAX
from app.web.schemas import InSchema, PageIn, Text, WholeNumber

CODE_MAX = 24


class SessionPlanIn(InSchema):
    """One session (场次): instants with their zone, and for how many."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    quota_count = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=QUOTA_MAX)
    )


class PlanIn(InSchema):
    """An activity as its leader wishes it."""

    node_code = Text(required=True, length_max=32)
    title = Text(required=True, length_max=TITLE_LENGTH_MAX)
    description = Text(load_default="", is_empty_ok=True, length_max=DESCRIPTION_LENGTH_MAX)
    category_code = Text(required=True, length_max=CODE_MAX)
    address = Text(required=True, length_max=ADDRESS_LENGTH_MAX)
    team_id = fields.UUID(load_default=None, allow_none=True)
    alliance_id = fields.UUID(load_default=None, allow_none=True)
    venue_id = WholeNumber(load_default=None, allow_none=True)
    is_paid = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    is_emergency = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    unit_ids = fields.List(
        WholeNumber(), load_default=list, validate=validate.Length(max=UNIT_COUNT_MAX)
    )
    way = fields.String(load_default="screen", validate=validate.OneOf(WAYS))
    checkpoints = fields.List(
        Text(length_max=CHECKPOINT_NAME_MAX),
        load_default=list,
        validate=validate.Length(max=CHECKPOINT_COUNT_MAX),
    )
    checkpoint_min_count = WholeNumber(
        load_default=CHECKPOINT_COUNT_MIN,
        validate=validate.Range(min=CHECKPOINT_COUNT_MIN, max=CHECKPOINT_COUNT_MAX),
    )
    needs_log = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    sessions = fields.List(
        fields.Nested(SessionPlanIn),
        required=True,
        validate=validate.Length(min=1, max=SESSION_COUNT_MAX),
    )


class ReasonIn(InSchema):
    """Why."""

    reason = Text(required=True, length_max=REASON_LENGTH_MAX)


class BeneficiariesIn(InSchema):
    """服务对象人数: a number, no names."""

    beneficiary_count = WholeNumber(
        required=True, validate=validate.Range(min=0, max=BENEFICIARY_MAX)
    )


class TeamIn(InSchema):
    """A team that takes an activity on, or takes its word back."""

    team_id = fields.UUID(required=True)


class MemberIn(InSchema):
    """Whom a sign-up is for; oneself unless said otherwise."""

    member_id = fields.UUID(load_default=None, allow_none=True)


class ActivityListIn(PageIn):
    """Activities at or below a place, of one's own community unless said otherwise."""

    node_code = Text(length_max=32)
    state = fields.String(validate=validate.OneOf(ACTIVITY_STATES))
    unit_id = WholeNumber()


class NearIn(PageIn):
    """Sessions to come around a place."""

    node_code = Text(length_max=32)


class DaysIn(InSchema):
    """From one day to another, both included."""

    begins_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(required=True, data_key="to")

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        if data["ends_on"] < data["begins_on"]:
            raise ValidationError("ends before it begins", "to")


class SpanIn(DaysIn):
    """From one day to another, both included, at or below a place."""

    node_code = Text(length_max=32)


class FunnelIn(SpanIn):
    """Which activities a funnel counts."""

    team_id = fields.UUID()
    category_code = Text(length_max=CODE_MAX)
    unit_id = WholeNumber()


class SessionOut(Schema):
    """One session with its counters."""

    id = fields.UUID()
    ordinal = fields.Integer()
    opens_at = fields.DateTime()
    starts_at = fields.DateTime()
    ends_at = fields.DateTime()
    quota_count = fields.Integer(allow_none=True)
    enrolled_count = fields.Integer()
    absent_count = fields.Integer(metadata={"description": "Of those, who never came"})
    waiting_count = fields.Integer()
    state = fields.String()


class ActivityOut(Schema):
    """An activity; `version` is its ETag."""

    id = fields.UUID()
    number = fields.String()
    node_code = fields.String()
    node_name = fields.String()
    team_id = fields.UUID(allow_none=True)
    alliance_id = fields.UUID(allow_none=True)
    title = fields.String()
    description = fields.String()
    category_code = fields.String()
    venue_id = fields.Integer(allow_none=True)
    address = fields.String()
    is_paid = fields.Boolean()
    is_emergency = fields.Boolean()
    state = fields.String()
    planned_at = fields.DateTime()
    submitted_at = fields.DateTime(allow_none=True)
    approved_at = fields.DateTime(allow_none=True)
    respond_by_at = fields.DateTime()
    first_response_at = fields.DateTime(allow_none=True)
    ended_reason = fields.String(allow_none=True)
    beneficiary_count = fields.Integer(allow_none=True)
    version = fields.Integer()


class WholeActivityOut(ActivityOut):
    """An activity with its sessions, co-organisers and what the asker may do."""

    sessions = fields.List(fields.Nested(SessionOut))
    unit_ids = fields.List(fields.Integer())
    team_ids = fields.List(fields.UUID(), metadata={"description": "Teams that responded"})
    may_lead = fields.Boolean()
    is_staff = fields.Boolean()
    way = fields.String(metadata={"description": "How one attends: screen, route or visit"})
    checkpoints = fields.List(fields.String(), metadata={"description": "Of a route, in order"})
    checkpoint_min_count = fields.Integer(allow_none=True)
    needs_log = fields.Boolean()


class SlotOut(Schema):
    """A session of a list, with its activity."""

    activity = fields.Nested(ActivityOut)
    session = fields.Nested(SessionOut)


class EnrolmentOut(Schema):
    """A sign-up; `place` orders the waiting list."""

    session_id = fields.UUID()
    member_id = fields.UUID()
    state = fields.String()
    team_id = fields.UUID(allow_none=True)
    place = fields.Integer()
    enrolled_at = fields.DateTime()


class NamedEnrolmentOut(EnrolmentOut):
    """A sign-up as a leader sees it: the name is masked."""

    volunteer_no = fields.String()
    name_masked = fields.String()


class ResponseOut(Schema):
    """A team that took the activity on."""

    team_id = fields.UUID()
    team_name = fields.String()
    responded_at = fields.DateTime()


class ScanOut(Schema):
    """A refused scan, with the code of its reason."""

    id = fields.UUID()
    direction = fields.String()
    outcome = fields.String()
    seen_at = fields.DateTime()
    volunteer_no = fields.String(allow_none=True)
    name_masked = fields.String(allow_none=True)


class FunnelOut(Schema):
    """发起 → 举办 → 报名 → 到场."""

    called_count = fields.Integer()
    held_count = fields.Integer()
    held_session_count = fields.Integer()
    enrolled_count = fields.Integer()
    absent_count = fields.Integer(metadata={"description": "Of those, who never came"})
    attended_count = fields.Integer()
    beneficiary_count = fields.Integer()
    median_response_seconds = fields.Integer(allow_none=True)


class UnitCountOut(Schema):
    """How many activities a co-organising unit took part in."""

    unit_id = fields.Integer()
    name = fields.String()
    held_count = fields.Integer()
