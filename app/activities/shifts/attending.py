"""How one attends an activity: by the screen, by a route of checkpoints, at a resident's home."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models_shift import WAYS, Attending, Checkpoint
from app.activities.wording import clean
from app.base.errors import ValidationFailed

if TYPE_CHECKING:
    from app.activities.plan_rules import Plan

CHECKPOINT_COUNT_MIN = 2
CHECKPOINT_COUNT_MAX = 20
CHECKPOINT_NAME_MAX = 40


def check(plan: "Plan") -> None:
    """Refuse a way that is none, or a route that is no route (C13).

    Raises:
        ValidationFailed: Fact `field` says where.
    """
    if plan.way not in WAYS:
        raise ValidationFailed("by the screen, a route or a visit", field="way")
    if plan.way != "route":
        if plan.checkpoints:
            raise ValidationFailed("only a route has checkpoints", field="checkpoints")
        return
    names = [_name(each) for each in plan.checkpoints]
    if not CHECKPOINT_COUNT_MIN <= len(names) <= CHECKPOINT_COUNT_MAX:
        raise ValidationFailed("a route has 2 to 20 checkpoints", field="checkpoints")
    if len(set(names)) != len(names):
        raise ValidationFailed("a checkpoint is named twice", field="checkpoints")
    if not CHECKPOINT_COUNT_MIN <= plan.checkpoint_min_count <= len(names):
        raise ValidationFailed("no more than there are", field="checkpoint_min_count")


def write(session: Session, *, ledger_id: int, activity_id: UUID, plan: "Plan") -> None:
    """Write down how one attends, in place of what stood there."""
    for model in (Attending, Checkpoint):
        session.execute(
            sa.delete(model).where(model.ledger_id == ledger_id, model.activity_id == activity_id)
        )
    if plan.way == "screen" and not plan.needs_log:
        return
    is_route = plan.way == "route"
    session.add(
        Attending(
            ledger_id=ledger_id,
            activity_id=activity_id,
            way=plan.way,
            checkpoint_min_count=plan.checkpoint_min_count if is_route else None,
            needs_log=plan.needs_log,
        )
    )
    session.add_all(
        Checkpoint(ledger_id=ledger_id, activity_id=activity_id, ordinal=nth, name=_name(each))
        for nth, each in enumerate(plan.checkpoints, start=1)
    )
    session.flush()


def find(session: Session, *, ledger_id: int, activity_id: UUID) -> Attending | None:
    """Return how one attends the activity; None: by the screen's code alone."""
    return session.scalars(
        sa.select(Attending)
        .where(Attending.ledger_id == ledger_id, Attending.activity_id == activity_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def way_of(session: Session, *, ledger_id: int, activity_id: UUID) -> str:
    """Return the way one attends the activity: screen, route or visit."""
    found = find(session, ledger_id=ledger_id, activity_id=activity_id)
    return found.way if found else "screen"


def list_checkpoints(
    session: Session, *, ledger_id: int, activity_id: UUID
) -> Sequence[Checkpoint]:
    """List the checkpoints of a route in the order in which they are walked."""
    return session.scalars(
        sa.select(Checkpoint)
        .where(Checkpoint.ledger_id == ledger_id, Checkpoint.activity_id == activity_id)
        .order_by(Checkpoint.ordinal)
        .execution_options(populate_existing=True)
    ).all()


def _name(text: str) -> str:
    return clean(text, field="checkpoints", length_max=CHECKPOINT_NAME_MAX)
