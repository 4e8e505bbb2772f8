"""Evidence photos of a back-fill, an objection, an order or a call: at most three, encrypted.

Only the member and whoever decides may look, and that staff looked is written down: both
are for the door to see to. The same picture under another back-fill is a case for people.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.pictures import Picture
from app.base.upserts import insert_or_ignore
from app.people import audit, members
from app.points.errors import PhotosFull
from app.points.models import Photo
from app.points.models_public import PHOTOS_MAX
from app.risk import signals

RULE = "photo_used_twice"
SCORE = 70


@dataclass(frozen=True, slots=True)
class Subject:
    """What a photo is evidence of, and whose: kind `backfill`, `objection`, `order`,
    `field_call`.
    """

    kind: str
    id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo without its content. `is_repeat`: the same picture was sent elsewhere before."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    member_id: UUID
    width: int
    height: int
    is_repeat: bool
    added_at: datetime


COLUMNS = tuple(getattr(Photo, name) for name in Kept.__dataclass_fields__)


def add(
    session: Session, *, ledger_id: int, subject: Subject, picture: Picture, actor: Actor
) -> Kept:
    """Keep a photo; the same one sent again for the same thing is kept once.

    Raises:
        PhotosFull: There are three already.
    """
    digest = crypto.fingerprint(picture.jpeg)
    twins = _twins(session, ledger_id, digest)
    for twin in twins:
        if (twin.subject_kind, twin.subject_id) == (subject.kind, subject.id):
            return twin
    photo_id = new_id()
    row = {
        "ledger_id": ledger_id,
        "id": photo_id,
        "member_id": subject.member_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "sha256": digest,
        "content_cipher": crypto.seal_bytes(picture.jpeg, photo_id),
        "byte_count": len(picture.jpeg),
        "width": picture.width,
        "height": picture.height,
        "is_repeat": bool(twins),
        "added_by_id": actor.person_id,
        "added_at": clock.now(),
    }
    _insert_at_a_free_place(session, row)
    if twins:
        _flag(session, ledger_id, subject, photo_id, twins[0])
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="photo_added",
        subject_kind=subject.kind,
        subject_id=subject.id,
        photo_id=photo_id,
        is_repeat=bool(twins),
    )
    return get(session, ledger_id=ledger_id, photo_id=photo_id)


def get(session: Session, *, ledger_id: int, photo_id: UUID) -> Kept:
    """Return what is known of a photo, without its content.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(*COLUMNS).where(Photo.ledger_id == ledger_id, Photo.id == photo_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("no such photo")
    return Kept(*row)


def list_of(
    session: Session, *, ledger_id: int, kind: str, subject_ids: Collection[UUID]
) -> dict[UUID, list[Kept]]:
    """Return the photos of many things by thing, in the order they came; one statement."""
    query = (
        sa.select(*COLUMNS)
        .where(
            Photo.ledger_id == ledger_id,
            Photo.subject_kind == kind,
            Photo.subject_id.in_(subject_ids),
        )
        .order_by(Photo.ordinal)
    )
    found: dict[UUID, list[Kept]] = {}
    for row in session.execute(query):
        found.setdefault(row.subject_id, []).append(Kept(*row))
    return found


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Kept]:
    """List every photo of a member, in the order they came."""
    query = sa.select(*COLUMNS).where(Photo.ledger_id == ledger_id, Photo.member_id == member_id)
    return [Kept(*row) for row in session.execute(query.order_by(Photo.added_at, Photo.id))]


def read(session: Session, *, ledger_id: int, photo_id: UUID) -> bytes:
    """Return the picture itself, as JPEG.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(Photo.content_cipher).where(
        Photo.ledger_id == ledger_id, Photo.id == photo_id
    )
    sealed = session.scalar(query)
    if sealed is None:
        raise NotFound("no such photo")
    return crypto.unseal_bytes(sealed, photo_id)


def note_opened(session: Session, *, ledger_id: int, photo: Kept, actor: Actor) -> None:
    """Write down that staff looked at a photo (D49)."""
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="photo_opened",
        subject_kind=photo.subject_kind,
        subject_id=photo.subject_id,
        photo_id=photo.id,
    )


def forget_all(session: Session, *, person_id: UUID) -> None:
    """Delete every photo of a person, who is being erased, in every book (D47)."""
    for home in members.list_homes(session, person_id=person_id):
        session.execute(
            sa.delete(Photo).where(
                Photo.ledger_id == home.ledger_id, Photo.member_id == home.member_id
            )
        )


def _twins(session: Session, ledger_id: int, digest: bytes) -> list[Kept]:
    query = (
        sa.select(*COLUMNS)
        .where(Photo.ledger_id == ledger_id, Photo.sha256 == digest)
        .order_by(Photo.added_at, Photo.id)
        .limit(20)
    )
    return [Kept(*row) for row in session.execute(query)]


def _insert_at_a_free_place(session: Session, row: dict[str, Any]) -> None:
    """Take the first place that is free; of two at once each takes its own."""
    for ordinal in range(1, PHOTOS_MAX + 1):
        insert = insert_or_ignore(session, Photo).values({**row, "ordinal": ordinal})
        if session.scalar(insert.returning(Photo.id)) is not None:
            return
    raise PhotosFull(maximum=PHOTOS_MAX)


def _flag(session: Session, ledger_id: int, subject: Subject, photo_id: UUID, first: Kept) -> None:
    signals.raise_signal(
        session,
        ledger_id=ledger_id,
        rule_code=RULE,
        subject_kind="member",
        subject_id=subject.member_id,
        score=SCORE,
        photo_id=photo_id,
        first_photo_id=first.id,
        first_member_id=first.member_id,
    )
