"""Acting on behalf (代办): a helper or staff acts for a member who consented.

The consent is recorded by the member, or by somebody other than the one who will
act. Both names stand on every journal and audit line (`Actor.on_behalf_id`). The
member sees who may act for them, and ends it at will.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.people import audit, inbox, members
from app.people.errors import AlreadyAgent
from app.people.models import Agent, Member

RELATION_LENGTH_MAX = 24
NOTE_LENGTH_MAX = 200


def begin(
    session: Session,
    *,
    ledger_id: int,
    person_id: UUID,
    agent_person_id: UUID,
    relation: str,
    consent_note: str,
    actor: Actor,
) -> Agent:
    """Record a member's consent that another person may act for them in this book.

    Args:
        relation: Who the agent is to the member, in words: 女儿, 邻居, 社区工作者.
        consent_note: How the consent was given: 本人当面同意, 电话录音编号.

    Raises:
        ValidationFailed: Relation or note is empty or too long, or both are one person.
        NotFound: They are no member of this book.
        MemberNotActive: The membership is not active.
        SecondPersonRequired: The agent records the consent to themselves.
        AlreadyAgent: They may act for the member already.
    """
    _require_text(relation, RELATION_LENGTH_MAX, "relation")
    _require_text(consent_note, NOTE_LENGTH_MAX, "consent_note")
    if person_id == agent_person_id:
        raise ValidationFailed("nobody needs leave to act for themselves", field="agent")
    if actor.person_id == agent_person_id:
        raise SecondPersonRequired
    member = _member(session, ledger_id, person_id)
    row = {
        "person_id": person_id,
        "id": new_id(),
        "agent_person_id": agent_person_id,
        "ledger_id": ledger_id,
        "relation": relation.strip(),
        "consent_note": consent_note.strip(),
        "recorded_by_id": actor.person_id,
        "begun_at": clock.now(),
    }
    insert = insert_or_ignore(session, Agent).values(row).returning(Agent)
    agent: Agent | None = session.scalars(insert).one_or_none()
    if agent is None:
        raise AlreadyAgent
    _tell_and_audit(session, agent, member, "agent_begun", actor)
    return agent


def end(session: Session, *, person_id: UUID, agent_id: UUID, actor: Actor) -> Agent:
    """End a leave to act; by the member, by the agent, or by staff (the door asks the role).

    Raises:
        NotFound: There is no such leave, or it ended before.
    """
    statement = (
        sa.update(Agent)
        .where(Agent.person_id == person_id, Agent.id == agent_id, Agent.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(Agent)
        .execution_options(populate_existing=True)
    )
    agent = session.scalars(statement).one_or_none()
    if agent is None:
        raise NotFound("no such leave to act")
    member = members.find_of_person(session, ledger_id=agent.ledger_id, person_id=person_id)
    assert member is not None, "leave is given by members only"
    _tell_and_audit(session, agent, member, "agent_ended", actor)
    return agent


def require_may_act_for(
    session: Session, *, ledger_id: int, agent_person_id: UUID, person_id: UUID
) -> None:
    """Let pass only the person themselves, or one whom they allowed to act in this book.

    Raises:
        PermissionDenied: No leave was given, or it was ended.
    """
    if agent_person_id == person_id:
        return
    query = sa.select(Agent.id).where(
        Agent.person_id == person_id,
        Agent.agent_person_id == agent_person_id,
        Agent.ledger_id == ledger_id,
        Agent.ended_at.is_(None),
    )
    if session.scalar(query) is None:
        raise PermissionDenied("this member gave no leave to act for them")


def list_of(session: Session, *, person_id: UUID) -> list[Agent]:
    """List who may act, or might once act, for a person; live ones first."""
    query = (
        sa.select(Agent)
        .where(Agent.person_id == person_id)
        .order_by(Agent.ended_at.is_not(None), Agent.begun_at.desc(), Agent.id.desc())
    )
    return list(session.scalars(query))


def end_all(session: Session, *, ledger_id: int, person_id: UUID) -> None:
    """End every leave that a person gave in a book, when their membership ends there."""
    session.execute(
        sa.update(Agent)
        .where(Agent.person_id == person_id, Agent.ledger_id == ledger_id, Agent.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _require_text(text: str, length_max: int, field: str) -> None:
    if not 0 < len(text.strip()) <= length_max:
        raise ValidationFailed(f"1 to {length_max} characters are needed", field=field)


def _member(session: Session, ledger_id: int, person_id: UUID) -> Member:
    member = members.find_of_person(session, ledger_id=ledger_id, person_id=person_id)
    if member is None:
        raise NotFound("no such member in this book")
    return members.require_active(member)


def _tell_and_audit(
    session: Session, agent: Agent, member: Member, what: str, actor: Actor
) -> None:
    note = inbox.Note(member.id, what, {"relation": agent.relation})
    inbox.tell(session, ledger_id=agent.ledger_id, notes=[note])
    audit.write(
        session,
        ledger_id=agent.ledger_id,
        actor=actor,
        action=what,
        subject_kind="member",
        subject_id=member.id,
        agent_person_id=agent.agent_person_id,
    )
