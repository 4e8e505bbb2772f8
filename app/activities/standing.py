"""Who somebody is to an activity: leader of one of its teams, staff of its place, or neither.

Doors ask roughly (`is this person a leader at all`); the rooms ask exactly here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, Response
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired
from app.community import tree
from app.people import households, roles
from app.people.models import Member, TeamMember

STAFF_ROLES = ("staff", "second_approver", "administrator")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one actor may do at one activity.

    Attributes:
        member_id: The actor's own membership in this book, if any.
    """

    person_id: UUID
    member_id: UUID | None
    is_leader: bool
    is_staff: bool

    @property
    def may_lead(self) -> bool:
        """Whether they may take people in, call the roll and confirm."""
        return self.is_leader or self.is_staff


def get_activity(
    session: Session, *, ledger_id: int, activity_id: UUID, is_locked: bool = False
) -> Activity:
    """Return the activity; locked until the transaction ends, if asked.

    Raises:
        NotFound: No such activity in this book.
    """
    query = sa.select(Activity).where(Activity.ledger_id == ledger_id, Activity.id == activity_id)
    if is_locked:
        query = query.with_for_update(key_share=True)
    activity = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if activity is None:
        raise NotFound("no such activity")
    return activity


def of(session: Session, *, activity: Any, actor: Actor) -> Standing:
    """Say who the actor is to the activity (a row with ledger_id, id, team_id, node_id)."""
    ledger_id = activity.ledger_id
    live_responses = sa.select(Response.team_id).where(
        Response.ledger_id == ledger_id,
        Response.activity_id == activity.id,
        Response.withdrawn_at.is_(None),
    )
    leads = sa.exists().where(
        TeamMember.ledger_id == ledger_id,
        TeamMember.member_id == Member.id,
        TeamMember.role == "leader",
        TeamMember.left_on.is_(None),
        sa.or_(TeamMember.team_id == activity.team_id, TeamMember.team_id.in_(live_responses)),
    )
    found = session.execute(
        sa.select(Member.id, leads.label("leads")).where(
            Member.ledger_id == ledger_id,
            Member.person_id == actor.person_id,
            Member.state == "active",
        )
    ).one_or_none()
    is_staff = is_staff_at(session, node_id=activity.node_id, actor=actor)
    is_leader = bool(found and found.leads)
    if not is_leader and not is_staff:
        is_leader = is_leader_at(session, node_id=activity.node_id, actor=actor)
    return Standing(
        person_id=actor.person_id,
        member_id=found.id if found else None,
        is_leader=is_leader,
        is_staff=is_staff,
    )


def leader_ids(session: Session, *, activity: Any) -> set[UUID]:
    """Return the members who lead the teams of an activity today."""
    live_responses = sa.select(Response.team_id).where(
        Response.ledger_id == activity.ledger_id,
        Response.activity_id == activity.id,
        Response.withdrawn_at.is_(None),
    )
    leads = sa.select(TeamMember.member_id).where(
        TeamMember.ledger_id == activity.ledger_id,
        TeamMember.role == "leader",
        TeamMember.left_on.is_(None),
        sa.or_(TeamMember.team_id == activity.team_id, TeamMember.team_id.in_(live_responses)),
    )
    return set(session.scalars(leads))


def is_staff_at(session: Session, *, node_id: int, actor: Actor) -> bool:
    """Whether the actor is staff of the place or of one above it; the system's jobs are."""
    if actor.person_id == SYSTEM.person_id:
        return True
    node = tree.get(session, node_id)
    return roles.has(session, person_id=actor.person_id, roles=STAFF_ROLES, node=node)


def is_leader_at(session: Session, *, node_id: int, actor: Actor) -> bool:
    """Whether the actor was granted the role of a leader for the place or one above it."""
    node = tree.get(session, node_id)
    return roles.has(session, person_id=actor.person_id, roles=("leader",), node=node)


def require_lead(session: Session, *, activity: Any, actor: Actor) -> Standing:
    """Return the actor's standing if they lead the activity or are its staff.

    Raises:
        PermissionDenied: They are neither.
    """
    standing = of(session, activity=activity, actor=actor)
    if not standing.may_lead:
        raise PermissionDenied("only a leader of the activity or its staff")
    return standing


def require_staff(session: Session, *, activity: Any, actor: Actor) -> None:
    """Refuse whoever is not staff of the activity's place.

    Raises:
        PermissionDenied: They are not.
    """
    if not is_staff_at(session, node_id=activity.node_id, actor=actor):
        raise PermissionDenied("only staff of this place")


def own_circle(session: Session, *, ledger_id: int, actor: Actor) -> set[UUID]:
    """Return whom the actor never decides on: themselves, whom they act for, households (D23)."""
    persons = {actor.person_id, actor.on_behalf_id} - {None, SYSTEM.person_id}
    circle: set[UUID] = set()
    for person_id in persons:
        assert person_id is not None
        circle |= households.circle_of(session, ledger_id=ledger_id, person_id=person_id)
    return circle


def require_outside_circle(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID], actor: Actor
) -> None:
    """Refuse an act upon oneself or one's household (D23, A6).

    Raises:
        SecondPersonRequired: One of the members is the actor or lives with them.
    """
    if own_circle(session, ledger_id=ledger_id, actor=actor).intersection(member_ids):
        raise SecondPersonRequired("not for yourself or your household")
