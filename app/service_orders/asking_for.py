"""Help asked for at the desk in the name of a member, who has no phone (P1, L5).

It is the member's own request: their points wait in escrow. That they agreed, and how, is
written in the audit trail beside both names, as with any act in another's name (代办). Who
asked for somebody never signs for the help as well (A6).
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.ledger.models import Journal
from app.people import audit, households, members
from app.people.models import Member
from app.service_orders import exchanges, news
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Exchange

NOTE_MAX = 200


def ask(
    session: Session,
    *,
    ledger_id: int,
    asker: Member,
    wanted: HelpWanted,
    consent_note: str,
    actor: Actor,
) -> Exchange:
    """Ask for help in a member's name; the door asked for staff of their place.

    Args:
        consent_note: How the member agreed: 本人当面同意, 电话里同意.

    Raises:
        SecondPersonRequired: The actor is the member, or of their household (A6).
        ValidationFailed: It is not said how they agreed, or as `exchanges.ask`.
        MemberNotActive, NotFound, InsufficientPoints: As `exchanges.ask`.
    """
    _require_another(session, asker, actor)
    _require_consent(consent_note)
    made = exchanges.ask(
        session, ledger_id=ledger_id, asker=asker, wanted=wanted, actor=_in_name(asker, actor)
    )
    _write(session, made, asker, "help_asked_for", consent_note, actor)
    news.of_exchange(session, made, asker.id, "help_asked")
    return made


def withdraw(
    session: Session, *, ledger_id: int, exchange_id: UUID, consent_note: str, actor: Actor
) -> Exchange:
    """Take a request back in the asker's name; the points come back (L7).

    Raises:
        NotFound: No such exchange.
        SecondPersonRequired: The actor is the asker, or of their household (A6).
        ValidationFailed: It is not said how they agreed.
        ExchangeStateConflict: It is over.
    """
    found = exchanges.get(session, ledger_id=ledger_id, exchange_id=exchange_id)
    asker = members.get(session, ledger_id=ledger_id, member_id=found.asker_id)
    _require_another(session, asker, actor)
    _require_consent(consent_note)
    done = exchanges.withdraw(
        session,
        ledger_id=ledger_id,
        exchange_id=exchange_id,
        asker=asker,
        actor=_in_name(asker, actor),
    )
    _write(session, done, asker, "help_withdrawn_for", consent_note, actor)
    return done


def askers(
    session: Session, *, ledger_id: int, exchanges_of: Collection[Exchange]
) -> dict[UUID, UUID]:
    """Return who asked in another's name, by exchange; what one asked for oneself is left out."""
    held = {each.escrow_journal_id: each.id for each in exchanges_of}
    query = sa.select(Journal.id, Journal.actor_id).where(
        Journal.ledger_id == ledger_id,
        Journal.id.in_(held),
        Journal.on_behalf_id.is_not(None),
    )
    return {held[row.id]: row.actor_id for row in session.execute(query)}


def _in_name(asker: Member, actor: Actor) -> Actor:
    return Actor(actor.person_id, on_behalf_id=asker.person_id)


def _require_another(session: Session, asker: Member, actor: Actor) -> None:
    circle = households.circle_of(session, ledger_id=asker.ledger_id, person_id=actor.person_id)
    if asker.id in circle:
        raise SecondPersonRequired("staff do not ask for themselves or their household here")


def _require_consent(note: str) -> None:
    if not 1 <= len(note.strip()) <= NOTE_MAX:
        raise ValidationFailed("how did they agree?", field="consent_note")


def _write(
    session: Session, found: Exchange, asker: Member, action: str, note: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=_in_name(asker, actor),
        action=action,
        subject_kind="member",
        subject_id=asker.id,
        exchange=found.number,
        consent=note.strip(),
    )
