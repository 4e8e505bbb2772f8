"""Responses: a team answers the call, and people may sign up (发起 → 响应 → 报名).

An activity opens with its first response, and only then can anybody enrol (C5).
Each activity needs one, its own team's included: planning is a wish, responding a
promise of hands. A call that nobody answers by its deadline ends as 无人响应.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import states, telling
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import Activity, ActivitySession, Enrolment, Response
from app.activities.plans import end_sessions
from app.activities.standing import get_activity
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.base.upserts import insert_for
from app.community import tree
from app.people import audit, team_members
from app.people.models import AllianceTeam, Team

NO_RESPONSE = "无人响应"


def respond(
    session: Session, *, ledger_id: int, activity_id: UUID, team_id: UUID, actor: Actor
) -> Activity:
    """Take an activity on for a team; the first response opens it.

    A team of the called alliance may respond, or any team of the community when no
    alliance is called; the planning team always may. Again changes nothing.

    Raises:
        PermissionDenied: The actor does not lead the team, or the team was not called.
        NotInTimeWindow: The deadline has passed without any response.
        ActivityStateConflict: The activity is not called or open.
        NotFound: No such activity or team.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    _require_team_leader(session, ledger_id, team_id, actor)
    states.require_state(activity, *states.COMING)
    _require_called(session, activity, team_id)
    now = clock.now()
    if activity.state == "called" and activity.respond_by_at <= now:
        raise NotInTimeWindow(closes_at=activity.respond_by_at.isoformat())
    _write(session, activity, team_id, actor, now)
    if activity.state == "called":
        activity.state = "open"
        activity.first_response_at = activity.first_response_at or now
        activity.version += 1
    _note(session, activity, team_id, actor, "activity_responded")
    return activity


def withdraw(
    session: Session, *, ledger_id: int, activity_id: UUID, team_id: UUID, actor: Actor
) -> Activity:
    """Take a team's response back; without any team left the activity is called again.

    Raises:
        ActivityStateConflict: The last team would leave people who have signed up: the
            activity is cancelled instead, so that they are told.
        NotFound: The team has not responded.
        PermissionDenied: The actor does not lead the team.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    _require_team_leader(session, ledger_id, team_id, actor)
    states.require_state(activity, "open")
    taken_back = session.execute(
        sa.update(Response)
        .where(*_of(activity), Response.team_id == team_id, Response.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
        .returning(Response.team_id)
        .execution_options(synchronize_session=False)
    )
    if taken_back.first() is None:
        raise NotFound("this team has not responded")
    if not list_live(session, ledger_id=ledger_id, activity_id=activity_id):
        states.require_nobody_came(session, activity=activity)
        _require_nobody_enrolled(session, activity)
        activity.state = "called"
        activity.version += 1
    _note(session, activity, team_id, actor, "activity_response_withdrawn")
    return activity


def list_live(session: Session, *, ledger_id: int, activity_id: UUID) -> list[Response]:
    """List the responses that stand, first one first."""
    query = (
        sa.select(Response)
        .where(
            Response.ledger_id == ledger_id,
            Response.activity_id == activity_id,
            Response.withdrawn_at.is_(None),
        )
        .order_by(Response.responded_at, Response.team_id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def close_unanswered(session: Session, *, ledger_id: int, now: datetime) -> list[UUID]:
    """End every call whose deadline has passed as 无人响应; return which (a job)."""
    ended = session.execute(
        sa.update(Activity)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.state == "called",
            Activity.respond_by_at <= now,
        )
        .values(state="no_response", ended_reason=NO_RESPONSE, version=Activity.version + 1)
        .returning(Activity.id, Activity.title, Activity.planned_by_id)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        end_sessions(session, ledger_id=ledger_id, activity_ids=[row.id for row in ended])
        telling.tell_unanswered(session, ledger_id=ledger_id, ended=ended)
    return [row.id for row in ended]


def _require_team_leader(session: Session, ledger_id: int, team_id: UUID, actor: Actor) -> None:
    if not team_members.is_leader(
        session, ledger_id=ledger_id, team_id=team_id, person_id=actor.person_id
    ):
        raise PermissionDenied("only a leader of the team responds for it")


def _of(activity: Activity) -> tuple[sa.ColumnElement[bool], ...]:
    return Response.ledger_id == activity.ledger_id, Response.activity_id == activity.id


def _require_called(session: Session, activity: Activity, team_id: UUID) -> None:
    """Refuse a team that this call does not reach (C1: the alliance is one pool)."""
    if team_id == activity.team_id:
        return
    if activity.alliance_id is not None:
        found = session.execute(
            sa.select(AllianceTeam.team_id).where(
                AllianceTeam.ledger_id == activity.ledger_id,
                AllianceTeam.alliance_id == activity.alliance_id,
                AllianceTeam.team_id == team_id,
                AllianceTeam.left_on.is_(None),
            )
        )
        if found.first() is None:
            raise PermissionDenied("this team is not of the alliance")
        return
    team = session.scalars(
        sa.select(Team).where(Team.ledger_id == activity.ledger_id, Team.id == team_id)
    ).one_or_none()
    if team is None:
        raise NotFound("no such team")
    here, there = tree.get(session, activity.node_id), tree.get(session, team.node_id)
    if not (tree.contains(here, there) or tree.contains(there, here)):
        raise PermissionDenied("this team is of another community")


def _write(
    session: Session, activity: Activity, team_id: UUID, actor: Actor, now: datetime
) -> None:
    """Insert the response, or let a withdrawn one stand again."""
    answer = {
        "responded_by_id": actor.person_id,
        "responded_at": now,
        "withdrawn_at": None,
    }
    insert = insert_for(session, Response).values(
        ledger_id=activity.ledger_id, activity_id=activity.id, team_id=team_id, **answer
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["ledger_id", "activity_id", "team_id"],
            set_=answer,
            where=Response.withdrawn_at.is_not(None),
        )
    )


def _require_nobody_enrolled(session: Session, activity: Activity) -> None:
    enrolled = session.execute(
        sa.select(Enrolment.member_id)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Enrolment.ledger_id,
                ActivitySession.id == Enrolment.session_id,
            ),
        )
        .where(
            Enrolment.ledger_id == activity.ledger_id,
            ActivitySession.activity_id == activity.id,
            Enrolment.state.in_(("enrolled", "waiting")),
        )
        .limit(1)
    )
    if enrolled.first() is not None:
        raise ActivityStateConflict("people have signed up", state=activity.state)


def _note(session: Session, activity: Activity, team_id: UUID, actor: Actor, action: str) -> None:
    session.flush()
    audit.write(
        session,
        ledger_id=activity.ledger_id,
        actor=actor,
        action=action,
        subject_kind="activity",
        subject_id=activity.id,
        team_id=team_id,
    )
