"""Bars: who told false hours rises no more for one to three years (D41).

A back-fill found false bars by itself, for as long as the table says; staff bar for other
false hours, with a reason, and another person lifts that.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.ledger.models import Journal
from app.people import audit, members
from app.people.models import Member
from app.points import second_person
from app.points.models import Backfill, Grant, StarBar
from app.points.stars.tables import Table


def bar(
    session: Session, *, ledger_id: int, member_id: UUID, days: int, reason: str, actor: Actor
) -> StarBar:
    """Bar a member from rising, with a reason.

    Raises:
        NotFound: No such member.
        ValidationFailed: No reason, or not one to three years.
        SecondPersonRequired: The member is the actor, or of their household (D23).
    """
    if not reason.strip():
        raise ValidationFailed("a bar says why", field="reason")
    if not 365 <= days <= 1_096:
        raise ValidationFailed("one to three years", field="days")
    members.get(session, ledger_id=ledger_id, member_id=member_id)
    second_person.require(
        session, ledger_id=ledger_id, actor=actor, makers=(), member_ids=[member_id]
    )
    barred = StarBar(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=member_id,
        until_on=clock.today() + timedelta(days=days),
        reason=reason.strip(),
        barred_by_id=actor.person_id,
        barred_at=clock.now(),
    )
    session.add(barred)
    session.flush()
    _audit(session, barred, actor, "star_barred")
    return barred


def lift(
    session: Session, *, ledger_id: int, member_id: UUID, bar_id: UUID, reason: str, actor: Actor
) -> StarBar:
    """Lift a member's bar that another person set.

    Raises:
        NotFound: No such bar of this member, or it is over or lifted.
        ValidationFailed: No reason is given.
        SecondPersonRequired: The actor set it, or it is their own or their household's.
    """
    if not reason.strip():
        raise ValidationFailed("lifting says why", field="reason")
    found = session.get(StarBar, (ledger_id, bar_id), with_for_update=True)
    if found is None or not _is_live(found) or member_id not in _both(session, found):
        raise NotFound("no such bar")
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.barred_by_id],
        member_ids=_both(session, found),
    )
    found.lifted_by_id, found.lifted_at = actor.person_id, clock.now()
    found.lift_reason = reason.strip()
    session.flush()
    _audit(session, found, actor, "star_bar_lifted")
    return found


def list_live(session: Session, *, ledger_id: int, member_id: UUID) -> list[StarBar]:
    """List what staff set and what bars a member still, the longest first.

    A merged membership's bars are the kept one's.
    """
    query = (
        sa.select(StarBar)
        .join(
            Member, sa.and_(Member.ledger_id == StarBar.ledger_id, Member.id == StarBar.member_id)
        )
        .where(
            StarBar.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            _kept_id() == member_id,
            StarBar.lifted_at.is_(None),
            StarBar.until_on > clock.today(),
        )
    )
    return list(session.scalars(query.order_by(StarBar.until_on.desc())))


def until(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID], table: Table
) -> dict[UUID, date]:
    """Return until when each of these members is barred; who is not barred is left out."""
    found: dict[UUID, date] = {}
    for member_id, until_on in (
        *session.execute(_set_by_staff(ledger_id, member_ids)),
        *_found_false(session, ledger_id, member_ids, table),
    ):
        if until_on > clock.today():
            found[member_id] = max(until_on, found.get(member_id, until_on))
    return found


def _kept_id() -> sa.ColumnElement[UUID]:
    """Whose a bar is: a merge shakes none off."""
    return sa.func.coalesce(Member.merged_into_id, Member.id)


def _set_by_staff(ledger_id: int, member_ids: Collection[UUID]) -> sa.Select[UUID, date]:
    return (
        sa.select(_kept_id(), StarBar.until_on)
        .join(
            Member, sa.and_(Member.ledger_id == StarBar.ledger_id, Member.id == StarBar.member_id)
        )
        .where(
            StarBar.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            _kept_id().in_(member_ids),
            StarBar.lifted_at.is_(None),
        )
    )


def _found_false(
    session: Session, ledger_id: int, member_ids: Collection[UUID], table: Table
) -> list[tuple[UUID, date]]:
    """Back-fills that were found false, each with the day its bar ends (D26, D41)."""
    query = (
        sa.select(_kept_id(), sa.func.max(Journal.posted_at))
        .select_from(Backfill)
        .join(
            Member, sa.and_(Member.ledger_id == Backfill.ledger_id, Member.id == Backfill.member_id)
        )
        .join(Grant, sa.and_(Grant.ledger_id == Backfill.ledger_id, Grant.id == Backfill.grant_id))
        .join(
            Journal,
            sa.and_(Journal.ledger_id == Grant.ledger_id, Journal.id == Grant.reversal_journal_id),
        )
        .where(
            Backfill.ledger_id == ledger_id,
            Grant.ledger_id == ledger_id,
            Journal.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            _kept_id().in_(member_ids),
            Backfill.state == "reversed",
        )
        .group_by(_kept_id())
    )
    bar_time = timedelta(days=table.bar_days)
    return [
        (member_id, clock.local_date(at) + bar_time) for member_id, at in session.execute(query)
    ]


def _both(session: Session, found: StarBar) -> set[UUID]:
    """Whom a bar concerns: who got it, and the membership it was merged into."""
    member = members.get(session, ledger_id=found.ledger_id, member_id=found.member_id)
    return {member.id, member.merged_into_id or member.id}


def _is_live(found: StarBar) -> bool:
    return found.lifted_at is None and found.until_on > clock.today()


def _audit(session: Session, barred: StarBar, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=barred.ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=barred.member_id,
        until_on=barred.until_on.isoformat(),
    )
