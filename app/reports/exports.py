"""Exports: a file, its SHA-256 and what it was asked for, so that it can be verified (A16).

Whoever holds the file can ask later whether it is the one that left the house, and
`verification` says whether it still stands. The export is audited (D45).
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.people import audit, members
from app.reports import ranking_files, sheets
from app.reports.errors import UnknownExport
from app.reports.file_contents import Content, Told, nobody
from app.reports.models import Export
from app.reports.rankings import Cut

SPOOL_BYTES = 1 << 20
"""A file stays in memory up to this size, and goes to disk beyond it."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who asks for the file: printed on it, and kept with its hash."""

    actor: Actor
    operator_name: str


def ordered_by(session: Session, *, ledger_id: int, actor: Actor) -> Ordered:
    """Return who asks for a file of a book, by their name there."""
    return Ordered(actor, operator_name(session, ledger_id=ledger_id, person_id=actor.person_id))


def operator_name(session: Session, *, ledger_id: int, person_id: UUID) -> str:
    """Return what is printed of who asked for a file: their name, or their id if no member."""
    found = members.find_of_person(session, ledger_id=ledger_id, person_id=person_id)
    return members.full_name(found) if found else str(person_id)


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file: its code, what it holds, and its hash."""

    code: str
    kind: str
    words: dict[str, str]
    row_count: int
    sha256: bytes
    node_id: int | None = None
    asked: dict[str, Any] | None = None
    said: dict[str, Any] | None = None


def hours_ranking(
    session: Session,
    *,
    cut: Cut,
    file: IO[bytes],
    kind: str,
    ordered: Ordered,
    progress: Told = nobody,
) -> Export:
    """Write an hours ranking to `file` as `xlsx` or `csv`, and register it.

    Lines go from the database to the file in constant memory.

    Args:
        progress: Told the lines written so far and how many there are.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    content = ranking_files.content(session, cut)
    with SpooledTemporaryFile(SPOOL_BYTES) as draft:
        made = write(content, draft, kind, operator_name=ordered.operator_name, progress=progress)
        draft.seek(0)
        while piece := draft.read(SPOOL_BYTES):
            file.write(piece)
    return register(session, ledger_id=cut.ledger_id, made=made, actor=ordered.actor)


def write(
    content: Content,
    file: IO[bytes],
    kind: str,
    *,
    operator_name: str,
    progress: Told = nobody,
) -> Made:
    """Write a content to a file that can be read again, with a code of its own; hash it."""
    code = verification_code()
    made_at = clock.now().astimezone(clock.SHANGHAI)
    facts = [*content.words.items(), *content.facts.items()]
    facts += [
        ("生成时间", made_at.strftime("%Y-%m-%d %H:%M:%S %z")),
        ("操作人", operator_name),
        ("行数", str(content.row_count)),
        ("验证码", code),
    ]
    lines = _told(content, progress)
    sheet = sheets.Sheet(content.title, facts, content.headings, lines)
    put = sheets.write_xlsx if kind == "xlsx" else sheets.write_csv
    count = put(sheet, file)
    return Made(
        code=code,
        kind=f"{content.kind}.{kind}",
        words=content.words,
        row_count=count,
        sha256=_sha256(file),
        node_id=content.node_id,
        asked=content.asked,
        said=content.said,
    )


def issue(
    session: Session, content: Content, kind: str, *, ledger_id: int, ordered: Ordered
) -> tuple[bytes, str]:
    """Write a content that fits into memory and register it; return the file and its code."""
    file = io.BytesIO()
    made = write(content, file, kind, operator_name=ordered.operator_name)
    register(session, ledger_id=ledger_id, made=made, actor=ordered.actor)
    return file.getvalue(), made.code


def register(
    session: Session,
    *,
    ledger_id: int,
    made: Made,
    actor: Actor,
) -> Export:
    """Keep a file's hash under its verification code, and write the audit line."""
    export = Export(
        ledger_id=ledger_id,
        id=new_id(),
        verification_code=made.code,
        kind=made.kind,
        filter=made.words,
        row_count=made.row_count,
        sha256=made.sha256,
        made_by_id=actor.person_id,
        made_at=clock.now(),
        node_id=made.node_id,
        asked=made.asked,
        said=made.said,
    )
    session.add(export)
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="export_made",
        subject_kind="export",
        subject_id=export.id,
        kind=made.kind,
        row_count=made.row_count,
        filter={"node_id": made.node_id, **(made.asked or {})},
    )
    return export


def by_code(session: Session, code: str, *, ledger_id: int | None = None) -> Export:
    """Return what was exported under a code, however it was typed.

    Args:
        ledger_id: The book, if it is known; the sheet does not name it.

    Raises:
        UnknownExport: No export has that code.
    """
    query = sa.select(Export).where(Export.verification_code == as_kept(code))
    if ledger_id is not None:
        query = query.where(Export.ledger_id == ledger_id)
    found = session.scalars(query.limit(1), execution_options={"cross_ledger": True})
    export = found.one_or_none()
    if export is None:
        raise UnknownExport
    return export


def verify(
    session: Session, *, code: str, content: bytes, ledger_id: int | None = None
) -> tuple[Export, bool]:
    """Find an export by its code and say whether this file is the one that left the house.

    Raises:
        UnknownExport: No export has that code.
    """
    export = by_code(session, code, ledger_id=ledger_id)
    return export, hashlib.sha256(content).digest() == export.sha256


def verification_code() -> str:
    """Return a fresh code of 60 bits that people can type: XXXX-XXXX-XXXX."""
    return as_kept("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def as_kept(typed: str) -> str:
    """Return a code as it is kept, however it was typed; what is no code finds nothing."""
    letters = "".join(each for each in typed.upper() if each.isalnum())[: CODE_LENGTH + 1]
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _sha256(file: IO[bytes]) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(SPOOL_BYTES):
        digest.update(piece)
    return digest.digest()


def _told(content: Content, progress: Told) -> Any:
    for done, line in enumerate(content.lines, 1):
        yield line
        progress(done, content.row_count)
