"""Exports: a file, its SHA-256 and what it was asked for, so that it can be verified (A16).

Whoever holds the file can ask later whether it is the one that left the house.
The export itself is audited with its filter and row count (D45).
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.people import audit
from app.reports import sheets
from app.reports.errors import UnknownExport
from app.reports.models import Export
from app.reports.rankings import Cut, Ranked, stream

SPOOL_BYTES = 1 << 20
"""A file stays in memory up to this size, and goes to disk beyond it."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
HEADINGS = (
    "名次",
    "志愿者编号",
    "姓名",
    "社区",
    "信用时长(小时)",
    "荣誉时长(小时)",
    "历史时长(小时)",
    "合计(小时)",
    "合计(分钟)",
    "获得积分",
    "次数",
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who asks for the file: printed on it, and kept with its hash."""

    actor: Actor
    operator_name: str


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file: its code, what it holds, and its hash."""

    code: str
    kind: str
    words: dict[str, str]
    row_count: int
    sha256: bytes


def hours_ranking(
    session: Session,
    *,
    cut: Cut,
    file: IO[bytes],
    kind: str,
    ordered: Ordered,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Export:
    """Write an hours ranking to `file` as `xlsx` or `csv`, and register it.

    Lines go from the database to the file in constant memory. Hours are printed to
    0.1, cut and not rounded; minutes stand beside them.

    Args:
        progress: Told the lines written so far and how many there are.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    code = verification_code()
    row_count, rows = stream(session, cut)
    facts = [(name, value) for name, value in cut.words().items()]
    made = clock.now().astimezone(clock.SHANGHAI)
    facts += [
        ("生成时间", made.strftime("%Y-%m-%d %H:%M:%S %z")),
        ("操作人", ordered.operator_name),
        ("行数", str(row_count)),
        ("验证码", code),
    ]
    lines = _lines(rows, cut.has_points, lambda done: progress(done, row_count))
    headings = HEADINGS if cut.has_points else HEADINGS[:-2] + HEADINGS[-1:]
    sheet = sheets.Sheet("志愿服务时长排行", facts, headings, lines)
    write = sheets.write_xlsx if kind == "xlsx" else sheets.write_csv
    with SpooledTemporaryFile(SPOOL_BYTES) as content:
        count = write(sheet, content)
        sha256 = _hand_over(content, file)
    made_file = Made(code, f"hours_ranking.{kind}", cut.words(), count, sha256)
    return register(session, ledger_id=cut.ledger_id, made=made_file, actor=ordered.actor)


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
        filter=made.words,
    )
    return export


def verify(
    session: Session, *, code: str, content: bytes, ledger_id: int | None = None
) -> tuple[Export, bool]:
    """Find an export by its code and say whether this file is the one that left the house.

    Args:
        ledger_id: The book, if it is known; the sheet does not name it.

    Raises:
        UnknownExport: No export has that code.
    """
    query = sa.select(Export).where(Export.verification_code == code.strip().upper())
    if ledger_id is not None:
        query = query.where(Export.ledger_id == ledger_id)
    found = session.scalars(query.limit(1), execution_options={"cross_ledger": True})
    export = found.one_or_none()
    if export is None:
        raise UnknownExport
    return export, hashlib.sha256(content).digest() == export.sha256


def verification_code() -> str:
    """Return a fresh code of 60 bits that people can type: XXXX-XXXX-XXXX."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _hand_over(content: IO[bytes], file: IO[bytes]) -> bytes:
    """Copy a finished file to where it goes; return its SHA-256."""
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(SPOOL_BYTES):
        digest.update(piece)
        file.write(piece)
    return digest.digest()


def _lines(
    rows: Iterable[Ranked], has_points: bool, tell: Callable[[int], None]
) -> Iterator[list[sheets.Cell]]:
    for done, row in enumerate(rows, 1):
        yield _line(row, has_points)
        tell(done)


def _line(row: Ranked, has_points: bool) -> list[sheets.Cell]:
    parts: list[sheets.Cell] = [row.rank, row.volunteer_no, row.name, row.community]
    for minutes in (
        row.credited_minutes,
        row.honorary_minutes,
        row.historical_minutes,
        row.total_minutes,
    ):
        parts.append(minutes // 6 / 10)
    parts.append(row.total_minutes)
    if has_points:
        parts.append(row.points)
    parts.append(row.grant_count)
    return parts
