"""Import of who reported in, from xlsx or CSV: idempotent by external id, bad rows named (T2).

There is no column for anything political; a file that has one is refused as a whole. Each
batch is one transaction of the door's; 5,570 lines take seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.csv_rows import BadRow, Row, Rows, batched
from app.base.errors import ValidationFailed
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.community import tree
from app.community.models import Node, Unit
from app.people import enlistments, names, phones
from app.people.enlistments import NewEnlistment, Takes

REQUIRED = ("external_id", "name", "node_code", "standing", "source")
MAY_LACK = {"phone": "phone_hash", "unit": "unit_id"}
"""Columns that a file may leave out; what was known by them stays."""
OPTIONAL = ("phone", "unit", "enlisted_on", PROBLEM)
LABELS = {
    "外部编号": "external_id",
    "姓名": "name",
    "手机号": "phone",
    "工作单位": "unit",
    "居住地编码": "node_code",
    "身份": "standing",
    "来源": "source",
    "报到日期": "enlisted_on",
    PROBLEM_LABEL: PROBLEM,
}
STANDINGS = {
    "在职": "serving",
    "在读": "serving",
    "serving": "serving",
    "离退休": "retired",
    "retired": "retired",
}
"""As tables say it; a school's students are 在读, which counts as 在职 does."""
SOURCES = {"线上": "online", "线下": "offline", "online": "online", "offline": "offline"}
BATCH_ROWS = 500
EXTERNAL_ID_MAX = 64

Problem = tuple[str, str, str | None]
UnitOfWork = Callable[[Callable[[Session], Any]], Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch brought."""

    new: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...]


def open_enlistments(file: BinaryIO) -> Rows:
    """Open a file of who reported in and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read, or has a column we do not keep.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


def import_enlistments(
    file: BinaryIO,
    *,
    ledger_id: int,
    unit: UnitOfWork,
    book_node: Node,
    takes: Takes,
    actor: Actor,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Step]:
    """Import who reported in; yield after every batch.

    Args:
        book_node: The place of the programme: units are looked for below it.
        takes: Whether a home is of this book and in the operator's charge; others are unknown.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nobody was entered.
    """
    run = _Run(ledger_id, book_node, takes, actor)
    for batch in batched(open_enlistments(file), batch_rows):
        yield unit(partial(run.take, drafts=[(row, run.repeated(row)) for row in batch]))


@dataclass
class _Run:
    """One import under way; it remembers on which line a number was first."""

    ledger_id: int
    book_node: Node
    takes: Takes
    actor: Actor
    _lines: dict[str, int] = field(default_factory=dict)

    def repeated(self, row: Row) -> Problem | None:
        """Say whether a row's number came before in this file."""
        number = row.values.get("external_id", "")
        if row.problem is not None or not number:
            return None
        if number in self._lines:
            return "repeated", f"external_id is on line {self._lines[number]} too", "external_id"
        self._lines[number] = row.line_no
        return None

    def take(self, session: Session, drafts: Sequence[tuple[Row, Problem | None]]) -> Step:
        """Enter the good rows of a batch."""
        places = self._places(session, [row for row, _ in drafts])
        units = self._units(session, [row for row, _ in drafts])
        good: dict[str, tuple[Row, NewEnlistment]] = {}
        bad: list[BadRow] = []
        for row, problem in drafts:
            read = problem or _read(row, places, units)
            if isinstance(read, NewEnlistment):
                good[read.external_id] = (row, read)
            else:
                bad.append(BadRow(row.line_no, *read))
        done = enlistments.enlist_many(
            session,
            ledger_id=self.ledger_id,
            people=[each for _, each in good.values()],
            takes=self.takes,
            actor=self.actor,
        )
        bad += [
            BadRow(good[number][0].line_no, "already_member", "known by another name", "name")
            for number in done.other_names
        ]
        bad += [
            BadRow(
                good[number][0].line_no, "not_in_charge", "entered at another place", "node_code"
            )
            for number in done.elsewhere
        ]
        return Step(done.new, done.changed, done.unchanged, tuple(bad))

    def _places(self, session: Session, rows: Sequence[Row]) -> dict[str, Node]:
        found = tree.by_codes(session, {row.values.get("node_code", "") for row in rows})
        return {
            code: node
            for code, node in found.items()
            if node.closed_on is None and self.takes(session, node)
        }

    def _units(self, session: Session, rows: Sequence[Row]) -> dict[str, int]:
        """Return units by name; of several of one name the one that was entered first."""
        wanted = {row.values.get("unit", "") for row in rows} - {""}
        query = (
            sa.select(Unit.name, Unit.id)
            .join(Node, Node.id == Unit.node_id)
            .where(Unit.name.in_(wanted), tree.within(Node.path, self.book_node))
            .order_by(Unit.id.desc())
        )
        return {row.name: row.id for row in session.execute(query)}


def _read(row: Row, places: dict[str, Node], units: dict[str, int]) -> NewEnlistment | Problem:
    if row.problem is not None:
        return row.reason, row.problem, None
    values = row.values
    problem = _shape(values, places, units)
    if problem:
        return problem
    enlisted_on = _day(values.get("enlisted_on", ""))
    if enlisted_on is None:
        return "bad_day", "enlisted_on is no day, or one to come", "enlisted_on"
    try:
        name = names.normalise(values["name"])
        phone = phones.normalise(values["phone"]) if values.get("phone") else None
    except ValidationFailed as refusal:
        return "validation_failed", str(refusal), str(refusal.facts["field"])
    unit = values.get("unit", "")
    return NewEnlistment(
        external_id=values["external_id"],
        name=name,
        node_id=places[values["node_code"]].id,
        unit_id=units[unit] if unit else None,
        standing=STANDINGS[values["standing"]],
        source=SOURCES[values["source"]],
        enlisted_on=enlisted_on,
        phone_hash=phones.login_hash(phone) if phone else None,
        unsaid=frozenset(field for column, field in MAY_LACK.items() if column not in values),
    )


def _shape(
    values: dict[str, str], places: dict[str, Node], units: dict[str, int]
) -> Problem | None:
    number, unit = values["external_id"], values.get("unit", "")
    checks = (
        (0 < len(number) <= EXTERNAL_ID_MAX, "empty", "external_id"),
        (values["node_code"] in places, "unknown_place", "node_code"),
        (not unit or unit in units, "unknown_unit", "unit"),
        (values["standing"] in STANDINGS, "unknown_standing", "standing"),
        (values["source"] in SOURCES, "unknown_source", "source"),
    )
    wrong = next((each for each in checks if not each[0]), None)
    return (wrong[1], f"{wrong[2]} cannot stand", wrong[2]) if wrong else None


def _day(text: str) -> date | None:
    if not text:
        return clock.today()
    try:
        day = date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return day if day <= clock.today() else None
