"""Collecting a reservation at the till: the held points are captured, the goods go out (D34).

It becomes a redemption like any other: counted, settled and taken back as one.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.ledger import holds
from app.mall import (
    allowances,
    claim_owners,
    reservations,
    sales,
    shelf,
    spending,
    stall_shelf,
    standing,
)
from app.mall.baskets import Basket, Item
from app.mall.models import Reservation
from app.mall.sales import Sale, Slip
from app.points import wallets


def collect(
    session: Session, *, ledger_id: int, till_id: UUID, reservation_id: UUID, actor: Actor
) -> Slip:
    """Hand over what was set aside, on the clerk's own till; the held points are paid.

    Raises:
        NotFound: No such till or reservation, or it is another shop's.
        ReservationOver: It was collected, given up, or has lapsed; fact `state`.
        TillClosed, ShopClosed, AgreementOver, PermissionDenied: Nobody hands out now (M3, A14).
        MemberNotActive, AccountFrozen: The member may not spend.
        SecondPersonRequired: The clerk would serve their own household (A6, D37).
        LimitExceeded: The day of the clerk is used up (D37).
    """
    session.flush()
    found = reservations.get(session, ledger_id=ledger_id, reservation_id=reservation_id)
    basket = Basket(
        till_id=till_id,
        member_id=claim_owners.of(session, found),
        items=(Item(found.goods_id, found.quantity_count),),
        confirmed_by="phone",
        presentation_id=found.id,
    )
    here = standing.read(session, ledger_id=ledger_id, basket=basket, actor=actor, for_update=True)
    if found.shop_id != here.shop_id or here.stall_id is not None:
        raise NotFound("it is collected in the shop that keeps it")
    found = reservations.hold(session, ledger_id=ledger_id, reservation_id=reservation_id)
    reservations.require_held(found)
    for refusal in standing.refusals(here, actor):
        raise refusal
    goods = _take(session, found)
    sale = Sale(basket, here, goods, basket.wanted(), actor, clock.now())
    _use_limits(session, found, sale)
    journal_id, left_points = _capture(session, found, sale)
    number = sales.write(session, ledger_id, sale, journal_id)
    sales.move_and_tell(session, ledger_id, sale, number)
    found.state, found.ended_at, found.redemption_id = "collected", sale.sold_at, sale.id
    session.flush()
    return sales.slip_of(sale, number, left_points)


def _take(session: Session, found: Reservation) -> dict[UUID, shelf.OnShelf]:
    """Take the reserved pieces out of stock, at the price at which they were reserved."""
    out = {found.goods_id: -found.quantity_count}
    shelf.seen(session, ledger_id=found.ledger_id, goods_ids=out, for_update=True)
    moved = stall_shelf.shift(session, ledger_id=found.ledger_id, stock=out, reserved=out)
    price = found.total_points // found.quantity_count
    return {goods_id: replace(one, price_points=price) for goods_id, one in moved.items()}


def _use_limits(session: Session, found: Reservation, sale: Sale) -> None:
    """Move the pieces from the month of reserving to that of collecting; use the clerk's day."""
    spending.give_item_back(
        session,
        ledger_id=found.ledger_id,
        owner_id=found.household_id or found.member_id,
        goods_id=found.goods_id,
        pieces=found.quantity_count,
        on=clock.local_date(found.reserved_at),
    )
    maxima = allowances.maxima(session, sale.here.node_path)
    kept = {name: value for name, value in maxima.items() if name != allowances.NAMES[0]}
    allowances.take(session, ledger_id=found.ledger_id, deal=sale.deal, goods={}, maxima=kept)


def _capture(session: Session, found: Reservation, sale: Sale) -> tuple[UUID | None, int]:
    """Post what was held; the balance is what is left beside it."""
    named: Any = {"ledger_id": found.ledger_id}
    journal_id = None
    if found.hold_journal_id is not None:
        journal_id = holds.capture(
            session,
            **named,
            journal_id=found.hold_journal_id,
            key=f"redeem:{sale.id}",
            kind="redemption",
            actor=sale.actor,
            source_id=sale.id,
        )
    held = wallets.holding(session, **named, member_id=sale.basket.member_id)
    return journal_id, held.spendable_points
