"""Neighbours help each other for points (以积分换服务): asked, taken on, confirmed, or taken back.

Points only change hands: from the asker into escrow, from there to the helper or
back (P1). The helped neighbour confirms with a code of their own phone; for somebody
without a phone a member of staff signs instead. The helper's hours are an earned record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.ledger import books
from app.people import households, members
from app.people.models import Member
from app.risk import freezes
from app.service_orders import escrow, news, offers
from app.service_orders.errors import ExchangeStateConflict, HelpAtHome
from app.service_orders.models import Exchange

LIFE = timedelta(days=30)
TITLE_MAX, TEXT_MAX, POINTS_MAX, MINUTES_MAX = 64, 1_000, 100_000, 1_440
LIVE = ("open", "accepted")


@dataclass(frozen=True, kw_only=True)
class HelpWanted:
    """What a neighbour asks for. `offer_id`: it answers another's offer, who is then the helper."""

    title: str
    text: str = ""
    points: int
    minutes: int
    offer_id: UUID | None = None


def ask(
    session: Session, *, ledger_id: int, asker: Member, wanted: HelpWanted, actor: Actor
) -> Exchange:
    """Ask for help and put its points into escrow (L5).

    Raises:
        ValidationFailed: Nothing is asked for, or a number is out of range.
        MemberNotActive: The asker is no active member.
        AccountFrozen: The asker is frozen.
        NotFound: The offer is gone, or one's own.
        HelpAtHome: The offer is of one's household.
        InsufficientPoints: Fact `short_points`.
    """
    _require_sense(wanted)
    members.require_active(asker)
    freezes.require_free(session, ledger_id=ledger_id, subject_ids=[asker.id])
    if wanted.offer_id is not None:
        _require_offer(session, wanted.offer_id, asker)
    now, exchange_id = clock.now(), new_id()
    node = tree.get(session, asker.node_id)
    exchange = Exchange(
        ledger_id=ledger_id,
        id=exchange_id,
        number=_number(session, ledger_id),
        node_id=node.id,
        node_path=node.path,
        asker_id=asker.id,
        offer_id=wanted.offer_id,
        state="open",
        title=wanted.title.strip(),
        text_sealed=crypto.seal(wanted.text.strip(), exchange_id),
        points=wanted.points,
        minutes=wanted.minutes,
        asked_at=now,
        lapses_at=now + LIFE,
        version=1,
        escrow_journal_id=escrow.hold(
            session,
            ledger_id=ledger_id,
            exchange_id=exchange_id,
            asker_id=asker.id,
            points=wanted.points,
            actor=actor,
        ),
    )
    session.add(exchange)
    session.flush()
    news.of_exchange(session, exchange, asked_of(session, exchange), "help_wanted")
    return exchange


def accept(session: Session, *, ledger_id: int, exchange_id: UUID, helper: Member) -> Exchange:
    """Take on to help; of two at once one gets it. From now on it lasts its time anew.

    Raises:
        NotFound: No such exchange.
        HelpAtHome: It is one's own, or of one's household.
        PermissionDenied: It was asked of somebody else.
        ExchangeStateConflict: It is taken, or over.
        MemberNotActive: The helper is no active member.
    """
    members.require_active(helper)
    exchange = get(session, ledger_id=ledger_id, exchange_id=exchange_id, is_locked=True)
    require_two_homes(session, exchange, helper)
    if asked_of(session, exchange) not in (None, helper.id):
        raise PermissionDenied("this was asked of somebody else")
    require_state(exchange, "open")
    exchange.helper_id, exchange.accepted_at = helper.id, clock.now()
    exchange.lapses_at = exchange.accepted_at + LIFE
    news.of_exchange(session, exchange, exchange.asker_id, "help_taken")
    move(session, exchange, "accepted")
    return exchange


def decline(session: Session, *, ledger_id: int, exchange_id: UUID, member: Member) -> Exchange:
    """Say that one cannot do what one offered; others may, or the asker takes it back.

    Raises:
        NotFound: No such exchange.
        PermissionDenied: It was not asked of this member.
        ExchangeStateConflict: It is taken on, or over.
    """
    exchange = get(session, ledger_id=ledger_id, exchange_id=exchange_id, is_locked=True)
    if asked_of(session, exchange) != member.id:
        raise PermissionDenied("this was not asked of you")
    require_state(exchange, "open")
    exchange.offer_id = None
    news.of_exchange(session, exchange, exchange.asker_id, "help_declined")
    move(session, exchange, "open")
    return exchange


def give_up(session: Session, *, ledger_id: int, exchange_id: UUID, helper: Member) -> Exchange:
    """Say that one cannot help after all; it is open again, the points stay in escrow.

    Raises:
        NotFound: No such exchange.
        PermissionDenied: Another took it on.
        ExchangeStateConflict: It is not taken, or over.
    """
    exchange = get(session, ledger_id=ledger_id, exchange_id=exchange_id, is_locked=True)
    require_state(exchange, "accepted")
    if exchange.helper_id != helper.id:
        raise PermissionDenied("another helps here")
    exchange.helper_id = exchange.accepted_at = exchange.offer_id = None
    news.of_exchange(session, exchange, exchange.asker_id, "help_left")
    move(session, exchange, "open")
    return exchange


def withdraw(
    session: Session, *, ledger_id: int, exchange_id: UUID, asker: Member, actor: Actor
) -> Exchange:
    """Take a request back before it is confirmed; the points come back (L7).

    Raises:
        NotFound: No such exchange.
        PermissionDenied: It is another's.
        ExchangeStateConflict: It is over.
    """
    exchange = get(session, ledger_id=ledger_id, exchange_id=exchange_id, is_locked=True)
    if exchange.asker_id != asker.id:
        raise PermissionDenied("another asked for this")
    require_state(exchange, *LIVE)
    _give_back(session, exchange, "withdrawn", actor)
    awaited_id = exchange.helper_id or asked_of(session, exchange)
    news.of_exchange(session, exchange, awaited_id, "help_withdrawn")
    return exchange


def lapse_due(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Give back the points of requests that nobody confirmed in time; return how many (a job)."""
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id, Exchange.state.in_(LIVE), Exchange.lapses_at <= now
    )
    due = list(session.scalars(query.order_by(Exchange.id).with_for_update()))
    for exchange in due:
        _give_back(session, exchange, "lapsed", SYSTEM)
    news.of_lapsed(session, due)
    return len(due)


def get(
    session: Session, *, ledger_id: int, exchange_id: UUID, is_locked: bool = False
) -> Exchange:
    """Return an exchange.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(Exchange).where(Exchange.ledger_id == ledger_id, Exchange.id == exchange_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such exchange")
    return found


def asked_of(session: Session, exchange: Exchange) -> UUID | None:
    """Return the member whose offer a request answers, and who alone may take it on; or None."""
    if exchange.offer_id is None:
        return None
    return offers.get(session, ledger_id=exchange.ledger_id, offer_id=exchange.offer_id).member_id


def text_of(exchange: Exchange) -> str:
    """Return what was asked for, in full."""
    return crypto.unseal(exchange.text_sealed, exchange.id)


def _give_back(session: Session, exchange: Exchange, state: str, actor: Actor) -> None:
    exchange.end_journal_id = escrow.refund(
        session,
        ledger_id=exchange.ledger_id,
        exchange_id=exchange.id,
        asker_id=exchange.asker_id,
        actor=actor,
    )
    exchange.ended_at = clock.now()
    move(session, exchange, state)


def move(session: Session, exchange: Exchange, state: str) -> None:
    """Write the next state of an exchange."""
    exchange.state = state
    exchange.version += 1
    session.flush()


def _require_offer(session: Session, offer_id: UUID, asker: Member) -> None:
    ledger_id = asker.ledger_id
    offer = offers.get_live(session, ledger_id=ledger_id, offer_id=offer_id, but_of=asker.id)
    if offer.member_id in _circle(session, asker):
        raise HelpAtHome


def _circle(session: Session, member: Member) -> set[UUID]:
    return households.circle_of(session, ledger_id=member.ledger_id, person_id=member.person_id)


def _number(session: Session, ledger_id: int) -> str:
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"exchange:{day}")
    return f"{books.get(session, ledger_id).code}-E{day}-{serial:04d}"


def _require_sense(wanted: HelpWanted) -> None:
    if not 1 <= len(wanted.title.strip()) <= TITLE_MAX:
        raise ValidationFailed("say in a few words what is asked for", field="title")
    if len(wanted.text) > TEXT_MAX:
        raise ValidationFailed("too long", field="text")
    if not 1 <= wanted.points <= POINTS_MAX:
        raise ValidationFailed("points out of range", field="points")
    if not 1 <= wanted.minutes <= MINUTES_MAX:
        raise ValidationFailed("minutes out of range", field="minutes")


def require_two_homes(session: Session, exchange: Exchange, helper: Member) -> None:
    """Refuse help of oneself or within one household: it would make hours of nothing.

    Raises:
        HelpAtHome: The asker is the helper, or lives with them.
    """
    if exchange.asker_id in _circle(session, helper):
        raise HelpAtHome


def require_state(exchange: Exchange, *states: str) -> None:
    """Refuse a step from another state.

    Raises:
        ExchangeStateConflict: Fact `state`.
    """
    if exchange.state not in states:
        raise ExchangeStateConflict(state=exchange.state)
