"""What one reading of a report counts and reads: each line and each place once."""

from sqlalchemy.orm import Session

from app.community import figures
from app.community.figures import History
from app.community.models import Node
from app.reports.place_reports.lines import Line, of_place, value
from app.reports.place_reports.scope import Scope


class Readings:
    """The values of a place and its parts up to a day, and what others stated of them."""

    def __init__(
        self, session: Session, scope: Scope, *, own: dict[str, int] | None = None
    ) -> None:
        """Begin with nothing counted, or with the place's own lines as they were just now."""
        self.session, self.scope = session, scope
        self._own = own
        self._parts: dict[tuple[int, str], int] = {}
        self._stated: dict[int, dict[str, History]] = {}

    def own(self) -> dict[str, int]:
        """Return every line of the place itself that is not zero, in the order of the report."""
        if self._own is None:
            self._own = of_place(self.session, self.scope)
        return self._own

    def value(self, node: Node, line: Line) -> int:
        """Return a line's value at the place or at a part of it."""
        if node.id == self.scope.node.id:
            return self.own().get(line.code, 0)
        key = (node.id, line.code)
        if key not in self._parts:
            there = Scope(self.scope.ledger_id, node, self.scope.as_of_on)
            self._parts[key] = value(self.session, there, line)
        return self._parts[key]

    def stated(self, node: Node) -> dict[str, History]:
        """Return what others stated of exactly this place, by kind."""
        if node.id not in self._stated:
            found = figures.list_at(self.session, node)
            self._stated[node.id] = {each.kind.code: each for each in found}
        return self._stated[node.id]
