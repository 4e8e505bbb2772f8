"""Vouchers that come back: returned in time by the member, or lapsed unused (D34, M6, E10).

Points go back to the lots they came from; a part whose lot has expired stays expired. A
settled voucher may come back too: its taking back is in the shop's next statement (D39).
"""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound
from app.ledger import reversals
from app.mall import goods, shelf, spending
from app.mall.errors import ReturnTooLate, VoucherOver, VoucherUsed
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Shop, Voucher
from app.people import inbox
from app.points import wallets

LAPSED_AT_ONCE = 200


def give_back(
    session: Session, *, ledger_id: int, voucher_id: UUID, member_id: UUID, actor: Actor
) -> Voucher:
    """Return one's own unused voucher, or one's place before its time: points come back.

    Raises:
        NotFound: No such voucher of this member.
        VoucherUsed, VoucherOver: It was used, returned, or has lapsed.
        ReturnTooLate: The time to give back a place is over; fact `return_until_at`.
    """
    found = _hold(session, ledger_id, voucher_id)
    if found.member_id != member_id:
        raise NotFound("no such voucher of yours")
    if found.state == "used" and found.used_at is not None:
        raise VoucherUsed(used_at=found.used_at.isoformat())
    if found.state != "open":
        raise VoucherOver(state=found.state, valid_until_on=found.valid_until_on.isoformat())
    if found.return_until_at is not None and clock.now() > found.return_until_at:
        raise ReturnTooLate(return_until_at=found.return_until_at.isoformat())
    return _take_back(session, found, "returned", actor)


def lapse_due(session: Session, *, ledger_id: int, today: date) -> int:
    """End vouchers whose last day has passed; return how many. Called again until it is 0.

    An undated one lapses: its points come back (D34). A place that was not used is missed:
    it was kept free for the member, and nothing comes back.
    """
    due = sa.and_(
        Voucher.ledger_id == ledger_id, Voucher.state == "open", Voucher.valid_until_on < today
    )
    missed = session.execute(
        sa.update(Voucher)
        .where(due, Voucher.starts_at.is_not(None))
        .values(state="missed")
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    ).all()
    query = sa.select(Voucher.id).where(due, Voucher.starts_at.is_(None)).order_by(Voucher.id)
    lapsed = list(session.scalars(query.limit(LAPSED_AT_ONCE)))
    for voucher_id in lapsed:
        _take_back(session, _hold(session, ledger_id, voucher_id), "lapsed", SYSTEM)
    return len(missed) + len(lapsed)


def _hold(session: Session, ledger_id: int, voucher_id: UUID) -> Voucher:
    query = (
        sa.select(Voucher)
        .where(Voucher.ledger_id == ledger_id, Voucher.id == voucher_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("no such voucher")
    return found


def _take_back(session: Session, found: Voucher, state: str, actor: Actor) -> Voucher:
    """Give back the piece, the limit and the points; the voucher is held."""
    ledger_id, changes = found.ledger_id, {found.goods_id: 1}
    kind = goods.get(session, ledger_id=ledger_id, goods_id=found.goods_id).kind
    is_counted = kind in COUNTED_KINDS
    moved = shelf.move(session, ledger_id=ledger_id, changes=changes) if is_counted else {}
    spending.give_item_back(
        session,
        ledger_id=ledger_id,
        member_id=found.member_id,
        goods_id=found.goods_id,
        pieces=1,
        on=clock.local_date(found.issued_at),
    )
    came, expired = _reverse(session, found, state, actor)
    found.state, found.reversed_at = state, clock.now()
    session.flush()
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=changes,
        kind="cancel",
        actor=actor,
        voucher_id=found.id,
    )
    _tell(session, found, came, expired)
    return found


def _reverse(session: Session, found: Voucher, state: str, actor: Actor) -> tuple[int, int]:
    """Post the reversal (L4); return the points that came back, and those that had expired."""
    if found.journal_id is None:
        return 0, 0
    named: Any = {"ledger_id": found.ledger_id, "journal_id": found.journal_id}
    lines = wallets.return_lines(session, **named)
    found.reversal_journal_id = reversals.reverse(
        session,
        **named,
        key=f"voucher_{state}:{found.id}",
        kind="voucher_back",
        actor=actor,
        reason=state,
        lines=lines,
    )
    expired = sum(line.amount for line in lines if line.credit.kind == "expired")
    return found.total_points - expired, expired


def _tell(session: Session, found: Voucher, came: int, expired: int) -> None:
    query = sa.select(Shop.name).where(Shop.ledger_id == found.ledger_id, Shop.id == found.shop_id)
    facts: dict[str, Any] = {
        "points": came, "number": found.number, "shop": session.scalar(query)
    }  # fmt: skip
    topic = "refunded"
    if expired:
        topic, facts = "refunded_in_part", {**facts, "expired_points": expired}
    note = inbox.Note(found.member_id, topic, facts)
    inbox.tell(session, ledger_id=found.ledger_id, notes=[note])
