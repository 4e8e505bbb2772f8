"""The month's list of a place's shops, as everybody may read it (D38)."""

from marshmallow import Schema, fields

from app.mall.models_shelf import GOODS_KINDS
from app.web.schemas.partners import KindCountOut


class GivenOut(Schema):
    """One kind of goods that a shop gave."""

    name = fields.String()
    kind = fields.String()
    piece_count = fields.Integer()
    points = fields.Integer()


class StockChangeOut(Schema):
    """What counting or writing off changed of one kind of goods."""

    name = fields.String()
    kind = fields.String()
    change_count = fields.Integer()


CountsOut = Schema.from_dict(
    {kind: fields.Nested(KindCountOut) for kind in GOODS_KINDS}, name="CountsOut"
)
"""What was given, by kind of goods; the kinds are never added up."""


class ShopMonthOut(Schema):
    """One shop's month."""

    shop_id = fields.UUID(attribute="shop.id")
    shop_name = fields.String(attribute="shop.name")
    counts = fields.Nested(CountsOut)
    goods = fields.List(fields.Nested(GivenOut))
    changes = fields.List(fields.Nested(StockChangeOut))


class ShopMonthsOut(Schema):
    """A place's month: its shops in pages, and the sums of them all, each kind by itself."""

    period = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    is_over = fields.Boolean()
    shop_count = fields.Integer()
    sums = fields.Nested(CountsOut)
    items = fields.List(fields.Nested(ShopMonthOut))
