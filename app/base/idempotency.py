"""Requests that may be sent again: the first is done, every repeat gets the first's answer.

The row is the first thing the door's transaction writes, so its unique key is the
lock: a repeat that comes while the first still runs waits for it (ruling 7). The
door claims, does the verb in a savepoint, and keeps the answer, a refusal too
(ruling 6); what was rolled back left no row, and the same key may run again.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.errors import (
    IdempotencyInFlight,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyMismatch,
)
from app.base.models import Idempotency
from app.base.upserts import insert_or_ignore_in

KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{22,64}")
LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class Request:
    """One intention of one actor in one book.

    Attributes:
        ledger_id: The book; 0, the house's own, for acts without a book.
        actor_id: The signed-in person, or the device.
        key: Made by the client, kept by it before it sends.
        route: Method and route template, such as `POST /books/{book}/redemptions`.
        fingerprint: SHA-256 of what was asked (`fingerprint_of`).
    """

    ledger_id: int
    actor_id: UUID
    key: str
    route: str
    fingerprint: bytes


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte.

    `is_pruned`: the body is past its 30 days; the door shows the resource as it is now.
    """

    status_code: int
    body: bytes
    resource: str | None
    is_pruned: bool = False


def require_key(text: str | None) -> str:
    """Return the client's key if it has the right shape.

    Raises:
        IdempotencyKeyMissing: There is none.
        IdempotencyKeyInvalid: It is too short, too long or has other characters.
    """
    if not text:
        raise IdempotencyKeyMissing
    if not KEY_SHAPE.fullmatch(text):
        raise IdempotencyKeyInvalid
    return text


def fingerprint_of(content: Any) -> bytes:
    """Hash what was asked: body, path parameters, API version; not headers, not the time."""
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return crypto.fingerprint(canonical.encode())


def claim(session: Session, request: Request) -> Answer | None:
    """Claim the key; return None to the first, the stored answer to every repeat.

    Call it first in the transaction, after the right to act was checked. Whoever
    gets None does the work and calls `keep` in the same transaction.

    Raises:
        IdempotencyMismatch: The key already names another route or content.
        IdempotencyInFlight: The first is still running after the lock's wait; the
            transaction is to be rolled back.
    """
    if _insert(session, request):
        return None
    row = session.connection().execute(_FIND, _place(request)).one()
    if row.route != request.route or not crypto.equal(row.fingerprint, request.fingerprint):
        raise IdempotencyMismatch
    if row.status_code is None:
        raise IdempotencyInFlight
    return _answer(row)


def keep(session: Session, request: Request, answer: Answer) -> None:
    """Keep the answer of a claimed key, in the transaction that claimed it."""
    said = {"said": answer.status_code, "text": answer.body, "about": answer.resource}
    kept = session.connection().execute(_KEEP, _place(request) | said)
    assert kept.rowcount == 1, "keep an answer once, after claim"


def forget(session: Session, request: Request) -> None:
    """Free a claimed key: its refusal was not final, so the same key may run again.

    For refusals that leave outer facts behind (a failed password), where the
    transaction commits and takes no row back by itself.
    """
    session.execute(
        sa.delete(Idempotency)
        .where(_is(request.ledger_id, request.actor_id, request.key))
        .where(Idempotency.status_code.is_(None))
    )


def ask(session: Session, *, ledger_id: int, actor_id: UUID, key: str) -> Answer | None:
    """Return what a key was answered; None if it was never finished (or still runs)."""
    row = session.execute(sa.select(*_ANSWER).where(_is(ledger_id, actor_id, key))).one_or_none()
    return None if row is None or row.status_code is None else _answer(row)


def prune(session: Session, *, ledger_id: int, before: datetime) -> int:
    """Drop the bodies of answers older than `before`; keys, hashes and resources stay for ever.

    Returns the number of bodies dropped.
    """
    pruned = session.execute(
        sa.update(Idempotency)
        .where(Idempotency.ledger_id == ledger_id, Idempotency.created_at < before)
        .where(Idempotency.pruned_at.is_(None), Idempotency.status_code.is_not(None))
        .values(body=None, pruned_at=clock.now())
    )
    return int(cast(Any, pruned).rowcount)


_TABLE = cast(sa.Table, Idempotency.__table__)
_ANSWER = (
    Idempotency.status_code,
    Idempotency.body,
    Idempotency.resource,
    Idempotency.pruned_at,
)
_HERE = (
    _TABLE.c.ledger_id == sa.bindparam("in_ledger"),
    _TABLE.c.actor_id == sa.bindparam("of_actor"),
    _TABLE.c.key == sa.bindparam("named"),
)
_FIND = sa.select(_TABLE).where(*_HERE)
_KEEP = (
    sa.update(_TABLE)
    .where(*_HERE, _TABLE.c.status_code.is_(None))
    .values(
        status_code=sa.bindparam("said"), body=sa.bindparam("text"), resource=sa.bindparam("about")
    )
)
"""Prebuilt, and run on the session's own connection: every writing request runs them."""


def _place(request: Request) -> dict[str, Any]:
    return {"in_ledger": request.ledger_id, "of_actor": request.actor_id, "named": request.key}


@cache
def _claim(dialect: str) -> Any:
    return insert_or_ignore_in(dialect, _TABLE).returning(_TABLE.c.key)


def _insert(session: Session, request: Request) -> bool:
    """Whether the row is ours; on PostgreSQL this waits for whoever is inserting it now."""
    row = {
        "ledger_id": request.ledger_id,
        "actor_id": request.actor_id,
        "key": request.key,
        "route": request.route,
        "fingerprint": request.fingerprint,
        "created_at": clock.now(),
    }
    connection = session.connection()
    try:
        return connection.execute(_claim(connection.dialect.name), row).first() is not None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise IdempotencyInFlight from error
        raise


def _is(ledger_id: int, actor_id: UUID, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        Idempotency.ledger_id == ledger_id,
        Idempotency.actor_id == actor_id,
        Idempotency.key == key,
    )


def _answer(row: Any) -> Answer:
    return Answer(row.status_code, row.body or b"", row.resource, row.pruned_at is not None)
