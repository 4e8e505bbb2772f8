"""Deductions on notice (公示): put up with what was applied for, objected to, then taken (D30).

On the public page the line of a deduction bears no name: there is no list of the shamed
(D29). Whose it is hears of it in person, and may object until the last day like anybody.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.points import deduction_posting, deductions, notice_objections
from app.points.errors import ApplicationStateConflict
from app.points.models import Deduction, Notice, NoticeLine

LINE = NoticeLine.deduction_id


def put_up(session: Session, *, notice: Notice, deduction_ids: Collection[UUID]) -> None:
    """Bind approved deductions to the notice that shows them, and tell whose they are.

    Raises:
        ApplicationStateConflict: One of them is at another step meanwhile.
    """
    statement = (
        sa.update(Deduction)
        .where(
            Deduction.ledger_id == notice.ledger_id,
            Deduction.id.in_(deduction_ids),
            Deduction.state == "reviewed",
        )
        .values(state="noticed", notice_id=notice.id)
        .returning(Deduction)
        .execution_options(populate_existing=True)
    )
    moved = session.scalars(statement).all()
    if len(moved) < len(deduction_ids):
        raise ApplicationStateConflict(state="noticed")
    for each in moved:
        facts = {"reason": each.reason, "closes_on": notice.closes_on.isoformat()}
        deduction_posting.tell(session, each, "deduction_noticed", **facts)


def take_down(session: Session, *, ledger_id: int, notice_id: UUID) -> None:
    """Let the deductions of a notice that was taken down wait for another one."""
    session.execute(
        sa.update(Deduction)
        .where(
            Deduction.ledger_id == ledger_id,
            Deduction.notice_id == notice_id,
            Deduction.state == "noticed",
        )
        .values(state="reviewed", notice_id=None)
    )


def lines_of(session: Session, *, ledger_id: int, found: Collection[Deduction]) -> dict[UUID, UUID]:
    """Return the line that shows each deduction in the notice it is up in now."""
    query = sa.select(NoticeLine.deduction_id, NoticeLine.id).where(
        NoticeLine.ledger_id == ledger_id,
        NoticeLine.deduction_id.in_([each.id for each in found]),
        NoticeLine.notice_id.in_({each.notice_id for each in found if each.notice_id}),
    )
    return {row.deduction_id: row.id for row in session.execute(query)}


def post_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Take what was put up and is over, line by line; return how many lines were settled.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: D30, P7.
    """
    found: list[Deduction] = notice_objections.due(
        session,
        ledger_id=ledger_id,
        subject=Deduction,
        line=LINE,
        ordered_by=Deduction.happened_on,
        today=today,
    )
    stopped = notice_objections.verdicts(
        session, ledger_id=ledger_id, line=LINE, subject_ids=[each.id for each in found]
    )
    for each in found:
        if each.id in stopped:
            each.state, each.refusal_reason = "refused", notice_objections.UPHELD
            session.flush()
            deduction_posting.tell(session, each, "deduction_dropped")
        else:
            deduction_posting.post(session, each, SYSTEM)
            deductions.write_audit(session, each, SYSTEM, "deduction_posted")
    return len(found)
