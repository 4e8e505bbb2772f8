"""Visits to homes (上门): begun by the volunteer, ended by the resident's one-time code (C27).

There is no screen in a home. Who signed up begins the visit on their own phone; it ends
only with a code from the resident's phone, or by a second person: a leader or staff, at
the leader's doors (`taking`), whose word waits for staff as every roll does. Else it
stays open and counts nothing (D16). Nobody confirms for their own household (A6).
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import checkin
from app.activities.checkin import CheckedIn, CheckedOut
from app.activities.errors import NotEnrolled, WrongWayIn
from app.activities.judging import Coming
from app.activities.models import ActivitySession, Enrolment
from app.activities.models_shift import Visit
from app.activities.shifts import attending
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired
from app.people import households, members
from app.people.codes import SpentCode

CODE_PURPOSE = "confirm"


def begin(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_id: UUID,
    actor: Actor,
    device_hash: bytes | None = None,
) -> CheckedIn:
    """Begin a visit, now; only who signed up is expected at somebody's door.

    Raises:
        WrongWayIn: The activity is no visit.
        NotEnrolled: The member has not signed up.
        As `checkin.enter`.
    """
    _require_visit(session, ledger_id, session_id)
    signed = session.get(Enrolment, (ledger_id, session_id, member_id))
    if signed is None or signed.state != "enrolled":
        raise NotEnrolled("sign up before you go to somebody's home")
    coming = Coming(session_id, member_id, clock.now(), "visit", None, device_hash)
    return checkin.enter(session, ledger_id=ledger_id, coming=coming, actor=actor)


def finish(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_id: UUID,
    code: SpentCode,
    actor: Actor,
) -> CheckedOut:
    """End a visit with the one-time code of the resident, which the door has used up.

    Raises:
        WrongWayIn: The activity is no visit.
        SecondPersonRequired: It is the volunteer's own code, or of their household (A6).
        As `checkin.leave`.
    """
    _require_visit(session, ledger_id, session_id)
    visitor = members.get(session, ledger_id=ledger_id, member_id=member_id)
    circle = households.circle_of(session, ledger_id=ledger_id, person_id=visitor.person_id)
    if code.member_id in circle | {member_id}:
        raise SecondPersonRequired("not by the volunteer's own household")
    coming = Coming(session_id, member_id, clock.now(), "personal_code")
    done = checkin.leave(session, ledger_id=ledger_id, coming=coming, actor=actor)
    session.add(
        Visit(
            ledger_id=ledger_id,
            attendance_id=done.attendance_id,
            resident_id=code.member_id,
            confirmed_at=done.checked_out_at,
        )
    )
    session.flush()
    return done


def confirmed_by(
    session: Session, *, ledger_id: int, attendance_ids: list[UUID]
) -> dict[UUID, UUID]:
    """Return the resident who confirmed each visit, by its record; for leaders and staff only."""
    rows = session.execute(
        sa.select(Visit.attendance_id, Visit.resident_id).where(
            Visit.ledger_id == ledger_id, Visit.attendance_id.in_(attendance_ids)
        )
    )
    return {row.attendance_id: row.resident_id for row in rows}


def _require_visit(session: Session, ledger_id: int, session_id: UUID) -> None:
    activity_id = session.scalar(
        sa.select(ActivitySession.activity_id).where(
            ActivitySession.ledger_id == ledger_id, ActivitySession.id == session_id
        )
    )
    if activity_id is None:
        raise NotFound("no such session")
    way = attending.way_of(session, ledger_id=ledger_id, activity_id=activity_id)
    if way != "visit":
        raise WrongWayIn(way=way)
