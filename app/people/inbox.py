"""The inbox: a line for the member, written in the transaction of what it tells.

`tell` is set-based. A note with a natural key is written once, however often
the act behind it is retried. What the clock tells (reminders) may be held until the
morning: it lies in the inbox from then on, and nobody sees it before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore_in
from app.people.models import Message
from app.people.plain_facts import plain
from app.people.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Note:
    """One line to be told. `facts` fill the topic's sentence, and are exactly its facts.

    Attributes:
        natural_key: Unique in the book, such as `granted:<grant>`; None tells every time.
    """

    member_id: UUID
    topic: str
    facts: dict[str, Any]
    natural_key: str | None = None

    def __post_init__(self) -> None:
        expected = TOPICS.get(self.topic)
        assert expected is not None, f"no topic {self.topic!r} in app.people.topics"
        assert set(self.facts) == expected, f"{self.topic}: {set(self.facts)} is not {expected}"


def tell(
    session: Session, *, ledger_id: int, notes: Sequence[Note], held_until: datetime | None = None
) -> None:
    """Put many lines into inboxes in one statement; a known natural key is skipped.

    Args:
        held_until: When they may be seen; at once unless told (`community.quiet`).
    """
    if not notes:
        return
    sent_at = held_until or clock.now()
    rows = [
        {
            "ledger_id": ledger_id,
            "id": new_id(),
            "member_id": note.member_id,
            "topic": note.topic,
            "facts": plain(note.facts),
            "natural_key": note.natural_key,
            "sent_at": sent_at,
            "read_at": None,
        }
        for note in notes
    ]
    connection = session.connection()
    connection.execute(_insert(connection.dialect.name), rows)


@cache
def _insert(dialect: str) -> Any:
    return insert_or_ignore_in(dialect, Message.__table__)


def list_for(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Message]:
    """List a member's lines, latest first."""
    return list(
        session.scalars(
            sa.select(Message)
            .where(
                Message.ledger_id == ledger_id,
                Message.member_id == member_id,
                Message.sent_at <= clock.now(),
            )
            .order_by(Message.sent_at.desc(), Message.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )


def unread_count(session: Session, *, ledger_id: int, member_id: UUID) -> int:
    """Count the lines the member has not read."""
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                Message.ledger_id == ledger_id,
                Message.member_id == member_id,
                Message.read_at.is_(None),
                Message.sent_at <= clock.now(),
            )
        )
        or 0
    )


def mark_read(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    message_ids: Sequence[UUID] | None = None,
) -> int:
    """Mark a member's lines as read, all of them unless some are named; return how many."""
    statement = (
        sa.update(Message)
        .where(
            Message.ledger_id == ledger_id,
            Message.member_id == member_id,
            Message.read_at.is_(None),
            Message.sent_at <= clock.now(),
        )
        .values(read_at=clock.now())
        .returning(Message.id)
    )
    if message_ids is not None:
        statement = statement.where(Message.id.in_(message_ids))
    return len(session.execute(statement).all())


def forget_words(
    session: Session,
    *,
    ledger_id: int,
    topics: Collection[str],
    titles: Collection[str],
    since_at: datetime,
    instead: str,
) -> int:
    """Replace the words of somebody who was erased in everybody's lines; return how many (D47).

    Args:
        topics: Those whose `title`, and `reason` if they have one, are the person's words.
        titles: The titles that the person gave.
        since_at: When the first of them was written.
        instead: What stands there from now on.
    """
    told = sa.select(Message).where(
        Message.ledger_id == ledger_id,
        Message.topic.in_(topics),
        Message.sent_at >= since_at,
        Message.facts["title"].as_string().in_(titles),
    )
    found = session.scalars(told).all()
    for each in found:
        words: dict[str, Any] = {
            name: instead for name in ("title", "reason") if name in each.facts
        }
        each.facts = {**each.facts, **words}
    session.flush()
    return len(found)
