"""Shifts over the API: a route's codes, the end of a patrol, visits to homes, logs."""

from typing import Any
from uuid import UUID

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities.errors import WrongWayIn
from app.activities.models_shift import ShiftLog
from app.activities.shifts import attending, checkpoint_codes, logs, routes, visits
from app.base import crypto
from app.base.errors import DomainError
from app.base.transactions import reading
from app.people import codes
from app.people.codes import SpentCode
from app.web import qr
from app.web.acts import act
from app.web.api import seeing, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.attendance import StayOut
from app.web.schemas.lists import items_of
from app.web.schemas.shifts import CheckpointOut, ResidentCodeIn, ShiftLogIn, ShiftLogOut
from app.web.session import actor

bp = Blueprint("shifts", __name__, url_prefix="/books/<book>", description="Patrols and visits")
STAY = StayOut()


@bp.get("/sessions/<uuid:session_id>/checkpoints")
@allow(SIGNED_IN)
@bp.response(200, items_of(CheckpointOut))
def list_checkpoints(book: str, session_id: UUID) -> ResponseReturnValue:
    """List a route's checkpoints with their codes of this shift, for its leaders (C13).

    The codes are of this session and day; the token stands behind the `#`, out of every log.
    """
    ledger_id = standing.book_id(book)
    with reading() as session:
        slot = seeing.led_slot(session, ledger_id, session_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "activity_id": slot.activity.id}
        found = attending.list_checkpoints(session, **named)
        if not found:
            raise WrongWayIn(way=attending.way_of(session, **named))
    rows = []
    for each in found:
        token = checkpoint_codes.token_of(slot.session, each.ordinal)
        url = f"{current_app.config['PUBLIC_URL']}/q#{token}"
        rows.append(
            {
                "ordinal": each.ordinal,
                "name": each.name,
                "token": token,
                "url": url,
                "digits": checkpoint_codes.digits_of(slot.session, each.ordinal),
                "svg": qr.svg(url, label=str(each.ordinal)),
            }
        )
    return jsonify(items=rows)


@bp.post("/sessions/<uuid:session_id>/patrol-end")
@allow(SIGNED_IN)
@bp.response(200, StayOut)
def end_patrol(book: str, session_id: UUID) -> ResponseReturnValue:
    """End my patrol; it lasted until its last checkpoint was scanned."""

    def verb(session: Session, ledger_id: int) -> Any:
        mine = standing.my_key(session, ledger_id)
        return routes.finish(session, **mine, session_id=session_id, actor=actor())

    return _mine(book, verb)


@bp.post("/sessions/<uuid:session_id>/visit")
@allow(SIGNED_IN)
@bp.response(201, StayOut)
def begin_visit(book: str, session_id: UUID) -> ResponseReturnValue:
    """Begin a visit to a home, which I signed up for; it is ended by the resident (C27)."""

    def verb(session: Session, ledger_id: int) -> Any:
        mine = standing.my_key(session, ledger_id)
        return visits.begin(session, **mine, session_id=session_id, actor=actor())

    return _mine(book, verb, status=201)


@bp.post("/sessions/<uuid:session_id>/visit/confirmation")
@allow(SIGNED_IN)
@bp.arguments(ResidentCodeIn)
@bp.response(200, StayOut)
def end_visit(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """End my visit with the one-time code on the resident's phone; the code is used up."""
    ledger_id = standing.book_id(book)

    def before(session: Session) -> SpentCode:
        return codes.consume(
            session,
            ledger_id=ledger_id,
            presented=asked["code"],
            purpose=visits.CODE_PURPOSE,
            used_by_id=actor().person_id,
        )

    def verb(session: Session, spent: SpentCode) -> Any:
        mine = standing.my_key(session, ledger_id)
        done = visits.finish(session, **mine, session_id=session_id, code=spent, actor=actor())
        codes.note_result(session, spent, {"visit": done.title, "minutes": done.credited_minutes})
        return {"direction": "out", **_dumped(done)}

    def refused(session: Session, spent: SpentCode | None, refusal: DomainError) -> None:
        if spent is not None:
            codes.note_result(session, spent, {"refused": refusal.code})

    return act(verb, ledger_id=ledger_id, before=before, refused=refused, status=200)


@bp.put("/me/attendances/<uuid:attendance_id>/log")
@allow(SIGNED_IN)
@bp.arguments(ShiftLogIn)
@bp.response(200, ShiftLogOut)
def write_log(asked: dict[str, Any], book: str, attendance_id: UUID) -> ResponseReturnValue:
    """Write the log of my shift, until the shift is confirmed (T14)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        mine = standing.my_key(session, ledger_id)
        return _log(logs.write(session, **mine, attendance_id=attendance_id, **asked))

    return act(verb, ledger_id=ledger_id, dump=ShiftLogOut().dump, status=200, needs_key=False)


def _mine(book: str, step: Any, status: int = 200) -> ResponseReturnValue:
    """Do a step of my own stay and show the stay."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        done = step(session, ledger_id)
        direction = "out" if hasattr(done, "checked_out_at") else "in"
        return {"direction": direction, **_dumped(done)}

    return act(verb, ledger_id=ledger_id, status=status)


def _dumped(done: Any) -> dict[str, Any]:
    values: dict[str, Any] = STAY.dump(done)
    return values


def _log(log: ShiftLog) -> dict[str, Any]:
    return {
        "attendance_id": log.attendance_id,
        "text": crypto.unseal(log.text_sealed, log.attendance_id),
        "written_at": log.written_at,
    }
