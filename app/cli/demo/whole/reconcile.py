"""The plan beside the books, cell by cell, as of 2 March 2026."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cli.demo.whole.expected import (
    AS_OF_ON,
    FIGURES,
    PROGRAMMES,
    SHARES,
    Figure,
    Programme,
    Share,
)
from app.community import tree
from app.community.figure_words import allows, said
from app.ledger import books
from app.reports import place_reports
from app.reports.place_reports import (
    BookTotals,
    Computed,
    Counted,
    Imported,
    Readings,
    Statement,
    words,
)

Cell = int | str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What is planned and what the books say, value by value."""

    book: str
    place: str
    words: str
    planned: tuple[Cell, ...]
    found: tuple[Cell, ...]
    statement: Statement | None = None

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, and the value is what was stated, with its qualifier."""
        is_met = self.statement is None or self.statement.is_met
        return self.planned == self.found and is_met


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The table of the programmes, and the figures of the places."""

    programmes: tuple[Compared, ...]
    figures: tuple[Compared, ...]

    @property
    def is_same(self) -> bool:
        """Whether the books say what was planned, to the last point."""
        return all(one.is_same for one in (*self.programmes, *self.figures))


def compare(session: Session, tick: Callable[[], None] = lambda: None) -> Reconciliation:
    """Compare every book and every figure with the plan.

    Raises:
        NotFound: A book or a place of the whole world is not there.
    """
    programmes = [_programme(session, one) for one in PROGRAMMES]
    figures = []
    for figure in FIGURES:
        figures.append(_figure(session, figure))
        tick()
    for share in SHARES:
        figures.append(_share(session, share))
        tick()
    return Reconciliation((*programmes, _all(programmes)), tuple(figures))


def _programme(session: Session, planned: Programme) -> Compared:
    book = books.by_code(session, planned.book)
    told = place_reports.totals(session, ledger_id=book.id, as_of_on=AS_OF_ON)
    expected = (
        planned.minutes,
        planned.issued,
        planned.redeemed,
        planned.held,
        planned.escrow,
    )
    return Compared(planned.book, planned.name, "", expected, _cells(told, book.has_points))


def _cells(told: BookTotals, has_points: bool) -> tuple[Cell, ...]:
    points = (
        told.issued_points,
        told.redeemed_points,
        told.held_points,
        told.escrow_points,
    )
    is_shown = has_points or any(points)
    return (told.minutes, *(points if is_shown else (None,) * len(points)))


def _all(programmes: Sequence[Compared]) -> Compared:
    """Add up for display only: points of one programme are not valid in another."""

    def total(rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
        return tuple(
            sum(cell for cell in column if isinstance(cell, int))
            for column in zip(*rows, strict=True)
        )

    planned = total([one.planned for one in programmes])
    return Compared("", "合计（仅供核对）", "", planned, total([one.found for one in programmes]))


def _figure(session: Session, figure: Figure) -> Compared:
    book = books.by_code(session, figure.book)
    node = tree.by_code(session, figure.node_code)
    scope = place_reports.scope_of(session, ledger_id=book.id, node=node, as_of_on=AS_OF_ON)
    line = place_reports.LINES[figure.line]
    count = place_reports.value(session, scope, line)
    found: tuple[Cell, ...] = (count,)
    planned: tuple[Cell, ...] = (figure.count,)
    if figure.share is not None:
        assert line.part_of is not None, f"{line.code} is a share of nothing"
        whole = place_reports.value(session, scope, place_reports.LINES[line.part_of])
        places = len(figure.share.partition(".")[2])
        said = str(place_reports.percent(count, whole, places)) if whole else None
        planned, found = (*planned, figure.share), (*found, said)
    stated = Readings(session, scope).stated(node)
    statement = place_reports.statement_of(stated, line, count)
    return Compared(figure.book, figure.place, figure.words, planned, found, statement)


def _share(session: Session, share: Share) -> Compared:
    """Compare a computed share with the plan, and with the rate that was published."""
    book = books.by_code(session, share.book)
    node = tree.by_code(session, share.node_code)
    scope = place_reports.scope_of(session, ledger_id=book.id, node=node, as_of_on=AS_OF_ON)
    readings = Readings(session, scope)
    (named,) = words.split(share.named)
    told = place_reports.tell_piece(readings, named)
    planned: tuple[Cell, ...] = (share.part, share.whole, share.share)
    if not isinstance(told, Computed):
        return Compared(share.book, share.place, share.words, planned, (None, None, None))
    found = (_number(told.part), _number(told.whole), str(told.share))
    return Compared(
        share.book, share.place, share.words, planned, found, _published(readings, share, told)
    )


def _published(readings: Readings, share: Share, told: Computed) -> Statement | None:
    history = readings.stated(told.node).get(share.stated_as)
    if history is None:
        return None
    stated = history.stated(history.latest)
    return Statement(said(stated), history.latest.source, allows(stated, told.share))


def _number(figure: Counted | Imported) -> int:
    return int(figure.value if isinstance(figure, Counted) else figure.stated.value)
