"""Household points: applications, cases, deductions, the common pool, gifts and kin."""

from marshmallow import Schema, fields, validate

from app.people.models_member import RELATIONS
from app.points.application_checks import MINUTES_MAX, QUANTITY_MAX, TEXT_MAX
from app.points.application_standing import STANDINGS
from app.points.case_numbers import CASE_NO_MAX
from app.points.models_rule import POOLINGS
from app.points.pool import POINTS_MAX
from app.points.verdicts import VERDICTS
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

SHARES_MAX = 20


class ApplicationIn(InSchema):
    """What a member applies for: minutes where time counts, else a number of 次 or 件."""

    category_code = Text(required=True, length_max=24)
    minutes = WholeNumber(load_default=0, validate=validate.Range(min=0, max=MINUTES_MAX))
    quantity = WholeNumber(load_default=0, validate=validate.Range(min=0, max=QUANTITY_MAX))
    served_on = fields.Date(required=True)
    starts_at = fields.AwareDateTime(load_default=None)
    ends_at = fields.AwareDateTime(load_default=None)
    text = Text(required=True, length_max=TEXT_MAX)
    case_no = Text(load_default=None, allow_none=True, length_max=CASE_NO_MAX)
    is_on_duty = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ApplicationsIn(PlacePageIn):
    """Which applications of which place; those that wait unless said otherwise."""

    state = fields.String(load_default="waiting", validate=validate.OneOf(STANDINGS))


class VerdictIn(InSchema):
    """A decision; to refuse needs a reason."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True)


class ReviewIn(VerdictIn):
    """A review: whoever was on paid duty keeps the record and gets nothing."""

    is_on_duty = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ApplicationOut(Schema):
    """An application and where it stands; `text` is for its member and who decides.

    `held`: the notice is over, and its grant waits for one more person. `points` is what
    was posted, or what the notice shows.
    """

    id = fields.UUID()
    member_id = fields.UUID()
    name_masked = fields.String()
    category_code = fields.String()
    minutes = fields.Integer()
    quantity = fields.Integer()
    served_on = fields.Date()
    text = fields.String()
    case_no = fields.String(allow_none=True)
    is_on_duty = fields.Boolean()
    state = fields.String()
    points_shown = fields.Integer(allow_none=True)
    points = fields.Integer()
    reason = fields.String(allow_none=True)
    applied_at = fields.DateTime()
    notice_id = fields.UUID(allow_none=True)
    grant_id = fields.UUID(allow_none=True)


class ShareIn(InSchema):
    """Somebody's part of a case; on paid duty it is 0 (C33)."""

    volunteer_no = Text(required=True, length_max=40)
    points = WholeNumber(load_default=0, validate=validate.Range(min=0, max=POINTS_MAX))
    is_on_duty = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class CaseIn(InSchema):
    """A case that several people worked on; the shares sum to what one 件 gives."""

    node_code = Text(required=True, length_max=32)
    case_no = Text(required=True, length_max=CASE_NO_MAX)
    category_code = Text(required=True, length_max=24)
    served_on = fields.Date(required=True)
    reason = Text(required=True)
    shares = fields.List(
        fields.Nested(ShareIn), required=True, validate=validate.Length(min=1, max=SHARES_MAX)
    )


class ShareOut(Schema):
    """Who shares a case: masked."""

    name_masked = fields.String()
    points = fields.Integer()
    is_on_duty = fields.Boolean()


class CaseOut(Schema):
    """A case with who shares it."""

    case_no = fields.String()
    category_code = fields.String()
    served_on = fields.Date()
    points = fields.Integer()
    source_kind = fields.String()
    shares = fields.List(fields.Nested(ShareOut))


class PointsIn(InSchema):
    """A number of points."""

    points = WholeNumber(required=True, validate=validate.Range(min=1, max=POINTS_MAX))


class PoolOut(Schema):
    """The common pool: what it holds, and what of it may be given out now."""

    held_points = fields.Integer()
    free_points = fields.Integer()


class DonationOut(Schema):
    """A donation; until `final_at` it can be taken back."""

    id = fields.UUID()
    points = fields.Integer()
    state = fields.String()
    donated_at = fields.DateTime()
    final_at = fields.DateTime()


class HelpIn(PointsIn):
    """Help for somebody in hardship; the reason is sealed, and a colleague decides."""

    volunteer_no = Text(required=True, length_max=40)
    reason = Text(required=True, length_max=500)


class HelpOut(Schema):
    """Help that was asked for; `reason` is for who decides."""

    id = fields.UUID()
    name_masked = fields.String()
    points = fields.Integer()
    reason = fields.String()
    state = fields.String()


class RelativeIn(InSchema):
    """Another member as close kin, by number and name: what they are to me."""

    volunteer_no = Text(required=True, length_max=40)
    name = Text(required=True, length_max=32)
    relation = fields.String(required=True, validate=validate.OneOf(RELATIONS))


class RelativeOut(Schema):
    """An entry; `is_mine_to_confirm`: the other has named me, and I have not confirmed it."""

    id = fields.UUID()
    name_masked = fields.String()
    relation = fields.String()
    state = fields.String()
    is_mine_to_confirm = fields.Boolean()


class GiftIn(PointsIn):
    """Points for a relative whose entry is confirmed."""

    relative_id = fields.UUID(required=True)


class GiftOut(Schema):
    """A gift; `side` is given or received."""

    id = fields.UUID()
    side = fields.String()
    name_masked = fields.String()
    points = fields.Integer()
    given_on = fields.Date()


class GiftsOut(Schema):
    """My gifts, and what I may still give."""

    giftable_points = fields.Integer()
    year_left_points = fields.Integer()
    items = fields.List(fields.Nested(GiftOut))


class EarnedOut(Schema):
    """What one member earned for the household."""

    name_masked = fields.String()
    points = fields.Integer()


class LotOut(Schema):
    """Points that expire together; `expires_on` null: never."""

    expires_on = fields.Date(allow_none=True)
    points = fields.Integer()


class ScoreOut(Schema):
    """A household's score: the base is shown and never spent (D29)."""

    base_points = fields.Integer()
    score_points = fields.Integer()
    spendable_points = fields.Integer()
    receivable_points = fields.Integer()
    is_pooled = fields.Boolean()
    is_honoured = fields.Boolean()
    lots = fields.List(fields.Nested(LotOut))
    earned = fields.List(fields.Nested(EarnedOut))


class HonourIn(InSchema):
    """Whether the household stands on the public honour list; its head says."""

    is_agreed = fields.Boolean(required=True, truthy={True}, falsy={False})


class HonourQueryIn(InSchema):
    """Of which place; without one, of the whole book."""

    node_code = Text(length_max=32)


class HonouredOut(Schema):
    """A household whose head agreed, by the name that it chose."""

    name = fields.String()
    score_points = fields.Integer()


class PoolingIn(InSchema):
    """Who earns from now on: each person, or the household."""

    pooling = fields.String(required=True, validate=validate.OneOf(POOLINGS))
