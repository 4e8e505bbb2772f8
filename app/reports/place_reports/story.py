"""A place's report told in its own words: every figure with where it comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.community import figures, tree
from app.community.figure_words import Stated, said
from app.community.models import Node
from app.reports.place_reports import words
from app.reports.place_reports.lines import LINES, Line, value
from app.reports.place_reports.report import Statement, statement_of
from app.reports.place_reports.said import percent
from app.reports.place_reports.scope import Scope
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


Piece = str | Counted | Imported
Told = tuple[Piece, ...]


def tell_story(session: Session, scope: Scope, *, language: str = "zh") -> list[Told]:
    """Tell a place's sentences up to the day of the scope.

    A sentence about a figure that nobody has stated yet by that day is left out.
    """
    told = []
    teller = _Teller(session, scope)
    for each in words.read(session, scope.node):
        pieces = [teller.piece(part) for part in words.split(each.in_language(language))]
        whole = tuple(piece for piece in pieces if piece is not None)
        if len(whole) == len(pieces):
            told.append(whole)
    return told


class _Teller:
    """Fills the figures of one report in; each is counted once."""

    def __init__(self, session: Session, scope: Scope) -> None:
        """Begin with nothing counted."""
        self.session, self.scope = session, scope
        self.values: dict[tuple[int, str], int] = {}

    def piece(self, part: str | Named) -> Piece | None:
        """Return a part of a sentence as it is told."""
        if isinstance(part, str):
            return part
        there = self._scope_of(part.node_code)
        return self._imported(part, there) if part.is_imported else self._counted(part, there)

    def _scope_of(self, node_code: str) -> Scope:
        if not node_code:
            return self.scope
        node = tree.by_code(self.session, node_code)
        return Scope(self.scope.ledger_id, node, self.scope.as_of_on)

    def _counted(self, part: Named, there: Scope) -> Counted:
        line = LINES[part.code]
        count, share = self._value(there, line), None
        if part.is_share:
            assert line.part_of is not None, "a share was asked for what is none"
            whole = self._value(there, LINES[line.part_of])
            share = percent(count, whole) if whole else None
        stated = statement_of(self.session, there, line, count)
        return Counted(line, there.node, count, share, stated)

    def _imported(self, part: Named, there: Scope) -> Imported | None:
        for history in figures.list_at(self.session, there.node):
            known = [one for one in history.figures if one.as_of_on <= there.as_of_on]
            if history.kind.code == part.code and known:
                stated = history.stated(known[0])
                return Imported(part.code, there.node, stated, known[0].source, known[0].as_of_on)
        return None

    def _value(self, there: Scope, line: Line) -> int:
        key = (there.node.id, line.code)
        if key not in self.values:
            self.values[key] = value(self.session, there, line)
        return self.values[key]
