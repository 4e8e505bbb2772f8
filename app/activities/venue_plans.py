"""What is planned at a venue (阵地): its activities of the days to come, for everybody (V7)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession
from app.activities.models_shift import RosterShift
from app.activities.states import COMING
from app.base import clock
from app.community.models import Venue


def upcoming(
    session: Session, *, ledger_id: int, venue: Venue, until_at: datetime
) -> list[tuple[Activity, ActivitySession]]:
    """List the sessions at a venue that are not over, soonest first; its roster's are left out."""
    duty = sa.select(RosterShift.session_id).where(
        RosterShift.ledger_id == ledger_id,
        RosterShift.venue_id == venue.id,
        RosterShift.session_id.is_not(None),
    )
    query = (
        sa.select(Activity, ActivitySession)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Activity.ledger_id,
                ActivitySession.activity_id == Activity.id,
            ),
        )
        .where(
            Activity.ledger_id == ledger_id,
            ActivitySession.ledger_id == ledger_id,
            Activity.venue_id == venue.id,
            Activity.state.in_(COMING),
            ActivitySession.state != "cancelled",
            ActivitySession.ends_at > clock.now(),
            ActivitySession.starts_at < until_at,
            ActivitySession.id.not_in(duty),
        )
        .order_by(ActivitySession.starts_at, ActivitySession.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
