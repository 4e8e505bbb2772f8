"""News: inbox lines about help, claims and wishes, to those whom they concern.

Who is told by the clock is told in the morning, not at night (D51).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.people import inbox
from app.people.inbox import Note
from app.points import reminders
from app.service_orders.models import Claim, Exchange, Post, Wish


def of_exchange(session: Session, exchange: Exchange, member_id: UUID | None, topic: str) -> None:
    """Tell one of the two of `help_asked` (in their name), `_wanted`, `_taken`, `_left`, …."""
    if member_id is not None:
        facts = {"title": exchange.title, "points": exchange.points}
        inbox.tell(session, ledger_id=exchange.ledger_id, notes=[Note(member_id, topic, facts)])


def of_lapsed(session: Session, lapsed: Sequence[Exchange]) -> None:
    """Tell askers that nobody confirmed in time and their points came back, and helpers (L7)."""
    notes = [
        Note(
            member_id,
            topic,
            {"title": each.title, "points": each.points},
            natural_key=f"{topic}:{each.id}",
        )
        for each in lapsed
        for member_id, topic in ((each.asker_id, "help_lapsed"), (each.helper_id, "help_over"))
        if member_id is not None
    ]
    if notes:
        reminders.tell(session, ledger_id=lapsed[0].ledger_id, notes=notes)


def of_wish(session: Session, wish: Wish, topic: str, **more: Any) -> None:
    """Tell the wisher: `wish_claimed`, `wish_left`, `wish_fulfilled`, `wish_returned`."""
    note = Note(wish.wisher_id, topic, {"title": wish.title, **more})
    inbox.tell(session, ledger_id=wish.ledger_id, notes=[note])


def of_promise(session: Session, wish: Wish, reason: str) -> None:
    """Tell who claimed a wish that it was sent back: there is nothing to do any more."""
    if wish.claimer_id is not None:
        facts = {"title": wish.title, "reason": reason}
        note = Note(wish.claimer_id, "wish_not_needed", facts)
        inbox.tell(session, ledger_id=wish.ledger_id, notes=[note])


def of_claim(session: Session, found: Claim, post: Post, reason: str) -> None:
    """Tell a volunteer why their work was not accepted; accepted work tells of its grant."""
    note = Note(found.member_id, "claim_refused", {"title": post.title, "reason": reason})
    inbox.tell(session, ledger_id=found.ledger_id, notes=[note])


def of_due(session: Session, due: Sequence[tuple[Claim, Post, datetime]]) -> None:
    """Tell volunteers, once, until when their work is to be done (T3)."""
    notes = [
        Note(
            found.member_id,
            "claim_due",
            {"title": post.title, "due_at": due_at.isoformat()},
            natural_key=f"claim_due:{found.id}",
        )
        for found, post, due_at in due
    ]
    if notes:
        reminders.tell(session, ledger_id=due[0][0].ledger_id, notes=notes)


def of_released(session: Session, released: Sequence[tuple[Claim, Post]]) -> None:
    """Tell volunteers that their time was over and the slot went to others (T3)."""
    notes = [
        Note(
            each.member_id,
            "claim_released",
            {"title": post.title},
            natural_key=f"claim_released:{each.id}",
        )
        for each, post in released
    ]
    if notes:
        reminders.tell(session, ledger_id=released[0][0].ledger_id, notes=notes)
