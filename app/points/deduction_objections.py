"""Objections to points that were taken: by whoever lost them, answered by another (P7, D29).

While a deduction is on notice its line is objected to (`notice_objections`). Once it is taken,
an objection that is upheld asks for its reversal; another person confirms that.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people import objections
from app.people.errors import AlreadyDecided
from app.people.models import Objection
from app.people.objections import DisputedRecord
from app.points import deduction_posting, deductions, notice_objections
from app.points.models import Deduction

KIND = "deduction"
REASON_MAX = 200


def record_of(
    session: Session, *, ledger_id: int, deduction_id: UUID, member_id: UUID
) -> tuple[DisputedRecord, Deduction]:
    """Return a deduction as a record that this member may object to, and the deduction.

    It counts as the asker's: the points are the household's, whoever of it did the deed (D29).

    Raises:
        NotFound: Neither they nor their household lost points by it.
        AlreadyDecided: It is not taken yet, or came back; fact `state`.
    """
    found = deductions.get_of_member(
        session, ledger_id=ledger_id, member_id=member_id, deduction_id=deduction_id
    )
    if found.state != "posted":
        raise AlreadyDecided(state=found.state)
    return DisputedRecord(KIND, found.id, member_id, found.entered_by_id, found.node_id), found


def answer(
    session: Session, *, objection: Objection, verdict: str, reason: str, actor: Actor
) -> Objection:
    """Answer an objection; what was wrongly taken is asked back by the answer (P7, D29).

    The door asked whether the place is the actor's. Every other record that is upheld is put
    right by an act of its own.

    Raises:
        SecondPersonRequired: The actor made or reviewed the record, or it is theirs or, of a
            deduction, their household's.
        ValidationFailed, AlreadyDecided: As `objections.answer`.
    """
    ledger_id, subject_id = objection.ledger_id, objection.subject_id
    notice_objections.require_free_decider(
        session, ledger_id=ledger_id, subject_id=subject_id, actor=actor
    )
    if objection.subject_kind == KIND and verdict == "upheld":
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
