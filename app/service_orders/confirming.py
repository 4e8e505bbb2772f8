"""Confirming that a neighbour helped: points to the helper, hours on record (L6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied, SecondPersonRequired, ValidationFailed
from app.ledger.models import Journal
from app.people import households, members
from app.points import grants
from app.points.grants import Deed
from app.risk import freezes
from app.service_orders import escrow, exchanges, news, rings
from app.service_orders.errors import AskerFrozen
from app.service_orders.models import Exchange

CATEGORY = "neighbour_help"
MINUTES_MAX = 1_440


@dataclass(frozen=True, kw_only=True)
class Done:
    """When the help took place, and how the helped neighbour agreed: by `code`, or by `staff`."""

    starts_at: datetime
    ends_at: datetime
    confirmed_by: str

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


def confirm(
    session: Session, *, ledger_id: int, exchange_id: UUID, done: Done, actor: Actor
) -> Exchange:
    """Confirm that the help was given: points to the helper, hours on record (L6, T28).

    By code, the actor is the helped neighbour, whose code the door has consumed. By staff,
    the actor signs for a neighbour without a phone, and is neither of the two nor of
    their households. An asker who was frozen meanwhile moves no points by code; the help
    was given, so that staff who looked at it may sign.

    Raises:
        NotFound: No such exchange.
        PermissionDenied: By code, but the actor did not ask for it.
        AskerFrozen: By code, but the asker is frozen.
        HelpAtHome: The two are one, or live together by now.
        SecondPersonRequired: By staff, but the actor is one of the two, lives with them, or
            asked for it in the asker's name (A6).
        ExchangeStateConflict: Nobody took it on, or it is over.
        ValidationFailed: Help of no length, of the future, from before it was taken on, or
            much longer than was asked for.
    """
    exchange = exchanges.get(session, ledger_id=ledger_id, exchange_id=exchange_id, is_locked=True)
    exchanges.require_state(exchange, "accepted")
    _require_confirmer(session, exchange, done, actor)
    _require_time(exchange, done)
    helper_id = exchange.helper_id
    assert helper_id is not None, "an accepted exchange has a helper"
    helper = members.get(session, ledger_id=ledger_id, member_id=helper_id)
    exchanges.require_two_homes(session, exchange, helper)
    exchange.starts_at, exchange.ends_at = done.starts_at, done.ends_at
    exchange.confirmed_by, exchange.confirmer_id = done.confirmed_by, actor.person_id
    exchange.end_journal_id = escrow.release(
        session, ledger_id=ledger_id, exchange_id=exchange.id, helper_id=helper_id, actor=actor
    )
    made = grants.grant(session, ledger_id=ledger_id, deeds=[_deed(exchange, done)], actor=actor)
    exchange.grant_id, exchange.ended_at = made[0].id, clock.now()
    exchanges.move(session, exchange, "done")
    news.of_exchange(session, exchange, exchange.asker_id, "help_done")
    rings.look(session, exchange=exchange)
    return exchange


def _deed(exchange: Exchange, done: Done) -> Deed:
    assert exchange.helper_id is not None, "an accepted exchange has a helper"
    return Deed(
        member_id=exchange.helper_id,
        source_kind="exchange",
        source_id=exchange.id,
        provenance="credited",
        minutes=done.minutes,
        category_code=CATEGORY,
        served_on=clock.local_date(done.starts_at),
        node_id=exchange.node_id,
        starts_at=done.starts_at,
        ends_at=done.ends_at,
    )


def _require_confirmer(session: Session, exchange: Exchange, done: Done, actor: Actor) -> None:
    ledger_id = exchange.ledger_id
    if done.confirmed_by == "code":
        asker = members.get(session, ledger_id=ledger_id, member_id=exchange.asker_id)
        if asker.person_id != actor.person_id:
            raise PermissionDenied("the code of another")
        if freezes.find_live(
            session, ledger_id=ledger_id, subject_kind="member", subject_id=asker.id
        ):
            raise AskerFrozen
        return
    circle = households.circle_of(session, ledger_id=ledger_id, person_id=actor.person_id)
    if circle & {exchange.asker_id, exchange.helper_id}:
        raise SecondPersonRequired("staff do not sign for themselves or their household")
    asked_for = session.get(Journal, (ledger_id, exchange.escrow_journal_id))
    if asked_for is not None and asked_for.actor_id == actor.person_id:
        raise SecondPersonRequired("who asked in another's name does not sign")


def _require_time(exchange: Exchange, done: Done) -> None:
    """Help lies between taking it on and now, and lasts no more than twice what was asked."""
    since = exchange.accepted_at or exchange.asked_at
    if not since <= done.starts_at < done.ends_at <= clock.now():
        raise ValidationFailed("this time makes no sense", field="starts_at")
    if not 1 <= done.minutes <= min(2 * exchange.minutes, MINUTES_MAX):
        raise ValidationFailed("longer than was asked for", field="ends_at")
