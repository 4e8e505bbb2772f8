"""Standing: who and what meets at the till, read in one statement (hot path).

Till, shop, merchant, clerk, member, household and freezes decide together whether
a redemption may be tried at all. The till stays locked, so that it cannot be
closed while one of its redemptions is being written (A14).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.actors import Actor
from app.base.db import Id
from app.base.errors import DomainError, NotFound, PermissionDenied, SecondPersonRequired
from app.base.ids import NOBODY
from app.community.models import Node
from app.ledger.models import Book
from app.mall import merchants
from app.mall.baskets import Basket
from app.mall.errors import ShopClosed, StallOver, TillClosed
from app.mall.models import Clerk, Merchant, Redemption, Shop, Stall, Till
from app.people.errors import CodeAlreadyUsed, MemberNotActive
from app.people.models import HouseholdMember, Member
from app.points.models import Programme
from app.risk.errors import AccountFrozen
from app.risk.models import Freeze


@dataclass(frozen=True, slots=True)
class Standing:
    """What one statement saw at the till. `node_path`: of the shop's place, for its settings."""

    shop_id: UUID
    shop_name: str
    shop_state: str
    merchant_state: str
    agreed_until_on: date | None
    till_opened_by_id: UUID
    till_closed_at: datetime | None
    stall_id: UUID | None
    stall_state: str | None
    stall_held_on: date | None
    book_code: str
    member_person_id: UUID
    member_name_masked: str
    member_state: str
    is_clerk: bool
    is_household: bool
    frozen_kind: str | None
    is_paid: bool
    home_id: UUID | None
    node_path: str


def read(
    session: Session, *, ledger_id: int, basket: Basket, actor: Actor, for_update: bool
) -> Standing:
    """Read what stands at the till; `for_update` also holds the till open.

    Raises:
        NotFound: The till or the member is not of this book.
    """
    values = {
        "in_ledger": ledger_id,
        "at_till": basket.till_id,
        "for_member": basket.member_id,
        "with_card": basket.card_id or NOBODY,
        "by_clerk": actor.person_id,
        "shown_as": basket.presentation_id,
        "on_day": clock.today(),
    }
    query = _LOCKING if for_update else _READING
    row: Any = session.connection().execute(query, values).first()
    if row is None:
        raise NotFound("no such till or member in this book")
    return Standing(*row)


def refusals(standing: Standing, actor: Actor) -> list[DomainError]:
    """List why nothing may be redeemed here and now by these people; empty when it may."""
    said = _against_till(standing, actor)
    if standing.member_state != "active":
        said.append(MemberNotActive(state=standing.member_state))
    if standing.frozen_kind is not None:
        said.append(AccountFrozen(subject_kind=standing.frozen_kind))
    if standing.is_paid:
        said.append(CodeAlreadyUsed("this showing of code or card has paid for a basket"))
    if standing.is_household or actor.is_involved(standing.member_person_id):
        said.append(SecondPersonRequired("a clerk does not serve their own household (D37)"))
    return said


def pooling_home(session: Session, *, ledger_id: int, member_id: UUID) -> UUID | None:
    """Return the household whose limits a member's purchases use up; None: their own (D29, D35)."""
    return session.scalar(_HOME, {"in_ledger": ledger_id, "for_member": member_id})


def _against_till(standing: Standing, actor: Actor) -> list[DomainError]:
    """Why nothing is sold at this till, whoever stands before it."""
    said: list[DomainError] = []
    if standing.till_closed_at is not None:
        said.append(TillClosed("this till was closed"))
    if _is_off_day(standing):
        said.append(StallOver(state=standing.stall_state))
    if not standing.is_clerk or standing.till_opened_by_id != actor.person_id:
        said.append(PermissionDenied("this is not the till of a clerk of this shop"))
    if standing.shop_state != "open" or standing.merchant_state != "listed":
        said.append(ShopClosed(state=standing.shop_state, merchant_state=standing.merchant_state))
    elif refusal := merchants.agreement_over(standing.agreed_until_on):
        said.append(refusal)
    return said


def _is_off_day(standing: Standing) -> bool:
    """The till is at a stall that was closed, or that is not held today."""
    is_day = standing.stall_state == "open" and standing.stall_held_on == clock.today()
    return standing.stall_id is not None and not is_day


def _param(name: str, kind: Any) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=kind)


_ledger = _param("in_ledger", sa.BigInteger())
_till = _param("at_till", Id())
_member = _param("for_member", Id())
_card = _param("with_card", Id())
_clerk = _param("by_clerk", Id())
_shown: sa.BindParameter[Any] = _param("shown_as", Id())
_day: sa.BindParameter[date] = _param("on_day", sa.Date())


def _serves() -> sa.ColumnElement[bool]:
    """The clerk is assigned to the till's shop today."""
    return (
        sa.exists()
        .where(
            Clerk.ledger_id == _ledger,
            Clerk.shop_id == Till.shop_id,
            Clerk.person_id == _clerk,
            Clerk.from_on <= _day,
            sa.or_(Clerk.until_on.is_(None), Clerk.until_on >= _day),
        )
        .correlate(Till)
    )


def _lives_together() -> sa.ColumnElement[bool]:
    """Clerk and member belong to one household now."""
    theirs, mine = aliased(HouseholdMember), aliased(HouseholdMember)
    colleague = aliased(Member)
    return (
        sa.select(theirs.member_id)
        .join(
            mine,
            sa.and_(
                mine.ledger_id == theirs.ledger_id,
                mine.household_id == theirs.household_id,
                mine.left_on.is_(None),
            ),
        )
        .join(
            colleague,
            sa.and_(colleague.ledger_id == mine.ledger_id, colleague.id == mine.member_id),
        )
        .where(
            theirs.ledger_id == _ledger,
            theirs.member_id == _member,
            theirs.left_on.is_(None),
            mine.ledger_id == _ledger,
            colleague.ledger_id == _ledger,
            colleague.person_id == _clerk,
        )
        .exists()
    )


def _frozen() -> sa.ScalarSelect[str]:
    """What is frozen of the member and the card, if anything; as `risk.freezes` asks it."""
    return (
        sa.select(Freeze.subject_kind)
        .where(
            Freeze.ledger_id == _ledger,
            Freeze.subject_kind.in_(("member", "card")),
            Freeze.subject_id.in_((_member, _card)),
            Freeze.released_at.is_(None),
        )
        .limit(1)
        .scalar_subquery()
    )


def _paid() -> sa.ColumnElement[bool]:
    """This showing of code or card was used for a redemption before (D34)."""
    return sa.exists().where(Redemption.ledger_id == _ledger, Redemption.presentation_id == _shown)


def _home() -> sa.ScalarSelect[UUID]:
    """The member's household, where the programme pools: its limits hold for all of it (D29)."""
    return (
        sa.select(HouseholdMember.household_id)
        .join(Programme, Programme.ledger_id == HouseholdMember.ledger_id)
        .where(
            HouseholdMember.ledger_id == _ledger,
            HouseholdMember.member_id == _member,
            HouseholdMember.left_on.is_(None),
            Programme.pooling == "household",
        )
        .scalar_subquery()
    )


_HOME = sa.select(_home())
_READING = (
    sa.select(
        Till.shop_id,
        Shop.name,
        Shop.state,
        Merchant.state,
        Merchant.agreed_until_on,
        Till.opened_by_id,
        Till.closed_at,
        Till.stall_id,
        Stall.state,
        Stall.held_on,
        Book.code,
        Member.person_id,
        Member.name_masked,
        Member.state,
        _serves(),
        _lives_together(),
        _frozen(),
        _paid(),
        _home(),
        Node.path,
    )
    .join_from(Till, Shop, sa.and_(Shop.ledger_id == Till.ledger_id, Shop.id == Till.shop_id))
    .join(
        Merchant,
        sa.and_(Merchant.ledger_id == Shop.ledger_id, Merchant.id == Shop.merchant_id),
    )
    .outerjoin(
        Stall,
        sa.and_(
            Stall.ledger_id == Till.ledger_id,
            Stall.ledger_id == _ledger,
            Stall.id == Till.stall_id,
        ),
    )
    .join(Node, Node.id == Shop.node_id)
    .join(Book, Book.id == Till.ledger_id)
    .join(Member, Member.ledger_id == Till.ledger_id)
    .where(
        Till.ledger_id == _ledger,
        Till.id == _till,
        Shop.ledger_id == _ledger,
        Merchant.ledger_id == _ledger,
        Member.ledger_id == _ledger,
        Member.id == _member,
    )
)
_LOCKING = _READING.with_for_update(key_share=True, of=Till)
