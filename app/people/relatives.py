"""Relatives (直系亲属): who may give points to whom (D32).

A member names another member as close kin by number and name; that one confirms it, or
staff who saw the papers and belong to neither. Gifts go both ways along it until it ends.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import audit, households, inbox, members
from app.people.errors import AlreadyDecided, AlreadyRelated
from app.people.member_locks import lock_active
from app.people.models import Member, Relative
from app.people.models_member import RELATIONS

LINEAL = tuple(relation for relation in RELATIONS if relation != "friend")
"""Close kin; a friend only where the programme allows it."""


def register(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    volunteer_no: str,
    name: str,
    relation: str,
    actor: Actor,
) -> Relative:
    """Name another member as a relative; they must confirm it.

    Args:
        relation: What they are to the member: parent, child, grandparent and so on.

    Raises:
        NotFound: No member of this number and name: one answer for both.
        ValidationFailed: No such relation, or it is the member's own number.
        AlreadyRelated: The two are registered already, whoever asked.
        MemberNotActive: One of the two memberships is not active.
    """
    if relation not in RELATIONS:
        raise ValidationFailed("close kin", field="relation")
    other = members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=volunteer_no)
    if members.full_name(other) != name.strip():
        raise NotFound("no such member in this book")
    if other.id == member_id:
        raise ValidationFailed("another member", field="volunteer_no")
    lock_active(session, ledger_id=ledger_id, member_ids=[member_id, other.id])
    if _find_live(session, ledger_id, member_id, other.id) is not None:
        raise AlreadyRelated
    made = Relative(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=member_id,
        relative_id=other.id,
        relation=relation,
        state="asked",
        asked_by_id=actor.person_id,
        asked_at=clock.now(),
    )
    session.add(made)
    session.flush()
    asker = members.get(session, ledger_id=ledger_id, member_id=member_id)
    note = inbox.Note(other.id, "relative_asked", {"name": asker.name_masked})
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    _audit(session, made, actor, "relative_asked")
    return made


def confirm(
    session: Session, *, ledger_id: int, relative_id: UUID, by: str, actor: Actor
) -> Relative:
    """Confirm that two members are kin: the one who was named (`member`), or `staff`.

    Raises:
        NotFound: There is no such entry, or it names another member.
        AlreadyDecided: It was confirmed, or has ended; fact `state`.
        SecondPersonRequired: Staff would confirm their own kin, or what they asked for.
    """
    found = _lock(session, ledger_id, relative_id)
    if found.state != "asked":
        raise AlreadyDecided(state=found.state)
    if by == "member":
        named = members.get(session, ledger_id=ledger_id, member_id=found.relative_id)
        if not actor.is_involved(named.person_id):
            raise NotFound("no such entry of yours")
    else:
        _require_stranger(session, found, actor)
    found.state, found.confirmed_by = "confirmed", by
    found.confirmed_by_id, found.confirmed_at = actor.person_id, clock.now()
    session.flush()
    _audit(session, found, actor, "relative_confirmed")
    return found


def end(session: Session, *, ledger_id: int, relative_id: UUID, actor: Actor) -> Relative:
    """End an entry, as one of the two; gifts made stay made.

    Raises:
        NotFound: There is no such entry, or the actor is neither of the two.
        AlreadyDecided: It has ended.
    """
    found = _lock(session, ledger_id, relative_id)
    two = members.get_many(
        session, ledger_id=ledger_id, member_ids=[found.member_id, found.relative_id]
    )
    if not any(actor.is_involved(each.person_id) for each in two.values()):
        raise NotFound("no such entry of yours")
    if found.state == "ended":
        raise AlreadyDecided(state=found.state)
    found.state, found.ended_at = "ended", clock.now()
    session.flush()
    _audit(session, found, actor, "relative_ended")
    return found


def get(session: Session, *, ledger_id: int, relative_id: UUID) -> Relative:
    """Return an entry.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Relative, (ledger_id, relative_id))
    if found is None:
        raise NotFound("no such entry")
    return found


def other_of(found: Relative, member_id: UUID) -> UUID:
    """Return the other one of the two.

    Raises:
        NotFound: The member is neither of them.
    """
    if member_id not in (found.member_id, found.relative_id):
        raise NotFound("no such relative of yours")
    return found.relative_id if found.member_id == member_id else found.member_id


def list_of(session: Session, *, ledger_id: int, member_id: UUID) -> list[Relative]:
    """List a member's live entries, asked for by either side, oldest first."""
    query = (
        sa.select(Relative)
        .where(
            Relative.ledger_id == ledger_id,
            sa.or_(Relative.member_id == member_id, Relative.relative_id == member_id),
            Relative.state != "ended",
        )
        .order_by(Relative.asked_at, Relative.id)
    )
    return list(session.scalars(query))


def list_asked(session: Session, *, ledger_id: int, node: Node, limit: int = 50) -> list[Relative]:
    """List what waits for a confirmation, of members of a subtree, oldest first."""
    query = (
        sa.select(Relative)
        .join(
            Member,
            sa.and_(Member.ledger_id == Relative.ledger_id, Member.id == Relative.member_id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            Relative.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Relative.state == "asked",
            tree.within(Node.path, node),
        )
        .order_by(Relative.asked_at, Relative.id)
    )
    return list(session.scalars(query.limit(limit)))


def _find_live(session: Session, ledger_id: int, one_id: UUID, two_id: UUID) -> Relative | None:
    pair = sa.or_(
        sa.and_(Relative.member_id == one_id, Relative.relative_id == two_id),
        sa.and_(Relative.member_id == two_id, Relative.relative_id == one_id),
    )
    query = sa.select(Relative).where(
        Relative.ledger_id == ledger_id, pair, Relative.state != "ended"
    )
    return session.scalar(query.limit(1))


def _require_stranger(session: Session, found: Relative, actor: Actor) -> None:
    if actor.is_involved(found.asked_by_id):
        raise SecondPersonRequired
    for person_id in (actor.person_id, actor.on_behalf_id):
        if person_id is None:
            continue
        circle = households.circle_of(session, ledger_id=found.ledger_id, person_id=person_id)
        if circle & {found.member_id, found.relative_id}:
            raise SecondPersonRequired


def _lock(session: Session, ledger_id: int, relative_id: UUID) -> Relative:
    query = sa.select(Relative).where(Relative.ledger_id == ledger_id, Relative.id == relative_id)
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such entry")
    return found


def _audit(session: Session, found: Relative, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=found.member_id,
        relative_id=found.relative_id,
        relation=found.relation,
    )
