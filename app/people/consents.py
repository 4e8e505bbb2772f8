"""Consents: to which text, in which version, given and taken back when (PIPL 14–16, 25).

A consent is per purpose and never a condition of another; taking it back works
at once (D43).
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.people import audit
from app.people.models import Consent, Person

PURPOSES = ("membership", "guardian", "board", "location")
"""To keep an account; for a child; to be named on a board (D43); to check a place."""
VERSION_MAX = 16


def give(
    session: Session, *, person_id: UUID, purpose: str, text_version: str, actor: Actor
) -> Consent:
    """Record a consent to one version of a text; the same again returns the one that stands.

    Raises:
        ValidationFailed: There is no such purpose, or no version.
        NotFound: There is no such person.
    """
    if purpose not in PURPOSES:
        raise ValidationFailed(f"no purpose {purpose!r}", field="purpose", reason="unknown")
    if not 0 < len(text_version) <= VERSION_MAX:
        raise ValidationFailed("no version", field="text_version", reason="text")
    if session.get(Person, person_id) is None:
        raise NotFound("no such person")
    for standing in _live(session, person_id=person_id, purpose=purpose):
        if standing.text_version == text_version:
            return standing
    consent = Consent(**row(person_id, purpose, text_version))
    session.add(consent)
    session.flush()
    _write_audit(session, "consent_given", person_id, purpose, text_version, actor)
    return consent


def withdraw(session: Session, *, person_id: UUID, purpose: str, actor: Actor) -> None:
    """Take a consent back, in every version; what rests on it ends at once (D43).

    Raises:
        NotFound: No such consent stands.
    """
    standing = _live(session, person_id=person_id, purpose=purpose)
    if not standing:
        raise NotFound("no such consent stands")
    for consent in standing:
        consent.withdrawn_at = clock.now()
    session.flush()
    version = standing[-1].text_version
    _write_audit(session, "consent_withdrawn", person_id, purpose, version, actor)


def has(session: Session, *, person_id: UUID, purpose: str) -> bool:
    """Whether the person's consent for the purpose stands."""
    return bool(holders(session, person_ids=[person_id], purpose=purpose))


def holders(session: Session, *, person_ids: Collection[UUID], purpose: str) -> set[UUID]:
    """Return those of the persons whose consent stands: who may be named on a board (D43)."""
    return set(
        session.scalars(
            sa.select(Consent.person_id).where(
                Consent.person_id.in_(person_ids),
                Consent.purpose == purpose,
                Consent.withdrawn_at.is_(None),
            )
        )
    )


def list_of(session: Session, *, person_id: UUID) -> list[Consent]:
    """List every consent of a person, withdrawn ones too, oldest first."""
    return list(
        session.scalars(
            sa.select(Consent)
            .where(Consent.person_id == person_id)
            .order_by(Consent.given_at, Consent.id)
        )
    )


def row(person_id: UUID, purpose: str, text_version: str) -> dict[str, Any]:
    """Return a new consent as a row, for those who write many."""
    return {
        "person_id": person_id,
        "id": new_id(),
        "purpose": purpose,
        "text_version": text_version,
        "given_at": clock.now(),
        "withdrawn_at": None,
    }


def _live(session: Session, *, person_id: UUID, purpose: str) -> list[Consent]:
    return list(
        session.scalars(
            sa.select(Consent)
            .where(
                Consent.person_id == person_id,
                Consent.purpose == purpose,
                Consent.withdrawn_at.is_(None),
            )
            .order_by(Consent.given_at, Consent.id)
        )
    )


def _write_audit(
    session: Session, action: str, person_id: UUID, purpose: str, version: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        purpose=purpose,
        text_version=version,
    )
