"""Objections to single lines of a notice: who may answer, and which lines they stop (D30).

An objection stops its own line only: open, the line waits; upheld, it is not posted.
Whoever answers neither entered nor reviewed what the line shows, nor is it theirs.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people.models import Objection
from app.points import second_person
from app.points.models import Application, Deduction, Notice, NoticeLine

UPHELD = "公示期间的异议成立"
BATCH_SIZE = 200


def require_free_decider(
    session: Session, *, ledger_id: int, subject_id: UUID, actor: Actor
) -> None:
    """Refuse who made or reviewed what a line shows, or whose it is, as the decider.

    The same holds of a deduction that was taken and is objected to itself.

    Raises:
        SecondPersonRequired: Another person must answer the objection (D30, A6).
    """
    shown = _shown(session, ledger_id, subject_id)
    if shown is None:
        return
    made_by = shown.applied_by_id if isinstance(shown, Application) else shown.entered_by_id
    makers = {made_by, *([shown.reviewed_by_id] if shown.reviewed_by_id else [])}
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=makers,
        member_ids=[shown.member_id],
    )


def due(
    session: Session, *, ledger_id: int, subject: Any, line: Any, ordered_by: Any, today: date
) -> list[Any]:
    """Lock and return what stood in a notice that is over and that no objection holds up.

    Args:
        subject: The table of what the lines show.
        line: The line's column that names it.
        ordered_by: The column of the day by which the oldest come first.
        today: The local date; a notice is over after its last day.
    """
    query = (
        sa.select(subject)
        .join(
            Notice,
            sa.and_(Notice.ledger_id == subject.ledger_id, Notice.id == subject.notice_id),
        )
        .where(
            subject.ledger_id == ledger_id,
            Notice.ledger_id == ledger_id,
            subject.state == "noticed",
            Notice.withdrawn_at.is_(None),
            Notice.closes_on < today,
            ~_is_waited_for(ledger_id, line, subject),
        )
        .order_by(ordered_by, subject.id)
        .limit(BATCH_SIZE)
        .with_for_update(key_share=True, of=subject)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def verdicts(
    session: Session, *, ledger_id: int, line: Any, subject_ids: Collection[UUID]
) -> dict[UUID, set[str]]:
    """Return which objections that are open or upheld stand against each of these subjects."""
    query = _objections(ledger_id, line).where(
        line.in_(subject_ids), Objection.state.in_(("open", "upheld"))
    )
    found: dict[UUID, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.subject_id, set()).add(row.state)
    return found


def _is_waited_for(ledger_id: int, line: Any, subject: Any) -> sa.ColumnElement[bool]:
    """Somebody's objection to the subject's line has no answer yet."""
    return (
        _objections(ledger_id, line)
        .where(line == subject.id, Objection.state == "open")
        .correlate(subject)
        .exists()
    )


def _shown(session: Session, ledger_id: int, subject_id: UUID) -> Application | Deduction | None:
    line = session.get(NoticeLine, (ledger_id, subject_id))
    if line is None:
        return session.get(Deduction, (ledger_id, subject_id))
    if line.application_id is not None:
        return session.get(Application, (ledger_id, line.application_id))
    if line.deduction_id is not None:
        return session.get(Deduction, (ledger_id, line.deduction_id))
    return None


def _objections(ledger_id: int, line: Any) -> sa.Select[*tuple[Any, ...]]:
    """Objections to a line, each with what the line shows."""
    return (
        sa.select(line.label("subject_id"), Objection.state)
        .select_from(NoticeLine)
        .join(
            Objection,
            sa.and_(
                Objection.ledger_id == NoticeLine.ledger_id,
                Objection.subject_id == NoticeLine.id,
            ),
        )
        .where(
            NoticeLine.ledger_id == ledger_id,
            Objection.ledger_id == ledger_id,
            Objection.subject_kind == "notice",
        )
    )
