"""Hours of who reported in: once, for the residence; the unit's list shows them as 其中 (T1).

A person has one residence and perhaps a unit. What they served in the book counts once,
where they live; a unit's share is a part of that, and is never added to it. 报到, 队员 and
持卡 are three populations and stand apart.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.community import tree
from app.community.models import Node, Unit
from app.people import enlistments, team_counts
from app.people.models import Card, Enlistment, Member
from app.points.models import Day


@dataclass(frozen=True, slots=True)
class Populations:
    """Three counts of three kinds of people: there is no sum of them."""

    enlisted_count: int
    team_people_count: int
    card_holder_count: int


@dataclass(frozen=True, slots=True)
class Share:
    """People who reported in, of them members by now, and what these served; one line."""

    name: str
    code: str
    unit_id: int | None
    enlisted_count: int
    joined_count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """What who reported in served: by residence, which is the whole; by unit, which is 其中."""

    residences: tuple[Share, ...]
    units: tuple[Share, ...]

    @property
    def minutes(self) -> int:
        """The whole: by residence, each person once."""
        return sum(share.minutes for share in self.residences)


def populations(session: Session, *, ledger_id: int, node: Node) -> Populations:
    """Count 报到, 队员 and 持卡 of a place, each for itself."""
    holders = (
        sa.select(sa.func.count(sa.distinct(Card.member_id)))
        .join(Member, sa.and_(Member.ledger_id == Card.ledger_id, Member.id == Card.member_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Card.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Card.state == "active",
            tree.within(Node.path, node),
        )
    )
    return Populations(
        enlistments.count_in(session, ledger_id=ledger_id, node=node),
        team_counts.of_place(session, ledger_id=ledger_id, node=node).people_count,
        session.scalar(holders) or 0,
    )


def of_place(session: Session, *, ledger_id: int, node: Node) -> Hours:
    """Return what those who reported in to a place and below it served."""
    return Hours(
        _by_residence(session, ledger_id, node),
        _by_unit(session, ledger_id, node),
    )


def elsewhere(session: Session, *, ledger_id: int, node: Node) -> set[UUID]:
    """Return the enlistments at a place whose member is entered at another place (A13).

    They are shown for review, and nothing is refused for it.
    """
    home = sa.select(Node.id).where(tree.within(Node.path, node))
    return _elsewhere(session, ledger_id, Enlistment.node_id.in_(home))


def elsewhere_among(
    session: Session, *, ledger_id: int, enlistment_ids: Collection[UUID]
) -> set[UUID]:
    """Return which of these enlistments have a member who is entered at another place (A13)."""
    return _elsewhere(session, ledger_id, Enlistment.id.in_(enlistment_ids))


def _elsewhere(session: Session, ledger_id: int, condition: sa.ColumnElement[bool]) -> set[UUID]:
    home, entered = aliased(Node), aliased(Node)
    query = (
        sa.select(Enlistment.id, home.path, entered.path)
        .join(home, home.id == Enlistment.node_id)
        .join(
            Member,
            sa.and_(Member.ledger_id == Enlistment.ledger_id, Member.id == Enlistment.member_id),
        )
        .join(entered, entered.id == Member.node_id)
        .where(Enlistment.ledger_id == ledger_id, Member.ledger_id == ledger_id, condition)
    )
    return {
        row[0]
        for row in session.execute(query)
        if not row[1].startswith(row[2]) and not row[2].startswith(row[1])
    }


def _served(ledger_id: int) -> sa.Subquery:
    return (
        sa.select(Day.member_id, sa.func.sum(Day.minutes).label("minutes"))
        .where(Day.ledger_id == ledger_id)
        .group_by(Day.member_id)
        .subquery()
    )


def _by_residence(session: Session, ledger_id: int, node: Node) -> tuple[Share, ...]:
    served = _served(ledger_id)
    query = (
        sa.select(Node.short_name, Node.code, *_sums(served))
        .select_from(Enlistment)
        .join(Node, Node.id == Enlistment.node_id)
        .outerjoin(served, served.c.member_id == Enlistment.member_id)
        .where(Enlistment.ledger_id == ledger_id, tree.within(Node.path, node))
        .group_by(Node.id, Node.short_name, Node.code, Node.path)
        .order_by(Node.path)
    )
    return tuple(
        Share(row[0], row[1], None, row[2], row[3], int(row[4])) for row in session.execute(query)
    )


def _by_unit(session: Session, ledger_id: int, node: Node) -> tuple[Share, ...]:
    served = _served(ledger_id)
    query = (
        sa.select(Unit.name, Unit.id, *_sums(served))
        .select_from(Enlistment)
        .join(Node, Node.id == Enlistment.node_id)
        .join(Unit, Unit.id == Enlistment.unit_id)
        .outerjoin(served, served.c.member_id == Enlistment.member_id)
        .where(Enlistment.ledger_id == ledger_id, tree.within(Node.path, node))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.name, Unit.id)
    )
    return tuple(
        Share(row[0], "", row[1], row[2], row[3], int(row[4])) for row in session.execute(query)
    )


def _sums(served: sa.Subquery) -> tuple[sa.ColumnElement[int], ...]:
    return (
        sa.func.count(),
        sa.func.count(Enlistment.member_id),
        sa.func.coalesce(sa.func.sum(served.c.minutes), 0),
    )
