"""The second person: nobody decides on what they made, or on what is theirs (D23, A6, A17)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import SecondPersonRequired
from app.base.ids import NOBODY
from app.people import households


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
            memberships, nor their household's (D23). One statement.

    Raises:
        SecondPersonRequired: Another person must decide.
    """
    persons = {each for each in (actor.person_id, actor.on_behalf_id) if each is not None}
    if NOBODY in persons or persons & set(makers):
        raise SecondPersonRequired
    for person_id in persons:
        close = households.circle_of(session, ledger_id=ledger_id, person_id=person_id)
        if close & set(member_ids):
            raise SecondPersonRequired
