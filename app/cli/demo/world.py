"""What the demo's steps share: the clock of its history, its people, and how a step runs.

History is fixed (2025-01-01 … 2026-02-28); every step holds the clock at the moment
it tells of and acts through the same verbs as real life. A step is one transaction,
so an interrupted load goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.transactions import unit_of_work
from app.ledger.models import Book, Proof
from app.people.models import Member

BEGAN_ON = date(2024, 12, 20)
"""The day on which the programmes started and their first people joined."""

CONSENT_VERSION = "2024-12"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Someone:
    """A member of the demo: as an actor, and as a member."""

    person_id: UUID
    member_id: UUID
    external_id: str

    @property
    def actor(self) -> Actor:
        """The person acting for themselves."""
        return Actor(self.person_id)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens: when its points are posted, and a name to find it again by."""

    at: datetime
    name: str
    live: Callable[[Session], None]


def at(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """Return the instant of a Shanghai wall-clock time."""
    return clock.local_instant(day, time(hour, minute, second))


def step(instant: datetime, work: Callable[[Session], Result]) -> Result:
    """Run one step of history in its own transaction, with the clock held."""
    with clock.held_at(instant):
        return unit_of_work(work)


def withdraw_proofs(session: Session, ledger_id: int) -> None:
    """Withdraw proofs of a world half told: what comes now lies before their day.

    Somebody may have proven the book after a load broke off. That proof's closing
    totals stand for a history that had not been lived yet, and would look forged.
    """
    session.execute(sa.delete(Proof).where(Proof.ledger_id == ledger_id))


def find_book(session: Session, code: str) -> Book | None:
    """Return a book if the demo has opened it already."""
    return session.scalar(sa.select(Book).where(Book.code == code))


def everyone(session: Session, ledger_id: int) -> dict[str, Someone]:
    """Return the book's members by their external id."""
    rows = session.execute(
        sa.select(Member.external_id, Member.person_id, Member.id).where(
            Member.ledger_id == ledger_id, Member.external_id.is_not(None)
        )
    )
    return {str(row[0]): Someone(row[1], row[2], str(row[0])) for row in rows}


def has_members(session: Session, ledger_id: int) -> bool:
    """Whether anybody is a member of the book."""
    query = sa.select(Member.id).where(Member.ledger_id == ledger_id).limit(1)
    return session.scalar(query) is not None
