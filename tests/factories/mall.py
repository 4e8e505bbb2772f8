"""A shop ready to redeem: merchant, shop, clerks with open tills, goods, members with points."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.db import NEVER
from app.base.transactions import attempt
from app.community.models import Node
from app.ledger import proof
from app.mall import (
    clerks,
    goods,
    merchants,
    proof_checks,
    redemptions,
    reservations,
    shops,
    stalls,
    stock,
    tills,
    vouchers,
)
from app.mall.baskets import Basket, Item
from app.mall.goods import GoodsTerms
from app.mall.markets import Market
from app.mall.models import (
    Goods,
    Merchant,
    Shop,
    Stall,
    Till,
    Voucher,
)
from app.people import cards
from app.people.models import Member
from app.points import programmes
from tests.factories import community, ledger, people, snapshots

_serial = count(1)


@dataclass
class Mall:
    """One shop of one book, its clerks and their open tills."""

    ledger_id: int
    node: Node
    shop: Shop
    merchant: Merchant
    staff: Actor
    other_staff: Actor
    clerks: list[Actor] = field(default_factory=list)
    tills: list[Till] = field(default_factory=list)

    @property
    def clerk(self) -> Actor:
        return self.clerks[0]

    @property
    def till(self) -> Till:
        return self.tills[0]

    @property
    def shop_id(self) -> UUID:
        return self.shop.id


def a_programme(session: Session, **more) -> tuple[int, Node]:
    """A community with a points programme of its own; returns book and node."""
    node = community.make_node(session, None)
    programme = programmes.start(
        session,
        node=node,
        book_code=f"JINXI{next(_serial)}",
        name="爱心银行",
        actor=SYSTEM,
        **more,
    )
    return programme.ledger_id, node


def a_mall(session: Session, *, clerk_count: int = 1) -> Mall:
    """A listed merchant's open shop, with so many clerks, each at an open till."""
    return open_mall(session, *a_programme(session), clerk_count=clerk_count)


def open_mall(session: Session, ledger_id: int, node: Node, *, clerk_count: int = 1) -> Mall:
    """The same, in a book that there is."""
    staff, other = (staff_of(session, ledger_id, node, name) for name in ("任清和", "林知远"))
    merchant = a_merchant(session, ledger_id, node, applicant=staff, approver=other)
    shop = shops.open_shop(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        node_id=node.id,
        name="积分超市",
        actor=staff,
    )
    mall = Mall(ledger_id, node, shop, merchant, staff, other)
    for _ in range(clerk_count):
        add_clerk(session, mall)
    session.commit()
    return mall


def a_merchant(
    session: Session, ledger_id: int, node: Node, *, applicant: Actor, approver: Actor
) -> Merchant:
    """A merchant that was applied for, approved by another, and listed."""
    applied = merchants.apply(
        session, ledger_id=ledger_id, node_id=node.id, name="金溪社区居委会", actor=applicant
    )
    named = {"ledger_id": ledger_id, "merchant_id": applied.id}
    merchants.approve(session, **named, actor=approver)
    sign(session, ledger_id, applied, actor=approver)
    return merchants.enlist(session, **named, actor=approver)


def sign(session: Session, ledger_id: int, merchant: Merchant, *, actor: Actor) -> Merchant:
    """The merchant's agreement of one year, from today."""
    return merchants.sign(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        agreement_no=f"协议{next(_serial):03d}",
        from_on=clock.today(),
        until_on=clock.today() + timedelta(days=365),
        actor=actor,
    )


def staff_of(session: Session, ledger_id: int, node: Node, name: str) -> Actor:
    member = people.member(session, ledger_id, node, name, people.phone())
    return people.holder(session, member.person_id, "staff", node)


def add_clerk(session: Session, mall: Mall) -> Actor:
    """One more clerk of the shop, a member too, at a till of their own."""
    actor = Actor(a_member(session, mall, "沈店员").person_id)
    clerks.assign(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        person_id=actor.person_id,
        actor=mall.staff,
    )
    mall.clerks.append(actor)
    mall.tills.append(
        tills.open_till(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=actor)
    )
    return actor


def a_member(
    session: Session,
    mall: Mall,
    name: str = "温如许",
    *,
    points: int = 0,
    vintage_on: date = NEVER,
) -> Member:
    """A member of the book who has earned these points."""
    member = people.member(session, mall.ledger_id, mall.node, name, people.phone())
    if points:
        ledger.issue(session, mall.ledger_id, member.id, points, vintage_on)
    return member


def put_goods(
    session: Session, mall: Mall, *, price: int = 20, stock_count: int = 10, **terms
) -> Goods:
    """One kind of goods on the shop's shelf."""
    number = terms.pop("number", f"{next(_serial):03d}")
    named = GoodsTerms(number=number, name=terms.pop("name", "食盐"), price_points=price, **terms)
    made = goods.add(
        session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, terms=named, actor=mall.clerk
    )
    if stock_count:
        stock.intake(
            session, ledger_id=mall.ledger_id, counts={made.id: stock_count}, actor=mall.clerk
        )
    return goods.get(session, ledger_id=mall.ledger_id, goods_id=made.id)


def a_stall(
    session: Session, mall: Mall, *items: tuple[Goods, int], held_on: date | None = None, **host
) -> Stall:
    """A stall of the shop today, with these pieces of its goods; hosted by its place."""
    return stalls.open_stall(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        market=Market(f"老槐树下 {next(_serial)}", held_on or clock.today(), **host),
        counts={one.id: pieces for one, pieces in items},
        actor=mall.staff,
    )


def add_stall_clerk(session: Session, mall: Mall, stall: Stall) -> int:
    """One more clerk with a till at the stall; returns the till's place in `mall.tills`."""
    actor = Actor(a_member(session, mall, "秦小满").person_id)
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id}
    clerks.assign(session, **named, person_id=actor.person_id, actor=mall.staff)
    mall.clerks.append(actor)
    mall.tills.append(tills.open_till(session, **named, actor=actor, stall_id=stall.id))
    return len(mall.tills) - 1


def a_basket(
    mall: Mall, member: Member, *items: tuple[Goods, int], till: int = 0, **rest
) -> Basket:
    """A basket at one of the tills; items are goods and pieces."""
    return Basket(
        till_id=mall.tills[till].id,
        member_id=member.id,
        items=tuple(Item(one.id, pieces) for one, pieces in items),
        **rest,
    )


def redeem(
    session: Session,
    mall: Mall,
    member: Member,
    *items: tuple[Goods, int],
    total: int | None = None,
    till: int = 0,
    **rest,
) -> redemptions.Slip:
    """Redeem at one of the tills; the expected total is right unless given."""
    expected = sum(one.price_points * pieces for one, pieces in items)
    return redemptions.redeem(
        session,
        ledger_id=mall.ledger_id,
        basket=a_basket(mall, member, *items, till=till, **rest),
        expected_total_points=expected if total is None else total,
        actor=mall.clerks[till],
    )


def buy(
    session: Session, member: Member, one: Goods, *, expected: int | None = None
) -> vouchers.Issued:
    """A voucher and its code, paid by its member; the expected points are right unless given."""
    return vouchers.issue(
        session,
        ledger_id=member.ledger_id,
        member_id=member.id,
        goods_id=one.id,
        expected_points=one.price_points if expected is None else expected,
        actor=people.acting(member),
    )


def buy_voucher(session: Session, member: Member, one: Goods) -> Voucher:
    """The same, without its code."""
    return buy(session, member, one).voucher


def reserve(
    session: Session, member: Member, one: Goods, pieces: int = 1, *, expected: int | None = None
) -> reservations.Reserved:
    """Goods set aside by their member, with the code; the total is right unless given."""
    total = one.price_points * pieces if expected is None else expected
    return reservations.reserve(
        session,
        ledger_id=member.ledger_id,
        wish=reservations.Wish(member.id, one.id, pieces, total),
        actor=people.acting(member),
    )


def stock_of(session: Session, mall: Mall, one: Goods) -> int:
    return goods.get(session, ledger_id=mall.ledger_id, goods_id=one.id).stock_count


def snapshot(session: Session, mall: Mall) -> dict[str, list[str]]:
    """All that a refusal must leave as it was."""
    return snapshots.of_book(session, mall.ledger_id)


@contextmanager
def refused(
    session: Session, mall: Mall, error: type[Exception], **facts
) -> Iterator[pytest.ExceptionInfo]:
    """The block is refused with this error and these facts, and changes nothing."""
    session.flush()
    before = snapshot(session, mall)
    with pytest.raises(error) as caught, attempt(session):
        yield caught
    assert caught.type is error
    assert {name: caught.value.facts.get(name) for name in facts} == facts
    assert snapshot(session, mall) == before


def require_clean(session: Session, ledger_id: int) -> None:
    """The book and the mall prove themselves."""
    session.flush()
    found = [
        *proof.checks(session, ledger_id=ledger_id),
        *proof_checks.checks(session, ledger_id=ledger_id),
    ]
    assert [check for check in found if not check.is_ok] == []


def a_card(session: Session, mall: Mall, member: Member) -> cards.IssuedCard:
    """A card of the member, with its token."""
    return cards.issue(session, ledger_id=mall.ledger_id, member_id=member.id, actor=mall.staff)


def live_together(session: Session, mall: Mall, actor: Actor, member: Member) -> None:
    """Put a clerk and a member into one household."""
    own = people.member_of(session, mall.ledger_id, actor)
    people.live_together(session, own, member)


def proof_of(session: Session, mall: Mall) -> str:
    """What the mall's proof says in detail."""
    session.flush()
    (check,) = proof_checks.checks(session, ledger_id=mall.ledger_id)
    return check.detail
