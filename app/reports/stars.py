"""The star board (亮星榜): who served longest at a place this month, quarter or year.

Everybody may see it, so a name is masked unless its owner agreed to be named, and a
child's unless a guardian agreed as well (D43); asked anew at every look, so a consent
taken back works at once. Ties share a place, and a shared
last place is shown whole, up to twice as many rows as the board has.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community.models import Node
from app.people import consents, members, team_members
from app.people.models import Person
from app.points import boards, programmes
from app.points.models import Board
from app.points.stars import counting, tables
from app.points.stars.tables import Table
from app.reports import rankings
from app.reports.rankings import Cut, Ranked

ROWS_READ_MAX = 200
"""So many lines are looked at; a shared last place is rarely longer."""
CHILD_YEARS = 14
"""Only the year of birth is known, so that who turns 15 this year may still be a child."""


@dataclass(frozen=True, slots=True)
class Star:
    """One place on the board. `minutes` of the period; `stars` as they were granted (D41)."""

    rank: int
    name: str
    is_named: bool
    team: str | None
    minutes: int
    stars: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole board: its rows, what it counted, and when it was drawn.

    `left_out_count` share the last place, but no screen holds so many.
    """

    node: Node
    board: Board
    begins_on: date
    ends_on: date
    rows: list[Star]
    left_out_count: int
    people_count: int
    total_minutes: int
    drawn_at: datetime
    table: Table


def draw(session: Session, *, ledger_id: int, node: Node) -> Picture:
    """Draw a place's board as it is now, for everybody.

    Raises:
        NotFound: It is not switched on.
    """
    board = boards.get_open(session, ledger_id=ledger_id, node_id=node.id)
    begins_on, ends_on = boards.period_of(board.period, clock.today())
    provenances = rankings.PROVENANCES if board.counts == "all" else ("credited",)
    cut = Cut(ledger_id, node, begins_on, ends_on, provenances=provenances)
    found = rankings.page(session, cut, limit=ROWS_READ_MAX, offset=0)
    entitled = [row for row in found.rows if row.rank <= board.row_max]
    shown = entitled[: 2 * board.row_max]
    people_count, total_minutes = rankings.totals(session, cut)
    return Picture(
        node=node,
        board=board,
        begins_on=begins_on,
        ends_on=ends_on,
        rows=_stars(session, ledger_id, shown),
        left_out_count=len(entitled) - len(shown),
        people_count=people_count,
        total_minutes=total_minutes,
        drawn_at=clock.now(),
        table=tables.current(session, programmes.of_ledger(session, ledger_id).id),
    )


def _stars(session: Session, ledger_id: int, rows: list[Ranked]) -> list[Star]:
    if not rows:
        return []
    ids = [row.member_id for row in rows]
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    person_of = {member_id: found.person_id for member_id, found in whose.items()}
    named = may_be_named(session, person_of.values())
    teams = team_members.team_names_of(session, ledger_id=ledger_id, member_ids=ids)
    stars = counting.granted(session, ledger_id=ledger_id, member_ids=ids)
    return [
        Star(
            rank=row.rank,
            name=row.name if person_of[row.member_id] in named else row.name_masked,
            is_named=person_of[row.member_id] in named,
            team=teams.get(row.member_id),
            minutes=row.total_minutes,
            stars=stars.get(row.member_id, 0),
        )
        for row in rows
    ]


def may_be_named(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Return who agreed to be named on a board; a child's guardian has to agree too (D43)."""
    agreed = consents.holders(session, person_ids=person_ids, purpose="board")
    youngest_year = clock.today().year - CHILD_YEARS - 1
    children = set(
        session.scalars(
            sa.select(Person.person_id).where(
                Person.person_id.in_(agreed), Person.birth_year > youngest_year
            )
        )
    )
    guarded = consents.holders(session, person_ids=children, purpose="guardian")
    return agreed - (children - guarded)
