"""Hours rankings: who served how long, by period and cut, with shared ranks (D42).

Hours are those posted and not reversed, read from the day totals that the posting
transaction writes. A member counts where they are registered (ruling 4); a merged
member's past counts for the member who was kept. Units: minutes and points.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.community import tree
from app.community.models import Node
from app.people.members import full_name
from app.people.models import Member, Team, TeamMember
from app.points.models import Day
from app.reports.errors import PeriodEmpty

ROWS_AT_ONCE = 1_000
PROVENANCES = ("credited", "honorary", "historical")
PROVENANCE_WORDS = {"credited": "信用时长", "honorary": "荣誉时长", "historical": "历史时长"}


@dataclass(frozen=True, slots=True)
class Cut:
    """What to rank: a book's members registered at or below a node, over some days.

    `begins_on` and `ends_on` are Shanghai dates, both included. An hours-only book
    hides points everywhere (`has_points` false).
    """

    ledger_id: int
    node: Node
    begins_on: date
    ends_on: date
    team_id: UUID | None = None
    category_code: str | None = None
    provenances: tuple[str, ...] = PROVENANCES
    has_points: bool = True

    def words(self) -> dict[str, str]:
        """The cut in words, as it is printed on a sheet and kept with an export."""
        return {
            "范围": f"{self.node.code} {self.node.name}",
            "起": self.begins_on.isoformat(),
            "止": self.ends_on.isoformat(),
            "队伍": str(self.team_id or "全部"),
            "类别": self.category_code or "全部",
            "时长来源": "、".join(PROVENANCE_WORDS[each] for each in self.provenances),
        }

    def asked(self) -> dict[str, Any]:
        """The cut as plain values, from which `cut_of` makes it again."""
        return {
            "begins_on": self.begins_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "team_id": str(self.team_id) if self.team_id else None,
            "category_code": self.category_code,
            "provenances": list(self.provenances),
            "has_points": self.has_points,
        }


def cut_of(ledger_id: int, node: Node, asked: dict[str, Any]) -> Cut:
    """Return the cut that `Cut.asked` wrote down, at its place."""
    return Cut(
        ledger_id=ledger_id,
        node=node,
        begins_on=date.fromisoformat(asked["begins_on"]),
        ends_on=date.fromisoformat(asked["ends_on"]),
        team_id=UUID(asked["team_id"]) if asked["team_id"] else None,
        category_code=asked["category_code"],
        provenances=tuple(asked["provenances"]),
        has_points=asked["has_points"],
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking. Minutes by provenance, their sum, and points earned."""

    rank: int
    member_id: UUID
    volunteer_no: str
    name: str
    name_masked: str
    community: str
    credited_minutes: int
    honorary_minutes: int
    historical_minutes: int
    total_minutes: int
    points: int
    grant_count: int


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a ranking, and how many lines the whole has."""

    total: int
    rows: list[Ranked]


def rank(session: Session, cut: Cut) -> list[Ranked]:
    """Rank the members of a cut by their total minutes; ties share a rank (1, 2, 2, 4).

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    return [_ranked(row) for row in session.execute(_lines(cut))]


def page(session: Session, cut: Cut, *, limit: int, offset: int) -> Page:
    """Return a slice of a ranking: only its names are deciphered.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    rows = session.execute(_lines(cut).limit(limit).offset(offset)).all()
    if rows or not offset:
        return Page(int(rows[0].line_count) if rows else 0, [_ranked(row) for row in rows])
    first = session.execute(_lines(cut).limit(1)).first()
    return Page(int(first.line_count) if first else 0, [])


def team_names(session: Session, cut: Cut, rows: Collection[Ranked]) -> dict[UUID, list[str]]:
    """Return the names of the teams that each of the ranked is in today; one statement."""
    query = (
        sa.select(TeamMember.member_id, Team.name)
        .join(Team, (Team.ledger_id == TeamMember.ledger_id) & (Team.id == TeamMember.team_id))
        .where(
            Team.ledger_id == cut.ledger_id,
            TeamMember.ledger_id == cut.ledger_id,
            TeamMember.member_id.in_([each.member_id for each in rows]),
            TeamMember.left_on.is_(None),
        )
        .order_by(Team.name)
    )
    found: dict[UUID, list[str]] = {}
    for member_id, name in session.execute(query):
        found.setdefault(member_id, []).append(name)
    return found


def totals(session: Session, cut: Cut) -> tuple[int, int]:
    """Return how many members a ranking has and their minutes together; deciphers nothing.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    lines = _lines(cut).order_by(None).with_only_columns(sa.func.sum(Day.minutes).label("minutes"))
    listed = lines.subquery()
    found = session.execute(sa.select(sa.func.count(), sa.func.sum(listed.c.minutes))).one()
    return int(found[0]), int(found[1] or 0)


def stream(session: Session, cut: Cut) -> tuple[int, Iterator[Ranked]]:
    """Return how many lines a ranking has, and the lines, read in constant memory.

    One statement answers both, so the number is true whatever is posted meanwhile.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    rows = iter(session.execute(_lines(cut).execution_options(yield_per=ROWS_AT_ONCE)))
    first = next(rows, None)
    if first is None:
        return 0, iter(())
    return int(first.line_count), (_ranked(row) for row in chain((first,), rows))


def _lines(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    if cut.ends_on < cut.begins_on:
        raise PeriodEmpty
    return _totals(cut)


def _totals(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Select each member's sums; a merged member's days belong to the one who was kept."""
    served, kept = aliased(Member), aliased(Member)
    parts = [_minutes_of(provenance) for provenance in PROVENANCES]
    total = sa.func.sum(Day.minutes).label("total_minutes")
    condition = [
        Day.ledger_id == cut.ledger_id,
        Day.counted_on.between(cut.begins_on, cut.ends_on),
        Day.provenance.in_(cut.provenances),
        tree.within(Node.path, cut.node),
    ]
    if cut.team_id:
        condition.append(Day.team_id == cut.team_id)
    if cut.category_code:
        condition.append(Day.category_code == cut.category_code)
    kept_id = sa.func.coalesce(served.merged_into_id, served.id)
    return (
        sa.select(
            kept,
            Node.short_name,
            *parts,
            total,
            sa.func.sum(Day.points).label("points"),
            sa.func.sum(Day.grant_count).label("grant_count"),
            sa.func.rank().over(order_by=total.element.desc()).label("shared_rank"),
            sa.func.count().over().label("line_count"),
        )
        .select_from(Day)
        .join(served, (served.ledger_id == Day.ledger_id) & (served.id == Day.member_id))
        .join(kept, (kept.ledger_id == served.ledger_id) & (kept.id == kept_id))
        .join(Node, Node.id == kept.node_id)
        .where(*condition, served.ledger_id == cut.ledger_id, kept.ledger_id == cut.ledger_id)
        .group_by(kept.ledger_id, kept.id, Node.id)
        .having(total > 0)
        .order_by(total.desc(), kept.volunteer_no)
    )


def _minutes_of(provenance: str) -> sa.Label[int]:
    amount = sa.case((Day.provenance == provenance, Day.minutes), else_=0)
    return sa.func.sum(amount).label(f"{provenance}_minutes")


def _ranked(row: Any) -> Ranked:
    member, community, credited, honorary, historical, total, points, grants, place, _ = row
    return Ranked(
        rank=int(place),
        member_id=member.id,
        volunteer_no=member.volunteer_no,
        name=full_name(member),
        name_masked=member.name_masked,
        community=community,
        credited_minutes=int(credited),
        honorary_minutes=int(honorary),
        historical_minutes=int(historical),
        total_minutes=int(total),
        points=int(points),
        grant_count=int(grants),
    )
