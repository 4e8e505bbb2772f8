"""Vouchers that come back: returned in time by the member, or lapsed unused (D34, M6, E10).

Points go back to the lots they came from; a part whose lot has expired stays expired. A
settled voucher may come back too: its taking back is in the shop's next statement (D39).
Nobody pays for a place that could not be honoured. Locks: goods, then vouchers.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.ledger import reversals
from app.mall import claim_owners, goods, shelf, spending
from app.mall.errors import ReturnTooLate, VoucherOver, VoucherUsed
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Merchant, Shop, Voucher
from app.people import audit, inbox, members
from app.points import wallets

LAPSED_AT_ONCE = 200
REASON_MAX = 120
UNHELD = ("open", "missed")
"""A place that nobody has used: it comes back if its class does not take place."""


def give_back(
    session: Session, *, ledger_id: int, voucher_id: UUID, member_id: UUID, actor: Actor
) -> Voucher:
    """Return one's own unused voucher, or one's place before its time: points come back.

    Raises:
        NotFound: No such voucher of this member.
        VoucherUsed, VoucherOver: It was used, returned, or has lapsed.
        ReturnTooLate: The time to give back a place is over, and its shop is open; fact
            `return_until_at`.
    """
    found = _hold(session, ledger_id, voucher_id)
    claim_owners.require_of(session, found, member_id)
    _require_state(found, ("open",))
    if not may_return(session, found):
        assert found.return_until_at is not None, "only places have a time to be returned"
        raise ReturnTooLate(return_until_at=found.return_until_at.isoformat())
    return _take_back(session, found, "returned", actor)


def may_return(session: Session, found: Voucher) -> bool:
    """Whether its member may return an open voucher now: in time, or nobody can honour it."""
    if found.state != "open":
        return False
    is_late = found.return_until_at is not None and clock.now() > found.return_until_at
    query = sa.select(Voucher.id).where(
        Voucher.ledger_id == found.ledger_id, Voucher.id == found.id, _is_stopped(found.ledger_id)
    )
    return not is_late or session.scalar(query) is not None


def take_back(
    session: Session, *, ledger_id: int, voucher_id: UUID, reason: str, actor: Actor
) -> Voucher:
    """Return a voucher for its member, whatever its time, also a place noted as missed (M6).

    Raises:
        NotFound: No such voucher.
        ValidationFailed: No reason, or a long one.
        SecondPersonRequired: It is of one's own household (D23).
        VoucherUsed, VoucherOver: It was used, returned, or has lapsed.
    """
    said = require_reason(reason)
    found = _hold(session, ledger_id, voucher_id)
    owner_id = claim_owners.of(session, found)
    owner = members.get(session, ledger_id=ledger_id, member_id=owner_id)
    spending.require_not_own(session, member=owner, actor=actor)
    _require_state(found, UNHELD)
    back = _take_back(session, found, "returned", actor, said)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="voucher_taken_back",
        subject_kind="voucher",
        subject_id=found.id,
        number=found.number,
        reason=said,
    )
    return back


def take_back_all(
    session: Session, *, ledger_id: int, goods_id: UUID, reason: str, actor: Actor
) -> list[Voucher]:
    """Return every place of a class that nobody held; the goods are held by the caller (M6)."""
    unheld = unheld_of(ledger_id=ledger_id, goods_id=goods_id)
    ids = list(session.scalars(sa.select(Voucher.id).where(unheld).order_by(Voucher.id)))
    found = [_hold(session, ledger_id, one) for one in ids]
    still = [one for one in found if one.state in UNHELD]  # as it stands once held
    return [_take_back(session, one, "returned", actor, reason) for one in still]


def unheld_of(*, ledger_id: int, goods_id: UUID) -> sa.ColumnElement[bool]:
    """Match the places of a class that would come back if it does not take place (M6)."""
    return sa.and_(
        Voucher.ledger_id == ledger_id, Voucher.goods_id == goods_id, Voucher.state.in_(UNHELD)
    )


def require_reason(reason: str) -> str:
    """Return a reason that somebody may read later.

    Raises:
        ValidationFailed: There is none, or a long one.
    """
    if not 0 < len(reason.strip()) <= REASON_MAX:
        raise ValidationFailed("why?", field="reason")
    return reason.strip()


def lapse_due(session: Session, *, ledger_id: int, today: date) -> int:
    """End vouchers whose last day has passed; return how many. Called again until it is 0.

    An undated one lapses: its points come back (D34). A place that was not used is missed:
    it was kept free for the member, and nothing comes back; unless its shop or merchant was
    stopped, so that nobody could honour it.
    """
    due = sa.and_(
        Voucher.ledger_id == ledger_id, Voucher.state == "open", Voucher.valid_until_on < today
    )
    is_place, is_stopped = Voucher.starts_at.is_not(None), _is_stopped(ledger_id)
    missed = session.execute(
        sa.update(Voucher)
        .where(due, is_place, ~is_stopped)
        .values(state="missed")
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    ).all()
    query = sa.select(Voucher.id).where(due, sa.or_(~is_place, is_stopped)).order_by(Voucher.id)
    lapsed = list(session.scalars(query.limit(LAPSED_AT_ONCE)))
    for voucher_id in lapsed:
        found = _hold(session, ledger_id, voucher_id)
        if found.state == "open":
            _take_back(session, found, "lapsed", SYSTEM)
    return len(missed) + len(lapsed)


def _is_stopped(ledger_id: int) -> sa.ColumnElement[bool]:
    """The voucher's shop is not open, or its merchant is not listed: nobody honours it (M3)."""
    return (
        sa.exists()
        .where(
            Shop.ledger_id == ledger_id,
            Shop.id == Voucher.shop_id,
            Merchant.ledger_id == ledger_id,
            Merchant.id == Shop.merchant_id,
            sa.or_(Shop.state != "open", Merchant.state != "listed"),
        )
        .correlate(Voucher)
    )


def _require_state(found: Voucher, states: Collection[str]) -> None:
    if found.state == "used" and found.used_at is not None:
        raise VoucherUsed(used_at=found.used_at.isoformat())
    if found.state not in states:
        raise VoucherOver(state=found.state, valid_until_on=found.valid_until_on.isoformat())


def _hold(session: Session, ledger_id: int, voucher_id: UUID) -> Voucher:
    """Lock a voucher after its goods, as whoever moves or cancels a class does."""
    query = (
        sa.select(Voucher)
        .where(Voucher.ledger_id == ledger_id, Voucher.id == voucher_id)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("no such voucher")
    shelf.seen(session, ledger_id=ledger_id, goods_ids={found.goods_id: 1}, for_update=True)
    return session.scalars(query.with_for_update(key_share=True)).one()


def _take_back(
    session: Session, found: Voucher, state: str, actor: Actor, reason: str | None = None
) -> Voucher:
    """Give back the piece, the limit and the points; the voucher is held."""
    ledger_id, changes = found.ledger_id, {found.goods_id: 1}
    kind = goods.get(session, ledger_id=ledger_id, goods_id=found.goods_id).kind
    is_counted = kind in COUNTED_KINDS
    moved = shelf.move(session, ledger_id=ledger_id, changes=changes) if is_counted else {}
    spending.give_item_back(
        session,
        ledger_id=ledger_id,
        owner_id=found.household_id or found.member_id,
        goods_id=found.goods_id,
        pieces=1,
        on=clock.local_date(found.issued_at),
    )
    came, expired = _reverse(session, found, state, reason or state, actor)
    found.state, found.reversed_at = state, clock.now()
    session.flush()
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=changes,
        kind="cancel",
        actor=actor,
        reason=reason,
        voucher_id=found.id,
    )
    _tell(session, found, came, expired)
    return found


def _reverse(
    session: Session, found: Voucher, state: str, reason: str, actor: Actor
) -> tuple[int, int]:
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
        reason=reason,
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
    note = inbox.Note(claim_owners.of(session, found), topic, facts)
    inbox.tell(session, ledger_id=found.ledger_id, notes=[note])
