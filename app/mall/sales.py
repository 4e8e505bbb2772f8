"""A sale as it is written: number, redemption, lines, movements, the member's note, the slip.

Shared by a redemption at the till and by the collecting of what was set aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.ids import new_id
from app.base.upserts import insert_in
from app.mall import shelf
from app.mall.allowances import Deal
from app.mall.baskets import Basket
from app.mall.models import Redemption, RedemptionLine
from app.mall.shelf import OnShelf
from app.mall.standing import Standing
from app.people import inbox
from app.people.errors import CodeAlreadyUsed

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
class Sale:
    """A redemption under way: what was asked, who stands there, what left the shelf."""

    basket: Basket
    here: Standing
    goods: Mapping[UUID, OnShelf]
    wanted: Mapping[UUID, int]
    actor: Actor
    sold_at: datetime
    id: UUID = field(default_factory=new_id)

    @property
    def total_points(self) -> int:
        """Price of everything, by the shelf's own prices."""
        return sum(self.goods[one].price_points * count for one, count in self.wanted.items())

    @property
    def points_by_kind(self) -> dict[str, int]:
        """Price of everything by kind of goods (P8)."""
        found: dict[str, int] = {}
        for one, count in self.wanted.items():
            kind = self.goods[one].kind
            found[kind] = found.get(kind, 0) + self.goods[one].price_points * count
        return found

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


def write(session: Session, ledger_id: int, sale: Sale, journal_id: UUID | None) -> str:
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


def move_and_tell(session: Session, ledger_id: int, sale: Sale, number: str) -> None:
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


def slip_of(sale: Sale, number: str, left_points: int) -> Slip:
    """Return what the till prints."""
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
