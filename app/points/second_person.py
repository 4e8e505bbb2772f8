"""The second person: nobody decides on what they made, or on what is theirs (D23, A6, A17)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base.actors import Actor
from app.base.errors import SecondPersonRequired
from app.base.ids import NOBODY
from app.people.models import HouseholdMember, Member


def require(
    session: Session,
    *,
    ledger_id: int,
    actor: Actor,
    makers: Collection[UUID],
    member_ids: Collection[UUID],
) -> None:
    """Refuse an actor who made one of these things, or whom one of them would serve.

    Args:
        makers: Persons who entered or applied.
        member_ids: Members who would get something: not the actor's own
            memberships, nor their household's (D23). Two statements.

    Raises:
        SecondPersonRequired: Another person must decide.
    """
    persons = {actor.person_id, actor.on_behalf_id} - {None}
    if NOBODY in persons or persons & set(makers):
        raise SecondPersonRequired
    close = _own_and_household(session, ledger_id, {each for each in persons if each})
    if close & set(member_ids):
        raise SecondPersonRequired


def _own_and_household(session: Session, ledger_id: int, persons: set[UUID]) -> set[UUID]:
    own = set(
        session.scalars(
            sa.select(Member.id).where(Member.ledger_id == ledger_id, Member.person_id.in_(persons))
        )
    )
    mine, peer = aliased(HouseholdMember), aliased(HouseholdMember)
    peers = session.scalars(
        sa.select(peer.member_id)
        .join(
            mine,
            sa.and_(mine.ledger_id == peer.ledger_id, mine.household_id == peer.household_id),
        )
        .where(
            mine.ledger_id == ledger_id,
            peer.ledger_id == ledger_id,
            mine.member_id.in_(own),
            mine.left_on.is_(None),
            peer.left_on.is_(None),
        )
    )
    return own | set(peers)
