"""Merchants' agreements, settlements and figures, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.mall.merchants import AGREEMENT_NO_MAX
from app.web.schemas import InSchema, Text, WholeNumber

PERIOD = validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$", error="a month such as 2026-02")


class SignIn(InSchema):
    """The agreement that a merchant signed; both days are included."""

    agreement_no = Text(required=True, length_max=AGREEMENT_NO_MAX)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


class SettleIn(InSchema):
    """Which shop's month is to be settled."""

    shop_id = fields.UUID(required=True)
    period = fields.String(required=True, validate=PERIOD)


class SettlementFilterIn(InSchema):
    """Of which place and which month; without them, of all."""

    node_code = Text(length_max=32)
    period = fields.String(validate=PERIOD)


class SettlementOut(Schema):
    """A settlement: captured less reversed points, paid by rate and reference value (D39, D40)."""

    id = fields.UUID()
    number = fields.String()
    shop_id = fields.UUID()
    period = fields.String()
    captured_points = fields.Integer()
    reversed_points = fields.Integer()
    total_points = fields.Integer()
    discount_rate_bp = fields.Integer()
    reference_fen = fields.Integer()
    amount_fen = fields.Integer()
    settled_at = fields.DateTime()


class StatementLineOut(Schema):
    """A redemption, or its taking back; without names."""

    number = fields.String()
    at = fields.DateTime()
    points = fields.Integer()
    is_reversal = fields.Boolean()


class StatementOut(Schema):
    """A settlement reckoned again from its rows."""

    settlement = fields.Nested(SettlementOut)
    shop_name = fields.String()
    merchant_name = fields.String()
    lines = fields.List(fields.Nested(StatementLineOut))
    by_kind = fields.Dict(keys=fields.String(), values=fields.Integer())
    agrees = fields.Boolean()


class FiguresIn(InSchema):
    """Which days, both included; `at_most`: only stores with at most so many goods orders."""

    node_code = Text(length_max=32)
    from_on = fields.Date(load_default=None)
    until_on = fields.Date(load_default=None)
    at_most = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(0, 1_000))


class KindCountOut(Schema):
    """One kind by itself; kinds are never added up."""

    times_count = fields.Integer()
    piece_count = fields.Integer()
    points = fields.Integer()


class ShopFiguresOut(Schema):
    """What a shop gave, by kind: goods, service, offer, honour."""

    shop_id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    by_kind = fields.Dict(keys=fields.String(), values=fields.Nested(KindCountOut))
