"""Refused scans, kept with the reason: for the leader at the door, and for risk.

An outer fact (ruling 6): the door calls `keep` in the outer transaction after the
verb refused, so the record stays although the verb left nothing behind.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import telling
from app.activities.codes import SeenTicket
from app.activities.errors import OverlapWithOtherActivity
from app.activities.models import Scan
from app.activities.posters import POSTER
from app.base import clock
from app.base.errors import DomainError
from app.base.ids import new_id
from app.risk import rules, signals

OVERLAP = "presence_overlap"
OVERLAP_SCORE = 60
REPEATED = "repeated_refused_scans"
REPEATED_SCORE = 40


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried: at which session, by whom (if signed in), which way, from which device."""

    session_id: UUID
    direction: str
    member_id: UUID | None = None
    slot: int | None = None
    seen_at: datetime | None = None
    device_hash: bytes | None = None


def tried_with(
    ticket: SeenTicket, *, member_id: UUID | None, device_hash: bytes | None = None
) -> Tried:
    """Describe a try that came with a seen ticket."""
    return Tried(
        ticket.session_id, ticket.direction, member_id, ticket.slot, ticket.seen_at, device_hash
    )


def keep(session: Session, *, ledger_id: int, tried: Tried, refusal: DomainError) -> Scan:
    """Keep a refused scan and tell its member; an overlap flags both records (D19, E14)."""
    scan = Scan(
        ledger_id=ledger_id,
        id=new_id(),
        session_id=tried.session_id,
        member_id=tried.member_id,
        direction=tried.direction,
        slot=tried.slot,
        seen_at=tried.seen_at or clock.now(),
        outcome=refusal.code,
        device_hash=tried.device_hash,
    )
    session.add(scan)
    session.flush()
    if isinstance(refusal, OverlapWithOtherActivity) and tried.member_id:
        _flag_overlap(session, scan, tried.member_id, refusal.attendance_id)
    if tried.member_id:
        _flag_repeated(session, scan, tried.member_id)
        telling.tell_refused_scan(
            session,
            ledger_id=ledger_id,
            session_id=scan.session_id,
            member_id=tried.member_id,
            direction=scan.direction,
            code=refusal.code,
        )
    return scan


def list_of_session(
    session: Session, *, ledger_id: int, session_id: UUID, limit: int = 100
) -> list[Scan]:
    """List a session's refused scans, latest first."""
    query = (
        sa.select(Scan)
        .where(Scan.ledger_id == ledger_id, Scan.session_id == session_id, Scan.outcome != POSTER)
        .order_by(Scan.seen_at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def _flag_overlap(
    session: Session, scan: Scan, member_id: UUID, attendance_id: UUID | None
) -> None:
    """Put the member's case before a person, naming both records."""
    signals.raise_signal(
        session,
        ledger_id=scan.ledger_id,
        rule_code=OVERLAP,
        subject_kind="member",
        subject_id=member_id,
        score=OVERLAP_SCORE,
        scan_id=scan.id,
        attendance_id=attendance_id,
    )


def _flag_repeated(session: Session, scan: Scan, member_id: UUID) -> None:
    """Flag a member whose scans are refused again and again at one session (F9)."""
    limits = rules.current(REPEATED).parameters
    since = scan.seen_at - timedelta(minutes=limits["within_minutes"])
    refused_count = session.scalar(
        sa.select(sa.func.count()).where(
            Scan.ledger_id == scan.ledger_id,
            Scan.session_id == scan.session_id,
            Scan.member_id == member_id,
            Scan.outcome != POSTER,
            Scan.seen_at >= since,
        )
    )
    # At the line only: one case a run, not one for each further try.
    if refused_count == limits["count_max"]:
        signals.raise_signal(
            session,
            ledger_id=scan.ledger_id,
            rule_code=REPEATED,
            subject_kind="member",
            subject_id=member_id,
            score=REPEATED_SCORE,
            session_id=scan.session_id,
            refused_count=refused_count,
        )
