"""Objections to points that were taken: by whoever lost them, answered by another (P7, D29).

While a deduction is on notice its line is objected to (`notice_objections`). Once it is taken,
an objection that is upheld asks for its reversal; another person confirms that.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people.errors import AlreadyDecided
from app.people.objections import DisputedRecord
from app.points import deduction_posting, deductions
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


def uphold(
    session: Session, *, ledger_id: int, deduction_id: UUID, reason: str, actor: Actor
) -> None:
    """Ask for the reversal of what was wrongly taken, unless somebody did or it came back.

    Raises:
        NotFound: There is no such deduction.
        SecondPersonRequired: It is one's own, or one's household's.
    """
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
