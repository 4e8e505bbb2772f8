"""Objections to points that were taken: by whoever lost them, answered by another (P7, D29).

While a deduction is on notice its line is objected to (`notice_objections`). Once it is taken,
an objection that is upheld asks for its reversal (`objection_answers`); another person confirms
that.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.people.errors import AlreadyDecided
from app.people.objections import DisputedRecord
from app.points import deductions
from app.points.models import Deduction

KIND = "deduction"


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
