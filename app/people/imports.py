"""Import of people from xlsx or CSV, streamed and idempotent by external id (T2).

A row whose external id is known stays as it is; a person known by phone and name
gets the external id. Rows that may not stand are named with their line and reason,
and the good ones join all the same. Each batch is one transaction of the door's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.csv_rows import BadRow, Row, Rows, batched
from app.base.errors import DomainError
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.community.models import Node
from app.people import import_teams, joining, phones, team_members
from app.people.joining import Admission, Newcomer

REQUIRED = ("external_id", "name", "phone", "node_code")
OPTIONAL = ("birth_year", "team", PROBLEM)
LABELS = {
    "外部编号": "external_id",
    "姓名": "name",
    "手机号": "phone",
    "社区编码": "node_code",
    "出生年份": "birth_year",
    "志愿服务队": "team",
    PROBLEM_LABEL: PROBLEM,
}
BATCH_ROWS = 500
CONSENT_VERSION = "import"
"""Consents of imported people were given on paper, to whoever kept the list."""

Problem = tuple[str, str, str | None]
"""Why a row is left out: for programs, for the operator, and the column to blame."""

Unit = Callable[[Callable[[Session], Any]], Any]
"""How the door runs a piece of work in a transaction: `transactions.unit_of_work`."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch brought, and how far the file has been read."""

    new: int
    unchanged: int
    bad: tuple[BadRow, ...]
    bytes_done: int
    size_bytes: int


@dataclass(slots=True)
class _Draft:
    """A row on its way: what it says, and what its code and team were found to be."""

    row: Row
    place: Node | None = None
    team_id: UUID | None = None
    problem: Problem | None = None


def import_people(
    file: BinaryIO,
    *,
    ledger_id: int,
    unit: Unit,
    actor: Actor,
    within: Sequence[Node] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Step]:
    """Import the people of a file into a book; yield after every batch.

    For a dry run, hand in a `unit` that takes its work back.

    Args:
        within: Places in whose charge the operator is: only their teams are found.
            None: the whole book's.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nobody was imported.
        NotFound: There is no such book.
    """
    rows = open_people(file)
    run = _Run(rows, ledger_id, unit, actor, within)
    for batch in batched(rows, batch_rows):
        yield run.take(batch)


def open_people(file: BinaryIO) -> Rows:
    """Open a file of people and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


@dataclass
class _Run:
    """One import under way; it remembers on which line an id or a phone was first."""

    rows: Rows
    ledger_id: int
    unit: Unit
    actor: Actor
    within: Sequence[Node] | None = None
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, batch: Sequence[Row]) -> Step:
        """Join the people of one batch in one transaction."""
        drafts = [self._read(row) for row in batch]
        good = [draft for draft in drafts if draft.problem is None]
        # A unit of work may run twice before it commits: it starts from the good rows each time.
        admissions: dict[int, Admission] = self.unit(lambda session: self._join(session, good))
        told = [admissions.get(draft.row.line_no) for draft in drafts]
        bad = [
            BadRow(draft.row.line_no, *problem)
            for draft in drafts
            if (problem := _problem(draft, admissions.get(draft.row.line_no)))
        ]
        return Step(
            new=sum(1 for each in told if each and each.is_new),
            unchanged=sum(1 for each in told if each and each.member and not each.is_new),
            bad=tuple(bad),
            bytes_done=self.rows.bytes_done,
            size_bytes=self.rows.size_bytes,
        )

    def _read(self, row: Row) -> _Draft:
        """Check a row by itself, and that its id and phone did not come before."""
        draft = _Draft(row)
        if row.problem is not None:
            draft.problem = (row.reason, row.problem, None)
            return draft
        values = row.values
        year = values.get("birth_year", "")
        if not values["external_id"]:
            draft.problem = ("empty", "has no external_id", "external_id")
        elif year and not (year.isascii() and year.isdigit() and len(year) == 4):
            draft.problem = ("birth_year", f"birth_year {year!r} is no year", "birth_year")
        else:
            draft.problem = self._repeated(row)
        return draft

    def _repeated(self, row: Row) -> Problem | None:
        words = [("external_id", row.values["external_id"])]
        if phones.is_phone(row.values["phone"]):
            words.append(("phone", phones.normalise(row.values["phone"])))
        for word in words:
            if word in self._lines:
                return "repeated", f"{word[0]} is on line {self._lines[word]} already", word[0]
        self._lines.update(dict.fromkeys(words, row.line_no))
        return None

    def _join(self, session: Session, drafts: Sequence[_Draft]) -> dict[int, Admission]:
        """Join the good rows; return what became of each, by its line."""
        for draft in drafts:
            draft.problem = None
        _find_places(session, drafts)
        self._find_teams(session, drafts)
        ready = [draft for draft in drafts if draft.problem is None]
        admissions = joining.admit_many(
            session,
            ledger_id=self.ledger_id,
            newcomers=[_newcomer(draft) for draft in ready],
            actor=self.actor,
        )
        self._join_teams(session, ready, admissions)
        lines = [draft.row.line_no for draft in ready]
        return dict(zip(lines, admissions, strict=True))

    def _find_teams(self, session: Session, drafts: Sequence[_Draft]) -> None:
        """Find the team of each row that names one, on the line of the row's place."""
        named = [d for d in drafts if d.place is not None and d.row.values.get("team")]
        teams = import_teams.find(
            session, self.ledger_id, {d.row.values["team"] for d in named}, within=self.within
        )
        for draft in named:
            name, place = draft.row.values["team"], draft.place
            assert place is not None
            found = import_teams.of_place(teams.get(name, []), place)
            if len(found) == 1:
                draft.team_id = found[0].team_id
            else:
                told = f"{len(found)} teams of this place are called {name!r}"
                draft.problem = ("unknown_team", told, "team")

    def _join_teams(
        self, session: Session, drafts: Sequence[_Draft], admissions: Sequence[Admission]
    ) -> None:
        by_team: dict[UUID, list[UUID]] = {}
        for draft, admission in zip(drafts, admissions, strict=True):
            if draft.team_id is not None and admission.member is not None:
                by_team.setdefault(draft.team_id, []).append(admission.member.id)
        for team_id, member_ids in sorted(by_team.items()):
            team_members.join_many(
                session,
                ledger_id=self.ledger_id,
                team_id=team_id,
                member_ids=member_ids,
                actor=self.actor,
            )


def _find_places(session: Session, drafts: Sequence[_Draft]) -> None:
    codes = {draft.row.values["node_code"] for draft in drafts}
    found = session.scalars(sa.select(Node).where(Node.code.in_(codes), Node.closed_on.is_(None)))
    places = {node.code: node for node in found}
    for draft in drafts:
        code = draft.row.values["node_code"]
        draft.place = places.get(code)
        if draft.place is None:
            draft.problem = ("unknown_place", f"no place {code!r}", "node_code")


def _newcomer(draft: _Draft) -> Newcomer:
    values = draft.row.values
    year = values.get("birth_year", "")
    assert draft.place is not None
    return Newcomer(
        name=values["name"],
        phone=values["phone"] or None,
        node_id=draft.place.id,
        consent_version=CONSENT_VERSION,
        external_id=values["external_id"],
        birth_year=int(year) if year else None,
    )


def _problem(draft: _Draft, admission: Admission | None) -> Problem | None:
    if draft.problem is not None:
        return draft.problem
    if admission is None or admission.refusal is None:
        return None
    field_name = admission.refusal.facts.get("field")
    return admission.refusal.code, _told(admission.refusal), field_name


def _told(refusal: DomainError) -> str:
    """Say what is wrong without repeating what the row said: lists are printed and sent around."""
    name = refusal.facts.get("field")
    return f"{name}: {refusal}" if name else str(refusal)
