"""Who writes an ordered file: one at a time, by a lease that runs out.

Every step is one conditional statement. The number of the try is the writer's ticket:
who lost the lease can neither report nor finish any more, and the file is begun anew.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.reports import exports
from app.reports.exports import Made
from app.reports.models import ExportJob, ExportPiece

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=3)
TRIES_MAX = 3
PIECES_AT_ONCE = 8


def list_due(session: Session, *, ledger_id: int, limit: int = 20) -> list[UUID]:
    """List the files that nobody is writing, the earliest first."""
    query = (
        sa.select(ExportJob.id)
        .where(ExportJob.ledger_id == ledger_id, _is_free(clock.now()))
        .order_by(ExportJob.ordered_at, ExportJob.id)
    )
    return list(session.scalars(query.limit(limit)))


def claim(session: Session, *, ledger_id: int, job_id: UUID) -> ExportJob | None:
    """Take a file that nobody is writing, with a lease; None to whoever comes second.

    A file whose writers died three times is not tried again: it has failed.
    """
    now = clock.now()
    session.execute(
        sa.update(ExportJob)
        .where(ExportJob.ledger_id == ledger_id, ExportJob.id == job_id, _is_free(now))
        .where(ExportJob.try_count >= TRIES_MAX)
        .values(state="failed", failure="lost", leased_until_at=None, finished_at=now)
    )
    taken = (
        sa.update(ExportJob)
        .where(ExportJob.ledger_id == ledger_id, ExportJob.id == job_id, _is_free(now))
        .values(
            state="running",
            try_count=ExportJob.try_count + 1,
            done_count=0,
            leased_until_at=now + LEASE,
        )
        .returning(ExportJob)
        .execution_options(populate_existing=True)
    )
    return session.scalars(taken).one_or_none()


def note(session: Session, job: ExportJob, *, done: int, total: int) -> bool:
    """Keep how far it is and lengthen the lease; False: another writer took over."""
    return _change(
        session, job, done_count=done, total_count=total, leased_until_at=clock.now() + LEASE
    )


def finish(session: Session, job: ExportJob, *, made: Made, pieces: Iterator[bytes]) -> bool:
    """Keep the finished file and register it under its code; False: another writer took over.

    The pieces are sealed: they hold names. They are gone when the file expires.
    """
    now = clock.now()
    if not _change(session, job, state="done", leased_until_at=None, finished_at=now):
        return False
    actor = Actor(job.ordered_by_id, job.on_behalf_id)
    export = exports.register(session, ledger_id=job.ledger_id, made=made, actor=actor)
    size_bytes = _keep(session, job, pieces)
    session.execute(
        sa.update(ExportJob)
        .where(ExportJob.ledger_id == job.ledger_id, ExportJob.id == job.id)
        .values(
            export_id=export.id,
            size_bytes=size_bytes,
            expires_at=now + KEPT,
            done_count=made.row_count,
            total_count=made.row_count,
        )
    )
    return True


def give_up(session: Session, job: ExportJob, *, failure: str, is_final: bool) -> None:
    """Let a file go that could not be written: for good, or for the next try."""
    is_over = is_final or job.try_count >= TRIES_MAX
    _change(
        session,
        job,
        state="failed" if is_over else "queued",
        failure=failure[:40],
        leased_until_at=None,
        finished_at=clock.now() if is_over else None,
    )


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        ExportJob.state == "queued",
        sa.and_(ExportJob.state == "running", ExportJob.leased_until_at <= now),
    )


def _change(session: Session, job: ExportJob, **values: Any) -> bool:
    """Change a file that is being written, if the try is still this one."""
    changed = (
        sa.update(ExportJob)
        .where(
            ExportJob.ledger_id == job.ledger_id,
            ExportJob.id == job.id,
            ExportJob.state == "running",
            ExportJob.try_count == job.try_count,
        )
        .values(**values)
        .returning(ExportJob.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(changed) is not None


def _keep(session: Session, job: ExportJob, pieces: Iterator[bytes]) -> int:
    """Insert the sealed pieces, a few at a time; return the size of the file in bytes."""
    size_bytes, rows = 0, []
    for ordinal, piece in enumerate(pieces):
        size_bytes += len(piece)
        rows.append(
            {
                "ledger_id": job.ledger_id,
                "job_id": job.id,
                "ordinal": ordinal,
                "content": crypto.seal_bytes(piece, job.id),
            }
        )
        if len(rows) == PIECES_AT_ONCE:
            session.execute(sa.insert(ExportPiece), rows)
            rows = []
    if rows:
        session.execute(sa.insert(ExportPiece), rows)
    return size_bytes
