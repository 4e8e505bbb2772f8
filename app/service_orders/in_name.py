"""At the desk in the name of who asked, who has no phone: taken back, or rated (P1, T8).

How they agreed is written beside both names, as with any act in another's name (代办); who
had a hand in the order never speaks for them (A6). What was entered for nobody of the
book belongs to the place: any colleague may take it back or write its rating down.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.people import audit
from app.people.models import Member
from app.service_orders import filing, finishing, involvement, standing, telling
from app.service_orders.models import Order

NOTE_MAX = 200


def withdraw(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    reason: str,
    consent_note: str = "",
    actor: Actor,
) -> Order:
    """Take an order back that nobody has taken on; the door asked for staff of the place.

    Args:
        consent_note: How the member agreed who asked: 本人电话里说的.

    Raises:
        NotFound: No such order.
        SecondPersonRequired: The actor, or one of their household, asked or handles it.
        ValidationFailed: No reason, or it is not said how the member agreed.
        OrderStepConflict: Somebody took it on already, or it is over.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    involvement.require_another(session, order, actor)
    asker, named = _agreed(session, order, consent_note, actor)
    filing.take_back(session, order, _joined(reason, consent_note), named)
    if asker is not None:
        telling.taken_back(session, order, reason)
        _write(session, order, asker, "order_withdrawn_for", consent_note, named)
    return order


def rate(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    stars: int,
    note: str,
    consent_note: str = "",
    actor: Actor,
) -> Order:
    """Write down what who asked says of a finished order; the door asked for staff.

    Raises:
        NotFound: No such order.
        SecondPersonRequired: The actor, or one of their household, had a hand in it, or asked.
        ValidationFailed: The stars are not 1 to 5, or it is not said how the member agreed.
        OwnOrderRating, OrderStepConflict: As `finishing.rate`.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if standing.follow_asker(session, order) is None:  # the rating is the desk's own
        finishing.require_no_hand_in_it(session, order, actor)
    involvement.require_another(session, order, actor)
    asker, named = _agreed(session, order, consent_note, actor)
    rated = finishing.rate(
        session,
        ledger_id=ledger_id,
        order_id=order_id,
        stars=stars,
        note=_joined(note, consent_note),
        actor=named,
    )
    if asker is not None:
        _write(session, order, asker, "order_rated_for", consent_note, named)
    return rated


def _agreed(
    session: Session, order: Order, consent_note: str, actor: Actor
) -> tuple[Member | None, Actor]:
    """Return who asked, and the actor in their name: it is said how they agreed."""
    asker = standing.follow_asker(session, order)
    if asker is None:
        return None, actor
    if not 1 <= len(consent_note.strip()) <= NOTE_MAX:
        raise ValidationFailed("how did they agree?", field="consent_note")
    return asker, Actor(actor.person_id, on_behalf_id=asker.person_id)


def _joined(*said: str) -> str:
    return "；".join(each.strip() for each in said if each.strip())


def _write(
    session: Session, order: Order, asker: Member, action: str, note: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=order.ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=asker.id,
        order=order.number,
        consent=note.strip(),
    )
