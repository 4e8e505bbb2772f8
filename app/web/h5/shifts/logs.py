"""The log of my shift: what I saw and did, until the shift is confirmed (T14)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings
from app.activities.listings import MySlot
from app.activities.models import Attendance
from app.activities.shifts import logs
from app.base.errors import NotFound
from app.base.transactions import reading
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.translate import _

bp = own.for_oneself(Blueprint("shift_logs", __name__))

MINE_MAX = 200


@bp.get("/stays/<uuid:stay_id>/log")
@allow(SIGNED_IN)
def page(stay_id: UUID) -> ResponseReturnValue:
    """Show what I wrote, to be written on."""
    return _page(stay_id, said=_("日志存好了") if "saved" in request.args else None)


@bp.post("/stays/<uuid:stay_id>/log")
@allow(SIGNED_IN)
def write(stay_id: UUID) -> ResponseReturnValue:
    """Keep the log."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        text = request.form.get("log", "")
        logs.write(session, **me.key, attendance_id=stay_id, text=text)

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(stay_id, problem)
    return redirect(url_for("h5.shift_logs.page", stay_id=stay_id, saved=1), code=303)


def _page(
    stay_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> Response:
    with reading() as session:
        me = own.here(session)
        slot, stay = _mine(session, me, stay_id)
        kept = logs.read(session, ledger_id=me.ledger_id, attendance_ids=[stay_id])
    return show_page(
        "h5/shifts/log.html",
        problem,
        me=me,
        slot=slot,
        stay=stay,
        text=request.form.get("log") or kept.get(stay_id, ""),
        may_write=stay.state in logs.WRITABLE,
        said=said,
    )


def _mine(session: Session, me: Own, stay_id: UUID) -> tuple[MySlot, Attendance]:
    for slot in listings.mine(session, **me.key, limit=MINE_MAX):
        for stay in slot.stays:
            if stay.id == stay_id:
                return slot, stay
    raise NotFound("no record of yours")
