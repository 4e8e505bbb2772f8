"""Households (户): who belongs together. Their common points are the points room's matter.

Nobody approves, serves at a till or confirms for their own household (D23, D37);
`circle_of` answers that in one statement for any number of records. A member is in
one household at a time; leaving ends the stay and keeps it, and takes no points.
"""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.actors import Actor
from app.base.db import Id
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_for
from app.people import audit
from app.people.errors import AlreadyInHousehold
from app.people.member_locks import lock_active
from app.people.models import Household, HouseholdMember, Member

HEAD = "户主"


def create(
    session: Session,
    *,
    ledger_id: int,
    node_id: int,
    name: str,
    head_member_id: UUID,
    actor: Actor,
) -> Household:
    """Enter a household with its head (户主), who becomes its first member.

    Raises:
        ValidationFailed: The name is empty or too long.
        NotFound: No such member.
        MemberNotActive: The head's membership is not active.
        AlreadyInHousehold: The head belongs to another household.
    """
    if not 0 < len(name.strip()) <= 64:
        raise ValidationFailed("a name has 1 to 64 characters", field="name")
    lock_active(session, ledger_id=ledger_id, member_ids=[head_member_id])
    household = Household(
        ledger_id=ledger_id,
        id=new_id(),
        node_id=node_id,
        head_member_id=head_member_id,
        name=name.strip(),
    )
    session.add(household)
    session.flush()
    _enter(session, household, head_member_id, HEAD)
    _audit(session, household, head_member_id, "household_created", actor)
    return household


def join(
    session: Session,
    *,
    ledger_id: int,
    household_id: UUID,
    member_id: UUID,
    relation: str,
    actor: Actor,
) -> HouseholdMember:
    """Enter a member into a household.

    Args:
        relation: To the head, in words: 配偶, 子女, 父母.

    Raises:
        NotFound: No such household or member.
        MemberNotActive: The membership is not active.
        AlreadyInHousehold: They belong to a household.
        ValidationFailed: No relation, or the household is empty and they never were in it:
            its points are not a newcomer's (D29).
    """
    if not 0 < len(relation.strip()) <= 16:
        raise ValidationFailed("a relation has 1 to 16 characters", field="relation")
    lock_active(session, ledger_id=ledger_id, member_ids=[member_id])
    household = _lock(session, ledger_id, household_id)
    key: Any = {"ledger_id": ledger_id, "household_id": household_id}
    if not list_members(session, **key):
        if all(stay.member_id != member_id for stay in history(session, **key)):
            raise ValidationFailed("nobody lives there: begin a new one", field="household_id")
        household.head_member_id, household.honoured_at = member_id, None
    stay = _enter(session, household, member_id, relation.strip())
    _audit(session, household, member_id, "household_joined", actor)
    return stay


def leave(
    session: Session, *, ledger_id: int, household_id: UUID, member_id: UUID, actor: Actor
) -> None:
    """End a member's stay in a household. The head goes last, or hands over first.

    Whoever goes last takes the consent to the honour list along (D43).

    Raises:
        NotFound: They do not belong to it.
        ValidationFailed: They are its head, and others remain.
    """
    household = _lock(session, ledger_id, household_id)
    present = {
        each.id for each in list_members(session, ledger_id=ledger_id, household_id=household_id)
    }
    if member_id not in present:
        raise NotFound("they do not belong to this household")
    if household.head_member_id == member_id and len(present) > 1:
        raise ValidationFailed("name another head first", field="member_id")
    session.execute(
        sa.update(HouseholdMember)
        .where(
            HouseholdMember.ledger_id == ledger_id,
            HouseholdMember.household_id == household_id,
            HouseholdMember.member_id == member_id,
            HouseholdMember.left_on.is_(None),
        )
        .values(left_on=clock.today())
    )
    if len(present) == 1:
        household.honoured_at = None
        session.flush()
    _audit(session, household, member_id, "household_left", actor)


def set_head(
    session: Session, *, ledger_id: int, household_id: UUID, member_id: UUID, actor: Actor
) -> Household:
    """Name another member of the household as its head; the honour list asks them anew (D43).

    Raises:
        NotFound: No such household, or they do not belong to it.
    """
    household = _lock(session, ledger_id, household_id)
    present = list_members(session, ledger_id=ledger_id, household_id=household_id)
    if member_id not in {each.id for each in present}:
        raise NotFound("they do not belong to this household")
    if household.head_member_id != member_id:
        household.head_member_id, household.honoured_at = member_id, None
        session.flush()
    _audit(session, household, member_id, "household_head_set", actor)
    return household


def get(session: Session, *, ledger_id: int, household_id: UUID) -> Household:
    """Return a household of this book.

    Raises:
        NotFound: There is none.
    """
    household = session.get(Household, (ledger_id, household_id))
    if household is None:
        raise NotFound("no such household")
    return household


def household_of(session: Session, *, ledger_id: int, member_id: UUID) -> Household | None:
    """Return the household a member belongs to now, or None."""
    query = (
        sa.select(Household)
        .join(
            HouseholdMember,
            sa.and_(
                HouseholdMember.ledger_id == Household.ledger_id,
                HouseholdMember.household_id == Household.id,
            ),
        )
        .where(
            Household.ledger_id == ledger_id,
            HouseholdMember.ledger_id == ledger_id,
            HouseholdMember.member_id == member_id,
            HouseholdMember.left_on.is_(None),
        )
    )
    return session.scalar(query)


def list_members(session: Session, *, ledger_id: int, household_id: UUID) -> list[Member]:
    """List who belongs to a household now, by number."""
    query = (
        sa.select(Member)
        .join(
            HouseholdMember,
            sa.and_(
                HouseholdMember.ledger_id == Member.ledger_id,
                HouseholdMember.member_id == Member.id,
            ),
        )
        .where(
            Member.ledger_id == ledger_id,
            HouseholdMember.ledger_id == ledger_id,
            HouseholdMember.household_id == household_id,
            HouseholdMember.left_on.is_(None),
        )
    )
    return list(session.scalars(query.order_by(Member.volunteer_no)))


def history(session: Session, *, ledger_id: int, household_id: UUID) -> list[HouseholdMember]:
    """List every stay in a household, earliest first."""
    query = sa.select(HouseholdMember).where(
        HouseholdMember.ledger_id == ledger_id, HouseholdMember.household_id == household_id
    )
    return list(
        session.scalars(query.order_by(HouseholdMember.joined_on, HouseholdMember.member_id))
    )


def circle_of(session: Session, *, ledger_id: int, person_id: UUID) -> set[UUID]:
    """Return the members a person may not decide about: themselves and their household (D23).

    Memberships that were merged into one of them are theirs as well (L13).
    """
    named = {"in_ledger": ledger_id, "of_person": person_id}
    return {each for row in session.execute(_circle(), named) for each in row if each is not None}


@cache
def _circle() -> sa.Select[UUID, UUID, UUID, UUID]:
    """Return the statement of `circle_of`, made once: every decision asks it."""
    own, mine, ours = aliased(Member), aliased(HouseholdMember), aliased(HouseholdMember)
    merged = aliased(Member)
    in_ledger = sa.bindparam("in_ledger", type_=sa.BigInteger())
    kept_id = sa.func.coalesce(own.merged_into_id, own.id, type_=Id())
    each_id = sa.func.coalesce(ours.member_id, kept_id, type_=Id())

    def here(table: Any, *conditions: Any) -> Any:
        in_book = (table.ledger_id == own.ledger_id, table.ledger_id == in_ledger)
        return table, sa.and_(*in_book, *conditions)

    return (
        sa.select(own.id, kept_id, ours.member_id, merged.id)
        .outerjoin(*here(mine, mine.member_id == kept_id, mine.left_on.is_(None)))
        .outerjoin(*here(ours, ours.household_id == mine.household_id, ours.left_on.is_(None)))
        .outerjoin(*here(merged, merged.merged_into_id == each_id))
        .where(own.ledger_id == in_ledger, own.person_id == sa.bindparam("of_person", type_=Id()))
    )


def _lock(session: Session, ledger_id: int, household_id: UUID) -> Household:
    query = (
        sa.select(Household)
        .where(Household.ledger_id == ledger_id, Household.id == household_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    household = session.scalar(query)
    if household is None:
        raise NotFound("no such household")
    return household


def _enter(
    session: Session, household: Household, member_id: UUID, relation: str
) -> HouseholdMember:
    """Open a stay, or open again the one that began and ended today."""
    if household_of(session, ledger_id=household.ledger_id, member_id=member_id) is not None:
        raise AlreadyInHousehold
    insert = insert_for(session, HouseholdMember).values(
        ledger_id=household.ledger_id,
        household_id=household.id,
        member_id=member_id,
        joined_on=clock.today(),
        relation=relation,
    )
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "household_id", "member_id", "joined_on"],
        set_={"left_on": None, "relation": insert.excluded.relation},
    ).returning(HouseholdMember)
    stay: HouseholdMember = session.scalars(
        upsert, execution_options={"populate_existing": True}
    ).one()
    return stay


def _audit(
    session: Session, household: Household, member_id: UUID, action: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=household.ledger_id,
        actor=actor,
        action=action,
        subject_kind="household",
        subject_id=household.id,
        member_id=member_id,
    )
