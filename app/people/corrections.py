"""Correcting what is held of a person: the name and the year of birth (PIPL 46).

The person proves at the door that it is themselves. Every book repeats the name, so
all of them change at once; cards, sessions and the past stay as they are.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.people import audit, inbox, members, names
from app.people.models import Member, Person
from app.people.newcomers import require_age


def correct(
    session: Session,
    *,
    person_id: UUID,
    name: str,
    birth_year: int | None,
    actor: Actor,
) -> bool:
    """Write the name and the year as they should be; return whether anything changed.

    Args:
        birth_year: None takes a year away that was there.

    Raises:
        NotFound: There is no such person, or they were erased.
        ValidationFailed: The name or the year cannot be, or the year makes a child of
            somebody without a guardian; facts `field`, `reason`.
    """
    name = names.normalise(name)
    person = _lock(session, person_id)
    changed = _changed(person, name, birth_year)
    if not changed:
        return False
    if "birth_year" in changed:
        require_age(birth_year, has_guardian=False)
    person.birth_year = birth_year
    if "name" in changed:
        person.name_cipher = crypto.seal(name, person_id)
        _rename_members(session, person_id, name)
    session.flush()
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action="person_corrected",
        subject_kind="person",
        subject_id=person_id,
        fields=changed,
    )
    return True


def _lock(session: Session, person_id: UUID) -> Person:
    person = session.scalars(
        sa.select(Person)
        .where(Person.person_id == person_id, Person.erased_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if person is None:
        raise NotFound("no such person")
    return person


def _changed(person: Person, name: str, birth_year: int | None) -> list[str]:
    cipher = person.name_cipher
    old = crypto.unseal(cipher, person.person_id) if cipher else None
    pairs = {"name": (old, name), "birth_year": (person.birth_year, birth_year)}
    return [field for field, (before, after) in pairs.items() if before != after]


def _rename_members(session: Session, person_id: UUID, name: str) -> None:
    """Write the name into every book the person is a member of, and tell them there."""
    for home in members.list_homes(session, person_id=person_id):
        member = session.get(Member, (home.ledger_id, home.member_id))
        if member is None or member.state != "active":
            continue
        member.name_cipher = crypto.seal(name, member.id)
        member.name_masked = names.mask(name)
        note = inbox.Note(member.id, "name_corrected", {})
        inbox.tell(session, ledger_id=home.ledger_id, notes=[note])
