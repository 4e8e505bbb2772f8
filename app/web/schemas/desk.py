"""What the desk's forms take where no API schema fits: people are named by their numbers."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.community.grids import NUMBERS
from app.mall.models_shelf import SHOP_KINDS
from app.people import objections
from app.points.verdicts import VERDICTS
from app.risk import signals
from app.web.schemas import POINTS_MAX, InSchema, PageIn, Text, WholeNumber
from app.web.schemas.desk_fields import LocalMoment, Minutes

REASON_MAX = 200
NUMBER_MAX = 32
BATCH_MAX = 500


class ReasonIn(InSchema):
    """Why, in words."""

    reason = Text(required=True, length_max=REASON_MAX)


class NoteIn(InSchema):
    """Why, if there is anything to say."""

    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)


class SpanIn(PageIn):
    """A span of days, both included, as a filter in the address; missing ones are chosen."""

    begins_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to")
    state = Text(length_max=16)


class AllianceIn(SpanIn):
    """Which days of an alliance are counted; which teams are offered to join it."""

    limit = WholeNumber(load_default=20, validate=validate.Range(min=1, max=200))
    text = Text(length_max=64, load_default=None)


class RankingIn(SpanIn):
    """Which hours are ranked."""

    team_id = fields.UUID(data_key="team")
    category_code = Text(length_max=24, data_key="category")
    provenance = fields.String(validate=validate.OneOf(("credited", "honorary", "historical")))


class DecideIn(InSchema):
    """A verdict on the chosen records, asked for twice."""

    grant_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)
    confirmed = fields.String(load_default="")


class OneDecideIn(InSchema):
    """A verdict on one thing; a refusal says why."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)

    @validates_schema
    def check_reason(self, data: dict[str, Any], **_: Any) -> None:
        """A refusal says why."""
        if data["verdict"] == "refused" and not data["reason"]:
            raise ValidationError("why", "reason")


class CorrectIn(ReasonIn):
    """How a record of presence should read; `version` is the one that was read."""

    checked_in_at = LocalMoment(required=True)
    checked_out_at = LocalMoment(required=True)
    version = WholeNumber(required=True)


class TakeBackIn(ReasonIn):
    """Why a record is taken back whole."""

    version = WholeNumber(required=True)


class ForgottenIn(InSchema):
    """When somebody left who forgot to check out."""

    left_at = LocalMoment(load_default=None)


class SearchIn(PageIn):
    """Whom to look for; posted, so that no name stands in an address."""

    text = Text(required=True, length_max=64)


class NewMemberIn(InSchema):
    """Somebody whom staff take in; the consent was given in person."""

    name = Text(required=True, length_max=32)
    phone = Text(load_default=None, allow_none=True, length_max=24)
    node_code = Text(required=True, length_max=32)
    birth_year = WholeNumber(load_default=None, allow_none=True)
    agreed = fields.String(required=True)
    guardian_agreed = fields.String(load_default="")
    has_card = fields.Boolean(load_default=False)


class MemberNumberIn(InSchema):
    """A member by the number that people know."""

    volunteer_no = Text(required=True, length_max=NUMBER_MAX)


class MergeIn(ReasonIn):
    """Which membership stays; this one ends."""

    volunteer_no = Text(required=True, length_max=NUMBER_MAX)


class AgentIn(MemberNumberIn):
    """Who may act for a member, who they are to them, and how consent was given."""

    relation = Text(required=True, length_max=24)
    consent_note = Text(required=True, length_max=200)


class HouseholdIn(MemberNumberIn):
    """Who else belongs to the household, and as what."""

    relation = Text(required=True, length_max=24)


class NameIn(InSchema):
    """A name."""

    name = Text(required=True, length_max=64)


class TeamIn(NameIn):
    """A team with its lead body; aliases are separated by commas."""

    kind = Text(load_default="", length_max=24)
    lead_body = Text(required=True, length_max=64)
    contact_role = Text(load_default=None, allow_none=True, length_max=32)
    aliases = Text(load_default="", is_empty_ok=True, length_max=200)


class TeamMemberIn(MemberNumberIn):
    """Who joins a team, and whether they lead it."""

    role = fields.String(load_default="member", validate=validate.OneOf(("member", "leader")))


class AliasIn(InSchema):
    """Another spelling."""

    alias = Text(required=True, length_max=64)


class TeamIdIn(InSchema):
    """A team of the place."""

    team_id = fields.UUID(required=True)


class ManualIn(MemberNumberIn):
    """A grant by hand; it waits for a second person (A17)."""

    category_code = Text(required=True, length_max=24)
    minutes = Minutes(data_key="hours", load_default=0)
    quantity = WholeNumber(load_default=0, validate=validate.Range(min=0, max=POINTS_MAX))
    served_on = fields.Date(required=True)
    reason = Text(required=True, length_max=REASON_MAX)
    evidence = Text(load_default=None, allow_none=True, length_max=120)
    case_no = Text(load_default=None, allow_none=True, length_max=60)
    starts_at = fields.Time(load_default=None, format="%H:%M")
    ends_at = fields.Time(load_default=None, format="%H:%M")


class BackfillIn(MemberNumberIn):
    """Past service to be recorded; never points (D24)."""

    category_code = Text(load_default=None, allow_none=True, length_max=24)
    provenance = fields.String(required=True, validate=validate.OneOf(("honorary", "historical")))
    minutes = Minutes(data_key="hours", required=True)
    served_on = fields.Date(required=True)
    evidence = Text(required=True, length_max=200)


class OpeningIn(InSchema):
    """A paper list: each line a number, hours and points (L12)."""

    document_no = Text(required=True, length_max=48)
    as_of_on = fields.Date(required=True)
    lines = Text(required=True, length_max=40_000)


class OpeningDecideIn(OneDecideIn):
    """A verdict on lines of paper lists, all or none."""

    opening_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )


class ShopIn(NameIn):
    """A new shop of an approved merchant: a store of the place, or the merchant's own."""

    merchant_id = fields.UUID(required=True)
    kind = fields.String(load_default="store", validate=validate.OneOf(SHOP_KINDS))


class ClerkIn(MemberNumberIn):
    """Who is to serve, until a last day."""

    until_on = fields.Date(load_default=None, allow_none=True)


class GoodsEditIn(InSchema):
    """What may be changed of goods; `version` is the one that was read."""

    name = Text(required=True, length_max=64)
    barcode = Text(load_default=None, allow_none=True, length_max=32)
    price_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))
    low_stock_count = WholeNumber(load_default=0, validate=validate.Range(0, 10_000))
    person_period_max = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(1, 10_000)
    )
    is_on_sale = fields.Boolean(load_default=False)
    version = WholeNumber(required=True)


class StockIn(InSchema):
    """A delivery, a write-off or a count of one kind of goods."""

    count = WholeNumber(required=True, validate=validate.Range(0, 1_000_000))
    reason = Text(load_default=None, allow_none=True, length_max=120)


class RoleIn(MemberNumberIn):
    """A role at this place, until a last day."""

    role = Text(required=True, length_max=16)
    until_on = fields.Date(load_default=None, allow_none=True)


class RevokeIn(InSchema):
    """A role at a place."""

    role = Text(required=True, length_max=16)
    node_code = Text(required=True, length_max=32)


class AnswerIn(ReasonIn):
    """An answer to an objection."""

    verdict = fields.String(required=True, validate=validate.OneOf(objections.VERDICTS))


class JudgeIn(InSchema):
    """A judgement of a signal."""

    verdict = fields.String(required=True, validate=validate.OneOf(signals.VERDICTS))


class SettingIn(InSchema):
    """A number; `version` says what was read. Nothing written switches off what may be off."""

    value = WholeNumber(load_default=None, allow_none=True)
    version = Text(required=True, length_max=24)


class GridIn(InSchema):
    """A grid below this place."""

    number = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=NUMBERS.start, max=NUMBERS.stop - 1),
    )
    name = Text(load_default="", is_empty_ok=True, length_max=64)
    household_count = WholeNumber(load_default=None, allow_none=True)
    resident_count = WholeNumber(load_default=None, allow_none=True)


class KindIn(InSchema):
    """The kind of file that is exported."""

    kind = fields.String(required=True, validate=validate.OneOf(("xlsx", "csv")))
