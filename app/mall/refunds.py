"""Taking a redemption back, whole and once: the clerk cancels, staff refund (D36, L4).

Points go back to the lots they came from; a part whose lot has expired stays
expired, and the slip says so (E10). Goods go back on the shelf, limits are given back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import Id
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.community import settings
from app.community.models import Node
from app.ledger import reversals
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import Line
from app.mall import allowances, shelf, stall_shelf
from app.mall.allowances import Deal
from app.mall.errors import RedemptionSettled, RefundWindowOver
from app.mall.models import Redemption, RedemptionLine, Shop, StockMovement, Till
from app.people import audit, inbox
from app.people.models import Member
from app.points import wallets

REASON_MAX = 200
WINDOW = "mall.refund_window_days"


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """What the slip of a cancel or refund says; the amounts are points.

    Attributes:
        returned_points: Back in the member's lots.
        recovered_points: Went against what the member owed (待追回, D31).
        expired_points: Not returned, because their lots had expired (E10).
    """

    redemption_id: UUID
    number: str
    state: str
    total_points: int
    returned_points: int
    recovered_points: int
    expired_points: int


@dataclass(frozen=True, slots=True)
class _Sale:
    """A redemption to be taken back, with what its rules ask about."""

    row: Redemption
    till_closed_at: datetime | None
    stall_id: UUID | None
    shop_name: str
    node: Node
    member_person_id: UUID
    inbox_of_id: UUID


def cancel(
    session: Session, *, ledger_id: int, redemption_id: UUID, reason: str, actor: Actor
) -> RefundSlip:
    """Take back one's own sale: the same day, while the till is open (D36, L4).

    Raises:
        NotFound: No such redemption.
        ValidationFailed: No reason.
        AlreadyReversed: It was cancelled or refunded before.
        RedemptionSettled: It is in a settled statement.
        PermissionDenied: Another clerk sold it.
        RefundWindowOver: The till is closed or the day is over: staff refund it.
    """
    sale = _hold(session, ledger_id, redemption_id, reason)
    if sale.row.clerk_person_id != actor.person_id:
        raise PermissionDenied("another clerk's sale; ask staff for a refund")
    sold_on = clock.local_date(sale.row.redeemed_at)
    if sale.till_closed_at is not None or sold_on != clock.today():
        raise RefundWindowOver("the day's till is closed; ask staff for a refund")
    return _take_back(session, sale, "cancelled", reason, actor)


def refund(
    session: Session, *, ledger_id: int, redemption_id: UUID, reason: str, actor: Actor
) -> RefundSlip:
    """Take back a sale as staff, before it is settled and inside the window (D36, E10).

    The door has checked that the actor is staff of the shop's place.

    Raises:
        NotFound: No such redemption.
        ValidationFailed: No reason.
        AlreadyReversed: It was cancelled or refunded before.
        RedemptionSettled: It is in a settled statement.
        SecondPersonRequired: The actor sold it, or is the member (A6).
        RefundWindowOver: `mall.refund_window_days` have passed; fact `last_on`.
    """
    sale = _hold(session, ledger_id, redemption_id, reason)
    if actor.person_id == sale.row.clerk_person_id or actor.is_involved(sale.member_person_id):
        raise SecondPersonRequired("somebody who neither sold nor received it refunds")
    days = settings.read(session, sale.node, WINDOW)[WINDOW]
    last_on = clock.local_date(sale.row.redeemed_at) + timedelta(days=days)
    if clock.today() > last_on:
        raise RefundWindowOver(last_on=last_on.isoformat())
    return _take_back(session, sale, "refunded", reason, actor)


def _hold(session: Session, ledger_id: int, redemption_id: UUID, reason: str) -> _Sale:
    """Lock till and redemption, in the order in which a sale takes them."""
    if not reason.strip() or len(reason) > REASON_MAX:
        raise ValidationFailed("a reason of 1 to 200 characters", field="reason")
    session.flush()
    values = {"in_ledger": ledger_id, "of_redemption": redemption_id}
    found: Any = session.execute(_HOLD, values).first()
    if found is None:
        raise NotFound("no such redemption")
    sale = _Sale(*found)
    if sale.row.state != "done":
        raise AlreadyReversed("taken back before", state=sale.row.state)
    if sale.row.settlement_id is not None:
        raise RedemptionSettled
    return sale


def _take_back(session: Session, sale: _Sale, state: str, reason: str, actor: Actor) -> RefundSlip:
    """Give back stock, limits and points, and mark the redemption."""
    row, kind = sale.row, {"cancelled": "cancel", "refunded": "refund"}[state]
    back = _pieces_moved(session, row)
    at: Any = {"ledger_id": row.ledger_id, "stall_id": sale.stall_id}
    moved = stall_shelf.put_back(session, **at, changes=back) if back else {}
    allowances.give_back(session, ledger_id=row.ledger_id, deal=_deal(session, row))
    lines, journal_id = _reverse(session, row, kind, reason, actor)
    _mark(session, row, state, reason, actor, journal_id)
    shelf.record(
        session,
        ledger_id=row.ledger_id,
        moved=moved,
        changes=back,
        kind=kind,
        actor=actor,
        redemption_id=row.id,
        stall_id=sale.stall_id,
    )
    slip = RefundSlip(
        redemption_id=row.id,
        number=row.number,
        state=state,
        total_points=row.total_points,
        returned_points=_sum(lines, "wallet") + _sum(lines, "household"),
        recovered_points=_sum(lines, "receivable"),
        expired_points=_sum(lines, "expired"),
    )
    _tell(session, sale, slip, actor)
    return slip


def _pieces_moved(session: Session, row: Redemption) -> dict[UUID, int]:
    """What the redemption took from the shelf, by goods: that much goes back."""
    query = sa.select(StockMovement.goods_id, -StockMovement.change_count).where(
        StockMovement.ledger_id == row.ledger_id,
        StockMovement.redemption_id == row.id,
        StockMovement.kind == "redemption",
    )
    return {goods_id: int(count) for goods_id, count in session.execute(query)}


def _deal(session: Session, row: Redemption) -> Deal:
    """What the limits had counted of the redemption."""
    query = sa.select(RedemptionLine.goods_id, RedemptionLine.quantity_count).where(
        RedemptionLine.ledger_id == row.ledger_id, RedemptionLine.redemption_id == row.id
    )
    return Deal(
        member_id=row.member_id,
        clerk_person_id=row.clerk_person_id,
        dealt_on=clock.local_date(row.redeemed_at),
        total_points=row.total_points,
        pieces={goods_id: int(count) for goods_id, count in session.execute(query)},
        is_confirmed=row.confirmed_by != "none",
        household_id=row.household_id,
    )


def _reverse(
    session: Session, row: Redemption, kind: str, reason: str, actor: Actor
) -> tuple[tuple[Line, ...], UUID | None]:
    """Post the reversal: each part to its own lot again; nothing for a gift of 0."""
    if row.journal_id is None:
        return (), None
    lines = wallets.return_lines(session, ledger_id=row.ledger_id, journal_id=row.journal_id)
    journal_id = reversals.reverse(
        session,
        ledger_id=row.ledger_id,
        journal_id=row.journal_id,
        key=f"{kind}:{row.id}",
        kind=kind,
        actor=actor,
        reason=reason,
        lines=lines,
    )
    return lines, journal_id


def _mark(
    session: Session,
    row: Redemption,
    state: str,
    reason: str,
    actor: Actor,
    journal_id: UUID | None,
) -> None:
    """Move the redemption on, if it still stands."""
    marked = session.scalars(
        sa.update(Redemption)
        .where(
            Redemption.ledger_id == row.ledger_id,
            Redemption.id == row.id,
            Redemption.state == "done",
            Redemption.settlement_id.is_(None),
        )
        .values(
            state=state,
            reversal_journal_id=journal_id,
            reversal_reason=reason,
            reversed_by_id=actor.person_id,
            reversed_at=clock.now(),
        )
        .returning(Redemption)
        .execution_options(populate_existing=True)
    )
    if marked.first() is None:
        raise AlreadyReversed("taken back before")


def _sum(lines: tuple[Line, ...], kind: str) -> int:
    return sum(line.amount for line in lines if line.credit.kind == kind)


def _tell(session: Session, sale: _Sale, slip: RefundSlip, actor: Actor) -> None:
    """Tell the member what came back, and why perhaps not all; write the audit."""
    row = sale.row
    came = slip.returned_points + slip.recovered_points
    facts: dict[str, Any] = {"points": came, "number": slip.number, "shop": sale.shop_name}
    topic = "refunded"
    if slip.expired_points:
        topic, facts = "refunded_in_part", {**facts, "expired_points": slip.expired_points}
    note = inbox.Note(sale.inbox_of_id, topic, facts)
    inbox.tell(session, ledger_id=row.ledger_id, notes=[note])
    audit.write(
        session,
        ledger_id=row.ledger_id,
        actor=actor,
        action=f"redemption_{slip.state}",
        subject_kind="redemption",
        subject_id=slip.redemption_id,
        total_points=slip.total_points,
        expired_points=slip.expired_points,
    )


_ledger: Any = sa.bindparam("in_ledger", type_=sa.BigInteger())
_HOLD = (
    sa.select(
        Redemption,
        Till.closed_at,
        Till.stall_id,
        Shop.name,
        Node,
        Member.person_id,
        sa.func.coalesce(Member.merged_into_id, Member.id, type_=Id()),
    )
    .join_from(
        Redemption,
        Till,
        sa.and_(Till.ledger_id == Redemption.ledger_id, Till.id == Redemption.till_id),
    )
    .join(Shop, sa.and_(Shop.ledger_id == Till.ledger_id, Shop.id == Till.shop_id))
    .join(Node, Node.id == Shop.node_id)
    .join(
        Member,
        sa.and_(Member.ledger_id == Redemption.ledger_id, Member.id == Redemption.member_id),
    )
    .where(
        Redemption.ledger_id == _ledger,
        Redemption.id == sa.bindparam("of_redemption", type_=Id()),
        Till.ledger_id == _ledger,
        Shop.ledger_id == _ledger,
        Member.ledger_id == _ledger,
    )
    .with_for_update(key_share=True, of=(Till, Redemption))
    .execution_options(populate_existing=True)
)
