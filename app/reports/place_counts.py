"""What is counted here and now at a place, each by its own unit: never a sum of two.

人数 is distinct people; 人次 counts somebody once for every time (C23). These counts stand
beside the figures that came from elsewhere, and are never added to them.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.mall import order_places
from app.mall.models import Redemption
from app.people import enlistments, team_counts
from app.people.models import Card, Member
from app.points.models import Day, Grant

HOURS = "hours"
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Count:
    """One live count: its code says what of; whole numbers, hours as whole hours."""

    code: str
    value: int


def of_place(session: Session, *, ledger_id: int, node: Node) -> list[Count]:
    """Return the live counts of a place and all below it, in a fixed order."""
    teams = team_counts.of_place(session, ledger_id=ledger_id, node=node)
    issued, holders = _cards(session, ledger_id, node)
    found = {
        "volunteers": _volunteers(session, ledger_id, node),
        "teams": teams.team_count,
        "team_people": teams.people_count,
        "team_stays": teams.stay_count,
        HOURS: _minutes(session, ledger_id, node) // MINUTES_AN_HOUR,
        "attendances": _attendances(session, ledger_id, node),
        "cards_issued": issued,
        "card_holders": holders,
        "enlisted": enlistments.count_in(session, ledger_id=ledger_id, node=node),
        "redemptions": _redemptions(session, ledger_id, node),
    }
    return [Count(code, value) for code, value in found.items()]


def _volunteers(session: Session, ledger_id: int, node: Node) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(Member)
        .join(Node, Node.id == Member.node_id)
        .where(Member.ledger_id == ledger_id, Member.state == "active")
        .where(tree.within(Node.path, node))
    )
    return session.scalar(query) or 0


def _minutes(session: Session, ledger_id: int, node: Node) -> int:
    """Minutes served at the place, reversed ones taken out."""
    query = (
        sa.select(sa.func.sum(Day.minutes))
        .join(Node, Node.id == Day.node_id)
        .where(Day.ledger_id == ledger_id, tree.within(Node.path, node))
    )
    return int(session.scalar(query) or 0)


def _attendances(session: Session, ledger_id: int, node: Node) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(Grant)
        .join(Node, Node.id == Grant.node_id)
        .where(
            Grant.ledger_id == ledger_id,
            Grant.source_kind == "attendance",
            Grant.state == "posted",
            tree.within(Node.path, node),
        )
    )
    return session.scalar(query) or 0


def _cards(session: Session, ledger_id: int, node: Node) -> tuple[int, int]:
    """Cards ever issued, and people who hold one: two counts (P3)."""
    holder = sa.case((Card.state == "active", Card.member_id))
    query = (
        sa.select(sa.func.count(), sa.func.count(sa.distinct(holder)))
        .select_from(Card)
        .join(Member, sa.and_(Member.ledger_id == Card.ledger_id, Member.id == Card.member_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Card.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
    )
    row = session.execute(query).one()
    return int(row[0]), int(row[1])


def _redemptions(session: Session, ledger_id: int, node: Node) -> int:
    query = (
        order_places.placed(sa.select(sa.func.count()), ledger_id)
        .join(Node, Node.id == order_places.NODE_ID)
        .where(
            Redemption.state == "done",
            tree.within(Node.path, node),
        )
    )
    return session.scalar(query) or 0
