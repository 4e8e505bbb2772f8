"""Roles: granted at a node, valid in its subtree, until revoked or run out.

Nobody grants a role to themselves. Staff grant volunteer, leader and clerk;
an administrator grants every role; both only inside their own subtree. The
operator at the machine (`SYSTEM`) may grant anything.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.community.node_rows import path_ids
from app.people import audit, inbox, sessions
from app.people.models import RoleGrant
from app.people.models_person import ROLES

OFFICE_ROLES = ("staff", "second_approver", "auditor", "administrator")
GRANTORS = {
    **dict.fromkeys(OFFICE_ROLES, ("administrator",)),
    **dict.fromkeys(("volunteer", "leader", "clerk"), ("staff", "administrator")),
}
"""Who may grant and revoke which role."""


class Stay(NamedTuple):
    """How long a session may lie idle, and how long it may last at most."""

    idle_minutes: int
    lasts: timedelta


FIELD_STAY = Stay(30 * 24 * 60, timedelta(days=180))
CLERK_STAY = Stay(10, timedelta(hours=12))
OFFICE_STAY = Stay(30, timedelta(hours=12))


def rank(role: str) -> int:
    """Return how far a role reaches: 0 volunteer … 6 administrator."""
    return ROLES.index(role)


def stay_of(roles: Collection[str]) -> Stay:
    """Return the session times of a person, chosen by the strongest role (D48)."""
    if any(role in OFFICE_ROLES for role in roles):
        return OFFICE_STAY
    return CLERK_STAY if "clerk" in roles else FIELD_STAY


def grant(
    session: Session,
    *,
    person_id: UUID,
    node_id: int,
    role: str,
    actor: Actor,
    until_on: date | None = None,
) -> RoleGrant:
    """Grant a role at a node and below; the same grant again returns the one that stands.

    Another `until_on` (last valid Shanghai date) ends the old grant and makes a new one.

    Raises:
        SecondPersonRequired: The actor would grant it to themselves.
        PermissionDenied: The actor's own roles do not reach this far.
        NotFound: There is no such node.
        ValidationFailed: No such role, or `until_on` has passed.
    """
    if role not in ROLES:
        raise ValidationFailed(f"no role {role!r}", field="role", reason="unknown")
    if until_on is not None and until_on < clock.today():
        raise ValidationFailed("this day has passed", field="until_on", reason="past")
    node = _require_grantor(session, person_id=person_id, node_id=node_id, role=role, actor=actor)
    standing = _find_live(session, person_id=person_id, node_id=node_id, role=role)
    if standing is not None:
        if standing.until_on == until_on:
            return standing
        standing.revoked_at = clock.now()
        session.flush()
    granted = _insert(session, person_id, node_id, role, actor, until_on)
    if role == "clerk" or role in OFFICE_ROLES:
        stay = stay_of([role])
        sessions.shorten(
            session, person_id=person_id, idle_minutes=stay.idle_minutes, lasts=stay.lasts
        )
    _write_audit(session, "role_granted", granted, node, actor)
    return granted


def revoke(
    session: Session, *, person_id: UUID, node_id: int, role: str, actor: Actor
) -> RoleGrant:
    """End a role at exactly this node. The person's next request no longer has it.

    Raises:
        NotFound: No such grant is live.
        PermissionDenied: The actor's own roles do not reach this far; giving up one's
            own role needs no permission.
    """
    if person_id != actor.person_id:
        node = _require_grantor(
            session, person_id=person_id, node_id=node_id, role=role, actor=actor
        )
    else:
        node = tree.get(session, node_id)
    standing = _find_live(session, person_id=person_id, node_id=node_id, role=role)
    if standing is None:
        raise NotFound("no such grant is live")
    standing.revoked_at = clock.now()
    session.flush()
    _write_audit(session, "role_revoked", standing, node, actor)
    return standing


def tell(session: Session, *, ledger_id: int, member_id: UUID, granted: RoleGrant) -> None:
    """Tell a member, in one of their books, of a role that they got or lost."""
    topic = "role_granted" if granted.revoked_at is None else "role_revoked"
    place = tree.get(session, granted.node_id).short_name
    note = inbox.Note(
        member_id,
        topic,
        {"role": granted.role, "place": place},
        natural_key=f"{topic}:{granted.id}",
    )
    inbox.tell(session, ledger_id=ledger_id, notes=[note])


def has(session: Session, *, person_id: UUID, roles: str | Collection[str], node: Node) -> bool:
    """Whether the person holds one of the roles at this node or above it, today."""
    wanted = [roles] if isinstance(roles, str) else list(roles)
    found = session.execute(
        sa.select(RoleGrant.role)
        .where(RoleGrant.role.in_(wanted), RoleGrant.node_id.in_(path_ids(node.path)))
        .where(*_valid_of(person_id))
        .limit(1)
    )
    return found.first() is not None


def list_of(session: Session, *, person_id: UUID) -> list[RoleGrant]:
    """List the roles a person holds today, strongest first."""
    grants = session.scalars(sa.select(RoleGrant).where(*_valid_of(person_id)))
    return sorted(grants, key=lambda each: (-rank(each.role), each.node_id))


def nodes_of(session: Session, *, person_id: UUID, roles: str | Collection[str]) -> list[Node]:
    """List the nodes at which the person holds one of the roles today, highest first."""
    wanted = [roles] if isinstance(roles, str) else list(roles)
    held = sa.select(RoleGrant.node_id).where(*_valid_of(person_id), RoleGrant.role.in_(wanted))
    return list(
        session.scalars(sa.select(Node).where(Node.id.in_(held)).order_by(Node.depth, Node.path))
    )


def _require_grantor(
    session: Session, *, person_id: UUID, node_id: int, role: str, actor: Actor
) -> Node:
    if actor.is_involved(person_id):
        raise SecondPersonRequired("nobody grants a role to themselves")
    node = tree.get(session, node_id)
    if actor.person_id != SYSTEM.person_id and not has(
        session, person_id=actor.person_id, roles=GRANTORS.get(role, ()), node=node
    ):
        raise PermissionDenied("this role is not yours to give here", role=role)
    return node


def _find_live(session: Session, *, person_id: UUID, node_id: int, role: str) -> RoleGrant | None:
    return session.scalars(
        sa.select(RoleGrant)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.node_id == node_id,
            RoleGrant.role == role,
            RoleGrant.revoked_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _insert(
    session: Session,
    person_id: UUID,
    node_id: int,
    role: str,
    actor: Actor,
    until_on: date | None,
) -> RoleGrant:
    """Insert the grant, or return the one that somebody granted at the same moment."""
    session.execute(
        insert_or_ignore(session, RoleGrant).values(
            person_id=person_id,
            id=new_id(),
            node_id=node_id,
            role=role,
            granted_by_id=actor.person_id,
            granted_at=clock.now(),
            until_on=until_on,
        )
    )
    granted = _find_live(session, person_id=person_id, node_id=node_id, role=role)
    assert granted is not None, "a live grant was just written"
    return granted


def _valid_of(person_id: UUID) -> Sequence[sa.ColumnElement[bool]]:
    return (
        RoleGrant.person_id == person_id,
        RoleGrant.revoked_at.is_(None),
        sa.or_(RoleGrant.until_on.is_(None), RoleGrant.until_on >= clock.today()),
    )


def _write_audit(
    session: Session, action: str, granted: RoleGrant, node: Node, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action=action,
        subject_kind="person",
        subject_id=granted.person_id,
        role=granted.role,
        node_code=node.code,
        until_on=granted.until_on,
    )
