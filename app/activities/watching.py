"""What is odd about a session, put before a person when it is confirmed (F6, F8).

A signal refuses nothing; the leader's word stands until somebody has looked.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.grounds import ROLL_DOORS
from app.activities.judging import VOID
from app.activities.models import Attendance
from app.risk import rules, signals
from app.risk.signals import Finding

SHARED_DEVICE = "one_device_many_people"
ROLL_SHARE = "roll_share"
SCORE = 40


def look_at_session(session: Session, *, ledger_id: int, session_id: UUID) -> list[Finding]:
    """Flag a session where one device took in many, or most came by roll or card."""
    rows = session.execute(
        sa.select(Attendance.member_id, Attendance.in_door, Attendance.device_hash).where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id == session_id,
            Attendance.state.not_in(VOID),
        )
    ).all()
    findings = []
    people_by_device: dict[bytes, set[UUID]] = {}
    for row in rows:
        if row.device_hash:
            people_by_device.setdefault(row.device_hash, set()).add(row.member_id)
    people_count = max((len(each) for each in people_by_device.values()), default=0)
    if people_count > rules.current(SHARED_DEVICE).parameters["people_max"]:
        findings.append(_of(SHARED_DEVICE, session_id, people_count=people_count))
    everybody = {row.member_id for row in rows}
    by_hand = {row.member_id for row in rows if row.in_door in ROLL_DOORS}
    limits = rules.current(ROLL_SHARE).parameters
    is_many = len(by_hand) * 100 > len(everybody) * limits["percent_max"]
    if is_many and len(everybody) >= limits["people_min"]:
        facts = {"by_hand_count": len(by_hand), "people_count": len(everybody)}
        findings.append(_of(ROLL_SHARE, session_id, **facts))
    signals.raise_many(session, ledger_id=ledger_id, findings=findings)
    return findings


def _of(rule_code: str, session_id: UUID, **facts: int) -> Finding:
    return Finding(rule_code, "session", session_id, SCORE, facts)
