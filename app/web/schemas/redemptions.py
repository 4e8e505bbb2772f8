"""Showing a code, quoting and redeeming, as the doors take and give them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.mall.baskets import KINDS_MAX, QUANTITY_MAX
from app.mall.refunds import REASON_MAX
from app.web.schemas import POINTS_MAX, InSchema, PageIn, Text, WholeNumber

SHOWN_MAX = 64
TICKET_MAX = 240
WAYS = ("pin", "phone", "second_staff")


class PresentationIn(InSchema):
    """A one-time code (its QR or its 18 digits) or a card's QR, as the till read it."""

    till_id = fields.UUID(required=True)
    presented = Text(required=True, length_max=SHOWN_MAX)


class LotOut(Schema):
    """Points that expire on a day; null: never."""

    expires_on = fields.Date(allow_none=True)
    points = fields.Integer()


class PresentationOut(Schema):
    """Who stands at the till, masked, and the ticket that pays for one basket."""

    ticket = fields.String()
    kind = fields.String()
    member_name_masked = fields.String()
    card_no = fields.String(allow_none=True)
    balance_points = fields.Integer()
    lots = fields.List(fields.Nested(LotOut))
    has_pin = fields.Boolean()
    expires_at = fields.DateTime()


class AskConfirmationIn(InSchema):
    """What the member's own phone is to show for confirmation."""

    ticket = fields.String(required=True, validate=validate.Length(1, TICKET_MAX))
    amount_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))


class ConfirmationIn(AskConfirmationIn):
    """How the member agreed: their PIN, their phone, or a second staff with a PIN (D37)."""

    way = fields.String(required=True, validate=validate.OneOf(WAYS))
    pin = fields.String(validate=validate.Length(1, 12))
    staff_phone = Text(length_max=24)

    @validates_schema
    def require_parts(self, data: dict[str, Any], **_rest: Any) -> None:
        """Refuse a way without what it needs."""
        if data["way"] != "phone" and "pin" not in data:
            raise ValidationError("a PIN is needed", "pin")
        if (data["way"] == "second_staff") != ("staff_phone" in data):
            raise ValidationError("the second staff's phone is needed", "staff_phone")


class ConfirmationOut(Schema):
    """The proof that goes into the redemption; null while the phone has not answered."""

    state = fields.String(validate=validate.OneOf(["confirmed", "waiting"]))
    confirmation = fields.String(allow_none=True)


class AgreeIn(InSchema):
    """The member's own answer to a till that asked: which code, and the points they saw."""

    code_id = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    amount_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))


class ItemIn(InSchema):
    """So many pieces of one kind of goods in the basket."""

    goods_id = fields.UUID(required=True)
    quantity_count = WholeNumber(required=True, validate=validate.Range(1, QUANTITY_MAX))


class BasketIn(InSchema):
    """A basket at a till, and the ticket of who stands there."""

    till_id = fields.UUID(required=True)
    ticket = fields.String(validate=validate.Length(1, TICKET_MAX))
    items = fields.List(
        fields.Nested(ItemIn), required=True, validate=validate.Length(1, KINDS_MAX)
    )
    confirmation = fields.String(validate=validate.Length(1, TICKET_MAX))


class QuoteIn(BasketIn):
    """A basket to be quoted."""

    ticket = fields.String(required=True, validate=validate.Length(1, TICKET_MAX))


class RedemptionIn(BasketIn):
    """A basket to be redeemed: with a ticket, or with code or card directly (small amounts)."""

    presented = Text(length_max=SHOWN_MAX)
    expected_total_points = WholeNumber(required=True, validate=validate.Range(0, POINTS_MAX))

    @validates_schema
    def require_one_showing(self, data: dict[str, Any], **_rest: Any) -> None:
        """Refuse both or neither."""
        if ("ticket" in data) == ("presented" in data):
            raise ValidationError("either a ticket or a code", "ticket")


class RefusalOut(Schema):
    """Something that stands against a basket."""

    code = fields.String()
    title = fields.String()
    facts = fields.Dict()


class QuoteLineOut(Schema):
    """One kind of goods of a quote."""

    goods_id = fields.UUID()
    number = fields.String()
    name = fields.String()
    quantity_count = fields.Integer()
    price_points = fields.Integer()
    refusals = fields.List(fields.Nested(RefusalOut))


class QuoteOut(Schema):
    """What a basket would cost, and all that stands against it."""

    member_name_masked = fields.String()
    balance_points = fields.Integer()
    total_points = fields.Integer()
    balance_after_points = fields.Integer()
    lines = fields.List(fields.Nested(QuoteLineOut))
    refusals = fields.List(fields.Nested(RefusalOut))
    needs_confirmation = fields.Boolean()
    may_redeem = fields.Boolean()


class SlipLineOut(Schema):
    """One line of a slip."""

    goods_id = fields.UUID()
    number = fields.String()
    name = fields.String()
    kind = fields.String()
    quantity_count = fields.Integer()
    price_points = fields.Integer()


class SlipOut(Schema):
    """What the till prints: masked."""

    redemption_id = fields.UUID()
    number = fields.String()
    shop_name = fields.String()
    member_name_masked = fields.String()
    total_points = fields.Integer()
    balance_points = fields.Integer()
    lines = fields.List(fields.Nested(SlipLineOut))
    redeemed_at = fields.DateTime()


class RedemptionOut(Schema):
    """A redemption as it stands now."""

    id = fields.UUID()
    number = fields.String()
    shop_id = fields.UUID()
    till_id = fields.UUID()
    member_name_masked = fields.String()
    presented = fields.String()
    confirmed_by = fields.String()
    state = fields.String()
    total_points = fields.Integer()
    lines = fields.List(fields.Nested(SlipLineOut))
    redeemed_at = fields.DateTime()
    reversed_at = fields.DateTime(allow_none=True)
    reversal_reason = fields.String(allow_none=True)


class RedemptionFilterIn(PageIn):
    """Redemptions of a shop, of a till or of a member: exactly one of them."""

    shop_id = fields.UUID()
    till_id = fields.UUID()
    member_id = fields.UUID()
    day = fields.Date()

    @validates_schema
    def require_one(self, data: dict[str, Any], **_rest: Any) -> None:
        """Refuse more or less than one."""
        if len({"shop_id", "till_id", "member_id"} & set(data)) != 1:
            raise ValidationError("exactly one of shop, till and member", "shop_id")


class ReversalIn(InSchema):
    """Why a redemption is taken back."""

    reason = Text(required=True, length_max=REASON_MAX)


class RefundSlipOut(Schema):
    """What a cancel or refund brought back; the amounts are points (E10)."""

    redemption_id = fields.UUID()
    number = fields.String()
    state = fields.String()
    total_points = fields.Integer()
    returned_points = fields.Integer()
    recovered_points = fields.Integer()
    expired_points = fields.Integer()


class AskIn(InSchema):
    """Which request is asked about."""

    idempotency_key = fields.String(required=True, validate=validate.Length(1, 64))


class OperationOut(Schema):
    """What became of a request: none, in_progress, succeeded (body) or refused (code, body)."""

    state = fields.String(validate=validate.OneOf(["none", "in_progress", "succeeded", "refused"]))
    status = fields.Integer()
    code = fields.String()
    body = fields.Raw()
