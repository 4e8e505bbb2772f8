"""Offers, vouchers, places and reservations, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.mall.baskets import QUANTITY_MAX
from app.mall.offers import PERSON_MAX, TERMS_MAX, TITLE_MAX
from app.people.models_group import GROUPS
from app.web.schemas import POINTS_MAX, InSchema, Text, WholeNumber

SHOWN_MAX = 64


class OfferTermsIn(InSchema):
    """A new offer: for whom, so often a month, on which days; with goods it costs their points."""

    title = Text(required=True, length_max=TITLE_MAX)
    terms = Text(required=True, length_max=TERMS_MAX)
    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    audience = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(GROUPS))
    person_period_max = WholeNumber(load_default=2, validate=validate.Range(1, PERSON_MAX))
    goods_id = fields.UUID(load_default=None, allow_none=True)


class OfferOut(Schema):
    """An offer of a merchant; to a member with how often they used it, and why they may not."""

    id = fields.UUID()
    number = fields.String()
    merchant_id = fields.UUID()
    merchant_name = fields.String()
    title = fields.String()
    terms = fields.String()
    audience = fields.String(allow_none=True)
    person_period_max = fields.Integer()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    goods_id = fields.UUID(allow_none=True)
    state = fields.String()
    used_count = fields.Integer()
    refusal = fields.String(allow_none=True)


class OfferUseIn(InSchema):
    """The member's one-time code, read at a shop of the merchant."""

    shop_id = fields.UUID(required=True)
    presented = Text(required=True, length_max=SHOWN_MAX)


class OwnUseIn(InSchema):
    """The offer that a member uses by themselves, at the merchant's code."""

    offer_id = fields.UUID(required=True)


class OfferUseOut(Schema):
    """One use; nothing was posted."""

    offer_id = fields.UUID()
    used_on = fields.Date()
    ordinal = fields.Integer()
    door = fields.String()


class MonthOut(Schema):
    """Uses (人次) of a month."""

    period = fields.String()
    times_count = fields.Integer()


class GroupIn(InSchema):
    """Whether a member belongs to a group."""

    group = fields.String(required=True, validate=validate.OneOf(GROUPS))
    is_in = fields.Boolean(load_default=True)


class GroupsOut(Schema):
    """The groups of a member."""

    groups = fields.List(fields.String())


class VoucherIn(InSchema):
    """Which service, at which price that was shown."""

    goods_id = fields.UUID(required=True)
    expected_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))


class VoucherOut(Schema):
    """A voucher or a place; without its code."""

    id = fields.UUID()
    number = fields.String()
    shop_id = fields.UUID()
    shop_name = fields.String()
    goods_id = fields.UUID()
    goods_name = fields.String()
    total_points = fields.Integer()
    state = fields.String()
    issued_at = fields.DateTime()
    starts_at = fields.DateTime(allow_none=True)
    return_until_at = fields.DateTime(allow_none=True)
    valid_until_on = fields.Date()
    used_at = fields.DateTime(allow_none=True)


class CodeOut(Schema):
    """The code of an open voucher or reservation, for its member alone."""

    token = fields.String()
    digits = fields.String()


class PresentedIn(InSchema):
    """A code as the shop read it: a QR's text, or 12 digits."""

    presented = Text(required=True, length_max=SHOWN_MAX)


class ReservationIn(InSchema):
    """Which goods, how many, at which total that was shown."""

    goods_id = fields.UUID(required=True)
    quantity_count = WholeNumber(load_default=1, validate=validate.Range(1, QUANTITY_MAX))
    expected_total_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))


class ReservationOut(Schema):
    """Goods set aside; without the code."""

    id = fields.UUID()
    number = fields.String()
    shop_id = fields.UUID()
    shop_name = fields.String()
    goods_id = fields.UUID()
    goods_name = fields.String()
    quantity_count = fields.Integer()
    total_points = fields.Integer()
    state = fields.String()
    reserved_at = fields.DateTime()
    lapses_at = fields.DateTime()


class CollectIn(PresentedIn):
    """The reservation's code, at one's own open till."""

    till_id = fields.UUID(required=True)
