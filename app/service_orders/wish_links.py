"""Wishes that an activity is to fulfil: linked, freed, come true at its close (C16, A11).

Nobody takes on, or says that there came true, a wish of their own or of their household:
such a wish stays as it is when the activity closes, and a colleague decides.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import SecondPersonRequired
from app.people import households
from app.service_orders import news, wishes
from app.service_orders.errors import OwnWish, WishPromised, WishStateConflict
from app.service_orders.models import Wish
from app.service_orders.models_claim import WAITING_WISHES


def link(
    session: Session,
    *,
    ledger_id: int,
    wish_ids: Collection[UUID],
    activity_id: UUID,
    actor: Actor,
) -> list[Wish]:
    """Name the activity that is to fulfil open or claimed wishes; the door asked if it is live.

    Raises:
        NotFound: A wish is not there.
        OwnWish: One is the actor's, or of their household (A11).
        WishStateConflict: A wish is over.
        WishPromised: Another activity took one on; it is freed there first.
    """
    circle = _circle(session, ledger_id, actor)
    found = [
        wishes.get(session, ledger_id=ledger_id, wish_id=each, is_locked=True)
        for each in sorted(set(wish_ids))
    ]
    for wish in found:
        if wish.wisher_id in circle:
            raise OwnWish
        wishes.require_state(wish, *WAITING_WISHES)
        if wish.activity_id not in (None, activity_id):
            raise WishPromised(number=wish.number)
        wish.activity_id = activity_id
    session.flush()
    return found


def unlink(
    session: Session, *, ledger_id: int, activity_id: UUID, wish_ids: Collection[UUID] | None = None
) -> list[Wish]:
    """Free wishes from an activity that does not fulfil them, all or some; return those."""
    found = _waiting(session, ledger_id, activity_id)
    freed = [each for each in found if wish_ids is None or each.id in wish_ids]
    for wish in freed:
        wish.activity_id = None
    session.flush()
    return freed


def fulfil_by_activity(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> int:
    """Mark the wishes of a finished activity as fulfilled; return how many (C16).

    Those of whoever closes it, or of their household, wait for a colleague (`fulfil_linked`).
    """
    circle = _circle(session, ledger_id, actor)
    found = _waiting(session, ledger_id, activity_id)
    fulfilled = [each for each in found if each.wisher_id not in circle]
    for wish in fulfilled:
        _fulfil(session, wish, actor)
    return len(fulfilled)


def fulfil_linked(session: Session, *, ledger_id: int, wish_id: UUID, actor: Actor) -> Wish:
    """Say for staff that an activity that is over made a wish come true; the door asked for both.

    Raises:
        NotFound: No such wish.
        WishStateConflict: No activity took it on, or it is over.
        SecondPersonRequired: It is the actor's own, or of their household (A6).
    """
    wish = wishes.get(session, ledger_id=ledger_id, wish_id=wish_id, is_locked=True)
    wishes.require_state(wish, *WAITING_WISHES)
    if wish.activity_id is None:
        raise WishStateConflict(state=wish.state)
    if wish.wisher_id in _circle(session, ledger_id, actor):
        raise SecondPersonRequired("nobody says that their own wish came true by an activity")
    _fulfil(session, wish, actor)
    return wish


def _fulfil(session: Session, wish: Wish, actor: Actor) -> None:
    wish.fulfilled_at, wish.fulfilled_by_id = clock.now(), actor.person_id
    news.of_wish(session, wish, "wish_fulfilled")
    wishes.move(session, wish, "fulfilled")


def _circle(session: Session, ledger_id: int, actor: Actor) -> set[UUID]:
    return households.circle_of(session, ledger_id=ledger_id, person_id=actor.person_id)


def _waiting(session: Session, ledger_id: int, activity_id: UUID) -> Sequence[Wish]:
    query = sa.select(Wish).where(
        Wish.ledger_id == ledger_id,
        Wish.activity_id == activity_id,
        Wish.state.in_(WAITING_WISHES),
    )
    return session.scalars(query.order_by(Wish.id).with_for_update()).all()
