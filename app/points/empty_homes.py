"""Empty households (没有人的户): nobody belongs to them any more, and points are left (D29).

Who leaves takes nothing, so when the last one goes or dies nobody could spend what is
there. The household is held, and staff see it: `home_passings` says who gets it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.ledger.models import Account
from app.people.models import Household, HouseholdMember, Member


@dataclass(frozen=True, slots=True)
class EmptyHome:
    """A household without members that holds points.

    Attributes:
        points: What is in its account and has not expired.
        owed_points: What it owes (待追回): settled first.
        left_on: When the last one left.
    """

    household: Household
    points: int
    owed_points: int
    left_on: date | None


def list_in(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[EmptyHome]:
    """List the empty households of a subtree that hold points, longest empty first."""
    held, owed = _posted("household", 1), _posted("receivable", -1)
    left_on = sa.select(sa.func.max(HouseholdMember.left_on)).where(*_stays()).scalar_subquery()
    query = (
        sa.select(Household, held, owed, left_on)
        .join(Node, Node.id == Household.node_id)
        .where(
            Household.ledger_id == ledger_id,
            tree.within(Node.path, node),
            ~_is_lived_in(),
            held > 0,
        )
        .order_by(left_on, Household.id)
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [EmptyHome(home, int(points), int(debt), day) for home, points, debt, day in rows]


def is_empty(session: Session, *, ledger_id: int, household_id: UUID) -> bool:
    """Whether nobody belongs to a household now."""
    query = sa.select(Household.id).where(
        Household.ledger_id == ledger_id, Household.id == household_id, ~_is_lived_in()
    )
    return session.scalar(query) is not None


def former_members(
    session: Session, *, ledger_id: int, household_ids: Collection[UUID]
) -> dict[UUID, list[Member]]:
    """Return who once belonged to each of these households, the last to leave first."""
    query = (
        sa.select(HouseholdMember.household_id, Member)
        .join(
            Member,
            sa.and_(
                Member.ledger_id == HouseholdMember.ledger_id,
                Member.id == HouseholdMember.member_id,
            ),
        )
        .where(
            HouseholdMember.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            HouseholdMember.household_id.in_(household_ids),
        )
        .order_by(HouseholdMember.left_on.desc(), Member.volunteer_no)
    )
    found: dict[UUID, list[Member]] = {}
    for household_id, member in session.execute(query):
        listed = found.setdefault(household_id, [])
        if member not in listed:
            listed.append(member)
    return found


def _stays() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HouseholdMember.ledger_id == Household.ledger_id,
        HouseholdMember.household_id == Household.id,
    )


def _is_lived_in() -> sa.ColumnElement[bool]:
    return sa.exists().where(*_stays(), HouseholdMember.left_on.is_(None))


def _posted(kind: str, sign: int) -> Any:
    """Sum what the household's accounts of a kind hold and has not expired."""
    held = Account.credits_posted - Account.debits_posted - Account.debits_pending
    return (
        sa.select(sa.func.coalesce(sa.func.sum(held * sign), 0))
        .where(
            Account.ledger_id == Household.ledger_id,
            Account.owner_id == Household.id,
            Account.unit == "points",
            Account.kind == kind,
            Account.vintage_on >= clock.today(),
        )
        .correlate(Household)
        .scalar_subquery()
    )
