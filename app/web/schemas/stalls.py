"""Stalls of a market day, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.mall.markets import PLACE_MAX
from app.web.schemas import InSchema, Text
from app.web.schemas.mall import KINDS_COUNTED_MAX, CountIn, PiecesIn

HOST_MAX = 64


class LoadIn(InSchema):
    """Goods to take along, in pieces."""

    items = fields.List(
        fields.Nested(PiecesIn), required=True, validate=validate.Length(1, KINDS_COUNTED_MAX)
    )


class StallDayIn(InSchema):
    """Where a stall stands, and on which day; which community hosts it, at which activity.

    `host`: a place's code, or its name if only one has it; without, the shop's own place.
    """

    place = Text(required=True, length_max=PLACE_MAX)
    held_on = fields.Date(required=True)
    host = Text(load_default=None, allow_none=True, length_max=HOST_MAX)
    activity_id = fields.UUID(load_default=None, allow_none=True)


class StallIn(StallDayIn, LoadIn):
    """A new stall: where, on which day, with which goods."""


class CloseStallIn(InSchema):
    """What came back, all of it counted; each difference with its reason."""

    counted = fields.List(
        fields.Nested(CountIn), required=True, validate=validate.Length(1, KINDS_COUNTED_MAX)
    )


class AtStallOut(Schema):
    """One kind of goods at a stall; `counted_count` is null until the stall is closed."""

    goods_id = fields.UUID()
    number = fields.String()
    name = fields.String()
    taken_count = fields.Integer()
    sold_count = fields.Integer()
    left_count = fields.Integer()
    counted_count = fields.Integer(allow_none=True)
    difference_count = fields.Integer()
    reason = fields.String(allow_none=True)


class StallOut(Schema):
    """A stall of a shop for a day."""

    id = fields.UUID()
    shop_id = fields.UUID()
    place = fields.String()
    node_id = fields.Integer(allow_none=True)
    activity_id = fields.UUID(allow_none=True)
    held_on = fields.Date()
    state = fields.String()
    opened_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)
    difference_count = fields.Integer(allow_none=True)


class StallGoodsOut(StallOut):
    """A stall with its goods."""

    goods = fields.List(fields.Nested(AtStallOut))
