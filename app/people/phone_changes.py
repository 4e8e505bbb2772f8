"""A new number for a known person, or the first one of somebody who joined by card.

The new phone was proven by a login code just before, by the person or beside staff.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.upserts import insert_or_ignore
from app.people import audit, phones, sessions
from app.people.errors import AlreadyMember
from app.people.models import Login, Person


def change(
    session: Session,
    *,
    person_id: UUID,
    phone: str,
    actor: Actor,
    keep_token: str | None = None,
) -> None:
    """Give a person this phone; the old one is free again, other sessions end.

    Raises:
        NotFound: There is no such person.
        ValidationFailed: It is no mobile number.
        AlreadyMember: Somebody else has this phone.
    """
    person = _lock(session, person_id)
    phone = phones.normalise(phone)
    owner_id = _claim(session, phones.login_hash(phone), person_id)
    if owner_id != person_id:
        raise AlreadyMember
    old = crypto.unseal(person.phone_cipher, person_id) if person.phone_cipher else None
    if old == phone:
        return
    if old is not None:
        forget(session, phone=old, person_id=person_id)
    person.phone_cipher = crypto.seal(phone, person_id)
    session.flush()
    sessions.revoke_all(session, person_id=person_id, keep_token=keep_token)
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action="phone_changed",
        subject_kind="person",
        subject_id=person_id,
    )


def forget(session: Session, *, phone: str, person_id: UUID) -> None:
    """Take a normalised phone out of the directory, if it is this person's."""
    session.execute(
        sa.delete(Login).where(
            Login.login_hash == phones.login_hash(phone), Login.person_id == person_id
        )
    )


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


def _claim(session: Session, login_hash: bytes, person_id: UUID) -> UUID | None:
    """Enter the phone into the directory; return whose it is now."""
    row = {
        "login_hash": login_hash,
        "person_id": person_id,
        "kind": "phone",
        "created_at": clock.now(),
    }
    session.execute(insert_or_ignore(session, Login).values(row))
    return session.scalar(sa.select(Login.person_id).where(Login.login_hash == login_hash))
