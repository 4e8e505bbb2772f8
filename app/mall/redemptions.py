"""Redemption (兑换): goods out, points in, in one transaction (L3). The hot path of the till.

15 statements when the accounts exist: what stands at the till, its settings, the
shelf, the limits, the wallet, five of the posting, the number, the redemption, its
lines, the movements, the member's note. They do not grow with the basket. Locks
are taken in one order: till, goods by id, counters, accounts, serial.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import VersionStale
from app.base.ids import new_id
from app.base.upserts import insert_in
from app.ledger import posting
from app.mall import allowances, shelf, shops, stall_shelf, standing
from app.mall.allowances import Deal
from app.mall.baskets import Basket
from app.mall.models import Redemption, RedemptionLine
from app.mall.shelf import OnShelf
from app.mall.standing import Standing
from app.people import inbox
from app.people.errors import CodeAlreadyUsed
from app.points import wallets

REDEMPTION = cast(sa.Table, Redemption.__table__)
INSERT_LINE = cast(sa.Table, RedemptionLine.__table__).insert()


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of the slip: pieces of one kind of goods at the price of the moment."""

    goods_id: UUID
    number: str
    name: str
    kind: str
    quantity_count: int
    price_points: int


@dataclass(frozen=True, slots=True)
class Slip:
    """What the till prints. `number` is what people see and type; the balance is what is left."""

    redemption_id: UUID
    number: str
    shop_name: str
    member_id: UUID
    member_name_masked: str
    total_points: int
    lines: tuple[SlipLine, ...]
    redeemed_at: datetime
    balance_points: int


@dataclass(frozen=True, slots=True)
class _Sale:
    """A redemption under way: what was asked, who stands there, what left the shelf."""

    id: UUID
    basket: Basket
    here: Standing
    goods: Mapping[UUID, OnShelf]
    wanted: Mapping[UUID, int]
    actor: Actor
    sold_at: datetime

    @property
    def total_points(self) -> int:
        """Price of everything, by the shelf's own prices."""
        return sum(self.goods[one].price_points * count for one, count in self.wanted.items())

    @property
    def deal(self) -> Deal:
        """What the limits count of it."""
        return Deal(
            member_id=self.basket.member_id,
            clerk_person_id=self.actor.person_id,
            dealt_on=clock.local_date(self.sold_at),
            total_points=self.total_points,
            pieces=self.wanted,
            is_confirmed=self.basket.is_confirmed,
            household_id=self.here.home_id,
        )


def redeem(
    session: Session, *, ledger_id: int, basket: Basket, expected_total_points: int, actor: Actor
) -> Slip:
    """Hand over goods for points, all of it or nothing.

    The door has consumed the one-time code, or identified the card, before: that
    stands even if this refuses (ruling 6). Prices come from the shelf; the till
    says what total it showed, and a price changed meanwhile is refused.

    Args:
        expected_total_points: The total that clerk and member saw.

    Raises:
        ValidationFailed: The basket itself is not sound.
        NotFound: Till, member or goods are not of this book.
        TillClosed, ShopClosed, PermissionDenied: Nobody sells here now (M3, A14).
        MemberNotActive, AccountFrozen: The member or the card may not spend.
        CodeAlreadyUsed: This showing of code or card has paid for a basket (D34, E17).
        SecondPersonRequired: The clerk would serve their own household (A6, D37).
        StallOver: The till is at a stall, and this is not its day (M4).
        GoodsNotOnSale, StockConflict: The shelf cannot give it (D38).
        VersionStale: The total differs from the expected one.
        StepUpRequired: Over the small amount without the member's confirmation.
        LimitExceeded: Pieces of the member (D35) or the day of the clerk (D37).
        InsufficientPoints: Fact `short_points` (E8).
    """
    wanted = basket.wanted()
    session.flush()  # what the door has pending: Core statements do not flush it themselves
    here = standing.read(session, ledger_id=ledger_id, basket=basket, actor=actor, for_update=True)
    for refusal in standing.refusals(here, actor):
        raise refusal
    maxima = allowances.maxima(session, here.node_path)
    goods = _take_goods(session, ledger_id, here, wanted)
    sale = _Sale(new_id(), basket, here, goods, wanted, actor, clock.now())
    if sale.total_points != expected_total_points:
        raise VersionStale("a price has changed", total_points=sale.total_points)
    allowances.take(session, ledger_id=ledger_id, deal=sale.deal, goods=goods, maxima=maxima)
    journal_id, left_points = _post(session, ledger_id, sale)
    number = _write(session, ledger_id, sale, journal_id)
    _move_and_tell(session, ledger_id, sale, number)
    return _slip(sale, number, left_points)


def _take_goods(
    session: Session, ledger_id: int, here: Standing, wanted: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Take the goods from the shelf at which the till stands: the shop's, or a stall's (M4)."""
    named: Any = {"ledger_id": ledger_id, "shop_id": here.shop_id, "wanted": wanted}
    if here.stall_id is None:
        return shelf.sell(session, **named)
    return stall_shelf.sell(session, **named, stall_id=here.stall_id)


def _post(session: Session, ledger_id: int, sale: _Sale) -> tuple[UUID | None, int]:
    """Move the points from the member's lots to the shop (L3); nothing for a gift of 0 (L9).

    Returns the journal, and what the member may spend afterwards.
    """
    named: Any = {"ledger_id": ledger_id, "member_id": sale.basket.member_id}
    if sale.total_points == 0:
        return None, wallets.holding(session, **named).spendable_points
    paid = wallets.payment(
        session,
        **named,
        amount_points=sale.total_points,
        to=shops.account_of(sale.here.shop_id),
    )
    draft = posting.JournalDraft(
        key=f"redeem:{sale.id}",
        kind="redemption",
        lines=paid.lines,
        actor=sale.actor,
        source_id=sale.id,
        occurred_at=sale.sold_at,
    )
    return posting.post_one(session, ledger_id=ledger_id, draft=draft), paid.left_points


def _write(session: Session, ledger_id: int, sale: _Sale, journal_id: UUID | None) -> str:
    """Write the redemption and its lines, and return its number: the next of the day.

    The number comes after everything that may refuse or wait, since its series
    stays locked until the transaction ends.
    """
    day = f"{clock.local_date(sale.sold_at):%Y%m%d}"
    serial = serials.take(session, ledger_id=ledger_id, name=f"redemption:{day}")
    number = f"{sale.here.book_code}-R{day}-{serial:04d}"
    row = {
        "ledger_id": ledger_id,
        "id": sale.id,
        "number": number,
        "member_id": sale.basket.member_id,
        "shop_id": sale.here.shop_id,
        "till_id": sale.basket.till_id,
        "clerk_person_id": sale.actor.person_id,
        "presentation_id": sale.basket.presentation_id,
        "presented": sale.basket.presented,
        "confirmed_by": sale.basket.confirmed_by,
        "state": "done",
        "total_points": sale.total_points,
        "journal_id": journal_id,
        "redeemed_at": sale.sold_at,
        "household_id": sale.here.home_id,
    }
    lines = [
        {
            "ledger_id": ledger_id,
            "redemption_id": sale.id,
            "line": place,
            "goods_id": goods_id,
            "quantity_count": count,
            "price_points": sale.goods[goods_id].price_points,
        }
        for place, (goods_id, count) in enumerate(sale.wanted.items(), start=1)
    ]
    connection = session.connection()
    if connection.execute(_insert(connection.dialect.name), row).first() is None:
        raise CodeAlreadyUsed("this showing of code or card has paid for a basket")
    connection.execute(INSERT_LINE, lines)
    return number


@cache
def _insert(dialect: str) -> Any:
    shown_once = ["ledger_id", "presentation_id"]
    insert = insert_in(dialect, REDEMPTION).on_conflict_do_nothing(index_elements=shown_once)
    return insert.returning(REDEMPTION.c.id)


def _move_and_tell(session: Session, ledger_id: int, sale: _Sale, number: str) -> None:
    """Write the stock movements, and the member's note of the debit (D37, D38)."""
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=sale.goods,
        changes={goods_id: -count for goods_id, count in sale.wanted.items()},
        kind="redemption",
        actor=sale.actor,
        redemption_id=sale.id,
        stall_id=sale.here.stall_id,
    )
    facts = {"points": sale.total_points, "number": number, "shop": sale.here.shop_name}
    note = inbox.Note(sale.basket.member_id, "debited", facts)
    inbox.tell(session, ledger_id=ledger_id, notes=[note])


def _slip(sale: _Sale, number: str, left_points: int) -> Slip:
    priced = ((sale.goods[goods_id], count) for goods_id, count in sale.wanted.items())
    return Slip(
        redemption_id=sale.id,
        number=number,
        shop_name=sale.here.shop_name,
        member_id=sale.basket.member_id,
        member_name_masked=sale.here.member_name_masked,
        total_points=sale.total_points,
        lines=tuple(
            SlipLine(one.id, one.number, one.name, one.kind, count, one.price_points)
            for one, count in priced
        ),
        redeemed_at=sale.sold_at,
        balance_points=left_points,
    )
