"""Spending away from the till: who may, where, and which limits it uses (A10, D35, M3)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import SecondPersonRequired
from app.community import settings, tree
from app.community.models import Node
from app.mall import allowances, merchants, shops, standing
from app.mall.errors import ShopClosed
from app.mall.models import Shop
from app.mall.shelf import OnShelf
from app.people import households, members
from app.people.models import Member
from app.risk import freezes, limits
from app.risk.errors import LimitExceeded

ITEM_MAX = "mall.item_max_per_period"


@dataclass(frozen=True, slots=True)
class Spender:
    """Who buys; `household_id`: whose limits it counts against, where the programme pools."""

    member_id: UUID
    household_id: UUID | None

    @property
    def owner_id(self) -> UUID:
        """Whose pieces are counted (D29, D35)."""
        return self.household_id or self.member_id


def require_open(session: Session, *, ledger_id: int, shop_id: UUID) -> Shop:
    """Return a shop that may honour what was bought there.

    Raises:
        NotFound: No such shop.
        ShopClosed: It is not open, or its merchant is not listed (M3).
    """
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=shop.merchant_id)
    if shop.state != "open" or merchant.state != "listed":
        raise ShopClosed(state=shop.state, merchant_state=merchant.state)
    return shop


def require_selling(session: Session, *, ledger_id: int, shop_id: UUID) -> Shop:
    """Return a shop that may sell now.

    Raises:
        NotFound, ShopClosed: As `require_open`.
        AgreementOver: The last day of its merchant's agreement has passed (M3).
    """
    shop = require_open(session, ledger_id=ledger_id, shop_id=shop_id)
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=shop.merchant_id)
    if refusal := merchants.agreement_over(merchant.agreed_until_on):
        raise refusal
    return shop


def spender(session: Session, *, ledger_id: int, member_id: UUID) -> Spender:
    """Return a member who may spend, with the household they pool with.

    Raises:
        NotFound, MemberNotActive, AccountFrozen: As `require_spender`.
    """
    require_spender(session, ledger_id=ledger_id, member_id=member_id)
    home_id = standing.pooling_home(session, ledger_id=ledger_id, member_id=member_id)
    return Spender(member_id, home_id)


def require_spender(session: Session, *, ledger_id: int, member_id: UUID) -> Member:
    """Return a member who may spend.

    Raises:
        NotFound: No such member.
        MemberNotActive: The membership was merged, left or erased.
        AccountFrozen: It is frozen.
    """
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    members.require_active(member)
    freezes.require_free(session, ledger_id=ledger_id, subject_ids=[member_id])
    return member


def require_not_own(session: Session, *, member: Member, actor: Actor) -> None:
    """Refuse a clerk who would serve themselves or their household (D37).

    Raises:
        SecondPersonRequired: They would.
    """
    ours = households.circle_of(session, ledger_id=member.ledger_id, person_id=actor.person_id)
    if member.id in ours or actor.is_involved(member.person_id):
        raise SecondPersonRequired("a clerk does not serve their own household (D37)")


def node_of(session: Session, shop: Shop) -> Node:
    """Return the place of a shop, for its settings."""
    return tree.get(session, shop.node_id)


def use_item(
    session: Session, *, ledger_id: int, owner_id: UUID, goods: OnShelf, node: Node,
    pieces: int, on: date,
) -> None:  # fmt: skip
    """Use up pieces of a month of one kind of goods (D35).

    Args:
        owner_id: The member, or the household where the programme pools (D29).

    Raises:
        LimitExceeded: It would pass the maximum; fact `goods` names which.
    """
    held = settings.read(session, node, ITEM_MAX)[ITEM_MAX]
    maximum = goods.person_period_max or held
    counter = allowances.item_counter(owner_id, goods.id, on)
    try:
        limits.use_many(session, ledger_id=ledger_id, uses=[limits.Use(*counter, pieces, maximum)])
    except LimitExceeded as refused:
        named = [{"goods_id": str(goods.id), "number": goods.number, "name": goods.name}]
        facts = {"used": refused.facts["used"], "maximum": refused.facts["maximum"]}
        raise LimitExceeded(rule_code=ITEM_MAX, goods=named, **facts) from refused


def give_item_back(
    session: Session, *, ledger_id: int, owner_id: UUID, goods_id: UUID, pieces: int, on: date
) -> None:
    """Give back pieces of a month, in that in which the member or household used them."""
    counter = allowances.item_counter(owner_id, goods_id, on)
    limits.give_back_many(session, ledger_id=ledger_id, uses=[limits.Use(*counter, pieces, None)])
