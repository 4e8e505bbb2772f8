"""Homes: which household each of many members belongs to, who is in each, who is honoured."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.people import audit, households, members
from app.people.models import Household, HouseholdMember


def homes_of(session: Session, *, ledger_id: int, member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the household of each member that belongs to one now, in one statement."""
    query = sa.select(HouseholdMember.member_id, HouseholdMember.household_id).where(
        HouseholdMember.ledger_id == ledger_id,
        HouseholdMember.member_id.in_(set(member_ids)),
        HouseholdMember.left_on.is_(None),
    )
    return {row.member_id: row.household_id for row in session.execute(query)}


def present_in(
    session: Session, *, ledger_id: int, household_ids: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    """Return who belongs to each of these households now, in one statement."""
    query = (
        sa.select(HouseholdMember.household_id, HouseholdMember.member_id)
        .where(
            HouseholdMember.ledger_id == ledger_id,
            HouseholdMember.household_id.in_(set(household_ids)),
            HouseholdMember.left_on.is_(None),
        )
        .order_by(HouseholdMember.member_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for row in session.execute(query):
        found.setdefault(row.household_id, []).append(row.member_id)
    return found


def same_household(session: Session, *, ledger_id: int, member_ids: Collection[UUID]) -> bool:
    """Whether any two of these members belong to one household now."""
    wanted = set(member_ids)
    query = (
        sa.select(HouseholdMember.household_id)
        .where(
            HouseholdMember.ledger_id == ledger_id,
            HouseholdMember.member_id.in_(wanted),
            HouseholdMember.left_on.is_(None),
        )
        .group_by(HouseholdMember.household_id)
        .having(sa.func.count() > 1)
        .limit(1)
    )
    return len(wanted) > 1 and session.scalar(query) is not None


def let_honour(
    session: Session, *, ledger_id: int, household_id: UUID, is_agreed: bool, actor: Actor
) -> Household:
    """Let a household stand on the public honour list, or not; its head alone agrees (D43).

    Raises:
        NotFound: There is no such household.
        PermissionDenied: The actor is not its head.
    """
    found = households.get(session, ledger_id=ledger_id, household_id=household_id)
    head = members.get(session, ledger_id=ledger_id, member_id=found.head_member_id)
    if actor.person_id != head.person_id:
        raise PermissionDenied("the head of the household agrees")
    found.honoured_at = clock.now() if is_agreed else None
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="household_honoured" if is_agreed else "household_unlisted",
        subject_kind="household",
        subject_id=household_id,
    )
    return found
