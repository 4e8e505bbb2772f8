"""Reversals: a grant taken back, once, with all it left (L10, D31, E11).

Exactly what was posted goes back: hours from the hours, points from the grant's
vintage, then from first-expiring others, then as 待追回. The time is free again,
the day total and the carry lose the grant's part. In a quarter that was closed nothing
moves: the part is missing from the next open one (S2, A15).
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.ledger import reversals as journal_reversals
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import Line
from app.people import audit, inbox
from app.points import carries, crediting, day_totals, holders, judging, presences, wallets
from app.points.carries import CarryKey
from app.points.errors import GrantStateConflict
from app.points.models import Grant
from app.points.purses import of_owners
from app.points.quarters.counting import counted_on
from app.points.stars.falling import fall_if_below


def reverse(
    session: Session, *, ledger_id: int, grant_id: UUID, reason: str, actor: Actor
) -> Grant:
    """Reverse a posted grant and return it.

    Raises:
        NotFound: There is no such grant.
        ValidationFailed: No reason is given.
        AlreadyReversed: It was reversed before (L4).
        GrantStateConflict: It was never posted: refuse it instead.
        LedgerReadOnly: The book is stopped.

    Rule: L4, L10, D31, E11, A15, P10.
    """
    if not reason.strip():
        raise ValidationFailed("a reversal says why", field="reason")
    grant, holder_of = _lock_posted(session, ledger_id, grant_id)
    holder_id = holder_of[grant.member_id]
    if grant.journal_id is not None:
        lines = _lines(session, grant, holder_id)
        grant.reversal_journal_id = journal_reversals.reverse(
            session,
            ledger_id=ledger_id,
            journal_id=grant.journal_id,
            key=f"reverse:{grant.id}",
            kind="grant_reversal",
            actor=actor,
            reason=reason,
            lines=lines,
        )
    grant.state = "reversed"
    days = counted_on(session, ledger_id=ledger_id, days=[grant.counted_on])
    grant.reversal_counted_on = days[grant.counted_on]
    session.flush()
    _take_out(session, grant, holder_id)
    _tell(session, grant, holder_id, reason)
    fall_if_below(session, grant=grant, holder_id=holder_id)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="grant_reversed",
        subject_kind="grant",
        subject_id=grant.id,
        minutes=grant.minutes,
        points=grant.points,
    )
    return grant


def _lock_posted(
    session: Session, ledger_id: int, grant_id: UUID
) -> tuple[Grant, Mapping[UUID, UUID]]:
    """Lock the member, then read the grant as it stands under that lock."""
    query = sa.select(Grant).where(Grant.ledger_id == ledger_id, Grant.id == grant_id)
    member_id = session.scalar(query.with_only_columns(Grant.member_id))
    if member_id is None:
        raise NotFound("no such grant")
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=[member_id], lock=True)
    grant = session.scalars(query.execution_options(populate_existing=True)).one()
    if grant.state == "reversed":
        raise AlreadyReversed
    if grant.state != "posted":
        raise GrantStateConflict(state=grant.state)
    return grant, holder_of


def _lines(session: Session, grant: Grant, holder_id: UUID) -> tuple[Line, ...]:
    lines: list[Line] = []
    if grant.minutes:
        hours = wallets.hours_ref(holder_id, grant.provenance)
        lines.append(Line(hours, crediting.source_of(grant, "minutes"), grant.minutes))
    if grant.points:
        lines += _points_back(session, grant, holder_id)
    return tuple(lines)


def _points_back(session: Session, grant: Grant, holder_id: UUID) -> list[Line]:
    """Take the points from where they went: the household's account, or the holder's own."""
    owner_id = grant.household_id or holder_id
    kind = "household" if grant.household_id else "wallet"
    held = of_owners(session, ledger_id=grant.ledger_id, kinds={owner_id: kind}, lock=True)
    back_to = crediting.source_of(grant, "points")
    return held[owner_id].claw_back(grant.points, grant.vintage_on, to=back_to)


def _take_out(session: Session, grant: Grant, holder_id: UUID) -> None:
    ledger_id = grant.ledger_id
    presences.free(session, ledger_id=ledger_id, grants=[grant])
    day_totals.add(session, ledger_id=ledger_id, grants=[grant], sign=-1)
    judging.give_back(session, ledger_id=ledger_id, grants=[grant])
    change = grant.carry_before - grant.carry_after
    if change and grant.indicator_code is not None and grant.rate_version is not None:
        key = CarryKey(holder_id, grant.indicator_code, grant.rate_version)
        carries.change(session, ledger_id=ledger_id, changes={key: change})


def _tell(session: Session, grant: Grant, holder_id: UUID, reason: str) -> None:
    facts = {"minutes": grant.minutes, "points": grant.points, "reason": reason}
    note = inbox.Note(holder_id, "reversed", facts, natural_key=f"reversed:{grant.id}")
    inbox.tell(session, ledger_id=grant.ledger_id, notes=[note])
