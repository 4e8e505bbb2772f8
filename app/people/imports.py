"""Import of people from CSV, streamed and idempotent by external id (T2).

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
from app.base.csv_rows import BadRow, CsvRows, Row, batched, open_rows
from app.base.errors import DomainError
from app.community.models import Node
from app.people import joining, phones, team_members
from app.people.joining import Admission, Newcomer
from app.people.models import Team, TeamAlias

REQUIRED = ("external_id", "name", "phone", "node_code")
OPTIONAL = ("birth_year", "team")
LABELS = {
    "外部编号": "external_id",
    "姓名": "name",
    "手机号": "phone",
    "社区编码": "node_code",
    "出生年份": "birth_year",
    "志愿服务队": "team",
}
BATCH_ROWS = 500
CONSENT_VERSION = "import"
"""Consents of imported people were given on paper, to whoever kept the list."""

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
    node_id: int = 0
    team_id: UUID | None = None
    problem: tuple[str, str] | None = None


def import_people(
    file: BinaryIO,
    *,
    ledger_id: int,
    unit: Unit,
    actor: Actor,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Step]:
    """Import the people of a file into a book; yield after every batch.

    For a dry run, hand in a `unit` that takes its work back.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nobody was imported.
        NotFound: There is no such book.
    """
    rows = open_rows(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)
    run = _Run(rows, ledger_id, unit, actor)
    for batch in batched(rows, batch_rows):
        yield run.take(batch)


@dataclass
class _Run:
    """One import under way; it remembers on which line an id or a phone was first."""

    rows: CsvRows
    ledger_id: int
    unit: Unit
    actor: Actor
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
            draft.problem = ("unreadable", row.problem)
            return draft
        values = row.values
        year = values.get("birth_year", "")
        if not values["external_id"]:
            draft.problem = ("empty", "has no external_id")
        elif year and not (year.isascii() and year.isdigit() and len(year) == 4):
            draft.problem = ("birth_year", f"birth_year {year!r} is no year")
        else:
            draft.problem = self._repeated(row)
        return draft

    def _repeated(self, row: Row) -> tuple[str, str] | None:
        words = [("external_id", row.values["external_id"])]
        if phones.is_phone(row.values["phone"]):
            words.append(("phone", phones.normalise(row.values["phone"])))
        for word in words:
            if word in self._lines:
                return "repeated", f"{word[0]} is on line {self._lines[word]} already"
        self._lines.update(dict.fromkeys(words, row.line_no))
        return None

    def _join(self, session: Session, drafts: Sequence[_Draft]) -> dict[int, Admission]:
        """Join the good rows; return what became of each, by its line."""
        for draft in drafts:
            draft.problem = None
        _find_places(session, drafts)
        _find_teams(session, self.ledger_id, drafts)
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
    found = session.execute(
        sa.select(Node.code, Node.id).where(Node.code.in_(codes), Node.closed_on.is_(None))
    )
    ids = {row.code: row.id for row in found}
    for draft in drafts:
        code = draft.row.values["node_code"]
        if code in ids:
            draft.node_id = ids[code]
        else:
            draft.problem = ("unknown_place", f"no place {code!r}")


def _find_teams(session: Session, ledger_id: int, drafts: Sequence[_Draft]) -> None:
    """Find each team by its name or alias, which must be one open team of the book."""
    wanted = {draft.row.values.get("team", "") for draft in drafts} - {""}
    if not wanted:
        return
    aliased = (
        sa.select(TeamAlias.alias, TeamAlias.team_id)
        .join(Team, sa.and_(Team.ledger_id == TeamAlias.ledger_id, Team.id == TeamAlias.team_id))
        .where(TeamAlias.ledger_id == ledger_id, Team.ledger_id == ledger_id)
        .where(TeamAlias.alias.in_(wanted), Team.closed_on.is_(None))
    )
    named = sa.select(Team.name, Team.id).where(
        Team.ledger_id == ledger_id, Team.name.in_(wanted), Team.closed_on.is_(None)
    )
    found: dict[str, set[UUID]] = {}
    for name, team_id in session.execute(sa.union(named, aliased)):
        found.setdefault(name, set()).add(team_id)
    for draft in drafts:
        name = draft.row.values.get("team", "")
        if not name or draft.problem is not None:
            continue
        ids = found.get(name, set())
        if len(ids) == 1:
            (draft.team_id,) = ids
        else:
            draft.problem = ("unknown_team", f"{len(ids)} teams are called {name!r}")


def _newcomer(draft: _Draft) -> Newcomer:
    values = draft.row.values
    year = values.get("birth_year", "")
    return Newcomer(
        name=values["name"],
        phone=values["phone"] or None,
        node_id=draft.node_id,
        consent_version=CONSENT_VERSION,
        external_id=values["external_id"],
        birth_year=int(year) if year else None,
    )


def _problem(draft: _Draft, admission: Admission | None) -> tuple[str, str] | None:
    if draft.problem is not None:
        return draft.problem
    if admission is None or admission.refusal is None:
        return None
    return admission.refusal.code, _told(admission.refusal)


def _told(refusal: DomainError) -> str:
    """Say what is wrong without repeating what the row said: lists are printed and sent around."""
    name = refusal.facts.get("field")
    return f"{name}: {refusal}" if name else str(refusal)
