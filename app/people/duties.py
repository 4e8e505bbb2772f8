"""Duties (志愿岗位身份): given at a place, ended, asked for by other doors (O8, O10, T27, S9).

A duty opens no door of the desk. It says what its holder may do here, and whether they are
paid for it: who is paid on duty earns nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, members
from app.people.errors import DutyTaken
from app.people.member_locks import lock_active
from app.people.models import Duty, DutyKind, Member


@dataclass(frozen=True, slots=True)
class Held:
    """A duty with its kind, its holder and its place."""

    duty: Duty
    kind: DutyKind
    member: Member
    node: Node


def kinds(session: Session) -> list[DutyKind]:
    """List every kind of duty, in the order people speak of them."""
    return list(session.scalars(sa.select(DutyKind).order_by(DutyKind.ordinal)))


def kind(session: Session, code: str) -> DutyKind:
    """Return a kind of duty.

    Raises:
        NotFound: There is none of this code.
    """
    found = session.get(DutyKind, code)
    if found is None:
        raise NotFound("no such kind of duty")
    return found


def give(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    node: Node,
    kind_code: str,
    is_paid: bool = False,
    actor: Actor,
) -> Duty:
    """Give a member a duty at a place; the same one again returns the one that stands.

    Args:
        is_paid: Asked only of kinds whose holders may be paid or not.

    Raises:
        NotFound: No such kind, or no such member.
        MemberNotActive: The membership is not active.
        SecondPersonRequired: Nobody gives themselves a duty.
        ValidationFailed: The kind is held at another kind of place.
        DutyTaken: The place has a holder of this kind, and may have one only (O8).
    """
    given = give_many(
        session,
        ledger_id=ledger_id,
        member_ids=[member_id],
        node=node,
        kind_code=kind_code,
        is_paid=is_paid,
        actor=actor,
    )
    return given[0]


def give_many(
    session: Session,
    *,
    ledger_id: int,
    member_ids: Sequence[UUID],
    node: Node,
    kind_code: str,
    is_paid: bool = False,
    actor: Actor,
) -> list[Duty]:
    """Give many members one duty at a place, all or none; raises as `give`."""
    what = kind(session, kind_code)
    if what.place_kind is not None and node.kind_code != what.place_kind:
        raise ValidationFailed("this duty is held elsewhere", field="node_code", reason="kind")
    lock_active(session, ledger_id=ledger_id, member_ids=member_ids)
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=member_ids)
    if any(actor.is_involved(each.person_id) for each in whose.values()):
        raise SecondPersonRequired("nobody gives themselves a duty")
    rows = [
        {
            "ledger_id": ledger_id,
            "id": new_id(),
            "member_id": member_id,
            "node_id": node.id,
            "kind_code": kind_code,
            "is_paid": {"never": False, "always": True}.get(what.pay, is_paid),
            "is_single": what.is_single,
            "begun_on": clock.today(),
            "given_by_id": actor.person_id,
        }
        for member_id in dict.fromkeys(member_ids)
    ]
    insert = insert_or_ignore(session, Duty.__table__).returning(Duty.id)
    made = set(session.scalars(insert, rows))
    standing = _live(session, ledger_id, node, kind_code)
    if any(row["member_id"] not in standing for row in rows):
        raise DutyTaken(duty=kind_code)
    acts = [
        audit.Act("duty_given", "member", each.member_id, {"kind": kind_code, "node": node.code})
        for each in standing.values()
        if each.id in made
    ]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    return [standing[member_id] for member_id in dict.fromkeys(member_ids)]


def end(session: Session, *, ledger_id: int, duty_id: UUID, actor: Actor) -> Duty:
    """End a duty today; what was done in it stays as it is.

    Raises:
        NotFound: There is none, or it has ended.
    """
    duty = get(session, ledger_id=ledger_id, duty_id=duty_id, is_locked=True)
    if duty.ended_on is not None:
        raise NotFound("this duty has ended")
    duty.ended_on, duty.ended_by_id = clock.today(), actor.person_id
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="duty_ended",
        subject_kind="member",
        subject_id=duty.member_id,
        kind=duty.kind_code,
    )
    return duty


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Let a merged membership's duties be the kept one's, where that holds no such one (L13)."""
    own = list_of_member(session, ledger_id=ledger_id, member_id=kept_id)
    held = {(each.duty.node_id, each.kind.code) for each in own}
    for each in list_of_member(session, ledger_id=ledger_id, member_id=old_id):
        if (each.duty.node_id, each.kind.code) in held:
            each.duty.ended_on = clock.today()
        else:
            each.duty.member_id = kept_id
    session.flush()


def get(session: Session, *, ledger_id: int, duty_id: UUID, is_locked: bool = False) -> Duty:
    """Return a duty of the book.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(Duty).where(Duty.ledger_id == ledger_id, Duty.id == duty_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("no such duty")
    return found


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    kind_code: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Held]:
    """List the duties held at a place and below it, by kind and place."""
    query = _held(ledger_id).where(tree.within(Node.path, node))
    if kind_code is not None:
        query = query.where(Duty.kind_code == kind_code)
    ordered = query.order_by(DutyKind.ordinal, Node.path, Member.volunteer_no)
    return [Held(*row) for row in session.execute(ordered.limit(limit).offset(offset))]


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Held]:
    """List the duties that a member holds today."""
    query = _held(ledger_id).where(Duty.member_id == member_id)
    return [Held(*row) for row in session.execute(query.order_by(DutyKind.ordinal, Node.path))]


def list_to(session: Session, *, ledger_id: int, member_id: UUID, act: str) -> list[Held]:
    """List the duties by which a member does this today; `act` is one of `ACTS`."""
    held = list_of_member(session, ledger_id=ledger_id, member_id=member_id)
    return [each for each in held if act in each.kind.acts]


def acts_of(session: Session, *, ledger_id: int, member_id: UUID) -> set[str]:
    """Return all that a member may do by duty today, in one statement."""
    held = list_of_member(session, ledger_id=ledger_id, member_id=member_id)
    return {act for each in held for act in each.kind.acts}


def places_to(session: Session, *, ledger_id: int, member_id: UUID, act: str) -> list[Node]:
    """List where a member does this by duty, each place once."""
    held = list_to(session, ledger_id=ledger_id, member_id=member_id, act=act)
    return list({each.node.id: each.node for each in held}.values())


def may(
    session: Session, *, ledger_id: int, member_id: UUID, act: str, node: Node | None = None
) -> bool:
    """Whether a member holds a duty that may do this, at the place or above it if one is named."""
    held = list_to(session, ledger_id=ledger_id, member_id=member_id, act=act)
    return any(node is None or tree.contains(each.node, node) for each in held)


def counts(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the holders of each kind at a place and below it: distinct people (T27, S9)."""
    query = (
        sa.select(Duty.kind_code, sa.func.count(sa.distinct(Duty.member_id)))
        .join(Node, Node.id == Duty.node_id)
        .where(*_counted(ledger_id, node))
        .group_by(Duty.kind_code)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_people(session: Session, *, ledger_id: int, node: Node) -> int:
    """Count everybody with a duty at a place and below it, once; no sum of `counts`."""
    query = (
        sa.select(sa.func.count(sa.distinct(Duty.member_id)))
        .join(Node, Node.id == Duty.node_id)
        .where(*_counted(ledger_id, node))
    )
    return session.scalar(query) or 0


def _counted(ledger_id: int, node: Node) -> tuple[sa.ColumnElement[bool], ...]:
    return (Duty.ledger_id == ledger_id, Duty.ended_on.is_(None), tree.within(Node.path, node))


def _live(session: Session, ledger_id: int, node: Node, kind_code: str) -> dict[UUID, Duty]:
    query = sa.select(Duty).where(
        Duty.ledger_id == ledger_id,
        Duty.node_id == node.id,
        Duty.kind_code == kind_code,
        Duty.ended_on.is_(None),
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.member_id: each for each in found}


def _held(ledger_id: int) -> sa.Select[Duty, DutyKind, Member, Node]:
    return (
        sa.select(Duty, DutyKind, Member, Node)
        .join(DutyKind, DutyKind.code == Duty.kind_code)
        .join(Member, sa.and_(Member.ledger_id == Duty.ledger_id, Member.id == Duty.member_id))
        .join(Node, Node.id == Duty.node_id)
        .where(Duty.ledger_id == ledger_id, Member.ledger_id == ledger_id, Duty.ended_on.is_(None))
    )
