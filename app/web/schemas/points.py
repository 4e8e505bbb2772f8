"""Programmes, grants, back-fills and openings, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.points.indicators import MEASURES
from app.points.models_rule import APPROVER_ROLES, EVIDENCES
from app.points.rates import REMAINDERS
from app.points.verdicts import VERDICTS
from app.web.schemas import POINTS_MAX, InSchema, PageIn, Text, WholeNumber
from app.web.schemas.attendance import AttendanceOut

CODE_MAX = 24
NAME_MAX = 32
MINUTES_MAX = 6_000_000
BATCH_MAX = 500
DOCUMENT_MAX = 48

_amount = validate.Range(min=0, max=POINTS_MAX)
_minutes = validate.Range(min=0, max=MINUTES_MAX)


class ProgrammeOut(Schema):
    """The programme that a place has or inherits; without points it keeps hours only."""

    book = fields.String()
    name = fields.String()
    node_code = fields.String()
    node_name = fields.String()
    is_inherited = fields.Boolean()
    has_points = fields.Boolean()
    expiry_policy = fields.String(metadata={"description": "Absent in an hours-only programme"})
    valid_from_on = fields.Date()


class CategoryOut(Schema):
    """An activity type (活动类型)."""

    code = fields.String()
    name = fields.String()
    indicator_code = fields.String(allow_none=True)
    earns_hours = fields.Boolean()
    retired_on = fields.Date(allow_none=True)


class CategoryIn(InSchema):
    """A new activity type; it counts towards an indicator, or towards none."""

    code = Text(required=True, length_max=CODE_MAX)
    name = Text(required=True, length_max=NAME_MAX)
    indicator_code = Text(load_default=None, allow_none=True, length_max=CODE_MAX)
    earns_hours = fields.Boolean(load_default=True, truthy={True}, falsy={False})


class CategoryNameIn(InSchema):
    """What an activity type is called from now on."""

    name = Text(required=True, length_max=NAME_MAX)


class IndicatorOut(Schema):
    """What is counted (积分指标): minutes, 次 or 件."""

    code = fields.String()
    name = fields.String()
    measure = fields.String()
    approver_role = fields.String(allow_none=True)
    evidence = fields.String()


class IndicatorIn(InSchema):
    """Something else that is counted."""

    code = Text(required=True, length_max=CODE_MAX)
    name = Text(required=True, length_max=NAME_MAX)
    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    approver_role = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(APPROVER_ROLES)
    )


class DemandsIn(InSchema):
    """Who approves what counts towards an indicator, and which evidence it needs (P7)."""

    approver_role = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(APPROVER_ROLES)
    )
    evidence = fields.String(required=True, validate=validate.OneOf(EVIDENCES))


class MeasureIn(InSchema):
    """How an indicator is counted."""

    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))


class RateOut(Schema):
    """`points` for each `per_quantity` of the indicator's measure."""

    version = fields.Integer()
    points = fields.Integer()
    per_quantity = fields.Integer()
    remainder = fields.String()
    cap_points_day = fields.Integer(allow_none=True)
    valid_from_on = fields.Date()


class RateIn(InSchema):
    """The next version of a rate, from a day on."""

    points = WholeNumber(required=True, validate=_amount)
    per_quantity = WholeNumber(required=True, validate=validate.Range(min=1, max=POINTS_MAX))
    remainder = fields.String(load_default="carried", validate=validate.OneOf(REMAINDERS))
    cap_points_day = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=POINTS_MAX)
    )
    valid_from_on = fields.Date(required=True)


class LotOut(Schema):
    """Points that expire together; null: never."""

    expires_on = fields.Date(allow_none=True)
    points = fields.Integer()


class HoldingOut(Schema):
    """What a member has: hours by provenance, points to spend, 待追回."""

    has_points = fields.Boolean()
    credited_minutes = fields.Integer()
    honorary_minutes = fields.Integer()
    historical_minutes = fields.Integer()
    spendable_points = fields.Integer()
    receivable_points = fields.Integer()
    lots = fields.List(fields.Nested(LotOut))


class GrantOut(Schema):
    """One deed turned into minutes and points; an hours-only book has no points to show."""

    id = fields.UUID()
    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    source_kind = fields.String()
    provenance = fields.String()
    minutes = fields.Integer()
    quantity = fields.Integer()
    points = fields.Integer()
    category_code = fields.String(allow_none=True)
    indicator_code = fields.String(allow_none=True)
    rate_version = fields.Integer(allow_none=True)
    expires_on = fields.Date(allow_none=True)
    served_on = fields.Date()
    state = fields.String()
    hold_reasons = fields.List(fields.String())
    reason = fields.String(allow_none=True)
    evidence = fields.String(allow_none=True)
    made_at = fields.DateTime()


class RecordOut(Schema):
    """A record of presence after a step, and the grant it made, if any."""

    attendance = fields.Nested(AttendanceOut)
    grant = fields.Nested(GrantOut, allow_none=True)


class WaitingIn(PageIn):
    """What waits at or below a place, for level 2 or 3 or both."""

    node_code = Text(length_max=32)
    level = WholeNumber(validate=validate.OneOf([2, 3]))


class DecideIn(InSchema):
    """A verdict on up to 500 grants: each for itself, or all or none."""

    grant_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True)
    atomic = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class DecidedOut(Schema):
    """What came of one grant of a batch, in the order asked."""

    grant_id = fields.UUID()
    grant = fields.Nested(GrantOut)
    code = fields.String(metadata={"description": "Why it was not decided"})
    title = fields.String()
    facts = fields.Dict()


class ManualIn(InSchema):
    """A grant by hand: minutes with their time of day, or 次, or one 件 with its case number."""

    member_id = fields.UUID(required=True)
    node_code = Text(required=True, length_max=32)
    category_code = Text(required=True, length_max=CODE_MAX)
    minutes = WholeNumber(load_default=0, validate=_minutes)
    quantity = WholeNumber(load_default=0, validate=_amount)
    served_on = fields.Date(required=True)
    reason = Text(required=True)
    evidence = Text(load_default=None, allow_none=True, length_max=120)
    case_no = Text(load_default=None, allow_none=True, length_max=60)
    starts_at = fields.AwareDateTime(load_default=None, allow_none=True)
    ends_at = fields.AwareDateTime(load_default=None, allow_none=True)


class BackfillIn(InSchema):
    """Past service to be recorded; for oneself unless a member is named by staff."""

    member_id = fields.UUID(load_default=None, allow_none=True)
    node_code = Text(load_default=None, allow_none=True, length_max=32)
    category_code = Text(load_default=None, allow_none=True, length_max=CODE_MAX)
    provenance = fields.String(required=True, validate=validate.OneOf(("honorary", "historical")))
    minutes = WholeNumber(required=True, validate=validate.Range(min=1, max=MINUTES_MAX))
    served_on = fields.Date(required=True)
    evidence = Text(required=True)
    session_id = fields.UUID(load_default=None, allow_none=True)


class BackfillOut(Schema):
    """A back-fill (补录); never points."""

    id = fields.UUID()
    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    category_code = fields.String(allow_none=True)
    provenance = fields.String()
    minutes = fields.Integer()
    minutes_planned = fields.Integer(allow_none=True)
    served_on = fields.Date()
    evidence = fields.String()
    state = fields.String()
    required_level = fields.Integer()
    entered_at = fields.DateTime()
    grant_id = fields.UUID(allow_none=True)


class VerdictIn(InSchema):
    """A verdict; a refusal says why."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True)


class PaperLineIn(InSchema):
    """One member's line of a paper list."""

    member_id = fields.UUID(required=True)
    minutes = WholeNumber(load_default=0, validate=_minutes)
    points = WholeNumber(load_default=0, validate=_amount)


class OpeningIn(InSchema):
    """A document with the balances it proves (L12)."""

    document_no = Text(required=True, length_max=DOCUMENT_MAX)
    as_of_on = fields.Date(required=True)
    lines = fields.List(
        fields.Nested(PaperLineIn), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )


class OpeningOut(Schema):
    """One line of a paper list."""

    id = fields.UUID()
    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    document_no = fields.String()
    minutes = fields.Integer()
    points = fields.Integer()
    as_of_on = fields.Date()
    state = fields.String()
    entered_at = fields.DateTime()


class DecideOpeningsIn(VerdictIn):
    """A verdict on lines of paper lists, all or none."""

    opening_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )
