"""Reservations (预留): goods set aside and points held, until they are collected (D34).

Nothing is posted yet: the pieces count as reserved, the points as pending, so neither can
be taken twice, and points that expire meanwhile wait for the end of it. Locks are taken
as a sale takes them: goods, counters, accounts, serial.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.ids import new_id
from app.community import settings
from app.ledger import books, holds
from app.ledger.drafts import JournalDraft
from app.mall import claim_codes, claim_owners, counter_accounts, shelf, spending, stall_shelf
from app.mall.baskets import QUANTITY_MAX
from app.mall.claim_codes import ClaimCode
from app.mall.errors import GoodsNotOnSale, ReservationOver
from app.mall.models import Reservation, Shop
from app.mall.shelf import OnShelf
from app.mall.spending import Spender
from app.people import inbox
from app.points import wallets

DAYS = "mall.reservation_days"
LAPSED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reserved:
    """A fresh reservation and the code by which it is collected."""

    reservation: Reservation
    code: ClaimCode


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be set aside. `expected_total_points`: the total that was shown."""

    member_id: UUID
    goods_id: UUID
    quantity_count: int
    expected_total_points: int


def reserve(session: Session, *, ledger_id: int, wish: Wish, actor: Actor) -> Reserved:
    """Set goods aside for a member and hold their points (D34).

    Raises:
        ValidationFailed: Not 1 to 99 pieces.
        NotFound: Member or goods are not of this book.
        ShopClosed, AgreementOver, MemberNotActive, AccountFrozen: As `spending`.
        GoodsNotOnSale, StockConflict: The shelf cannot give it.
        VersionStale: The total differs from the expected one.
        LimitExceeded: The member's month of it is used up (D35).
        InsufficientPoints: Fact `short_points`.
    """
    count, goods_id = wish.quantity_count, wish.goods_id
    if not 1 <= count <= QUANTITY_MAX:
        raise ValidationFailed("1 to 99 pieces", field="quantity_count")
    session.flush()
    buyer = spending.spender(session, ledger_id=ledger_id, member_id=wish.member_id)
    one = _set_aside(session, ledger_id, goods_id, count)
    shop = spending.require_selling(session, ledger_id=ledger_id, shop_id=one.shop_id)
    total = one.price_points * count
    if total != wish.expected_total_points:
        raise VersionStale("the price has changed", total_points=total)
    node = spending.node_of(session, shop)
    whose: Any = {"ledger_id": ledger_id, "owner_id": buyer.owner_id}
    spending.use_item(session, **whose, goods=one, node=node, pieces=count, on=clock.today())
    days = settings.read(session, node, DAYS)[DAYS]
    made, code = _write(
        session, ledger_id, buyer, wish, one, clock.now() + timedelta(days=days), actor
    )
    facts = {"points": total, "number": made.number, "shop": shop.name}
    note = inbox.Note(wish.member_id, "goods_reserved", facts)
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    return Reserved(made, code)


def cancel(
    session: Session, *, ledger_id: int, reservation_id: UUID, member_id: UUID, actor: Actor
) -> Reservation:
    """Give up one's own reservation: goods and points are free again.

    Raises:
        NotFound: No such reservation of this member.
        ReservationOver: It was collected, given up, or has lapsed; fact `state`.
    """
    found = hold(session, ledger_id=ledger_id, reservation_id=reservation_id)
    claim_owners.require_of(session, found, member_id)
    return _free(session, require_held(found), "cancelled", actor)


def lapse_due(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Free what was not collected in time (D34); return how many. Called again until it is 0."""
    query = (
        sa.select(Reservation.id)
        .where(
            Reservation.ledger_id == ledger_id,
            Reservation.state == "held",
            Reservation.lapses_at <= now,
        )
        .order_by(Reservation.lapses_at, Reservation.id)
        .limit(LAPSED_AT_ONCE)
    )
    due = list(session.scalars(query))
    for reservation_id in due:
        found = hold(session, ledger_id=ledger_id, reservation_id=reservation_id)
        if found.state == "held":
            _free(session, found, "lapsed", SYSTEM)
            _tell_lapsed(session, found)
    return len(due)


def find(session: Session, *, ledger_id: int, presented: str) -> Reservation:
    """Return the reservation of a code that a member shows.

    Raises:
        NotFound: There is none.
        WrongAudience: It is of another book (A9).
    """
    condition = claim_codes.matches(
        session,
        Reservation,
        prefix=claim_codes.RESERVATION,
        ledger_id=ledger_id,
        presented=presented,
    )
    return _one(session, ledger_id, condition)


def get(session: Session, *, ledger_id: int, reservation_id: UUID) -> Reservation:
    """Return a reservation of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    return _one(session, ledger_id, Reservation.id == reservation_id)


def hold(session: Session, *, ledger_id: int, reservation_id: UUID) -> Reservation:
    """Lock a reservation and return it.

    Raises:
        NotFound: There is none of this id.
    """
    return _one(session, ledger_id, Reservation.id == reservation_id, for_update=True)


def require_held(found: Reservation) -> Reservation:
    """Refuse a reservation that has ended.

    Raises:
        ReservationOver: It was collected, given up, or has lapsed; fact `state`.
    """
    if found.state != "held":
        raise ReservationOver(state=found.state)
    return found


def _one(
    session: Session,
    ledger_id: int,
    condition: sa.ColumnElement[bool],
    *,
    for_update: bool = False,
) -> Reservation:
    query = sa.select(Reservation).where(Reservation.ledger_id == ledger_id, condition)
    if for_update:
        query = query.with_for_update(key_share=True)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such reservation")
    return found


def _set_aside(session: Session, ledger_id: int, goods_id: UUID, count: int) -> OnShelf:
    """Lock the goods, and count the pieces as reserved."""
    wanted = {goods_id: count}
    seen = shelf.seen(session, ledger_id=ledger_id, goods_ids=wanted, for_update=True)
    shelf.require_all(seen, wanted)
    one = seen[goods_id]
    if one.kind != "goods":
        named = [{"goods_id": str(one.id), "number": one.number, "name": one.name}]
        raise GoodsNotOnSale("only goods are set aside", goods=named)
    for refusal in shelf.refusals(seen, wanted=wanted, shop_id=one.shop_id):
        raise refusal
    moved = stall_shelf.shift(session, ledger_id=ledger_id, stock={}, reserved=wanted)
    return moved[goods_id]


def _write(
    session: Session,
    ledger_id: int,
    buyer: Spender,
    wish: Wish,
    one: OnShelf,
    lapses_at: datetime,
    actor: Actor,
) -> tuple[Reservation, ClaimCode]:
    """Hold the points and write the reservation; the serial last, since it stays locked."""
    reservation_id, now = new_id(), clock.now()
    code = claim_codes.new(claim_codes.RESERVATION, ledger_id)
    total = one.price_points * wish.quantity_count
    hold_id = None
    if total:
        to = counter_accounts.of(one.shop_id, one.kind)
        named: Any = {"ledger_id": ledger_id, "member_id": wish.member_id}
        paid = wallets.payment(session, **named, amount_points=total, to=to)
        draft = JournalDraft(
            key=f"reserve:{reservation_id}",
            kind="reservation",
            lines=paid.lines,
            actor=actor,
            source_id=reservation_id,
        )
        hold_id = holds.place(session, ledger_id=ledger_id, draft=draft)
    day = f"{clock.local_date(now):%Y%m%d}"
    serial = serials.take(session, ledger_id=ledger_id, name=f"reservation:{day}")
    made = Reservation(
        ledger_id=ledger_id,
        id=reservation_id,
        number=f"{books.get(session, ledger_id).code}-Y{day}-{serial:04d}",
        member_id=wish.member_id,
        household_id=buyer.household_id,
        shop_id=one.shop_id,
        goods_id=one.id,
        quantity_count=wish.quantity_count,
        total_points=total,
        state="held",
        hold_journal_id=hold_id,
        reserved_at=now,
        lapses_at=lapses_at,
        **code.columns(reservation_id),
    )
    session.add(made)
    session.flush()
    return made, code


def _free(session: Session, found: Reservation, state: str, actor: Actor) -> Reservation:
    """Free goods, limit and points of a reservation that is held and locked."""
    ledger_id, back = found.ledger_id, {found.goods_id: -found.quantity_count}
    shelf.seen(session, ledger_id=ledger_id, goods_ids=back, for_update=True)
    stall_shelf.shift(session, ledger_id=ledger_id, stock={}, reserved=back)
    spending.give_item_back(
        session,
        ledger_id=ledger_id,
        owner_id=found.household_id or found.member_id,
        goods_id=found.goods_id,
        pieces=found.quantity_count,
        on=clock.local_date(found.reserved_at),
    )
    if found.hold_journal_id is not None:
        holds.void(
            session,
            ledger_id=ledger_id,
            journal_id=found.hold_journal_id,
            key=f"reserve_{state}:{found.id}",
            kind="reservation_over",
            actor=actor,
            source_id=found.id,
        )
    found.state, found.ended_at = state, clock.now()
    session.flush()
    return found


def _tell_lapsed(session: Session, found: Reservation) -> None:
    name = session.scalar(
        sa.select(Shop.name).where(Shop.ledger_id == found.ledger_id, Shop.id == found.shop_id)
    )
    facts = {"points": found.total_points, "number": found.number, "shop": name}
    note = inbox.Note(claim_owners.of(session, found), "reservation_lapsed", facts)
    inbox.tell(session, ledger_id=found.ledger_id, notes=[note])
