"""Merchants, shops, clerks, goods, stock and tills, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.community.terms import CODE_MAX as TERM_MAX
from app.mall.goods import COUNTED_KINDS, LIMIT_MAX, PRICE_POINTS_MAX, RETURN_HOURS_MAX
from app.mall.models_shelf import GOODS_KINDS, SHOP_KINDS
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlaceIn

DISCOUNT_RATE_BP_MAX = 10_000
REASON_MAX = 120
PIECES_MAX = 1_000_000
KINDS_COUNTED_MAX = 2_000


class MerchantIn(InSchema):
    """An application; the rate is what the merchant is paid, in hundredths of a percent (D39)."""

    node_code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)
    partner_class = Text(load_default=None, allow_none=True, length_max=TERM_MAX)
    discount_rate_bp = WholeNumber(
        load_default=DISCOUNT_RATE_BP_MAX, validate=validate.Range(0, DISCOUNT_RATE_BP_MAX)
    )


class MerchantOut(Schema):
    """A merchant and the state of its application."""

    id = fields.UUID()
    name = fields.String()
    node_id = fields.Integer()
    partner_class = fields.String(allow_none=True)
    state = fields.String()
    discount_rate_bp = fields.Integer()
    agreement_no = fields.String(allow_none=True)
    agreed_from_on = fields.Date(allow_none=True)
    agreed_until_on = fields.Date(allow_none=True)


class ShopIn(InSchema):
    """A new shop of an approved merchant."""

    merchant_id = fields.UUID(required=True)
    node_code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)
    kind = fields.String(load_default="store", validate=validate.OneOf(SHOP_KINDS))


class ShopOut(Schema):
    """A shop under a place."""

    id = fields.UUID()
    merchant_id = fields.UUID()
    node_id = fields.Integer()
    name = fields.String()
    state = fields.String()
    kind = fields.String()


class MerchantFilterIn(PlaceIn):
    """Of which place, and of which of the five classes (T16)."""

    partner_class = Text(length_max=TERM_MAX)


class ClerkIn(InSchema):
    """Who is to serve, from today or a later day until a last one."""

    person_id = fields.UUID(required=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)


class ClerkOut(Schema):
    """An assignment of a clerk, both days included."""

    person_id = fields.UUID()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)


class GoodsFields(InSchema):
    """What may be changed of goods."""

    name = Text(length_max=64)
    barcode = Text(length_max=32, allow_none=True)
    price_points = WholeNumber(validate=validate.Range(0, PRICE_POINTS_MAX))
    low_stock_count = WholeNumber(validate=validate.Range(0, LIMIT_MAX))
    person_period_max = WholeNumber(allow_none=True, validate=validate.Range(1, LIMIT_MAX))


class GoodsEditIn(GoodsFields):
    """A change of goods; number and kind stay."""

    is_on_sale = fields.Boolean()


class GoodsIn(GoodsFields):
    """A new kind of goods with an empty shelf."""

    number = Text(required=True, length_max=24)
    name = Text(required=True, length_max=64)
    price_points = WholeNumber(required=True, validate=validate.Range(0, PRICE_POINTS_MAX))
    kind = fields.String(load_default="goods", validate=validate.OneOf(GOODS_KINDS))
    starts_at = fields.AwareDateTime(load_default=None, allow_none=True)
    ends_at = fields.AwareDateTime(load_default=None, allow_none=True)
    return_hours = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(0, RETURN_HOURS_MAX)
    )


class GoodsOut(Schema):
    """Goods of a shop as they stand now; `version` is also the ETag."""

    id = fields.UUID()
    shop_id = fields.UUID()
    number = fields.String()
    barcode = fields.String(allow_none=True)
    name = fields.String()
    kind = fields.String()
    price_points = fields.Integer()
    stock_count = fields.Integer()
    reserved_count = fields.Integer()
    available_count = fields.Function(
        lambda one: one.stock_count - one.reserved_count if one.kind in COUNTED_KINDS else None
    )
    low_stock_count = fields.Integer()
    person_period_max = fields.Integer(allow_none=True)
    is_on_sale = fields.Boolean()
    version = fields.Integer()
    starts_at = fields.DateTime(allow_none=True)
    ends_at = fields.DateTime(allow_none=True)
    return_hours = fields.Integer(allow_none=True)


class ForSaleOut(Schema):
    """Goods at a till; `available_count` is null where no pieces are counted."""

    id = fields.UUID()
    number = fields.String()
    barcode = fields.String(allow_none=True)
    name = fields.String()
    kind = fields.String()
    price_points = fields.Integer()
    person_period_max = fields.Integer(allow_none=True)
    available_count = fields.Integer(allow_none=True)


class GoodsFilterIn(InSchema):
    """Which goods of a shop."""

    on_sale_only = fields.Boolean(load_default=False)
    low_only = fields.Boolean(load_default=False)


class PiecesIn(InSchema):
    """So many pieces of one kind of goods."""

    goods_id = fields.UUID(required=True)
    count = WholeNumber(required=True, validate=validate.Range(0, PIECES_MAX))


class StockIn(InSchema):
    """A delivery, a write-off or a count."""

    items = fields.List(
        fields.Nested(PiecesIn), required=True, validate=validate.Length(1, KINDS_COUNTED_MAX)
    )
    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)


class CountedOut(Schema):
    """One kind of goods as counted."""

    goods_id = fields.UUID()
    number = fields.String()
    name = fields.String()
    expected_count = fields.Integer()
    counted_count = fields.Integer()
    difference_count = fields.Integer()


class MovementOut(Schema):
    """One change of a shelf."""

    seq = fields.Integer()
    kind = fields.String()
    change_count = fields.Integer()
    stock_after = fields.Integer()
    reason = fields.String(allow_none=True)
    moved_at = fields.DateTime()


class TillOut(Schema):
    """One opening of a clerk's till; the figures are fixed when it is closed."""

    id = fields.UUID()
    shop_id = fields.UUID()
    stall_id = fields.UUID(allow_none=True)
    opened_by_id = fields.UUID()
    opened_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)
    redemption_count = fields.Integer(allow_none=True)
    total_points = fields.Integer(allow_none=True)
    difference_count = fields.Integer(allow_none=True)


class CountIn(PiecesIn):
    """So many pieces as counted, and why there are more or fewer than the book says."""

    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)


class CountsIn(InSchema):
    """A count of the shelf; `reason` stands for the goods that have none of their own."""

    items = fields.List(
        fields.Nested(CountIn), required=True, validate=validate.Length(1, KINDS_COUNTED_MAX)
    )
    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)


class CloseTillIn(InSchema):
    """The shelf as counted at day end; goods left out were not counted."""

    counted = fields.List(
        fields.Nested(CountIn), load_default=list, validate=validate.Length(0, KINDS_COUNTED_MAX)
    )
    reason = Text(load_default=None, allow_none=True, length_max=REASON_MAX)


class ShelfLineOut(CountedOut):
    """One shelf at day end; `counted_count` is null where nobody counted."""

    sold_count = fields.Integer()
    counted_count = fields.Integer(allow_none=True)


class DayEndOut(Schema):
    """The day-end list of a till."""

    till_id = fields.UUID()
    shop_id = fields.UUID()
    opened_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)
    redemption_count = fields.Integer()
    total_points = fields.Integer()
    difference_count = fields.Integer(allow_none=True)
    shelf = fields.List(fields.Nested(ShelfLineOut))
