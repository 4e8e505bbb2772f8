"""A place's report told in its own words: every figure with where it comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.community import tree
from app.community.figure_words import Stated, said
from app.community.figures import History
from app.community.models import Figure, Node
from app.reports.place_reports import words
from app.reports.place_reports.lines import LINES, Line
from app.reports.place_reports.readings import Readings
from app.reports.place_reports.report import Statement, statement_of
from app.reports.place_reports.said import percent
from app.reports.place_reports.words import Named


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that is counted here, row by row; `share` where the sentence tells that."""

    line: Line
    node: Node
    value: int
    share: Decimal | None
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Imported:
    """A figure that came from elsewhere, as it was stated (引用)."""

    code: str
    node: Node
    stated: Stated
    source: str
    as_of_on: date

    @property
    def said(self) -> str:
        """The figure as it was stated."""
        return said(self.stated)


@dataclass(frozen=True, slots=True)
class Computed:
    """A share of which at least one part came from elsewhere: computed here, and marked so."""

    part: Counted | Imported
    whole: Counted | Imported
    share: Decimal

    @property
    def node(self) -> Node:
        """The place that it is about."""
        return self.part.node


Piece = str | Counted | Imported | Computed
Told = tuple[Piece, ...]


def tell_story(readings: Readings, *, language: str = "zh") -> list[Told]:
    """Tell a place's sentences up to the day of the readings.

    A sentence about a figure that nobody has stated yet by that day is left out.
    """
    told = []
    for each in words.read(readings.session, readings.scope.node):
        pieces = [tell_piece(readings, part) for part in words.split(each.in_language(language))]
        whole = tuple(piece for piece in pieces if piece is not None)
        if len(whole) == len(pieces):
            told.append(whole)
    return told


def tell_piece(readings: Readings, part: str | Named) -> Piece | None:
    """Return a part of a sentence as it is told; None where nothing is known of it."""
    if isinstance(part, str):
        return part
    node = readings.scope.node
    if part.node_code:
        node = tree.by_code(readings.session, part.node_code)
    if part.whole is not None:
        return _computed(readings, node, part, part.whole)
    return _imported(readings, node, part) if part.is_imported else _counted(readings, node, part)


def _counted(readings: Readings, node: Node, part: Named) -> Counted:
    line = LINES[part.code]
    count, share = readings.value(node, line), None
    if part.is_share:
        assert line.part_of is not None, "a share was asked for what is none"
        whole = readings.value(node, LINES[line.part_of])
        share = percent(count, whole, part.places) if whole else None
    stated = statement_of(readings.stated(node), line, count)
    return Counted(line, node, count, share, stated)


def _imported(readings: Readings, node: Node, part: Named) -> Imported | None:
    history = readings.stated(node).get(part.code)
    known = _known(readings, history)
    return _as_stated(history, known[0]) if history and known else None


def _computed(readings: Readings, node: Node, part: Named, whole: Named) -> Computed | None:
    """Compute a share of exact figures; of two imported ones only those that belong together."""
    pair: tuple[Counted | Imported | None, Counted | Imported | None]
    if part.is_imported and whole.is_imported:
        pair = _pair(readings, node, part, whole) or (None, None)
    else:
        pair = (_operand(readings, node, part), _operand(readings, node, whole))
    first, second = pair
    if first is None or second is None:
        return None
    over, under = _exact(first), _exact(second)
    if over is None or not under:
        return None
    return Computed(first, second, percent(over, under, part.places))


def _operand(readings: Readings, node: Node, named: Named) -> Counted | Imported | None:
    if named.is_imported:
        return _imported(readings, node, named)
    return _counted(readings, node, Named(named.code))


def _pair(
    readings: Readings, node: Node, part: Named, whole: Named
) -> tuple[Imported, Imported] | None:
    """Return the latest two figures of one day, one window and one source."""
    stated = readings.stated(node)
    first, second = stated.get(part.code), stated.get(whole.code)
    if first is None or second is None:
        return None
    others = {_window(each): each for each in _known(readings, second)}
    for each in _known(readings, first):
        if _window(each) in others:
            other = others[_window(each)]
            return _as_stated(first, each), _as_stated(second, other)
    return None


def _known(readings: Readings, history: History | None) -> list[Figure]:
    """Return the figures of a kind that were stated by the day of the readings, latest first."""
    if history is None:
        return []
    return [one for one in history.figures if one.as_of_on <= readings.scope.as_of_on]


def _as_stated(history: History, figure: Figure) -> Imported:
    stated = history.stated(figure)
    return Imported(history.kind.code, history.node, stated, figure.source, figure.as_of_on)


def _window(figure: Figure) -> tuple[date, str, str]:
    return figure.as_of_on, figure.span, figure.source


def _exact(each: Counted | Imported) -> Decimal | None:
    """Return a figure's number; None of 600余, of which no share can be said."""
    if isinstance(each, Counted):
        return Decimal(each.value)
    return None if each.stated.qualifier else each.stated.value
