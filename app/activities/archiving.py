"""Filing finished activities away: the clock's job, in few statements for a whole book."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.closing import UNRESOLVED, WAITING
from app.activities.models import Activity, ActivitySession, Attendance
from app.points.models import Grant

AT_ONCE = 500
_QUIET = {"synchronize_session": False}


def archive_settled(session: Session, *, ledger_id: int) -> int:
    """Archive every finished activity of which nothing waits; return how many (a job)."""
    finished = sa.select(Activity.id).where(
        Activity.ledger_id == ledger_id, Activity.state == "finished"
    )
    settled = list(set(session.scalars(finished)) - _unsettled(session, ledger_id))
    count = 0
    for start in range(0, len(settled), AT_ONCE):
        archived = session.execute(
            sa.update(Activity)
            .where(
                Activity.ledger_id == ledger_id,
                Activity.id.in_(settled[start : start + AT_ONCE]),
                Activity.state == "finished",
            )
            .values(state="archived", version=Activity.version + 1)
            .returning(Activity.id),
            execution_options=_QUIET,
        )
        count += len(archived.all())
    return count


def _unsettled(session: Session, ledger_id: int) -> set[UUID]:
    """Return the activities with a stay or a grant that waits: there are few at any time."""
    stays = (
        sa.select(ActivitySession.activity_id)
        .join(
            Attendance,
            sa.and_(
                Attendance.ledger_id == ActivitySession.ledger_id,
                Attendance.session_id == ActivitySession.id,
            ),
        )
        .where(ActivitySession.ledger_id == ledger_id, Attendance.ledger_id == ledger_id)
    )
    waiting = stays.join(
        Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.source_id == Attendance.id)
    ).where(Grant.source_kind == "attendance", Grant.state.in_(WAITING))
    unresolved = stays.where(Attendance.state.in_(UNRESOLVED))
    return {each for query in (unresolved, waiting) for each in session.scalars(query.distinct())}
