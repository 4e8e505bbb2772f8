"""One act in two rooms: wishes that an activity takes on, makes come true or frees (C16)."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import among, closing, plans, standing, states
from app.activities.models import Activity
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.community.models import Node
from app.service_orders import posts, wish_links, wish_listings, wishes
from app.service_orders.errors import WishStateConflict
from app.service_orders.models import Wish


def takes_wishes(activity: Activity) -> bool:
    """Whether an activity may still take wishes on: it is not over, nor called off."""
    return activity.state in states.LIVE


def link_wishes(
    session: Session,
    *,
    ledger_id: int,
    activity_id: UUID,
    wish_ids: Collection[UUID],
    actor: Actor,
) -> list[Wish]:
    """Let an activity take wishes on; the door asked whether the actor may, of each of them.

    Raises:
        NotFound: There is no such activity or wish.
        ActivityStateConflict: The activity is over: nothing would make them come true.
        OwnWish, WishStateConflict, WishPromised: As `wish_links.link`.
    """
    named: Any = {"ledger_id": ledger_id, "activity_id": activity_id}
    activity = standing.get_activity(session, **named, is_locked=True)
    states.require_state(activity, *states.LIVE)
    return wish_links.link(session, **named, wish_ids=wish_ids, actor=actor)


def free_wishes(
    session: Session,
    *,
    ledger_id: int,
    activity_id: UUID,
    wish_ids: Collection[UUID],
    require_at: Callable[[int], object],
) -> list[Wish]:
    """Free wishes from an activity, for who works at its place, or at the place of each (C16).

    Args:
        require_at: Lets pass who works at a place, by its id.

    Returns:
        The wishes that were its own, and not over.

    Raises:
        NotFound: There is no such activity or wish, or it is of a place elsewhere.
        PermissionDenied: They hold an office there, but only look.
    """
    activity = plans.get(session, ledger_id=ledger_id, activity_id=activity_id)
    try:
        require_at(activity.node_id)
    except (NotFound, PermissionDenied):
        for wish_id in wish_ids:
            require_at(wishes.get(session, ledger_id=ledger_id, wish_id=wish_id).node_id)
    return wish_links.unlink(
        session, ledger_id=ledger_id, activity_id=activity_id, wish_ids=wish_ids
    )


def fulfil_wish(session: Session, *, ledger_id: int, wish_id: UUID, actor: Actor) -> Wish:
    """Say for staff that an activity that was held made a wish come true (C16).

    Raises:
        NotFound: There is no such wish.
        WishStateConflict: No activity that was held took it on, or it is over.
        SecondPersonRequired: It is the actor's own, or of their household (A6).
    """
    wish = wishes.get(session, ledger_id=ledger_id, wish_id=wish_id)
    if wish.activity_id is None or not is_held(session, wish):
        raise WishStateConflict(state=wish.state)
    return wish_links.fulfil_linked(session, ledger_id=ledger_id, wish_id=wish_id, actor=actor)


def is_held(session: Session, wish: Wish) -> bool:
    """Whether the activity that took a wish on was held and is over."""
    if wish.activity_id is None:
        return False
    activity = plans.get(session, ledger_id=wish.ledger_id, activity_id=wish.activity_id)
    return activity.state in states.HELD


def left_by_close(session: Session, *, ledger_id: int, node: Node) -> list[Wish]:
    """List the wishes of a subtree that wait for a colleague: their activity is over (A11)."""
    found = wish_listings.promised(session, ledger_id=ledger_id, node=node)
    ids = {each.activity_id for each in found if each.activity_id is not None}
    over = {
        each.id
        for each in among.get_among(session, ledger_id=ledger_id, activity_ids=ids)
        if each.state in states.HELD
    }
    return [each for each in found if each.activity_id in over]


def rate_wish(session: Session, *, ledger_id: int, wish_id: UUID, stars: int, actor: Actor) -> Wish:
    """Write down a wisher's stars for staff; never who made it come true, nor led it (A6).

    Raises:
        NotFound, SecondPersonRequired, ValidationFailed, WishStateConflict: As
            `wishes.rate_for`.
    """
    named: Any = {"ledger_id": ledger_id, "wish_id": wish_id}
    return wishes.rate_for(
        session,
        **named,
        stars=stars,
        actor=actor,
        led_by_ids=leaders_behind(session, wishes.get(session, **named)),
    )


def is_own_work(session: Session, wish: Wish, person_id: UUID) -> bool:
    """Whether a person, or one of their household, made a wish come true: no stars from them."""
    return wishes.is_own_work(session, wish, person_id, leaders_behind(session, wish))


def leaders_behind(session: Session, wish: Wish) -> set[UUID]:
    """Return the members who lead the activity behind a wish; none without one."""
    if wish.activity_id is None:
        return set()
    activity = plans.get(session, ledger_id=wish.ledger_id, activity_id=wish.activity_id)
    return standing.leader_ids(session, activity=activity)


def close_activity(
    session: Session, *, ledger_id: int, activity_id: UUID, beneficiary_count: int, actor: Actor
) -> Activity:
    """End an activity that was held; the wishes linked to it are fulfilled with it.

    A wish of whoever closes it, or of their household, waits for a colleague (A11).

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
    wish_links.fulfil_by_activity(
        session, ledger_id=ledger_id, activity_id=activity_id, actor=actor
    )
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
    wish_links.unlink(session, ledger_id=ledger_id, activity_id=activity_id)
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
