"""Which activity a person may see: an approved one by everybody of the book, a plan by its own.

What they may not see is not there (404). Whether they may do what they ask is for
the room to say.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import listings
from app.activities import standing as lead
from app.activities.listings import VISIBLE, Slot
from app.activities.models import Activity
from app.activities.standing import Standing
from app.base.errors import NotFound, PermissionDenied
from app.people import members
from app.web.api import standing
from app.web.session import actor, subject_id


def activity(session: Session, ledger_id: int, activity_id: UUID) -> tuple[Activity, Standing]:
    """Return an activity that the person may see, and who they are to it.

    Raises:
        NotFound: There is none, or it is not theirs to see.
    """
    found = lead.get_activity(session, ledger_id=ledger_id, activity_id=activity_id)
    who = lead.of(session, activity=found, actor=actor())
    if not (who.may_lead or _is_seen(session, found)):
        raise NotFound("no such activity")
    return found, who


def slot(session: Session, ledger_id: int, session_id: UUID) -> tuple[Slot, Standing]:
    """Return a session of an activity that the person may see; raises as `activity`."""
    found = listings.get_slot(session, ledger_id=ledger_id, session_id=session_id)
    who = lead.of(session, activity=found.activity, actor=actor())
    if not (who.may_lead or _is_seen(session, found.activity)):
        raise NotFound("no such session")
    return found, who


def led_slot(session: Session, ledger_id: int, session_id: UUID) -> Slot:
    """Return a session whose activity the person leads, or is staff of.

    Raises:
        NotFound: It is not theirs to see.
        PermissionDenied: They may see it, but do not lead it.
    """
    found, who = slot(session, ledger_id, session_id)
    if not who.may_lead:
        raise PermissionDenied("only a leader of the activity or its staff")
    return found


def is_of_book(session: Session, ledger_id: int) -> bool:
    """Whether the person, or whom they act for, is a member of the book."""
    found = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id())
    return found is not None


def _is_seen(session: Session, found: Activity) -> bool:
    if found.planned_by_id == subject_id():
        return True
    if standing.is_at(session, found.node_id, standing.READERS):
        return True
    return found.state in VISIBLE and is_of_book(session, found.ledger_id)
