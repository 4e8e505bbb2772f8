"""Late scans as they are read: by the leader of a session, and by the member who sent them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, LateScan
from app.activities.tickets import Shown


def list_of_session(session: Session, *, ledger_id: int, session_id: UUID) -> list[LateScan]:
    """List the late scans of a session that wait, in the order of their codes."""
    query = (
        sa.select(LateScan)
        .where(
            LateScan.ledger_id == ledger_id,
            LateScan.session_id == session_id,
            LateScan.state == "waiting",
        )
        .order_by(LateScan.slot, LateScan.id)
    )
    return list(session.scalars(query))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50
) -> list[LateScan]:
    """List a member's late scans and what became of them, latest first."""
    query = (
        sa.select(LateScan)
        .where(LateScan.ledger_id == ledger_id, LateScan.member_id == member_id)
        .order_by(LateScan.received_at.desc(), LateScan.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def shown_at(scan: LateScan) -> datetime:
    """Return when the code of a late scan came on the screen."""
    return Shown(scan.ledger_id, scan.session_id, scan.direction, scan.slot).shown_at


def people_of_devices(scans: Sequence[LateScan]) -> dict[bytes | None, int]:
    """Count the people whose late scans came from one phone: a forwarded code shows here."""
    people: dict[bytes | None, set[UUID]] = {}
    for scan in scans:
        if scan.device_hash:
            people.setdefault(scan.device_hash, set()).add(scan.member_id)
    return {device: len(each) for device, each in people.items()}


def titles_of(
    session: Session, *, ledger_id: int, session_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return the title of the activity of each session."""
    if not session_ids:
        return {}
    rows = session.execute(
        sa.select(ActivitySession.id, Activity.title)
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(Activity.ledger_id == ledger_id, ActivitySession.ledger_id == ledger_id)
        .where(ActivitySession.id.in_(session_ids))
    )
    return {row.id: row.title for row in rows}
