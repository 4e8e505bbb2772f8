"""Forms of the desk about merchants, settlements and figures."""

from typing import Any

from marshmallow import fields, validate

from app.community.terms import CODE_MAX as TERM_MAX
from app.mall.merchants import AGREEMENT_NO_MAX, DISCOUNT_RATE_BP_MAX
from app.mall.models_claim import RESERVATION_STATES, VOUCHER_STATES
from app.mall.models_shelf import SHOP_KINDS
from app.mall.offers import PERSON_MAX, TERMS_MAX, TITLE_MAX
from app.people.models_group import GROUPS
from app.web.schemas import InSchema, PageIn, Text, WholeNumber
from app.web.schemas.claimed import NUMBER_MAX, CancelClassIn
from app.web.schemas.desk import NameIn
from app.web.schemas.desk_fields import LocalMoment
from app.web.schemas.mall import GoodsIn
from app.web.schemas.partners import PERIOD


class MerchantIn(NameIn):
    """A merchant's application: its class (T16), and what part of the value it is paid (D39)."""

    partner_class = Text(load_default=None, allow_none=True, length_max=TERM_MAX)
    discount_rate_bp = WholeNumber(
        load_default=DISCOUNT_RATE_BP_MAX, validate=validate.Range(0, DISCOUNT_RATE_BP_MAX)
    )


class SignIn(InSchema):
    """The agreement that a merchant signed."""

    agreement_no = Text(required=True, length_max=AGREEMENT_NO_MAX)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


class ClassIn(InSchema):
    """Merchants of which class; of all if none is said."""

    partner_class = Text(load_default=None, allow_none=True, length_max=TERM_MAX)


class PeriodIn(InSchema):
    """Which month."""

    period = fields.String(required=True, validate=PERIOD)


class ShopFiguresIn(InSchema):
    """Which days, which kind of shops, and only those with at most so many goods orders."""

    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SHOP_KINDS))
    at_most = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(0, 1_000))


class ClaimedIn(PageIn):
    """Vouchers or reservations, with a number that contains this, in this state."""

    kind = fields.String(
        load_default="voucher", validate=validate.OneOf(("voucher", "reservation"))
    )
    number = Text(load_default="", is_empty_ok=True, length_max=NUMBER_MAX)
    state = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf((*VOUCHER_STATES, *RESERVATION_STATES)),
    )


class DeskGoodsIn(GoodsIn):
    """New goods as a browser's form sends them: the times of a class are Shanghai's."""

    starts_at: Any = LocalMoment(load_default=None, allow_none=True)
    ends_at: Any = LocalMoment(load_default=None, allow_none=True)


class MoveClassIn(InSchema):
    """The new time of a class; `version` is the one that was read."""

    starts_at = LocalMoment(required=True)
    ends_at = LocalMoment(required=True)
    version = WholeNumber(required=True)


class DeskCancelIn(CancelClassIn):
    """Why a class does not take place; `version` is the one that was read."""

    version = WholeNumber(required=True)


class OfferIn(InSchema):
    """A new offer of a merchant (M1)."""

    title = Text(required=True, length_max=TITLE_MAX)
    terms = Text(required=True, length_max=TERMS_MAX)
    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    audience = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(GROUPS))
    person_period_max = WholeNumber(load_default=2, validate=validate.Range(1, PERSON_MAX))
    goods_id = fields.UUID(load_default=None, allow_none=True)


class GroupPageIn(PageIn):
    """Which slice of which group."""

    group = fields.String(load_default=GROUPS[0], validate=validate.OneOf(GROUPS))


class GroupMemberIn(InSchema):
    """A member, and the group to which they belong no more."""

    group = fields.String(required=True, validate=validate.OneOf(GROUPS))
    member_id = fields.UUID(required=True)


class GroupMembersIn(InSchema):
    """Volunteer numbers, one after the other, and the group they belong to."""

    group = fields.String(required=True, validate=validate.OneOf(GROUPS))
    numbers = Text(required=True, length_max=20_000)
