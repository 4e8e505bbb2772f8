"""How a plan is written down: its columns, its sessions with their short numbers, its units."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, Organiser
from app.activities.plan_rules import Plan, PlannedSession
from app.activities.shifts import attending
from app.activities.terms import WINDOW_BEFORE, minutes
from app.base import clock, serials
from app.community import settings, tree
from app.ledger import books


def values(plan: Plan) -> dict[str, Any]:
    """Return the columns that a plan fills."""
    return {
        "node_id": plan.node_id,
        "team_id": plan.team_id,
        "alliance_id": plan.alliance_id,
        "title": plan.title.strip(),
        "description": plan.description.strip(),
        "category_code": plan.category_code,
        "venue_id": plan.venue_id,
        "address": plan.address.strip(),
        "is_paid": plan.is_paid,
        "is_emergency": plan.is_emergency,
        "respond_by_at": min(each.starts_at for each in plan.sessions),
    }


def write_parts(session: Session, activity: Activity, plan: Plan) -> None:
    """Write the sessions, numbered in order of time, and the co-organising units."""
    node = tree.get(session, plan.node_id)
    before = minutes(settings.read(session, node, WINDOW_BEFORE)[WINDOW_BEFORE])
    ordered = sorted(plan.sessions, key=lambda each: (each.starts_at, each.ends_at))
    first_no = serials.take(
        session, ledger_id=activity.ledger_id, name="activity_session", count=len(ordered)
    )
    session.add_all(
        _session_row(activity, each, ordinal, first_no, before)
        for ordinal, each in enumerate(ordered, start=1)
    )
    session.add_all(
        Organiser(ledger_id=activity.ledger_id, activity_id=activity.id, unit_id=unit_id)
        for unit_id in plan.unit_ids
    )
    session.flush()
    attending.write(session, ledger_id=activity.ledger_id, activity_id=activity.id, plan=plan)


def number(session: Session, ledger_id: int) -> str:
    """Make the number people see: JX-A20260301-0007; it carries the book."""
    code = books.get(session, ledger_id).code
    day = f"{clock.today():%Y%m%d}"
    serial = serials.take(session, ledger_id=ledger_id, name=f"activity-{day}")
    return f"{code}-A{day}-{serial:04d}"


def _session_row(
    activity: Activity, planned: PlannedSession, ordinal: int, first_no: int, before: timedelta
) -> ActivitySession:
    return ActivitySession(
        ledger_id=activity.ledger_id,
        session_no=first_no + ordinal - 1,
        activity_id=activity.id,
        ordinal=ordinal,
        opens_at=planned.starts_at - before,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        quota_count=planned.quota_count,
        enrolled_count=0,
        waiting_count=0,
        code_key_version=1,
        state="planned",
    )
