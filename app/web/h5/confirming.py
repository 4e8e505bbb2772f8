"""The leader's word: confirm who was there, settle forgotten check-outs, refuse with reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import attendance, enrolment, late_listings, listings, posters, records
from app.activities.crediting import BELOW_MIN_PRESENCE
from app.activities.listings import Slot
from app.activities.models import Attendance
from app.activities.shifts import attending, logs
from app.base import clock
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.people import members
from app.web import day_spans
from app.web.acts import submit
from app.web.h5 import own, screen
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = Blueprint("confirming", __name__)


@bp.get("/lead/sessions/<uuid:session_id>/people")
@allow(SIGNED_IN)
def people(session_id: UUID) -> ResponseReturnValue:
    """List who signed up and who waits."""
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        found = enrolment.list_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
        stays = listings.stays_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
        ids = {each.member_id for each in found} | {each.member_id for each in stays}
        names = members.get_many(session, ledger_id=me.ledger_id, member_ids=ids)
    came = {stay.member_id for stay in stays if stay.state not in screen.GONE}
    return show_page("h5/people.html", me=me, slot=slot, found=found, names=names, came=came)


@bp.get("/lead/sessions/<uuid:session_id>/confirm")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """List the stays that wait for the leader's word."""
    count = request.args.get("count", type=int)
    said = _("确认了 %(n)s 人", n=count) if count is not None else None
    return _page(session_id, said=said)


@bp.post("/lead/sessions/<uuid:session_id>/confirm")
@allow(SIGNED_IN)
def confirm(session_id: UUID) -> ResponseReturnValue:
    """Confirm everybody ticked; a forgotten check-out by the time that stands beside it."""
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> int:
        ids = _ticked()
        attendance.confirm(
            session,
            ledger_id=me.ledger_id,
            session_id=session_id,
            attendance_ids=ids,
            left_at={each: at for each in ids if (at := _left_at(slot, each)) is not None},
            reason=_why(session, me, session_id, ids),
            actor=actor(),
        )
        return len(ids)

    count, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _page(session_id, problem)
    target = url_for("h5.confirming.page", session_id=session_id, count=count)
    return redirect(target, code=303)


@bp.get("/lead/stays/<uuid:stay_id>/refuse")
@allow(SIGNED_IN)
def ask_reason(stay_id: UUID) -> ResponseReturnValue:
    """Ask why a record is refused."""
    return _reason(stay_id)


@bp.post("/lead/stays/<uuid:stay_id>/refuse")
@allow(SIGNED_IN)
def refuse(stay_id: UUID) -> ResponseReturnValue:
    """Refuse one record; its member is told why."""
    with reading() as session:
        me, stay = _led_stay(session, stay_id)

    def verb(session: Session, _fact: None) -> None:
        reason = request.form.get("reason", "")
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "attendance_id": stay_id}
        attendance.refuse(session, **named, reason=reason, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _reason(stay_id, problem)
    target = url_for("h5.confirming.page", session_id=stay.session_id)
    return redirect(target, code=303)


def _page(
    session_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "session_id": session_id}
        stays = listings.stays_of_session(session, **named)
        seen = posters.list_seen(session, **named)
        late = {scan.member_id for scan in late_listings.list_of_session(session, **named)}
        ids = {each.member_id for each in stays}
        ids |= {each.member_id for each in seen if each.member_id is not None}
        names = members.get_many(session, ledger_id=me.ledger_id, member_ids=ids)
        needs_log, log_of = _logs(session, me, slot, stays)
    by_state: dict[str, list[Attendance]] = {}
    for stay in stays:
        by_state.setdefault(stay.state, []).append(stay)
    closed = by_state.get("closed", [])
    unlogged = [stay for stay in closed if needs_log and stay.id not in log_of]
    closed = [stay for stay in closed if stay not in unlogged]
    early = [stay for stay in closed if _is_early(slot, stay)]
    ticked = set(request.form.getlist("attendance_ids")) if problem else None
    return show_page(
        "h5/confirm.html",
        problem,
        me=me,
        slot=slot,
        names=names,
        ready=[stay for stay in closed if not stay.zero_reason],
        odd=[stay for stay in closed if stay.zero_reason and stay not in early],
        early=early,
        forgotten=by_state.get("needs_confirmation", []),
        inside=by_state.get("open", []),
        confirmed=by_state.get("confirmed", []),
        ticked=ticked,
        typed=request.form,
        said=said,
        late_count=len(late),
        unlogged=unlogged,
        log_of=log_of,
        seen=seen,
    )


def _logs(
    session: Session, me: Own, slot: Slot, stays: list[Attendance]
) -> tuple[bool, dict[UUID, str]]:
    """Return whether shifts here need a log, and what was written (T14)."""
    rule = attending.find(session, ledger_id=me.ledger_id, activity_id=slot.activity.id)
    ids = [stay.id for stay in stays]
    return bool(rule and rule.needs_log), logs.read(
        session, ledger_id=me.ledger_id, attendance_ids=ids
    )


def _ticked() -> list[UUID]:
    """Return the records that the form ticks.

    Raises:
        ValidationFailed: None, or something that is no record.
    """
    try:
        ids = [UUID(each) for each in request.form.getlist("attendance_ids")]
    except ValueError as error:
        raise ValidationFailed("no record", field="member_ids") from error
    if not ids:
        raise ValidationFailed("nobody is ticked", field="member_ids")
    return ids


def _why(session: Session, me: Own, session_id: UUID, ids: list[UUID]) -> str | None:
    """Return why check-outs were forgotten, if the form settles any; the room wants it said."""
    stays = listings.stays_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
    forgotten = {stay.id for stay in stays if stay.state == "needs_confirmation"}
    return request.form.get("reason", "") if forgotten.intersection(ids) else None


def _reason(stay_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me, stay = _led_stay(session, stay_id)
        member = members.get(session, ledger_id=me.ledger_id, member_id=stay.member_id)
    return show_page(
        "h5/refuse.html",
        problem,
        me=me,
        stay=stay,
        member=member,
        reason=request.form.get("reason", ""),
    )


def _led_stay(session: Session, stay_id: UUID) -> tuple[Own, Attendance]:
    me = own.here(session)
    stay = records.lock(session, ledger_id=me.ledger_id, attendance_id=stay_id)
    screen.led_slot(session, stay.session_id)
    return me, stay


def _is_early(slot: Slot, stay: Attendance) -> bool:
    """A second stay may still lift this one above the least share."""
    return stay.zero_reason == BELOW_MIN_PRESENCE and clock.now() < slot.session.ends_at


def _left_at(slot: Slot, stay_id: UUID) -> datetime | None:
    """Read when somebody left, as the leader wrote it: the first such time since doors opened."""
    text = request.form.get(f"left_{stay_id}", "")
    if not text:
        return None
    return day_spans.first_from(slot.session.opens_at, day_spans.time_of(text, "left_at"))
