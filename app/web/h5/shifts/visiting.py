"""My visit to a home: begun at the door, ended with the code on the resident's phone (C27)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings
from app.activities.shifts import attending, visits
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.people import codes
from app.people.codes import SpentCode
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.device import Device
from app.web.h5.forms import page as show_page
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = own.for_oneself(Blueprint("visiting", __name__))


@bp.get("/sessions/<uuid:session_id>/visit")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """Say what to do at the door, and at the end."""
    return _page(session_id)


@bp.post("/sessions/<uuid:session_id>/visit")
@allow(SIGNED_IN)
def begin(session_id: UUID) -> ResponseReturnValue:
    """Begin the visit, now."""
    device = Device()
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        visits.begin(
            session, **me.key, session_id=session_id, actor=actor(), device_hash=device.hash
        )

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return device.remember(_page(session_id, problem))
    target = url_for("h5.visiting.page", session_id=session_id)
    return device.remember(redirect(target, code=303))


@bp.post("/sessions/<uuid:session_id>/visit/end")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def end(session_id: UUID) -> ResponseReturnValue:
    """End the visit with the resident's code; the resident's phone hears of it."""
    with reading() as session:
        me = own.here(session)

    def before(session: Session) -> SpentCode:
        return codes.consume(
            session,
            ledger_id=me.ledger_id,
            presented=request.form.get("code", ""),
            purpose=visits.CODE_PURPOSE,
            used_by_id=actor().person_id,
        )

    def verb(session: Session, spent: SpentCode) -> None:
        done = visits.finish(session, **me.key, session_id=session_id, code=spent, actor=actor())
        codes.note_result(session, spent, {"visit": done.title, "minutes": done.credited_minutes})

    def refused(session: Session, spent: SpentCode | None, refusal: DomainError) -> None:
        if spent is not None:
            codes.note_result(session, spent, {"refused": refusal.code})

    _done, problem = submit(verb, ledger_id=me.ledger_id, before=before, refused=refused)
    if problem:
        return _page(session_id, problem)
    return redirect(url_for("h5.checkin.done", session_id=session_id), code=303)


def _page(session_id: UUID, problem: dict[str, Any] | None = None) -> Response:
    with reading() as session:
        me = own.here(session)
        slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "activity_id": slot.activity.id}
        rule = attending.find(session, **named)
        if rule is None or rule.way != "visit" or slot.activity.state not in listings.VISIBLE:
            raise NotFound("no visit")
        mine = [each for each in listings.mine(session, **me.key) if each.session.id == session_id]
    stays = [stay for each in mine for stay in each.stays]
    signed = mine[0].enrolment if mine else None
    return show_page(
        "h5/shifts/visit.html",
        problem,
        me=me,
        slot=slot,
        stay=next((each for each in stays if each.state == "open"), None),
        is_signed=signed is not None and signed.state == "enrolled",
        needs_log=rule.needs_log,
    )
