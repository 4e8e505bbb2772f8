"""Classes (课程) whose time changes, or that are cancelled; whoever booked is told (M6).

Places move with the class. Whoever cannot come then gives theirs back until the usual hours
before the new time, and in any case for a day after the change. Of a class that does not take place
every place comes back with its points.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.mall import claim_owners, goods, shops, voucher_returns
from app.mall.errors import ClassBegun, ClassHeld
from app.mall.models import Goods, Voucher
from app.people import audit, inbox
from app.points import holders

AT_LEAST = timedelta(days=1)


def move(
    session: Session,
    *,
    ledger_id: int,
    goods_id: UUID,
    version: int,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
) -> int:
    """Move a class to another time; return how many places were booked and told.

    Raises:
        NotFound: No such class.
        ClassBegun: It has begun already; fact `starts_at`.
        ValidationFailed: The new time is over, or ends before it begins.
        VersionStale: Somebody changed it meanwhile.
    """
    before = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
    if before.starts_at is None:
        raise NotFound("no class")
    if before.starts_at <= clock.now():
        raise ClassBegun(starts_at=before.starts_at.isoformat())
    if starts_at <= clock.now():
        raise ValidationFailed("the new time is over", field="starts_at")
    if ends_at <= starts_at:
        raise ValidationFailed("the class ends before it begins", field="ends_at")
    _change(session, before, version, starts_at=starts_at, ends_at=ends_at)
    told = _move_places(session, before, starts_at)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="class_moved",
        subject_kind="goods",
        subject_id=goods_id,
        before=before.starts_at.isoformat(),
        after=starts_at.isoformat(),
        places_count=told,
    )
    return told


def cancel(
    session: Session, *, ledger_id: int, goods_id: UUID, version: int, reason: str, actor: Actor
) -> int:
    """Cancel a class that does not take place; return how many places came back (M6).

    It is sold no more; every place comes back with its points, also one noted as missed. Of one
    that is cancelled already nothing comes back, and nothing is noted again.

    Raises:
        NotFound: No such class.
        ValidationFailed: No reason, or a long one.
        ClassHeld: Somebody was there; fact `used_count`.
        VersionStale: Somebody changed it meanwhile.
    """
    said = voucher_returns.require_reason(reason)
    before = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
    if before.starts_at is None:
        raise NotFound("no class")
    was_on_sale = before.is_on_sale
    _change(session, before, version, is_on_sale=False)
    _require_unheld(session, before)
    back = voucher_returns.take_back_all(
        session, ledger_id=ledger_id, goods_id=goods_id, reason=said, actor=actor
    )
    if not (back or was_on_sale):
        return 0
    told = [claim_owners.of(session, one) for one in back]
    _tell_cancelled(session, before, before.starts_at, said, told)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="class_cancelled",
        subject_kind="goods",
        subject_id=goods_id,
        starts_at=before.starts_at.isoformat(),
        reason=said,
        places_count=len(back),
    )
    return len(back)


def is_on(session: Session, found: Goods) -> bool:
    """Whether a class is sold, or has places that could come back: else nothing is to cancel."""
    unheld = voucher_returns.unheld_of(ledger_id=found.ledger_id, goods_id=found.id)
    return found.is_on_sale or bool(session.scalar(sa.select(sa.exists().where(unheld))))


def _change(session: Session, before: Goods, version: int, **values: object) -> None:
    """Change a class that nobody changed since it was read, and hold it."""
    changed = session.execute(
        sa.update(Goods)
        .where(Goods.ledger_id == before.ledger_id, Goods.id == before.id, Goods.version == version)
        .values(**values, version=version + 1)
        .returning(Goods.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise VersionStale("the class was changed meanwhile", version=before.version)


def _require_unheld(session: Session, before: Goods) -> None:
    query = sa.select(sa.func.count()).where(
        Voucher.ledger_id == before.ledger_id,
        Voucher.goods_id == before.id,
        Voucher.state == "used",
    )
    if used := session.scalar(query):
        raise ClassHeld(used_count=used)


def _tell_cancelled(
    session: Session, before: Goods, starts_at: datetime, reason: str, booked: list[UUID]
) -> None:
    shop = shops.get(session, ledger_id=before.ledger_id, shop_id=before.shop_id)
    facts = {
        "title": before.name,
        "starts_at": starts_at.isoformat(),
        "shop": shop.name,
        "reason": reason,
    }
    notes = [inbox.Note(member_id, "class_cancelled", facts) for member_id in booked]
    inbox.tell(session, ledger_id=before.ledger_id, notes=notes)


def _move_places(session: Session, before: Goods, starts_at: datetime) -> int:
    """Move the places that are still open, and tell their members."""
    usual = starts_at - timedelta(hours=before.return_hours or 0)
    until = max(usual, min(clock.now() + AT_LEAST, starts_at))
    moved = session.execute(
        sa.update(Voucher)
        .where(
            Voucher.ledger_id == before.ledger_id,
            Voucher.goods_id == before.id,
            Voucher.state == "open",
        )
        .values(
            starts_at=starts_at,
            return_until_at=until,
            valid_until_on=clock.local_date(starts_at),
        )
        .returning(Voucher.member_id)
        .execution_options(synchronize_session=False)
    )
    booked = [row.member_id for row in moved]
    now = holders.of(session, ledger_id=before.ledger_id, member_ids=booked)
    shop = shops.get(session, ledger_id=before.ledger_id, shop_id=before.shop_id)
    facts = {
        "title": before.name,
        "starts_at": starts_at.isoformat(),
        "shop": shop.name,
        "return_until_at": until.isoformat(),
    }
    notes = [inbox.Note(now[member_id], "class_moved", facts) for member_id in booked]
    inbox.tell(session, ledger_id=before.ledger_id, notes=notes)
    return len(booked)
