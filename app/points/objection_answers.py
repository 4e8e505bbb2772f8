"""The answer to any objection: who is free to give it, and what an upheld one sets going (D30).

A deduction that was wrongly taken is asked back by the answer (P7, D29); every other record that
is upheld is put right by an act of its own.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people import objections
from app.people.models import Objection
from app.points import deduction_objections, deduction_posting, deductions, notice_objections

REASON_MAX = 200


def answer(
    session: Session, *, objection: Objection, verdict: str, reason: str, actor: Actor
) -> Objection:
    """Answer an objection; the door asked whether the place is the actor's.

    Raises:
        SecondPersonRequired: The actor made or reviewed the record, or it is theirs or, of a
            deduction, their household's.
        ValidationFailed, AlreadyDecided: As `objections.answer`.
    """
    ledger_id, subject_id = objection.ledger_id, objection.subject_id
    notice_objections.require_free_decider(
        session, ledger_id=ledger_id, subject_id=subject_id, actor=actor
    )
    if objection.subject_kind == deduction_objections.KIND and verdict == "upheld":
        _uphold(session, ledger_id=ledger_id, deduction_id=subject_id, reason=reason, actor=actor)
    return objections.answer(
        session,
        ledger_id=ledger_id,
        objection_id=objection.id,
        verdict=verdict,
        reason=reason,
        actor=actor,
    )


def _uphold(
    session: Session, *, ledger_id: int, deduction_id: UUID, reason: str, actor: Actor
) -> None:
    """Ask for the reversal of what was wrongly taken, unless somebody did or it came back."""
    found = deductions.lock(session, ledger_id=ledger_id, deduction_id=deduction_id)
    if found.state != "posted" or found.reversal_asked_by_id is not None:
        return
    deduction_posting.ask_reversal(
        session,
        ledger_id=ledger_id,
        deduction_id=deduction_id,
        reason=reason.strip()[:REASON_MAX],
        actor=actor,
    )
