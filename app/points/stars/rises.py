"""Rises: who may have more stars, reviewed by another person and put up for all to see (D41).

Nobody reviews themselves or their household (D23, A6). A rise that was refused may be
reviewed again; what was refused, and why, stays readable.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import audit, inbox, members
from app.people.audit import Act
from app.people.models import Member
from app.points import programmes, second_person, verdicts
from app.points.errors import StarBarred, StarNotReached
from app.points.models import Day, Star, StarRise
from app.points.stars import bars, counting, tables
from app.points.stars.counting import LIVE_RISES
from app.points.stars.tables import Table

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Due:
    """A member whose hours reach more stars than were granted."""

    member_id: UUID
    volunteer_no: str
    name_masked: str
    minutes: int
    granted: int
    reached: int
    barred_until_on: date | None


def list_due(
    session: Session, *, ledger_id: int, node: Node, limit: int = 100, offset: int = 0
) -> list[Due]:
    """List who may rise at a place and below it and is not under review, most hours first."""
    table = tables.current(session, programmes.of_ledger(session, ledger_id).id)
    query = _due(ledger_id, node, table).limit(limit).offset(offset)
    found = session.execute(query).all()
    ids = [row[0] for row in found]
    barred = bars.until(session, ledger_id=ledger_id, member_ids=ids, table=table)
    return [
        Due(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5]), barred.get(row[0]))
        for row in found
    ]


def review(
    session: Session,
    *,
    ledger_id: int,
    member_ids: Collection[UUID],
    verdict: str,
    reason: str | None = None,
    actor: Actor,
) -> list[StarRise]:
    """Review members for the stars that their hours reach now: `approved` or `refused`.

    Raises:
        NotFound: One of them does not exist.
        ValidationFailed: No verdict, or no reason to refuse.
        StarNotReached: The hours of one reach no more than was granted, or a rise is under way.
        StarBarred: One told false hours, and the time is not over; fact `until_on`.
        SecondPersonRequired: One is the actor, or of their household.

    Rule: D41, D23, A6.
    """
    verdicts.require(verdict, reason)
    wanted = sorted(set(member_ids))
    second_person.require(session, ledger_id=ledger_id, actor=actor, makers=(), member_ids=wanted)
    table = tables.current(session, programmes.of_ledger(session, ledger_id).id)
    chosen = _lock(session, ledger_id, wanted)
    minutes = counting.minutes_of(session, ledger_id=ledger_id, member_ids=wanted, table=table)
    _require_reached(session, ledger_id, wanted, minutes, table)
    if verdict == "approved":
        _require_unbarred(session, ledger_id, wanted, table)
    state = "reviewed" if verdict == "approved" else "refused"
    by = (table, state, (reason or "").strip() or None, actor)
    rises = [_new(chosen[each], minutes[each], *by) for each in wanted]
    session.add_all(rises)
    session.flush()
    _tell_refused(session, ledger_id, rises)
    acts = [Act(f"star_{state}", "member", each.member_id, {"stars": each.stars}) for each in rises]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    return rises


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Sequence[str] = LIVE_RISES,
    limit: int = 200,
    offset: int = 0,
) -> list[tuple[StarRise, Member]]:
    """List the rises of a place and below it in some states, the latest first."""
    query = _in(sa.select(StarRise, Member), ledger_id, node, states)
    query = query.order_by(StarRise.reviewed_at.desc(), StarRise.id.desc())
    found = session.execute(query.limit(limit).offset(offset))
    return [(rise, member) for rise, member in found]


def count_in(session: Session, *, ledger_id: int, node: Node, states: Sequence[str]) -> int:
    """Return how many rises of a place and below it are in some states."""
    query = _in(sa.select(sa.func.count(StarRise.id)), ledger_id, node, states)
    return int(session.scalar(query) or 0)


def count_due(session: Session, *, ledger_id: int, node: Node) -> int:
    """Return how many may rise at a place and below it."""
    table = tables.current(session, programmes.of_ledger(session, ledger_id).id)
    listed = _due(ledger_id, node, table).order_by(None).subquery()
    return int(session.scalar(sa.select(sa.func.count()).select_from(listed)) or 0)


def _in(
    query: sa.Select[*tuple[Any, ...]], ledger_id: int, node: Node, states: Sequence[str]
) -> sa.Select[*tuple[Any, ...]]:
    return (
        query.select_from(StarRise)
        .join(
            Member,
            sa.and_(Member.ledger_id == StarRise.ledger_id, Member.id == StarRise.member_id),
        )
        .join(Node, Node.id == StarRise.node_id)
        .where(
            StarRise.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            StarRise.state.in_(states),
            tree.within(Node.path, node),
        )
    )


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[StarRise]:
    """List a member's rises of every state, the latest first."""
    query = sa.select(StarRise).where(
        StarRise.ledger_id == ledger_id, StarRise.member_id == member_id
    )
    return list(session.scalars(query.order_by(StarRise.reviewed_at.desc())))


def _due(ledger_id: int, node: Node, table: Table) -> sa.Select[*tuple[Any, ...]]:
    served, kept = aliased(Member), aliased(Member)
    minutes = sa.func.sum(Day.minutes)
    reached = sum(
        (sa.case((minutes >= step, 1), else_=0) for step in table.steps), start=sa.literal(0)
    )
    had = sa.func.coalesce(sa.func.max(Star.stars), 0)
    is_live = sa.exists().where(
        StarRise.ledger_id == ledger_id,
        StarRise.member_id == kept.id,
        StarRise.state.in_(LIVE_RISES),
    )
    return (
        sa.select(kept.id, kept.volunteer_no, kept.name_masked, minutes, had, reached)
        .select_from(Day)
        .join(served, sa.and_(served.ledger_id == Day.ledger_id, served.id == Day.member_id))
        .join(
            kept,
            sa.and_(
                kept.ledger_id == served.ledger_id,
                kept.id == sa.func.coalesce(served.merged_into_id, served.id),
            ),
        )
        .join(Node, Node.id == kept.node_id)
        .outerjoin(Star, sa.and_(Star.ledger_id == kept.ledger_id, Star.member_id == kept.id))
        .where(
            Day.ledger_id == ledger_id,
            served.ledger_id == ledger_id,
            kept.ledger_id == ledger_id,
            sa.or_(Star.ledger_id == ledger_id, Star.ledger_id.is_(None)),
            kept.state == "active",
            Day.provenance.in_(table.provenances),
            tree.within(Node.path, node),
            sa.not_(is_live),
        )
        .group_by(kept.ledger_id, kept.id, kept.volunteer_no, kept.name_masked)
        .having(reached > had)
        .order_by(minutes.desc(), kept.volunteer_no)
    )


def _new(
    member: Member, minutes: int, table: Table, state: str, reason: str | None, actor: Actor
) -> StarRise:
    return StarRise(
        ledger_id=member.ledger_id,
        id=new_id(),
        member_id=member.id,
        node_id=member.node_id,
        stars=table.stars_of(minutes),
        minutes_counted=minutes,
        steps_version=table.version,
        state=state,
        reviewed_by_id=actor.person_id,
        reviewed_at=clock.now(),
        reason=reason,
        ended_at=None if state == "reviewed" else clock.now(),
    )


def _lock(session: Session, ledger_id: int, member_ids: Sequence[UUID]) -> dict[UUID, Member]:
    """Lock the members, so that nobody is reviewed twice at once."""
    found = members.get_many(session, ledger_id=ledger_id, member_ids=member_ids)
    if len(found) < len(member_ids):
        members.get(
            session,
            ledger_id=ledger_id,
            member_id=next(each for each in member_ids if each not in found),
        )
    query = sa.select(Member.id).where(Member.ledger_id == ledger_id, Member.id.in_(member_ids))
    session.execute(query.order_by(Member.id).with_for_update(key_share=True))
    return found


def _require_reached(
    session: Session,
    ledger_id: int,
    member_ids: Sequence[UUID],
    minutes: dict[UUID, int],
    table: Table,
) -> None:
    had = counting.granted(session, ledger_id=ledger_id, member_ids=member_ids)
    live = set(
        session.scalars(
            sa.select(StarRise.member_id).where(
                StarRise.ledger_id == ledger_id,
                StarRise.member_id.in_(member_ids),
                StarRise.state.in_(LIVE_RISES),
            )
        )
    )
    for each in member_ids:
        if each in live or table.stars_of(minutes.get(each, 0)) <= had.get(each, 0):
            raise StarNotReached


def _require_unbarred(
    session: Session, ledger_id: int, member_ids: Sequence[UUID], table: Table
) -> None:
    barred = bars.until(session, ledger_id=ledger_id, member_ids=member_ids, table=table)
    if barred:
        raise StarBarred(until_on=max(barred.values()).isoformat())


def _tell_refused(session: Session, ledger_id: int, rises: Sequence[StarRise]) -> None:
    notes = [
        inbox.Note(each.member_id, "star_refused", {"stars": each.stars, "reason": each.reason})
        for each in rises
        if each.state == "refused"
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)
