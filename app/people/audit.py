"""The audit trail: who did what to whom, written in the transaction of the act (D49).

Append-only: nothing here changes or removes a row. Facts name things by id and
by number; names, phones and free text about a person do not belong in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.base.serials import HOUSE
from app.people.models import Audit
from app.people.plain_facts import plain

__all__ = ["HOUSE", "Act", "list_of_actor", "list_of_subject", "write", "write_all"]


@dataclass(frozen=True, slots=True)
class Act:
    """One line to be written: an action in snake_case, and what it was done to."""

    action: str
    subject_kind: str
    subject_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def write(
    session: Session,
    *,
    ledger_id: int,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Write one act (D49). Book `serials.HOUSE` for an act without a book."""
    act = Act(action, subject_kind, subject_id, facts)
    write_all(session, ledger_id=ledger_id, actor=actor, acts=[act])


def write_all(session: Session, *, ledger_id: int, actor: Actor, acts: Sequence[Act]) -> None:
    """Write many acts of one actor in one statement (D49)."""
    if not acts:
        return
    now = clock.now()
    rows = [
        {
            "ledger_id": ledger_id,
            "id": new_id(),
            "actor_id": actor.person_id,
            "on_behalf_id": actor.on_behalf_id,
            "action": act.action,
            "subject_kind": act.subject_kind,
            "subject_id": act.subject_id,
            "facts": plain(act.facts),
            "happened_at": now,
        }
        for act in acts
    ]
    session.execute(sa.insert(Audit), rows)


def list_of_subject(
    session: Session, *, ledger_id: int, subject_id: UUID, limit: int = 100
) -> list[Audit]:
    """List what was done to one subject, latest first."""
    return list(
        session.scalars(
            sa.select(Audit)
            .where(Audit.ledger_id == ledger_id, Audit.subject_id == subject_id)
            .order_by(Audit.happened_at.desc(), Audit.id.desc())
            .limit(limit)
        )
    )


def list_of_actor(
    session: Session, *, ledger_id: int, actor_id: UUID, limit: int = 100
) -> list[Audit]:
    """List what one person did in a book, latest first."""
    return list(
        session.scalars(
            sa.select(Audit)
            .where(Audit.ledger_id == ledger_id, Audit.actor_id == actor_id)
            .order_by(Audit.happened_at.desc(), Audit.id.desc())
            .limit(limit)
        )
    )
