"""Writing an ordered file from beginning to end, telling how far it is.

The lines are read in one reading session, so the file is of one moment; how far it is
is written down in short transactions beside it. Whoever calls gives both.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.community import tree
from app.reports import export_leases, exports, order_files, ranking_files, statement_files
from app.reports.exports import Made
from app.reports.file_contents import Content
from app.reports.models import ExportJob
from app.reports.rankings import cut_of

PIECE_BYTES = 1 << 18
TELL_SECONDS = 0.5
KINDS = (order_files.KIND, ranking_files.KIND, statement_files.KIND)


@dataclass(frozen=True, slots=True)
class Sessions:
    """How the caller opens the database: `unit` runs a short writing transaction."""

    unit: Callable[[Callable[[Session], Any]], Any]
    reading: Callable[[], AbstractContextManager[Session]]


class _Overtaken(Exception):
    """The lease ran out and another writer has begun."""


def run(sessions: Sessions, *, ledger_id: int, job_id: UUID) -> bool:
    """Write an ordered file, if nobody else is writing it; return whether it is done.

    A refusal ends it for good; any other error leaves it for the next try and is raised.
    """
    job: ExportJob | None = sessions.unit(
        lambda session: export_leases.claim(session, ledger_id=ledger_id, job_id=job_id)
    )
    if job is None:
        return False
    try:
        return _write(sessions, job)
    except _Overtaken:
        return False
    except DomainError as refusal:
        _give_up(sessions, job, refusal.code, is_final=True)
        return False
    except BaseException as error:
        _give_up(sessions, job, type(error).__name__, is_final=False)
        raise


def _write(sessions: Sessions, job: ExportJob) -> bool:
    with TemporaryFile() as file:
        with sessions.reading() as session:
            made = exports.write(
                _content(session, job),
                file,
                job.file_kind,
                operator_name=exports.operator_name(
                    session, ledger_id=job.ledger_id, person_id=job.ordered_by_id
                ),
                progress=_telling(sessions, job),
            )
        return bool(sessions.unit(lambda session: _finish(session, job, made, file)))


def _finish(session: Session, job: ExportJob, made: Made, file: IO[bytes]) -> bool:
    return export_leases.finish(session, job, made=made, pieces=_pieces(file))


def _content(session: Session, job: ExportJob) -> Content:
    if job.kind == statement_files.KIND:
        return statement_files.content(session, statement_files.span_of(job.ledger_id, job.asked))
    node = tree.get(session, job.node_id)
    if job.kind == order_files.KIND:
        return order_files.content(session, order_files.choice_of(job.ledger_id, node, job.asked))
    return ranking_files.content(session, cut_of(job.ledger_id, node, job.asked))


def _telling(sessions: Sessions, job: ExportJob) -> Callable[[int, int], None]:
    """Return what notes the progress, at the first line and then twice a second."""
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < TELL_SECONDS:
            return
        told_at = time.monotonic()
        if not sessions.unit(
            lambda session: export_leases.note(session, job, done=done, total=total)
        ):
            raise _Overtaken

    return tell


def _give_up(sessions: Sessions, job: ExportJob, failure: str, *, is_final: bool) -> None:
    sessions.unit(
        lambda session: export_leases.give_up(session, job, failure=failure, is_final=is_final)
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE_BYTES):
        yield piece
