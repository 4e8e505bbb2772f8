"""Plans: draft, submit, approve, refuse, cancel (草稿 → 待批 → 发起).

An activity becomes visible only when somebody other than its planner has approved
it, before it starts (D20). Each step is one conditional update: of two people who
decide at once, one wins and the other hears the new state.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import plan_rows, plan_rules, states, telling
from app.activities.models import Activity, ActivitySession, Organiser
from app.activities.plan_rules import Plan
from app.activities.standing import get_activity
from app.activities.terms import RESPOND_WITHIN
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, VersionStale
from app.community import settings, tree
from app.people import audit


def draft(session: Session, *, ledger_id: int, plan: Plan, actor: Actor) -> Activity:
    """Keep a new plan, for nobody but its planners to see (草稿).

    Raises:
        PermissionDenied: The actor neither leads the planning team nor is staff here.
        ValidationFailed: A value is outside what D20 allows; fact `field`.
        NotFound: No such place or category.
    """
    plan_rules.check(session, ledger_id=ledger_id, plan=plan)
    _may_plan(session, ledger_id, plan, actor)
    activity = Activity(
        ledger_id=ledger_id,
        number=plan_rows.number(session, ledger_id),
        state="draft",
        planned_by_id=actor.person_id,
        planned_at=clock.now(),
        version=1,
        **plan_rows.values(plan),
    )
    session.add(activity)
    session.flush()
    plan_rows.write_parts(session, activity, plan)
    _note(session, activity, actor, "activity_drafted")
    return activity


def edit(
    session: Session,
    *,
    ledger_id: int,
    activity_id: UUID,
    version: int,
    plan: Plan,
    actor: Actor,
) -> Activity:
    """Replace a draft's content; `version` is the one that was read.

    Raises:
        VersionStale: Somebody changed the draft since.
        ActivityStateConflict: It is no draft any more.
        PermissionDenied, ValidationFailed, NotFound: As for `draft`.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    _may_plan(session, ledger_id, activity, actor)
    _may_plan(session, ledger_id, plan, actor)
    states.require_state(activity, "draft")
    if activity.version != version:
        raise VersionStale(version=activity.version)
    plan_rules.check(session, ledger_id=ledger_id, plan=plan)
    for name, value in plan_rows.values(plan).items():
        setattr(activity, name, value)
    activity.version += 1
    for model in (ActivitySession, Organiser):
        session.execute(
            sa.delete(model).where(model.ledger_id == ledger_id, model.activity_id == activity_id)
        )
    session.flush()
    plan_rows.write_parts(session, activity, plan)
    _note(session, activity, actor, "activity_edited")
    return activity


def submit(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> Activity:
    """Hand a draft to staff for approval (待批).

    Raises:
        NotInTimeWindow: A session has begun already: plan again for the future (D20).
        ActivityStateConflict: It is no draft.
        PermissionDenied: The actor is not one of its planners.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    _may_plan(session, ledger_id, activity, actor)
    states.require_state(activity, "draft")
    states.require_before_start(session, activity=activity)
    activity.state = "submitted"
    activity.submitted_at = clock.now()
    activity.version += 1
    _note(session, activity, actor, "activity_submitted")
    return activity


def approve(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> Activity:
    """Approve a submitted plan and call for teams (发起), before it starts (D20).

    Raises:
        SecondPersonRequired: The actor planned it.
        NotInTimeWindow: It has started already.
        ActivityStateConflict: It is not submitted.
        PermissionDenied: The actor is not staff of its place.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    states.require_decider(session, activity=activity, actor=actor)
    first_starts_at = states.require_before_start(session, activity=activity)
    node = tree.get(session, activity.node_id)
    hours = settings.read(session, node, RESPOND_WITHIN)[RESPOND_WITHIN]
    now = clock.now()
    activity.state = "called"
    activity.approved_by_id = actor.person_id
    activity.approved_at = now
    activity.respond_by_at = min(now + timedelta(hours=hours), first_starts_at)
    activity.version += 1
    telling.tell_planner(
        session, activity=activity, topic="plan_approved", respond_by_at=activity.respond_by_at
    )
    _note(session, activity, actor, "activity_approved")
    return activity


def refuse(
    session: Session, *, ledger_id: int, activity_id: UUID, reason: str, actor: Actor
) -> Activity:
    """Refuse a submitted plan (未批准), with the reason.

    Raises:
        SecondPersonRequired, ActivityStateConflict, PermissionDenied: As for `approve`.
        ValidationFailed: There is no reason.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    states.require_decider(session, activity=activity, actor=actor)
    activity.ended_reason = states.require_reason(reason)
    activity.state = "refused"
    activity.version += 1
    end_sessions(session, ledger_id=ledger_id, activity_ids=[activity.id])
    telling.tell_planner(
        session, activity=activity, topic="plan_refused", reason=activity.ended_reason
    )
    _note(session, activity, actor, "activity_refused")
    return activity


def cancel(
    session: Session, *, ledger_id: int, activity_id: UUID, reason: str, actor: Actor
) -> Activity:
    """Call an activity off, with the reason, and tell everybody who signed up.

    Raises:
        ActivityStateConflict: It is over, or somebody has been there already.
        PermissionDenied: The actor is not one of its planners.
        ValidationFailed: There is no reason.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    _may_plan(session, ledger_id, activity, actor)
    states.require_state(activity, *states.LIVE)
    states.require_nobody_came(session, activity=activity)
    activity.ended_reason = states.require_reason(reason)
    activity.state = "cancelled"
    activity.version += 1
    # Sign-ups lock the session's row: whoever signed up before this update is seen after it.
    end_sessions(session, ledger_id=ledger_id, activity_ids=[activity.id])
    telling.tell_cancelled(session, activity=activity, reason=activity.ended_reason)
    _note(session, activity, actor, "activity_cancelled")
    return activity


def get(session: Session, *, ledger_id: int, activity_id: UUID) -> Activity:
    """Return an activity of the book.

    Raises:
        NotFound: There is none.
    """
    return get_activity(session, ledger_id=ledger_id, activity_id=activity_id)


def get_session(session: Session, *, ledger_id: int, session_id: UUID) -> ActivitySession:
    """Return a session of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.scalars(
        sa.select(ActivitySession)
        .where(ActivitySession.ledger_id == ledger_id, ActivitySession.id == session_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("no such session")
    return found


def list_sessions(session: Session, *, ledger_id: int, activity_id: UUID) -> list[ActivitySession]:
    """List an activity's sessions in order."""
    return list(
        session.scalars(
            sa.select(ActivitySession)
            .where(
                ActivitySession.ledger_id == ledger_id,
                ActivitySession.activity_id == activity_id,
            )
            .order_by(ActivitySession.ordinal)
        )
    )


def _may_plan(session: Session, ledger_id: int, plan: Plan | Activity, actor: Actor) -> None:
    states.require_planner(
        session, ledger_id=ledger_id, team_id=plan.team_id, node_id=plan.node_id, actor=actor
    )


def end_sessions(session: Session, *, ledger_id: int, activity_ids: Sequence[UUID]) -> None:
    """Mark every session of activities that will not be held as cancelled."""
    session.execute(
        sa.update(ActivitySession)
        .where(
            ActivitySession.ledger_id == ledger_id,
            ActivitySession.activity_id.in_(activity_ids),
            ActivitySession.state == "planned",
        )
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )


def _note(session: Session, activity: Activity, actor: Actor, action: str) -> None:
    session.flush()
    audit.write(
        session,
        ledger_id=activity.ledger_id,
        actor=actor,
        action=action,
        subject_kind="activity",
        subject_id=activity.id,
        number=activity.number,
    )
