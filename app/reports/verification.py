"""Does a printed file still stand? What it said, made again from the books of today (A16).

A statement is made again as it was at the moment it was printed, and then asked which
of its movements were taken back later. A ranking is counted again: hours that came or
went since then show.
"""

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.ledger import books
from app.ledger.models import Journal
from app.points.quarters.calendar import Quarter
from app.reports import exports, order_files, ranking_files, statement_files
from app.reports.models import Export
from app.reports.quarters import boards, packs
from app.reports.quarters import files as quarter_files
from app.reports.rankings import cut_of, totals

Figures = dict[str, int]
"""People and minutes of a ranking; opening, closing and lines of a statement; orders."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a code stands for, without anybody's full name.

    Attributes:
        place: Name of the place whose desk made it; None where that was not kept.
        said: What the file says on the whole; `now`: what the books say today.
        undone_count: Movements on the statement that were taken back later.
        is_standing: The books still say the same; None where that was not kept.
    """

    export: Export
    book: str
    place: str | None
    said: Figures = field(default_factory=dict)
    now: Figures = field(default_factory=dict)
    undone_count: int = 0
    is_standing: bool | None = None


def look_up(session: Session, code: str) -> Verified:
    """Say what was exported under a code, and whether the books still say so.

    Raises:
        UnknownExport: Nothing was.
    """
    export = exports.by_code(session, code)
    book = books.get(session, export.ledger_id).name
    if export.asked is None or export.said is None or export.node_id is None:
        return Verified(export, book, None)
    place = tree.get(session, export.node_id).short_name
    read = _READERS.get(export.kind.partition(".")[0])
    if read is None:
        return Verified(export, book, place, said=export.said)
    now, undone_count = read(session, export)
    return Verified(
        export=export,
        book=book,
        place=place,
        said=export.said,
        now=now,
        undone_count=undone_count,
        is_standing=now == export.said and not undone_count,
    )


def _ranking(session: Session, export: Export) -> tuple[Figures, int]:
    assert export.kind.startswith(ranking_files.KIND)
    assert export.node_id is not None
    assert export.asked is not None
    cut = cut_of(export.ledger_id, tree.get(session, export.node_id), export.asked)
    people, minutes = totals(session, cut)
    return {"people": people, "minutes": minutes}, 0


def _statement(session: Session, export: Export) -> tuple[Figures, int]:
    assert export.asked is not None
    span = statement_files.span_of(export.ledger_id, export.asked)
    found = statement_files.read(session, span, until_at=export.made_at)
    undone = _undone(session, export, {line.journal_id for line in found.lines})
    return statement_files.said(found), undone


def _orders(session: Session, export: Export) -> tuple[Figures, int]:
    assert export.node_id is not None
    assert export.asked is not None
    node = tree.get(session, export.node_id)
    choice = order_files.choice_of(export.ledger_id, node, export.asked)
    return order_files.count(session, choice), 0


def _quarter(session: Session, export: Export) -> tuple[Figures, int]:
    """A closed quarter says for ever what it said; an open one is counted again (A15)."""
    assert export.node_id is not None
    assert export.asked is not None
    board = boards.draw(
        session,
        ledger_id=export.ledger_id,
        node=tree.get(session, export.node_id),
        quarter=Quarter.named(export.asked["period"]),
        kind=export.asked["kind"],
    )
    return quarter_files.figures(board), 0


def _pack(session: Session, export: Export) -> tuple[Figures, int]:
    assert export.node_id is not None
    assert export.asked is not None
    node, quarter = tree.get(session, export.node_id), Quarter.named(export.asked["period"])
    return packs.figures(session, ledger_id=export.ledger_id, node=node, quarter=quarter), 0


_READERS = {
    quarter_files.KIND: _quarter,
    packs.KIND: _pack,
    order_files.KIND: _orders,
    ranking_files.KIND: _ranking,
    statement_files.KIND: _statement,
}


def _undone(session: Session, export: Export, journal_ids: set[UUID]) -> int:
    """Count the journals that were reversed after the statement was made."""
    query = sa.select(sa.func.count(sa.distinct(Journal.reverses_id))).where(
        Journal.ledger_id == export.ledger_id,
        Journal.reverses_id.in_(journal_ids),
        Journal.posted_at >= export.made_at,
    )
    return session.scalar(query) or 0
