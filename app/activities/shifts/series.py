"""Series: one plan that is held again each day, week or month, as activities of their own (C32).

Each has its date, its number, its poster and its codes; they are handed in, approved and
answered together, and each may be called off alone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import plans, responses
from app.activities.models import Activity
from app.activities.models_shift import SeriesPart
from app.activities.plan_rules import Plan
from app.activities.shifts import repeats
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id

PART_COUNT_MIN = 2
PART_COUNT_MAX = 31


def draft(
    session: Session, *, ledger_id: int, plan: Plan, every: str, count: int, actor: Actor
) -> list[Activity]:
    """Keep a plan `count` times, each a day, a week or a month after the other.

    Raises:
        ValidationFailed: Fewer than 2 or more than 31 times, or as for a plan.
        PermissionDenied, NotFound: As `plans.draft`.
    """
    if not PART_COUNT_MIN <= count <= PART_COUNT_MAX:
        raise ValidationFailed("2 to 31 times", field="turn_count")
    series_id = new_id()
    made = []
    for nth in range(count):
        each = replace(plan, sessions=repeats.turn(plan.sessions, every=every, nth=nth))
        activity = plans.draft(session, ledger_id=ledger_id, plan=each, actor=actor)
        part = SeriesPart(
            ledger_id=ledger_id, activity_id=activity.id, series_id=series_id, ordinal=nth + 1
        )
        session.add(part)
        made.append(activity)
    session.flush()
    return made


def list_of(session: Session, *, ledger_id: int, activity_id: UUID) -> list[Activity]:
    """List the series that an activity belongs to, in order; empty if it stands alone."""
    own = (
        sa.select(SeriesPart.series_id)
        .where(SeriesPart.ledger_id == ledger_id, SeriesPart.activity_id == activity_id)
        .scalar_subquery()
    )
    query = (
        sa.select(Activity)
        .join(
            SeriesPart,
            sa.and_(
                SeriesPart.ledger_id == Activity.ledger_id, SeriesPart.activity_id == Activity.id
            ),
        )
        .where(Activity.ledger_id == ledger_id, SeriesPart.series_id == own)
        .order_by(SeriesPart.ordinal)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def submit(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> list[Activity]:
    """Hand in every draft of a series.

    Raises:
        NotFound: The activity is of no series, or no draft of it is left.
        As `plans.submit`.
    """
    return _each(session, ledger_id, activity_id, "draft", plans.submit, actor=actor)


def approve(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> list[Activity]:
    """Approve every submitted activity of a series (D20).

    Raises:
        NotFound: The activity is of no series, or nothing of it waits.
        As `plans.approve`.
    """
    return _each(session, ledger_id, activity_id, "submitted", plans.approve, actor=actor)


def respond(
    session: Session, *, ledger_id: int, activity_id: UUID, team_id: UUID, actor: Actor
) -> list[Activity]:
    """Take every called activity of a series on for a team (C5).

    Raises:
        NotFound: The activity is of no series, or none of it is called.
        As `responses.respond`.
    """
    return _each(
        session, ledger_id, activity_id, "called", responses.respond, team_id=team_id, actor=actor
    )


def _each(
    session: Session,
    ledger_id: int,
    activity_id: UUID,
    state: str,
    step: Callable[..., Activity],
    **asked: Any,
) -> list[Activity]:
    parts = list_of(session, ledger_id=ledger_id, activity_id=activity_id)
    due = [each.id for each in parts if each.state == state]
    if not due:
        raise NotFound("nothing of this series waits for that")
    return [step(session, ledger_id=ledger_id, activity_id=each, **asked) for each in due]
