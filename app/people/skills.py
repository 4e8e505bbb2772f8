"""Skills (专长): noted by staff, asked for by activities and posts, whose holders hear first (C21).

Whoever holds the skill is told at once and finds it first in their lists; everybody else
finds it too. A skill is a word of everyday: 律师, 医生, 教师, 警察, 电工.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, inbox, members
from app.people.models import Member, Skill, SkillCall
from app.people.models_skill import CALLED

PRESETS = ("警察", "医生", "律师", "教师", "电工", "心理咨询", "会计")
LENGTH_MAX = 16
TOLD_MAX = 500
"""How many holders one call tells; a community has fewer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What asks for a skill: an activity, a post or an order, by its title."""

    kind: str
    subject_id: UUID
    title: str


def note(session: Session, *, ledger_id: int, member_id: UUID, skill: str, actor: Actor) -> None:
    """Note a skill of a member; one that is noted stays as it is.

    Raises:
        NotFound: No such member.
        MemberNotActive: The membership is not active.
        ValidationFailed: It is empty or too long.
    """
    word = _word(skill)
    members.require_active(members.get(session, ledger_id=ledger_id, member_id=member_id))
    insert = insert_or_ignore(session, Skill).values(
        ledger_id=ledger_id,
        member_id=member_id,
        skill=word,
        noted_by_id=actor.person_id,
        noted_at=clock.now(),
    )
    if session.execute(insert.returning(Skill.skill)).first() is not None:
        _audit(session, ledger_id, member_id, "skill_noted", word, actor)


def drop(session: Session, *, ledger_id: int, member_id: UUID, skill: str, actor: Actor) -> None:
    """Take a skill off a member; nothing happens where it is not noted."""
    gone = sa.delete(Skill).where(
        Skill.ledger_id == ledger_id, Skill.member_id == member_id, Skill.skill == skill.strip()
    )
    if session.execute(gone.returning(Skill.skill)).first() is not None:
        _audit(session, ledger_id, member_id, "skill_dropped", skill.strip(), actor)


def of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[str]:
    """List a member's skills."""
    query = sa.select(Skill.skill).where(Skill.ledger_id == ledger_id, Skill.member_id == member_id)
    return list(session.scalars(query.order_by(Skill.skill)))


def holders_in(session: Session, *, ledger_id: int, node: Node, skill: str) -> list[Member]:
    """List the active members of a place and below it who hold a skill, by number."""
    query = (
        sa.select(Member)
        .join(Skill, sa.and_(Skill.ledger_id == Member.ledger_id, Skill.member_id == Member.id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Member.ledger_id == ledger_id,
            Skill.ledger_id == ledger_id,
            Skill.skill == skill.strip(),
            Member.state == "active",
            tree.within(Node.path, node),
        )
        .order_by(Member.volunteer_no)
    )
    return list(session.scalars(query.limit(TOLD_MAX)))


def held_in(session: Session, *, ledger_id: int, node: Node, skills: Collection[str]) -> set[str]:
    """Return which of these skills an active member of a place or below it holds; one statement."""
    query = (
        sa.select(Skill.skill)
        .distinct()
        .join(Member, sa.and_(Skill.ledger_id == Member.ledger_id, Skill.member_id == Member.id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Member.ledger_id == ledger_id,
            Skill.ledger_id == ledger_id,
            Skill.skill.in_(skills),
            Member.state == "active",
            tree.within(Node.path, node),
        )
    )
    return set(session.scalars(query))


def call(
    session: Session,
    *,
    ledger_id: int,
    by: Caller,
    skill: str,
    node: Node,
    actor: Actor,
) -> int:
    """Ask for a skill: its holders of the place are told first; return how many.

    Raises:
        ValidationFailed: No such kind of thing, or no skill.
    """
    if by.kind not in CALLED:
        raise ValidationFailed("nothing that asks for a skill", field="kind")
    word = _word(skill)
    insert = insert_or_ignore(session, SkillCall).values(
        ledger_id=ledger_id,
        kind=by.kind,
        subject_id=by.subject_id,
        skill=word,
        called_by_id=actor.person_id,
        called_at=clock.now(),
    )
    if session.execute(insert.returning(SkillCall.skill)).first() is None:
        return 0
    found = holders_in(session, ledger_id=ledger_id, node=node, skill=word)
    notes = [
        inbox.Note(
            each.id,
            "skill_called",
            {"title": by.title, "skill": word},
            natural_key=f"skill:{by.kind}:{by.subject_id}:{word}",
        )
        for each in found
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)
    return len(found)


def calls_of(
    session: Session, *, ledger_id: int, kind: str, subject_ids: Collection[UUID]
) -> dict[UUID, dict[str, datetime]]:
    """Return which skills each of these things asks for, and since when; one statement."""
    query = sa.select(SkillCall.subject_id, SkillCall.skill, SkillCall.called_at).where(
        SkillCall.ledger_id == ledger_id,
        SkillCall.kind == kind,
        SkillCall.subject_id.in_(subject_ids),
    )
    found: dict[UUID, dict[str, datetime]] = {}
    for row in session.execute(query):
        found.setdefault(row.subject_id, {})[row.skill] = row.called_at
    return found


def asked_since(
    ledger_id: int, *, kind: str, skills: Collection[str], since_at: datetime
) -> sa.Select[UUID]:
    """Return the statement of the things that ask for one of these skills, lately for any."""
    lately = sa.select(SkillCall.subject_id).where(
        SkillCall.ledger_id == ledger_id, SkillCall.kind == kind, SkillCall.called_at >= since_at
    )
    return sa.select(SkillCall.subject_id).where(
        SkillCall.ledger_id == ledger_id,
        SkillCall.kind == kind,
        SkillCall.skill.in_(skills),
        SkillCall.subject_id.in_(lately),
    )


def called_by(
    session: Session, *, ledger_id: int, kind: str, subject_ids: Collection[UUID]
) -> dict[UUID, list[str]]:
    """Return which skills each of these things asks for; one statement."""
    query = sa.select(SkillCall.subject_id, SkillCall.skill).where(
        SkillCall.ledger_id == ledger_id,
        SkillCall.kind == kind,
        SkillCall.subject_id.in_(subject_ids),
    )
    found: dict[UUID, list[str]] = {}
    for row in session.execute(query.order_by(SkillCall.skill)):
        found.setdefault(row.subject_id, []).append(row.skill)
    return found


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Let a merged membership's skills be the kept one's (L13)."""
    held = sa.select(Skill).where(Skill.ledger_id == ledger_id, Skill.member_id == old_id)
    for each in session.scalars(held).all():
        row = {
            "ledger_id": ledger_id,
            "member_id": kept_id,
            "skill": each.skill,
            "noted_by_id": each.noted_by_id,
            "noted_at": each.noted_at,
        }
        session.execute(insert_or_ignore(session, Skill).values(row))
    forget(session, ledger_id=ledger_id, member_id=old_id)


def forget(session: Session, *, ledger_id: int, member_id: UUID) -> None:
    """Forget every skill of a member who is erased or merged (D47)."""
    session.execute(
        sa.delete(Skill).where(Skill.ledger_id == ledger_id, Skill.member_id == member_id)
    )


def _word(skill: str) -> str:
    word = skill.strip()
    if not 1 <= len(word) <= LENGTH_MAX:
        raise ValidationFailed("a skill is a short word", field="skill")
    return word


def _audit(
    session: Session, ledger_id: int, member_id: UUID, action: str, skill: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=member_id,
        skill=skill,
    )
