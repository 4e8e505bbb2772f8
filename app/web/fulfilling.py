"""One act in two rooms: an activity ends, and its wishes come true or are free again (C16)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import closing, plans
from app.activities.models import Activity
from app.base.actors import Actor
from app.service_orders import posts, wishes


def close_activity(
    session: Session, *, ledger_id: int, activity_id: UUID, beneficiary_count: int, actor: Actor
) -> Activity:
    """End an activity that was held; the wishes linked to it are fulfilled with it.

    Raises:
        NotFound, PermissionDenied, ActivityStateConflict, NotInTimeWindow, ValidationFailed: As
            `closing.close`; then no wish has changed either.
    """
    ended = closing.close(
        session,
        ledger_id=ledger_id,
        activity_id=activity_id,
        beneficiary_count=beneficiary_count,
        actor=actor,
    )
    wishes.fulfil_by_activity(session, ledger_id=ledger_id, activity_id=activity_id)
    return ended


def cancel_activity(
    session: Session, *, ledger_id: int, activity_id: UUID, reason: str, actor: Actor
) -> Activity:
    """Call an activity off; the wishes it took on are free for others (C16).

    Raises:
        NotFound, PermissionDenied, ActivityStateConflict, ValidationFailed: As `plans.cancel`;
            then no wish has changed either.
    """
    ended = plans.cancel(
        session, ledger_id=ledger_id, activity_id=activity_id, reason=reason, actor=actor
    )
    wishes.unlink(session, ledger_id=ledger_id, activity_id=activity_id)
    return ended


def place_of(session: Session, *, ledger_id: int, kind: str, subject_id: UUID) -> int:
    """Return the place of a thing that a campaign may count: a wish, a post, an activity.

    Raises:
        NotFound: There is none.
    """
    if kind == "wish":
        return wishes.get(session, ledger_id=ledger_id, wish_id=subject_id).node_id
    if kind == "post":
        return posts.get(session, ledger_id=ledger_id, post_id=subject_id).node_id
    return plans.get(session, ledger_id=ledger_id, activity_id=subject_id).node_id
