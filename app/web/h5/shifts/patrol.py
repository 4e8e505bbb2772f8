"""My patrol: which places are reached, which comes next, and its end.

A checkpoint's code lands at `/q` like the screen's; its ticket comes here.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings, scans
from app.activities.listings import Slot
from app.activities.models import Attendance
from app.activities.scans import Tried
from app.activities.shifts import attending, checkpoint_codes, routes, walked
from app.activities.shifts.checkpoint_codes import CheckpointTicket
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.ledger import books
from app.people import members
from app.people.errors import NotRegistered
from app.people.models import Member
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import own
from app.web.h5.device import Device
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.limiter import GUESSING, SCANNING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person

bp = own.for_oneself(Blueprint("patrol", __name__))


@bp.get("/sessions/<uuid:session_id>/patrol")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """Show the route: what is done, and where to go now."""
    return _page(session_id)


@bp.post("/sessions/<uuid:session_id>/patrol")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def type_digits(session_id: UUID) -> ResponseReturnValue:
    """Reach a checkpoint by the six digits under its code."""
    digits = "".join(request.form.get("digits", "").split())
    with reading() as session:
        me = own.here(session)
        try:
            ticket = checkpoint_codes.redeem_digits(
                session, ledger_id=me.ledger_id, session_id=session_id, digits=digits
            )
        except DomainError as refusal:
            return _page(session_id, problem_of(refusal))
    return reach(ticket)


@bp.post("/checkpoints")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
def confirm() -> ResponseReturnValue:
    """Reach a checkpoint by the ticket that its code became."""
    try:
        ticket = checkpoint_codes.open_ticket(request.form.get("ticket", ""))
    except DomainError as refusal:
        return show_page("h5/checkin_refused.html", problem_of(refusal), slot=None, ticket=None)
    return reach(ticket)


@bp.post("/sessions/<uuid:session_id>/patrol/end")
@allow(SIGNED_IN)
def end(session_id: UUID) -> ResponseReturnValue:
    """End my patrol, at the time of its last scan."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        routes.finish(session, **me.key, session_id=session_id, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, problem)
    return redirect(url_for("h5.checkin.done", session_id=session_id), code=303)


def reach(ticket: CheckpointTicket) -> ResponseReturnValue:
    """Write the checkpoint down; a refused try is kept for the leader."""
    device, ledger_id, text = Device(), ticket.ledger_id, ticket.sign()

    def verb(session: Session, member: Member) -> None:
        good = checkpoint_codes.open_ticket(text, ledger_id=ledger_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member.id}
        routes.scan(session, ticket=good, actor=actor(), device_hash=device.hash, **named)

    def refused(session: Session, member: Member | None, refusal: DomainError) -> None:
        member_id = member.id if member else None
        tried = Tried(ticket.session_id, "in", member_id, None, ticket.seen_at, device.hash)
        scans.keep(session, ledger_id=ledger_id, tried=tried, refusal=refusal)

    _done, problem = submit(
        verb, ledger_id=ledger_id, before=lambda s: _me(s, ledger_id), refused=refused
    )
    if problem and problem["code"] == "not_registered":
        return show_page("h5/checkin_refused.html", problem, slot=None, ticket=None)
    with reading() as session:
        code = books.get(session, ledger_id).code
    if problem:
        return device.remember(_page(ticket.session_id, problem))
    target = url_for("h5.patrol.page", session_id=ticket.session_id, reached=ticket.ordinal)
    return own.remember_book(device.remember(redirect(target, code=303)), code)


def _page(session_id: UUID, problem: dict[str, Any] | None = None) -> Response:
    with reading() as session:
        me = own.here(session)
        slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
        values = _walk(session, me, slot)
    return show_page(
        "h5/shifts/patrol.html",
        problem,
        me=me,
        slot=slot,
        reached=request.args.get("reached", type=int) if problem is None else None,
        digits=request.form.get("digits", ""),
        **values,
    )


def _walk(session: Session, me: Own, slot: Slot) -> dict[str, Any]:
    """Return the route, what of it is done in this lap, and what comes next.

    Raises:
        NotFound: The activity has no route, or is still a plan.
    """
    key: dict[str, Any] = {"ledger_id": me.ledger_id}
    rule = attending.find(session, **key, activity_id=slot.activity.id)
    if rule is None or rule.way != "route" or slot.activity.state not in listings.VISIBLE:
        raise NotFound("no route to be walked")
    points = attending.list_checkpoints(session, **key, activity_id=slot.activity.id)
    stay = _open_stay(session, me, slot)
    found = walked.list_scans(session, **key, attendance_id=stay.id) if stay else []
    lap = found[-1].lap if found else 1
    at_of = {each.ordinal: each.scanned_at for each in found if each.lap == lap}
    last = max(at_of, default=0)
    coming = next((each for each in points if each.ordinal > last), None)
    return {
        "checkpoints": points,
        "at_of": at_of,
        "lap": lap,
        "coming": coming,
        "is_walking": bool(found),
        "min_count": rule.checkpoint_min_count,
        "needs_log": rule.needs_log,
        "is_enough": _is_enough(me, slot, session, rule.checkpoint_min_count or 0),
        "stay": stay,
    }


def _is_enough(me: Own, slot: Slot, session: Session, min_count: int) -> bool:
    return walked.has_walked(session, **me.key, session_id=slot.session.id, min_count=min_count)


def _open_stay(session: Session, me: Own, slot: Slot) -> Attendance | None:
    for mine in listings.mine(session, **me.key):
        if mine.session.id == slot.session.id:
            return next((each for each in mine.stays if each.state == "open"), None)
    return None


def _me(session: Session, ledger_id: int) -> Member:
    found = members.find_of_person(session, ledger_id=ledger_id, person_id=person().person_id)
    if found is None:
        raise NotRegistered("no member of this book yet")
    return found
