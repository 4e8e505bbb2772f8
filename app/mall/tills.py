"""Tills: a clerk opens one, sells on it, and closes it with the day-end count (A14)."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.mall import clerks, day_end, shops, stall_shelf, stock
from app.mall.day_end import DayEnd
from app.mall.errors import ShopClosed, StallOver, TillAlreadyOpen, TillClosed
from app.mall.models import Till
from app.people import audit, roles

CLOSING_ROLES = ("staff", "administrator")


def open_till(
    session: Session,
    *,
    ledger_id: int,
    shop_id: UUID,
    actor: Actor,
    stall_id: UUID | None = None,
) -> Till:
    """Open a till of the acting clerk in a shop, or at a stall of it on its day (M4).

    Raises:
        NotFound: No such shop, or no such stall of it.
        ShopClosed: The shop is not open.
        StallOver: The stall was closed, or today is not its day.
        PermissionDenied: The person is not a clerk there today.
        TillAlreadyOpen: They have one open there; fact `till_id`.
    """
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    if shop.state != "open":
        raise ShopClosed(state=shop.state)
    person_id = actor.person_id
    if not clerks.serves(session, ledger_id=ledger_id, shop_id=shop_id, person_id=person_id):
        raise PermissionDenied("not a clerk of this shop today")
    if stall_id is not None:
        _require_stall_day(session, ledger_id, shop_id, stall_id)
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "shop_id": shop_id,
        "stall_id": stall_id,
        "opened_by_id": person_id,
        "opened_at": clock.now(),
    }
    made = session.execute(insert_or_ignore(session, Till).values(row).returning(Till.id)).scalar()
    if made is None:
        earlier = find_open(session, ledger_id=ledger_id, shop_id=shop_id, person_id=person_id)
        raise TillAlreadyOpen(till_id=str(earlier.id) if earlier else None)
    return get(session, ledger_id=ledger_id, till_id=made)


def get(session: Session, *, ledger_id: int, till_id: UUID) -> Till:
    """Return a till of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Till).where(Till.ledger_id == ledger_id, Till.id == till_id)
    till = session.scalars(query.execution_options(populate_existing=True)).first()
    if till is None:
        raise NotFound("no such till")
    return till


def find_open(session: Session, *, ledger_id: int, shop_id: UUID, person_id: UUID) -> Till | None:
    """Find the till that a clerk has open in a shop."""
    query = sa.select(Till).where(
        Till.ledger_id == ledger_id,
        Till.shop_id == shop_id,
        Till.opened_by_id == person_id,
        Till.closed_at.is_(None),
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def list_of_shop(
    session: Session, *, ledger_id: int, shop_id: UUID, limit: int = 50, offset: int = 0
) -> list[Till]:
    """List a shop's tills, the newest first."""
    query = (
        sa.select(Till)
        .where(Till.ledger_id == ledger_id, Till.shop_id == shop_id)
        .order_by(Till.opened_at.desc(), Till.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def close(
    session: Session,
    *,
    ledger_id: int,
    till_id: UUID,
    counted: Mapping[UUID, int],
    actor: Actor,
    reason: str | None = None,
    reasons: Mapping[UUID, str] | None = None,
) -> DayEnd:
    """Close a till with what the shelf holds; differences are posted with their reasons (A14).

    A stall is counted when it is closed (`stalls.close_stall`), not with its tills.

    Args:
        counted: Pieces by goods of this shop; goods left out were not counted.
        reason: Needed when anything differs and `reasons` does not say why.

    Raises:
        NotFound: No such till or goods.
        TillClosed: It was closed before.
        PermissionDenied: Neither the till's clerk nor staff of the shop's place.
        ValidationFailed: Goods of another shop, or a difference without a reason.
    """
    till = _hold(session, ledger_id, till_id)
    if till.closed_at is not None:
        raise TillClosed
    _require_may_close(session, till, actor)
    lines = []
    if counted:
        day_end.require_of_shop(session, till, counted)
        lines = stock.count(
            session,
            ledger_id=ledger_id,
            counted=counted,
            actor=actor,
            reason=reason,
            reasons=reasons,
        )
    difference_count = sum(line.difference_count for line in lines)
    till = _seal(session, till, difference_count, actor)
    _note(session, till, actor)
    return day_end.read(session, ledger_id=ledger_id, till_id=till_id)


def close_left_open(session: Session, *, ledger_id: int, stall_id: UUID) -> int:
    """Close the tills that stand at a stall still, as the clock does; return how many (M4)."""
    query = sa.select(Till.id).where(
        Till.ledger_id == ledger_id, Till.stall_id == stall_id, Till.closed_at.is_(None)
    )
    found = list(session.scalars(query.order_by(Till.id)))
    for till_id in found:
        till = _hold(session, ledger_id, till_id)
        if till.closed_at is None:
            _note(session, _seal(session, till, 0, SYSTEM), SYSTEM)
    return len(found)


def _require_stall_day(session: Session, ledger_id: int, shop_id: UUID, stall_id: UUID) -> None:
    """Hold the stall, so that it is not closed meanwhile."""
    stall = stall_shelf.hold(session, ledger_id=ledger_id, stall_id=stall_id)
    if stall is None or stall.shop_id != shop_id:
        raise NotFound("no such stall of this shop")
    if stall.state != "open" or stall.held_on != clock.today():
        raise StallOver(state=stall.state, held_on=stall.held_on.isoformat())


def _hold(session: Session, ledger_id: int, till_id: UUID) -> Till:
    """Lock the till: no redemption is under way on it, and none will begin."""
    query = (
        sa.select(Till)
        .where(Till.ledger_id == ledger_id, Till.id == till_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    till = session.scalars(query).first()
    if till is None:
        raise NotFound("no such till")
    return till


def _seal(session: Session, till: Till, difference_count: int, actor: Actor) -> Till:
    """Fix the day-end figures; the till is locked."""
    redemption_count, total_points = day_end.totals(session, till)
    sealed = session.scalars(
        sa.update(Till)
        .where(Till.ledger_id == till.ledger_id, Till.id == till.id, Till.closed_at.is_(None))
        .values(
            closed_by_id=actor.person_id,
            closed_at=clock.now(),
            redemption_count=redemption_count,
            total_points=total_points,
            difference_count=difference_count,
        )
        .returning(Till)
        .execution_options(populate_existing=True)
    )
    return sealed.one()


def _require_may_close(session: Session, till: Till, actor: Actor) -> None:
    if actor.person_id == till.opened_by_id:
        return
    shop = shops.get(session, ledger_id=till.ledger_id, shop_id=till.shop_id)
    node = tree.get(session, shop.node_id)
    if not roles.has(session, person_id=actor.person_id, roles=CLOSING_ROLES, node=node):
        raise PermissionDenied("the till's clerk or staff close a till")


def _note(session: Session, till: Till, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=till.ledger_id,
        actor=actor,
        action="till_closed",
        subject_kind="till",
        subject_id=till.id,
        redemption_count=till.redemption_count,
        total_points=till.total_points,
        difference_count=till.difference_count,
    )
