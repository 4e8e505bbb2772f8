"""Bans: after a false back-fill, its member may not back-fill for a year and 100 hours (D26).

Both must be over: the days, counted from the reversal, and the credited minutes
served since. Nothing is stored: the reversal's journal is the fact.
"""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import settings
from app.community.models import Node
from app.ledger.models import Journal
from app.points.errors import BackfillBarred
from app.points.models import Day, Grant

BAN_DAYS, BAN_MINUTES = "backfill.ban_days", "backfill.ban_minutes"


def require_none(session: Session, *, ledger_id: int, node: Node, member_id: UUID) -> None:
    """Refuse while a false back-fill of this member still bars the next (D26).

    Raises:
        BackfillBarred: Facts `until_on` (ISO date) and `minutes_missing`.
    """
    found_false_at = session.scalar(
        sa.select(sa.func.max(Journal.posted_at))
        .join(
            Grant,
            sa.and_(Grant.ledger_id == Journal.ledger_id, Grant.reversal_journal_id == Journal.id),
        )
        .where(
            Journal.ledger_id == ledger_id,
            Grant.ledger_id == ledger_id,
            Grant.member_id == member_id,
            Grant.source_kind == "backfill",
        )
    )
    if found_false_at is None:
        return
    found_on = clock.local_date(found_false_at)
    ban = settings.read(session, node, BAN_DAYS, BAN_MINUTES)
    until_on = found_on + timedelta(days=ban[BAN_DAYS])
    missing = ban[BAN_MINUTES] - _served_since(session, ledger_id, member_id, found_on)
    if clock.today() < until_on or missing > 0:
        raise BackfillBarred(until_on=until_on.isoformat(), minutes_missing=max(0, missing))


def _served_since(session: Session, ledger_id: int, member_id: UUID, day: date) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(Day.minutes), 0)).where(
        Day.ledger_id == ledger_id,
        Day.member_id == member_id,
        Day.counted_on > day,
        Day.provenance == "credited",
    )
    return int(session.execute(query).scalar_one())
