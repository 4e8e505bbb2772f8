"""Keys: each business event is written once, under its natural name.

A key that is taken is a replay if it stands for the same content, and refused if
it does not. The unique keys of the table decide, not a look beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import IdempotencyMismatch
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.ledger.batches import Batch, dialect_of
from app.ledger.drafts import JournalDraft, content_hash
from app.ledger.errors import AlreadyReversed
from app.ledger.tables import JOURNAL


@dataclass(frozen=True, slots=True)
class Entitled:
    """A draft with the id it gets if its key is new, and the hash of its content."""

    draft: JournalDraft
    journal_id: UUID
    content_hash: bytes


def entitle(drafts: Sequence[JournalDraft]) -> dict[str, Entitled]:
    """Give each key one id, in the order of the batch; a key twice must mean the same.

    Raises:
        IdempotencyMismatch: One key has two contents.
    """
    entitled: dict[str, Entitled] = {}
    ids = sorted(new_id() for _ in drafts)
    for draft, journal_id in zip(drafts, ids, strict=True):
        item = Entitled(draft, journal_id, content_hash(draft))
        first = entitled.setdefault(draft.key, item)
        if first.content_hash != item.content_hash:
            raise IdempotencyMismatch("one batch gives a key two contents")
    return entitled


def claim(
    session: Session, ledger_id: int, entitled: Mapping[str, Entitled], posted_at: datetime
) -> list[Entitled]:
    """Insert the journals whose keys are free; return those that were inserted."""
    rows = [_journal_row(ledger_id, item, posted_at) for item in entitled.values()]
    claimed = set(session.execute(_claim_statement(session), rows).scalars())
    return [item for item in entitled.values() if item.journal_id in claimed]


_claims: dict[str, Any] = {}


def _claim_statement(session: Session) -> Any:
    dialect = dialect_of(session)
    if dialect not in _claims:
        _claims[dialect] = insert_or_ignore(session, JOURNAL).returning(JOURNAL.c.id)
    return _claims[dialect]


def _journal_row(ledger_id: int, item: Entitled, posted_at: datetime) -> dict[str, Any]:
    draft = item.draft
    return {
        "ledger_id": ledger_id,
        "id": item.journal_id,
        "key": draft.key,
        "content_hash": item.content_hash,
        "kind": draft.kind,
        "source_id": draft.source_id,
        "actor_id": draft.actor.person_id,
        "on_behalf_id": draft.actor.on_behalf_id,
        "reason": draft.reason,
        "reverses_id": draft.reverses_id,
        "occurred_at": draft.occurred_at or posted_at,
        "posted_at": posted_at,
    }


_known = Batch("known", (("key", "text"),))


@cache
def _known_statement(dialect: str) -> Any:
    return sa.select(JOURNAL.c.key, JOURNAL.c.id, JOURNAL.c.content_hash).where(
        JOURNAL.c.ledger_id == sa.bindparam("in_ledger_id"),
        JOURNAL.c.key.in_(_known.keys(dialect)),
    )


def accept_replays(
    session: Session, ledger_id: int, entitled: dict[str, Entitled], new: Sequence[Entitled]
) -> None:
    """Answer keys that were not free with the journal they name, if it says the same.

    Raises:
        IdempotencyMismatch: It says something else.
        AlreadyReversed: The key is free, but the journal to reverse was reversed.
    """
    fresh = {item.draft.key for item in new}
    keys = [key for key in entitled if key not in fresh]
    dialect = dialect_of(session)
    bind = _known.bind(dialect, [(key,) for key in keys])
    rows = session.execute(_known_statement(dialect), {"in_ledger_id": ledger_id, **bind})
    found = {row.key: row for row in rows}
    for key in keys:
        item, row = entitled[key], found.get(key)
        if row is None:  # the key is free, so it was the other unique key: reverses_id
            raise AlreadyReversed
        if bytes(row.content_hash) != item.content_hash:
            raise IdempotencyMismatch("the key already names another posting")
        entitled[key] = Entitled(item.draft, row.id, item.content_hash)
