"""The leader's doors over the API: one-time code, card and roll; the leader's word; corrections."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import attendance, corrections, listings, records, roll_undo, taking
from app.activities.corrections import Change
from app.activities.models import Attendance
from app.activities.taking import Roll
from app.base.transactions import reading
from app.points.models import Grant
from app.web.acts import act
from app.web.api import grant_rows, seeing, shown, standing
from app.web.api.leader_door import LeaderDoor
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.attendance import (
    AttendanceOut,
    ChangeIn,
    ConfirmIn,
    NamedAttendanceOut,
    ReviewOut,
    RollIn,
    RollOut,
    StayOut,
    TakeBackIn,
    TakeIn,
)
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.points import GrantOut, RecordOut
from app.web.session import actor

bp = Blueprint("attendance", __name__, url_prefix="/books/<book>", description="Attendance")


@bp.get("/sessions/<uuid:session_id>/attendances")
@allow(SIGNED_IN)
@bp.response(200, items_of(NamedAttendanceOut))
def list_all(book: str, session_id: UUID) -> ResponseReturnValue:
    """List the records of a session in order of coming, for its leaders."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.led_slot(session, ledger_id, session_id)
        found = listings.stays_of_session(session, ledger_id=ledger_id, session_id=session_id)
        return jsonify(items=shown.named(session, ledger_id, AttendanceOut(), found))


@bp.post("/sessions/<uuid:session_id>/attendances")
@allow(SIGNED_IN)
@bp.arguments(TakeIn)
@bp.response(201, StayOut)
def take(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Take one person in or out, now, by their one-time code, their card, or from the roll."""
    ledger_id = standing.book_id(book)
    door = LeaderDoor(ledger_id, session_id, asked)
    return act(door.take, ledger_id=ledger_id, before=door.identify, refused=door.keep_refused)


@bp.post("/sessions/<uuid:session_id>/attendances/roll")
@allow(SIGNED_IN)
@bp.arguments(RollIn)
@bp.response(200, RollOut)
def call_roll(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Take in, or let out, everybody ticked; who cannot be is named with the reason."""
    ledger_id = standing.book_id(book)
    call = taking.roll_in if asked["direction"] == "in" else taking.roll_out

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.slot(session, ledger_id, session_id)
        roll = call(
            session,
            ledger_id=ledger_id,
            session_id=session_id,
            member_ids=asked["member_ids"],
            actor=actor(),
        )
        return {"direction": asked["direction"], **_roll(roll)}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/sessions/<uuid:session_id>/attendances/roll/undo")
@allow(SIGNED_IN)
@bp.arguments(RollIn)
@bp.response(200, RollOut)
def undo_roll(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Take back my own roll-call of the last ten minutes; what has moved on is named."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.slot(session, ledger_id, session_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id}
        roll = roll_undo.undo(session, **named, actor=actor(), **asked)
        return {"direction": asked["direction"], **_roll(roll)}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/sessions/<uuid:session_id>/attendances/confirm")
@allow(SIGNED_IN)
@bp.arguments(ConfirmIn)
@bp.response(200, items_of(GrantOut))
def confirm(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Confirm presences; what needs nobody else is posted at once, the rest waits for staff."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.slot(session, ledger_id, session_id)
        made = attendance.confirm(
            session, ledger_id=ledger_id, session_id=session_id, actor=actor(), **asked
        )
        return {"items": grant_rows.listed(session, ledger_id, made)}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/attendances/<uuid:attendance_id>/second")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, RecordOut)
def second(asked: dict[str, Any], book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Confirm a forgotten check-out as the second person: honorary becomes credited (D16)."""

    def step(session: Session, ledger_id: int) -> Grant | None:
        return attendance.second(
            session, ledger_id=ledger_id, attendance_id=attendance_id, actor=actor(), **asked
        )

    return _step(step, book, attendance_id)


@bp.post("/attendances/<uuid:attendance_id>/refuse")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, RecordOut)
def refuse(asked: dict[str, Any], book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Refuse one record that is not confirmed yet; its member is told why."""

    def step(session: Session, ledger_id: int) -> None:
        attendance.refuse(
            session, ledger_id=ledger_id, attendance_id=attendance_id, actor=actor(), **asked
        )

    return _step(step, book, attendance_id)


@bp.post("/attendances/<uuid:attendance_id>/corrections")
@allow(SIGNED_IN)
@bp.arguments(ChangeIn)
@bp.response(200, RecordOut)
def correct(asked: dict[str, Any], book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Put a record's times right: its grant is reversed, the new one waits for staff (D3)."""

    def step(session: Session, ledger_id: int) -> Grant | None:
        return corrections.correct(
            session,
            ledger_id=ledger_id,
            attendance_id=attendance_id,
            change=Change(**asked),
            actor=actor(),
        )

    return _step(step, book, attendance_id)


@bp.post("/attendances/<uuid:attendance_id>/reverse")
@allow(SIGNED_IN)
@bp.arguments(TakeBackIn)
@bp.response(200, RecordOut)
def reverse(asked: dict[str, Any], book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Take a record back whole: nobody was there; what it earned is reversed (L10)."""

    def step(session: Session, ledger_id: int) -> None:
        corrections.reverse(
            session, ledger_id=ledger_id, attendance_id=attendance_id, actor=actor(), **asked
        )

    return _step(step, book, attendance_id)


@bp.get("/attendances/to-review")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(ReviewOut))
def to_review(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what staff look at: forgotten check-outs, rolls and cards, corrected records."""
    code = asked.pop("node_code", None)
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        found = listings.to_review(session, ledger_id=ledger_id, node=node, **asked)
        stays = shown.named(session, ledger_id, AttendanceOut(), [stay for stay, _ in found])
    rows = [
        {
            "attendance": stay,
            "activity_id": slot.activity.id,
            "title": slot.activity.title,
            "starts_at": slot.session.starts_at.isoformat(),
            "ends_at": slot.session.ends_at.isoformat(),
        }
        for stay, (_, slot) in zip(stays, found, strict=True)
    ]
    return jsonify(items=rows)


def _step(step: Any, book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Do one step with a record of an activity that the person may see."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        named: dict[str, Any] = {"ledger_id": ledger_id, "attendance_id": attendance_id}
        seeing.slot(session, ledger_id, records.lock(session, **named).session_id)
        grant = step(session, ledger_id)
        stay: Attendance = records.lock(session, **named)
        made = grant_rows.listed(session, ledger_id, [grant] if grant else [])
        return {"attendance": AttendanceOut().dump(stay), "grant": made[0] if made else None}

    return act(verb, ledger_id=ledger_id, status=200)


def _roll(roll: Roll) -> dict[str, Any]:
    refused = []
    for member_id, refusal in sorted(roll.refused.items()):
        problem = problem_of(refusal)
        refused.append(
            {
                "member_id": str(member_id),
                "code": problem["code"],
                "title": problem["title"],
                "facts": problem.get("facts", {}),
            }
        )
    return {"taken": sorted(str(each) for each in roll.taken), "refused": refused}
