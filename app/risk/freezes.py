"""Freezes: a membership or a card that may not spend until another person lifts it.

Every spending door asks `require_free` first. The reason stays in the row and in
the member's inbox; facts, logs and audit do not repeat it.
"""

from collections.abc import Collection, Iterable
from typing import NoReturn
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community.models import Node
from app.people import audit, inbox
from app.people.models import Card, Member
from app.risk import places
from app.risk.errors import AccountFrozen, AlreadyFrozen, AlreadyReleased
from app.risk.models import Freeze

REASON_LENGTH_MAX = 200

_live = (
    sa.select(Freeze.subject_kind)
    .where(
        Freeze.ledger_id == sa.bindparam("in_ledger"),
        Freeze.subject_kind.in_(("member", "card")),
        Freeze.subject_id.in_(sa.bindparam("subjects", expanding=True)),
        Freeze.released_at.is_(None),
    )
    .limit(1)
)


def freeze(
    session: Session,
    *,
    ledger_id: int,
    subject_kind: str,
    subject_id: UUID,
    reason: str,
    actor: Actor,
) -> Freeze:
    """Freeze a membership or a card, and tell the member why.

    Args:
        subject_kind: `member` or `card`.

    Raises:
        NotFound: There is no such member or card in this book.
        AlreadyFrozen: It is frozen now.
        ValidationFailed: No reason was given.
    """
    _require_reason(reason)
    owner = _owner(session, ledger_id, subject_kind, subject_id)
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "reason": reason.strip(),
        "frozen_by_id": actor.person_id,
        "frozen_at": clock.now(),
    }
    insert = insert_or_ignore(session, Freeze).values(row).returning(Freeze)
    frozen: Freeze | None = session.scalars(insert).one_or_none()
    if frozen is None:
        raise AlreadyFrozen(subject_kind=subject_kind)
    _tell_and_audit(session, frozen, owner, "frozen", reason.strip(), actor)
    return frozen


def release(
    session: Session,
    *,
    ledger_id: int,
    subject_kind: str,
    subject_id: UUID,
    reason: str,
    actor: Actor,
) -> Freeze:
    """Lift a freeze. Not by the one who set it, nor by the member it stops (A6).

    Raises:
        NotFound: Nothing here was ever frozen.
        SecondPersonRequired: The actor set the freeze, or is the member.
        AlreadyReleased: Somebody lifted it before.
        ValidationFailed: No reason was given.
    """
    _require_reason(reason)
    frozen = find_live(
        session, ledger_id=ledger_id, subject_kind=subject_kind, subject_id=subject_id
    )
    if frozen is None:
        _refuse_unfrozen(session, ledger_id, subject_kind, subject_id)
    owner = _owner(session, ledger_id, subject_kind, subject_id)
    if actor.is_involved(frozen.frozen_by_id) or actor.is_involved(owner.person_id):
        raise SecondPersonRequired
    lifted = (
        sa.update(Freeze)
        .where(Freeze.ledger_id == ledger_id, Freeze.id == frozen.id, Freeze.released_at.is_(None))
        .values(
            released_by_id=actor.person_id,
            released_at=clock.now(),
            release_reason=reason.strip(),
        )
        .returning(Freeze)
        .execution_options(populate_existing=True)
    )
    released = session.scalars(lifted).one_or_none()
    if released is None:
        raise AlreadyReleased(subject_kind=subject_kind)
    _tell_and_audit(session, released, owner, "released", reason.strip(), actor)
    return released


def require_free(session: Session, *, ledger_id: int, subject_ids: Iterable[UUID]) -> None:
    """Let pass only if none of these members and cards is frozen; one statement.

    Raises:
        AccountFrozen: One of them is; fact `subject_kind`.
    """
    values = {"in_ledger": ledger_id, "subjects": list(subject_ids)}
    kind = session.scalar(_live, values)
    if kind is not None:
        raise AccountFrozen(subject_kind=kind)


def _refuse_unfrozen(
    session: Session, ledger_id: int, subject_kind: str, subject_id: UUID
) -> NoReturn:
    """Say why there is no freeze to lift: somebody was faster, or there never was one."""
    ever = sa.select(Freeze.id).where(
        Freeze.ledger_id == ledger_id,
        Freeze.subject_kind == subject_kind,
        Freeze.subject_id == subject_id,
    )
    if session.scalar(ever.limit(1)) is not None:
        raise AlreadyReleased(subject_kind=subject_kind)
    raise NotFound("nothing here is frozen")


def find_live(
    session: Session, *, ledger_id: int, subject_kind: str, subject_id: UUID
) -> Freeze | None:
    """Return the freeze that stops a member or a card now, or None."""
    query = sa.select(Freeze).where(
        Freeze.ledger_id == ledger_id,
        Freeze.subject_kind == subject_kind,
        Freeze.subject_id == subject_id,
        Freeze.released_at.is_(None),
    )
    return session.scalar(query)


def frozen_among(session: Session, *, ledger_id: int, subject_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these members and cards are frozen now; one statement."""
    query = sa.select(Freeze.subject_id).where(
        Freeze.ledger_id == ledger_id,
        Freeze.subject_id.in_(subject_ids),
        Freeze.released_at.is_(None),
    )
    return set(session.scalars(query))


def list_live(
    session: Session, *, ledger_id: int, node: Node | None = None, limit: int = 50, offset: int = 0
) -> list[Freeze]:
    """List what is frozen now in a book, or at one place of it and below, latest first."""
    query = sa.select(Freeze).where(Freeze.ledger_id == ledger_id, Freeze.released_at.is_(None))
    if node is not None:
        query = query.where(places.about(Freeze, ledger_id=ledger_id, node=node))
    query = query.order_by(Freeze.frozen_at.desc(), Freeze.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def history(session: Session, *, ledger_id: int, subject_id: UUID) -> list[Freeze]:
    """List every freeze of a member or a card, latest first."""
    query = (
        sa.select(Freeze)
        .where(
            Freeze.ledger_id == ledger_id,
            Freeze.subject_kind.in_(("member", "card")),
            Freeze.subject_id == subject_id,
        )
        .order_by(Freeze.frozen_at.desc(), Freeze.id.desc())
    )
    return list(session.scalars(query))


def _require_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= REASON_LENGTH_MAX:
        raise ValidationFailed("say why, in at most 200 characters", field="reason")


def _owner(session: Session, ledger_id: int, subject_kind: str, subject_id: UUID) -> Member:
    """Return the member whom the subject belongs to."""
    query = sa.select(Member).where(Member.ledger_id == ledger_id)
    if subject_kind == "card":
        query = query.join(
            Card,
            sa.and_(
                Card.ledger_id == Member.ledger_id,
                Card.ledger_id == ledger_id,
                Card.member_id == Member.id,
                Card.id == subject_id,
            ),
        )
    elif subject_kind == "member":
        query = query.where(Member.id == subject_id)
    else:
        raise ValidationFailed("freeze a member or a card", field="subject_kind")
    owner = session.scalar(query)
    if owner is None:
        raise NotFound("no such member or card in this book")
    return owner


def _tell_and_audit(
    session: Session, frozen: Freeze, owner: Member, what: str, reason: str, actor: Actor
) -> None:
    note = inbox.Note(owner.id, what, {"reason": reason})
    inbox.tell(session, ledger_id=frozen.ledger_id, notes=[note])
    audit.write(
        session,
        ledger_id=frozen.ledger_id,
        actor=actor,
        action=what,
        subject_kind=frozen.subject_kind,
        subject_id=frozen.subject_id,
        freeze_id=frozen.id,
    )
