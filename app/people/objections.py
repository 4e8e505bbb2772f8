"""Objections (异议): a member disputes a record of theirs and gets a reasoned answer.

A public notice (公示) is everybody's to object to: the door hands it over as the asker's.
The record itself lives in another room; the door hands its facts over as values.
An upheld objection changes no record: the door calls the correction or reversal
of the record's own room in the same unit of work.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, households, inbox, members
from app.people.errors import AlreadyDecided, ObjectionOpen
from app.people.models import Objection
from app.people.models_member import OBJECTION_KINDS

TEXT_LENGTH_MAX = 500
VERDICTS = ("upheld", "rejected")


@dataclass(frozen=True, slots=True)
class DisputedRecord:
    """The record in dispute, as the room that holds it sees it.

    Attributes:
        kind: One of `OBJECTION_KINDS`.
        member_id: Whose record it is.
        recorder_id: The person who made it; `NOBODY` for the system.
        node_id: The place whose staff answer.
    """

    kind: str
    id: UUID
    member_id: UUID
    recorder_id: UUID
    node_id: int


def raise_objection(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    record: DisputedRecord,
    claim: str,
    actor: Actor,
) -> Objection:
    """Object to one's own record; one objection at a time is open for a record.

    Raises:
        NotFound: The record is another member's.
        PermissionDenied: The actor is not the member, nor acts for them.
        ValidationFailed: The claim is empty or too long.
        ObjectionOpen: An objection to this record waits for its answer.
    """
    assert record.kind in OBJECTION_KINDS, "doors name the kinds that the table knows"
    _require_text(claim, "claim")
    if record.member_id != member_id:
        raise NotFound("no such record of this member")
    _require_own(session, ledger_id, member_id, actor)
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "member_id": member_id,
        "node_id": record.node_id,
        "subject_kind": record.kind,
        "subject_id": record.id,
        "recorder_id": record.recorder_id,
        "claim": claim.strip(),
        "state": "open",
        "raised_at": clock.now(),
        "raised_by_id": actor.person_id,
    }
    insert = insert_or_ignore(session, Objection).values(row).returning(Objection)
    objection: Objection | None = session.scalars(insert).one_or_none()
    if objection is None:
        raise ObjectionOpen
    _audit(session, objection, "objection_raised", actor)
    return objection


def withdraw(session: Session, *, ledger_id: int, objection_id: UUID, actor: Actor) -> Objection:
    """Take one's own open objection back.

    Raises:
        NotFound: No such objection.
        PermissionDenied: The actor is not the member, nor acts for them.
        AlreadyDecided: It was answered or withdrawn before; fact `state`.
    """
    objection = get(session, ledger_id=ledger_id, objection_id=objection_id)
    _require_own(session, ledger_id, objection.member_id, actor)
    objection = _close(session, objection, state="withdrawn")
    _audit(session, objection, "objection_withdrawn", actor)
    return objection


def answer(
    session: Session,
    *,
    ledger_id: int,
    objection_id: UUID,
    verdict: str,
    reason: str,
    actor: Actor,
) -> Objection:
    """Answer an objection with a reason, and tell the member (D23, A6).

    Args:
        verdict: `upheld` or `rejected`.

    Raises:
        NotFound: No such objection.
        ValidationFailed: The reason is empty or too long.
        SecondPersonRequired: The actor made the record, is the member or of their
            household, or raised the objection for them.
        AlreadyDecided: It was answered or withdrawn before; fact `state`.
    """
    assert verdict in VERDICTS, "a schema lets only upheld and rejected through"
    _require_text(reason, "reason")
    objection = get(session, ledger_id=ledger_id, objection_id=objection_id)
    _require_another_person(session, objection, actor)
    objection = _close(
        session,
        objection,
        state=verdict,
        answered_by_id=actor.person_id,
        answered_at=clock.now(),
        answer=reason.strip(),
    )
    facts = {"verdict": verdict, "answer": reason.strip()}
    note = inbox.Note(objection.member_id, "objection_answered", facts)
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    _audit(session, objection, "objection_answered", actor)
    return objection


def get(session: Session, *, ledger_id: int, objection_id: UUID) -> Objection:
    """Return an objection of this book.

    Raises:
        NotFound: There is none.
    """
    objection = session.get(Objection, (ledger_id, objection_id))
    if objection is None:
        raise NotFound("no such objection")
    return objection


def list_for_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Objection]:
    """List a member's objections, latest first."""
    query = sa.select(Objection).where(
        Objection.ledger_id == ledger_id, Objection.member_id == member_id
    )
    return list(session.scalars(query.order_by(Objection.raised_at.desc(), Objection.id.desc())))


def list_open(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Objection]:
    """List what waits for an answer in a subtree, longest waiting first."""
    query = (
        sa.select(Objection)
        .join(Node, Node.id == Objection.node_id)
        .where(
            Objection.ledger_id == ledger_id,
            Objection.state == "open",
            tree.within(Node.path, node),
        )
        .order_by(Objection.raised_at, Objection.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(query))


def list_answered(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Objection]:
    """List what was answered in a subtree, latest first."""
    query = (
        sa.select(Objection)
        .join(Node, Node.id == Objection.node_id)
        .where(
            Objection.ledger_id == ledger_id,
            Objection.state.in_(("upheld", "rejected")),
            tree.within(Node.path, node),
        )
        .order_by(Objection.answered_at.desc(), Objection.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(query))


def _require_text(text: str, field: str) -> None:
    if not 0 < len(text.strip()) <= TEXT_LENGTH_MAX:
        raise ValidationFailed(f"1 to {TEXT_LENGTH_MAX} characters are needed", field=field)


def _require_own(session: Session, ledger_id: int, member_id: UUID, actor: Actor) -> None:
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    if not actor.is_involved(member.person_id):
        raise PermissionDenied("only the member, or who acts for them")


def _require_another_person(session: Session, objection: Objection, actor: Actor) -> None:
    if actor.is_involved(objection.recorder_id) or actor.is_involved(objection.raised_by_id):
        raise SecondPersonRequired
    deciders = [actor.person_id, *([actor.on_behalf_id] if actor.on_behalf_id else [])]
    for person_id in deciders:
        circle = households.circle_of(session, ledger_id=objection.ledger_id, person_id=person_id)
        if objection.member_id in circle:
            raise SecondPersonRequired


def _close(session: Session, objection: Objection, **values: object) -> Objection:
    """End an open objection by one conditional update."""
    statement = (
        sa.update(Objection)
        .where(
            Objection.ledger_id == objection.ledger_id,
            Objection.id == objection.id,
            Objection.state == "open",
        )
        .values(**values)
        .returning(Objection)
        .execution_options(populate_existing=True)
    )
    closed = session.scalars(statement).one_or_none()
    if closed is None:
        session.refresh(objection)
        raise AlreadyDecided(state=objection.state)
    return closed


def _audit(session: Session, objection: Objection, action: str, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=objection.ledger_id,
        actor=actor,
        action=action,
        subject_kind=objection.subject_kind,
        subject_id=objection.subject_id,
        objection_id=objection.id,
        state=objection.state,
    )
