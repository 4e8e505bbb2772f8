"""Groups of people (群体) to whom an offer may be meant, such as 新就业群体 (M1)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit
from app.people.member_locks import lock_active
from app.people.models import Member, MemberGroup
from app.people.models_group import GROUPS


def put(
    session: Session, *, ledger_id: int, group: str, member_ids: Collection[UUID], actor: Actor
) -> int:
    """Note that members belong to a group; return how many of them are new in it.

    Raises:
        ValidationFailed: There is no such group.
        NotFound, MemberNotActive: As `member_locks.lock_active`; nobody is noted then.
    """
    require_known(group)
    lock_active(session, ledger_id=ledger_id, member_ids=member_ids)
    rows = [
        {
            "ledger_id": ledger_id,
            "member_id": member_id,
            "group_code": group,
            "said_by_id": actor.person_id,
            "said_at": clock.now(),
        }
        for member_id in member_ids
    ]
    if not rows:
        return 0
    insert = insert_or_ignore(session, MemberGroup).returning(MemberGroup.member_id)
    made = list(session.scalars(insert, rows))
    for member_id in made:
        _note(session, ledger_id, member_id, "group_put", group, actor)
    return len(made)


def take_out(
    session: Session, *, ledger_id: int, group: str, member_id: UUID, actor: Actor
) -> None:
    """Note that a member belongs to a group no more; nothing happens if they did not."""
    gone = session.execute(
        sa.delete(MemberGroup)
        .where(
            MemberGroup.ledger_id == ledger_id,
            MemberGroup.member_id == member_id,
            MemberGroup.group_code == group,
        )
        .returning(MemberGroup.member_id)
    )
    if gone.all():
        _note(session, ledger_id, member_id, "group_left", group, actor)


def of_many(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID]
) -> dict[UUID, frozenset[str]]:
    """Return the groups of members, in one statement."""
    query = sa.select(MemberGroup.member_id, MemberGroup.group_code).where(
        MemberGroup.ledger_id == ledger_id, MemberGroup.member_id.in_(member_ids)
    )
    found: dict[UUID, frozenset[str]] = dict.fromkeys(member_ids, frozenset())
    for member_id, group in session.execute(query):
        found[member_id] |= {group}
    return found


def count_within(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the active members of a place and of everything below it by group."""
    query = (
        sa.select(MemberGroup.group_code, sa.func.count())
        .join(
            Member,
            sa.and_(Member.ledger_id == MemberGroup.ledger_id, Member.id == MemberGroup.member_id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            MemberGroup.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Member.state == "active",
            tree.within(Node.path, node),
        )
        .group_by(MemberGroup.group_code)
    )
    found = {group: int(count) for group, count in session.execute(query)}
    return {group: found.get(group, 0) for group in GROUPS}


def list_within(
    session: Session, *, ledger_id: int, node: Node, group: str, limit: int, offset: int = 0
) -> list[Member]:
    """List the active members of a place who belong to a group, by number.

    Raises:
        ValidationFailed: There is no such group.
    """
    require_known(group)
    query = (
        sa.select(Member)
        .join(
            MemberGroup,
            sa.and_(MemberGroup.ledger_id == Member.ledger_id, MemberGroup.member_id == Member.id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            Member.ledger_id == ledger_id,
            MemberGroup.ledger_id == ledger_id,
            MemberGroup.group_code == group,
            Member.state == "active",
            tree.within(Node.path, node),
        )
        .order_by(Member.volunteer_no, Member.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Let a kept membership belong to the groups of both, when two are merged (L13)."""
    query = sa.select(MemberGroup).where(
        MemberGroup.ledger_id == ledger_id, MemberGroup.member_id.in_((old_id, kept_id))
    )
    rows = list(session.scalars(query))
    known = {row.group_code for row in rows if row.member_id == kept_id}
    for row in rows:
        if row.member_id == old_id:
            if row.group_code not in known:
                said = {"said_by_id": row.said_by_id, "said_at": row.said_at}
                key = {"ledger_id": ledger_id, "member_id": kept_id}
                session.add(MemberGroup(**key, group_code=row.group_code, **said))
            session.delete(row)
    session.flush()


def require_known(group: str) -> None:
    """Refuse a group that is not one of `GROUPS`.

    Raises:
        ValidationFailed: It is not.
    """
    if group not in GROUPS:
        raise ValidationFailed("no such group", field="group")


def _note(
    session: Session, ledger_id: int, member_id: UUID, action: str, group: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=member_id,
        group=group,
    )
