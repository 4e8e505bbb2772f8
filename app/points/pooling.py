"""Pooling (积分归户): whose account earns, and a household's score (D29).

A programme pools by person or by household. Where it pools by household, what a member
earns goes to the household that they belong to at that moment; hours stay their own, and
who leaves takes nothing. A household's points can be spent by its members whatever the
programme says later.

The base (100 unless set) is never posted: score = base + points − what is owed, and only
what is above the base can be spent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import settings, tree
from app.community.models import Node
from app.ledger.models import Account
from app.people import homes, households
from app.people.models import Household
from app.points import indicators
from app.points.models import Grant, Programme
from app.points.models_rule import POOLINGS
from app.points.purses import Purse, of_owners

BASE = "household.base_points"


@dataclass(frozen=True, slots=True)
class Score:
    """A household's points; whole points.

    Attributes:
        base_points: What every household begins with; never to be spent.
        held_points: In its account, not expired.
        receivable_points: What it owes (待追回).
        lots: Last day and points of what it holds, soonest first (D28).
    """

    base_points: int
    held_points: int
    receivable_points: int
    lots: tuple[tuple[date, int], ...] = ()

    @property
    def score_points(self) -> int:
        """What the household is said to have: base + points − what is owed."""
        return self.base_points + self.held_points - self.receivable_points

    @property
    def spendable_points(self) -> int:
        """What its members may spend: the part above the base (D29)."""
        return max(0, self.score_points - self.base_points)


def set_pooling(session: Session, *, programme: Programme, pooling: str, actor: Actor) -> Programme:
    """Say who earns from now on: each person, or the household; what is held stays where it is.

    Raises:
        ValidationFailed: Neither `person` nor `household`, or the programme keeps hours only.
    """
    if pooling not in POOLINGS or not programme.has_points:
        raise ValidationFailed("person or household, where there are points", field="pooling")
    if programme.pooling != pooling:
        programme.pooling = pooling
        session.flush()
        indicators.audit_rule(session, programme, actor, "pooling_set", pooling=pooling)
    return programme


def pool(session: Session, *, programme: Programme, purses: Mapping[UUID, Purse]) -> None:
    """Let the purses of members earn for their households, where the programme pools so.

    Members of one household share one purse here: a batch moves it on for all of them.
    """
    if programme.pooling != "household" or not purses:
        return
    ledger_id = programme.ledger_id
    home_of = homes.homes_of(session, ledger_id=ledger_id, member_ids=purses.keys())
    shared = {purse.shared.holder_id: purse.shared for purse in purses.values() if purse.shared}
    for holder_id, home_id in home_of.items():
        purse = purses[holder_id]
        purse.shared = shared.setdefault(home_id, Purse(home_id, kind="household"))
        purse.is_pooled = True


def score(session: Session, *, ledger_id: int, household_id: UUID) -> Score:
    """Return a household's score as it stands.

    Raises:
        NotFound: There is no such household.
    """
    household = households.get(session, ledger_id=ledger_id, household_id=household_id)
    node = tree.get(session, household.node_id)
    base = settings.read(session, node, BASE)[BASE]
    found = of_owners(session, ledger_id=ledger_id, kinds={household_id: "household"})
    purse = found[household_id]
    lots = tuple(purse.live_lots(clock.today()))
    held = sum(points for _, points in lots)
    return Score(base, held, purse.receivable_points, lots)


def earned_by_member(session: Session, *, ledger_id: int, household_id: UUID) -> dict[UUID, int]:
    """Return what each member earned for the household, those who left included."""
    query = (
        sa.select(Grant.member_id, sa.func.sum(Grant.points))
        .where(
            Grant.ledger_id == ledger_id,
            Grant.household_id == household_id,
            Grant.state == "posted",
        )
        .group_by(Grant.member_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Honoured:
    """A household on the honour list: the name it chose, and its score."""

    name: str
    score_points: int


def honour_list(session: Session, *, ledger_id: int, node: Node, limit: int = 50) -> list[Honoured]:
    """List households whose head agreed, best first; nobody stands there against their will.

    Only what is at or above the base is listed: there is no list of the low (D29).
    """
    base = settings.read(session, node, BASE)[BASE]
    points = sa.func.coalesce(sa.func.sum(Account.credits_posted - Account.debits_posted), 0)
    query = (
        sa.select(Household.name, points)
        .join(Node, Node.id == Household.node_id)
        .outerjoin(
            Account,
            sa.and_(
                Account.ledger_id == Household.ledger_id,
                Account.owner_id == Household.id,
                Account.unit == "points",
                Account.vintage_on >= clock.today(),
            ),
        )
        .where(
            Household.ledger_id == ledger_id,
            Household.honoured_at.is_not(None),
            tree.within(Node.path, node),
        )
        .group_by(Household.ledger_id, Household.id, Household.name)
        .having(points >= 0)
        .order_by(points.desc(), Household.name)
        .limit(limit)
    )
    return [Honoured(name, base + int(held)) for name, held in session.execute(query)]
