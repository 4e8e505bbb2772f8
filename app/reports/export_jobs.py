"""Files that a person ordered: queued, watched, fetched, forgotten after three days.

Who writes them is `export_leases`' matter, how is `export_runs`'.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.ids import new_id
from app.people import audit
from app.reports.errors import ExportExpired, ExportsWaiting, ExportUnfinished
from app.reports.models import ExportJob, ExportPiece

LIVE_MAX = 3
"""Files that one person may have under way at a time."""

UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Order:
    """What file is wanted: of what kind, about which place, with which filter."""

    kind: str
    file_kind: str
    node_id: int
    asked: dict[str, Any]


def order(session: Session, *, ledger_id: int, wanted: Order, actor: Actor) -> ExportJob:
    """Order a file; it waits until somebody claims it.

    Raises:
        ExportsWaiting: This person has three under way already.
    """
    live = sa.select(sa.func.count()).where(
        ExportJob.ledger_id == ledger_id,
        ExportJob.ordered_by_id == actor.person_id,
        ExportJob.state.in_(UNFINISHED),
    )
    if (session.scalar(live) or 0) >= LIVE_MAX:
        raise ExportsWaiting
    job = ExportJob(
        ledger_id=ledger_id,
        id=new_id(),
        kind=wanted.kind,
        file_kind=wanted.file_kind,
        node_id=wanted.node_id,
        asked=wanted.asked,
        state="queued",
        try_count=0,
        done_count=0,
        ordered_by_id=actor.person_id,
        on_behalf_id=actor.on_behalf_id,
        ordered_at=clock.now(),
    )
    session.add(job)
    session.flush()
    return job


def get(session: Session, *, ledger_id: int, job_id: UUID, person_id: UUID) -> ExportJob:
    """Return a file's order as it stands now, to whoever ordered it.

    Raises:
        NotFound: There is none, or another person ordered it.
    """
    query = sa.select(ExportJob).where(
        ExportJob.ledger_id == ledger_id,
        ExportJob.id == job_id,
        ExportJob.ordered_by_id == person_id,
    )
    job = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if job is None:
        raise NotFound("no such export")
    return job


def list_of(
    session: Session, *, ledger_id: int, person_id: UUID, limit: int = 20, offset: int = 0
) -> list[ExportJob]:
    """List what a person ordered, the latest first."""
    query = (
        sa.select(ExportJob)
        .where(ExportJob.ledger_id == ledger_id, ExportJob.ordered_by_id == person_id)
        .order_by(ExportJob.ordered_at.desc(), ExportJob.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def percent(job: ExportJob) -> int:
    """Return how far a file is, from 0 to 100; below 100 until it can be fetched."""
    if job.state in ("done", "expired"):
        return 100
    if not job.total_count:
        return 0
    return min(99, job.done_count * 100 // job.total_count)


def is_over(job: ExportJob) -> bool:
    """Whether a finished file is no longer kept."""
    has_passed = job.expires_at is not None and job.expires_at <= clock.now()
    return job.state == "expired" or has_passed


def is_idle(job: ExportJob) -> bool:
    """Whether a file is to be written and nobody is writing it."""
    lease = job.leased_until_at
    return job.state in UNFINISHED and (lease is None or lease <= clock.now())


def again(session: Session, *, ledger_id: int, job_id: UUID, person_id: UUID) -> ExportJob:
    """Queue a failed or expired file anew, with its old filter and fresh tries.

    Raises:
        NotFound: There is none, or another person ordered it.
    """
    get(session, ledger_id=ledger_id, job_id=job_id, person_id=person_id)
    requeued = session.scalar(
        sa.update(ExportJob)
        .where(
            ExportJob.ledger_id == ledger_id,
            ExportJob.id == job_id,
            sa.or_(
                ExportJob.state.in_(("failed", "expired")),
                sa.and_(ExportJob.state == "done", ExportJob.expires_at <= clock.now()),
            ),
        )
        .values(
            state="queued",
            try_count=0,
            done_count=0,
            failure=None,
            export_id=None,
            size_bytes=None,
            finished_at=None,
            expires_at=None,
        )
        .returning(ExportJob.id)
        .execution_options(synchronize_session=False)
    )
    if requeued is not None:
        _forget(session, ledger_id, [requeued])
    return get(session, ledger_id=ledger_id, job_id=job_id, person_id=person_id)


def fetch(session: Session, job: ExportJob, *, actor: Actor) -> bytes:
    """Return a finished file, and write down that it was fetched (D45).

    Raises:
        ExportUnfinished: It is not written yet, or could not be.
        ExportExpired: Its three days are over.
    """
    if is_over(job):
        raise ExportExpired
    if job.state != "done":
        raise ExportUnfinished
    audit.write(
        session,
        ledger_id=job.ledger_id,
        actor=actor,
        action="export_fetched",
        subject_kind="export",
        subject_id=job.export_id,
        kind=f"{job.kind}.{job.file_kind}",
    )
    query = (
        sa.select(ExportPiece.content)
        .where(ExportPiece.ledger_id == job.ledger_id, ExportPiece.job_id == job.id)
        .order_by(ExportPiece.ordinal)
    )
    return b"".join(crypto.unseal_bytes(each, job.id) for each in session.scalars(query))


def expire(session: Session, *, ledger_id: int) -> int:
    """Forget the files whose days are over; their codes can be verified for ever."""
    over = (
        sa.update(ExportJob)
        .where(
            ExportJob.ledger_id == ledger_id,
            ExportJob.state == "done",
            ExportJob.expires_at <= clock.now(),
        )
        .values(state="expired")
        .returning(ExportJob.id)
    )
    job_ids = list(session.scalars(over))
    _forget(session, ledger_id, job_ids)
    return len(job_ids)


def _forget(session: Session, ledger_id: int, job_ids: list[UUID]) -> None:
    session.execute(
        sa.delete(ExportPiece).where(
            ExportPiece.ledger_id == ledger_id, ExportPiece.job_id.in_(job_ids)
        )
    )
