"""Wishes (微心愿): made, claimed by somebody else, fulfilled, rated, or sent back (T6, A11, C16).

Fulfilling a wish moves no points by itself: the help behind it is an activity's, an
order's or a claim's. Who wished is known to those who look only after they claimed it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import households, members
from app.people.models import Member
from app.service_orders import news
from app.service_orders.errors import OwnWish, WishStateConflict
from app.service_orders.models import Wish

TITLE_MAX, TEXT_MAX, KIND_MAX, VALUE_MAX = 64, 1_000, 24, 10_000
KINDS = ("物品", "维修", "陪伴", "托管", "学习", "出行", "其他")
"""Kinds that forms offer; a place may write others."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is wished for; `value_max_yuan`: what it may cost at most, as a guide."""

    kind: str
    title: str
    text: str = ""
    value_max_yuan: int | None = None


def make(session: Session, *, ledger_id: int, wisher: Member, words: Words, actor: Actor) -> Wish:
    """Make a wish, one's own or written down by staff for somebody.

    Raises:
        ValidationFailed: The words or the value make no sense.
        MemberNotActive: The wisher is no active member.
    """
    _require_sense(words)
    members.require_active(wisher)
    node, wish_id = tree.get(session, wisher.node_id), new_id()
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"wish:{day}")
    wish = Wish(
        ledger_id=ledger_id,
        id=wish_id,
        number=f"{books.get(session, ledger_id).code}-W{day}-{serial:04d}",
        kind=words.kind.strip(),
        node_id=node.id,
        node_path=node.path,
        wisher_id=wisher.id,
        title=words.title.strip(),
        text_sealed=crypto.seal(words.text.strip(), wish_id),
        value_max_yuan=words.value_max_yuan,
        state="open",
        made_by_id=actor.person_id,
        made_at=clock.now(),
        version=1,
    )
    session.add(wish)
    session.flush()
    return wish


def claim(session: Session, *, ledger_id: int, wish_id: UUID, claimer: Member) -> Wish:
    """Promise to fulfil a wish; of two at once one gets it.

    Raises:
        NotFound: No such wish.
        OwnWish: The claimer, or one of their household, wished it (A11).
        WishStateConflict: Somebody claimed it, or it is over.
        MemberNotActive: The claimer is no active member.
    """
    members.require_active(claimer)
    wish = get(session, ledger_id=ledger_id, wish_id=wish_id, is_locked=True)
    if wish.wisher_id in _circle(session, ledger_id, claimer.person_id):
        raise OwnWish
    require_state(wish, "open")
    wish.claimer_id, wish.claimed_at = claimer.id, clock.now()
    news.of_wish(session, wish, "wish_claimed")
    return move(session, wish, "claimed")


def give_up(session: Session, *, ledger_id: int, wish_id: UUID, claimer: Member) -> Wish:
    """Say that one cannot fulfil it after all; others may claim it.

    Raises:
        NotFound: No such wish.
        PermissionDenied: Another claimed it.
        WishStateConflict: It is not claimed.
    """
    wish = _claimed(session, ledger_id, wish_id, claimer)
    wish.claimer_id = wish.claimed_at = None
    news.of_wish(session, wish, "wish_left")
    return move(session, wish, "open")


def fulfil(session: Session, *, ledger_id: int, wish_id: UUID, claimer: Member) -> Wish:
    """Say that a claimed wish is fulfilled; it is fulfilled once (A11).

    Raises:
        NotFound: No such wish.
        PermissionDenied: Another claimed it.
        WishStateConflict: It is not claimed, or fulfilled already.
    """
    wish = _claimed(session, ledger_id, wish_id, claimer)
    wish.fulfilled_at = clock.now()
    news.of_wish(session, wish, "wish_fulfilled")
    return move(session, wish, "fulfilled")


def rate(session: Session, *, ledger_id: int, wish_id: UUID, wisher: Member, stars: int) -> Wish:
    """Say how one's wish was fulfilled, one star to five.

    Raises:
        NotFound: No such wish.
        PermissionDenied: It is another's.
        ValidationFailed: The stars are not 1 to 5.
        WishStateConflict: It is not fulfilled, or rated already.
    """
    if not 1 <= stars <= 5:
        raise ValidationFailed("one star to five", field="stars")
    wish = get(session, ledger_id=ledger_id, wish_id=wish_id, is_locked=True)
    if wish.wisher_id != wisher.id:
        raise PermissionDenied("another's wish")
    require_state(wish, "fulfilled")
    wish.stars, wish.rated_at = stars, clock.now()
    return move(session, wish, "rated")


def rate_for(
    session: Session,
    *,
    ledger_id: int,
    wish_id: UUID,
    stars: int,
    actor: Actor,
    led_by_ids: Collection[UUID] = (),
) -> Wish:
    """Write down what a wisher without a phone says; the door asked for staff.

    Args:
        led_by_ids: The members who lead the activity that fulfilled it, if one did.

    Raises:
        NotFound: No such wish.
        SecondPersonRequired: It is the actor's own work (`is_own_work`, A6).
        ValidationFailed, WishStateConflict: As `rate`.
    """
    wish = get(session, ledger_id=ledger_id, wish_id=wish_id)
    if is_own_work(session, wish, actor.person_id, led_by_ids):
        raise SecondPersonRequired("nobody rates what they did")
    wisher = members.get(session, ledger_id=ledger_id, member_id=wish.wisher_id)
    return rate(session, ledger_id=ledger_id, wish_id=wish_id, wisher=wisher, stars=stars)


def is_own_work(
    session: Session, wish: Wish, person_id: UUID, led_by_ids: Collection[UUID]
) -> bool:
    """Whether a person, or one of their household, made a wish come true.

    They fulfilled it, led the activity that did, or said that it came true there.
    """
    if wish.fulfilled_by_id == person_id:
        return True
    closer_id = wish.fulfilled_by_id and members.find_id(
        session, ledger_id=wish.ledger_id, person_id=wish.fulfilled_by_id
    )
    behind = {wish.claimer_id, closer_id, *led_by_ids}
    return bool(_circle(session, wish.ledger_id, person_id) & behind)


def send_back(session: Session, *, ledger_id: int, wish_id: UUID, reason: str) -> Wish:
    """Return a wish that cannot be taken on (退回), with a reason; the door asked for staff.

    Raises:
        NotFound: No such wish.
        ValidationFailed: No reason is given.
        WishStateConflict: It is fulfilled or over.
    """
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    wish = get(session, ledger_id=ledger_id, wish_id=wish_id, is_locked=True)
    require_state(wish, "open", "claimed")
    wish.ended_reason = reason.strip()[:200]
    news.of_wish(session, wish, "wish_returned", reason=wish.ended_reason)
    news.of_promise(session, wish, wish.ended_reason)
    return move(session, wish, "returned")


def get(session: Session, *, ledger_id: int, wish_id: UUID, is_locked: bool = False) -> Wish:
    """Return a wish.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(Wish).where(Wish.ledger_id == ledger_id, Wish.id == wish_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such wish")
    return found


def may_know_wisher(wish: Wish, member_id: UUID | None) -> bool:
    """Whether a member may see who wished: the wisher, and who claimed it (T6)."""
    return member_id is not None and member_id in (wish.wisher_id, wish.claimer_id)


def text_of(wish: Wish) -> str:
    """Return the wish in full; it may name people, so not before it is claimed."""
    return crypto.unseal(wish.text_sealed, wish.id)


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Wish]:
    """List the wishes of a place and below it, oldest first."""
    query = sa.select(Wish).where(Wish.ledger_id == ledger_id, tree.within(Wish.node_path, node))
    if state is not None:
        query = query.where(Wish.state == state)
    return list(session.scalars(query.order_by(Wish.made_at, Wish.id).limit(limit).offset(offset)))


def _circle(session: Session, ledger_id: int, person_id: UUID) -> set[UUID]:
    return households.circle_of(session, ledger_id=ledger_id, person_id=person_id)


def _claimed(session: Session, ledger_id: int, wish_id: UUID, claimer: Member) -> Wish:
    wish = get(session, ledger_id=ledger_id, wish_id=wish_id, is_locked=True)
    require_state(wish, "claimed")
    if wish.claimer_id != claimer.id:
        raise PermissionDenied("another claimed it")
    return wish


def move(session: Session, wish: Wish, state: str) -> Wish:
    """Write the next state of a wish."""
    wish.state = state
    wish.version += 1
    session.flush()
    return wish


def require_state(wish: Wish, *states: str) -> None:
    """Refuse a step from another state.

    Raises:
        WishStateConflict: Fact `state`.
    """
    if wish.state not in states:
        raise WishStateConflict(state=wish.state)


def _require_sense(words: Words) -> None:
    if not 1 <= len(words.title.strip()) <= TITLE_MAX or len(words.text) > TEXT_MAX:
        raise ValidationFailed("say in a few words what is wished for", field="title")
    if not 1 <= len(words.kind.strip()) <= KIND_MAX:
        raise ValidationFailed("what kind of wish is it", field="kind")
    if words.value_max_yuan is not None and not 0 <= words.value_max_yuan <= VALUE_MAX:
        raise ValidationFailed("value out of range", field="value_max_yuan")
