"""Scanning: WeChat's own scanner first, the camera in the page, a photo, the six digits.

Who types digits need not say where they are: the sessions that take people in or out
now, and that this member could be at, are tried in turn.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import codes, listings
from app.activities.listings import MySlot, Slot
from app.activities.shifts import attending, checkpoint_codes
from app.activities.shifts.checkpoint_codes import CheckpointTicket
from app.activities.tickets import SeenTicket
from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading
from app.people.errors import CodeExpired
from app.web.errors import problem_of
from app.web.h5 import checkin, home, own
from app.web.h5.forms import invalid
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.h5.shifts import patrol
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow

bp = own.for_oneself(Blueprint("scanning", __name__))

TRIED_MAX = 12
LATE = timedelta(hours=1)
"""How long after its end a session may still show a code to check out by."""


@bp.get("/scan")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the four ways to scan."""
    return _page()


@bp.post("/scan")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def type_digits() -> ResponseReturnValue:
    """Check in or out by the digits under the code, wherever that is."""
    digits = "".join(request.form.get("digits", "").split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == codes.SHORT_DIGITS):
        return _page(invalid("digits"))
    with reading() as session:
        me = own.here(session)
        try:
            ticket = _checkpoint(session, me, digits) or _ticket(session, me, digits)
        except DomainError as refusal:
            return _page(problem_of(refusal))
    if isinstance(ticket, CheckpointTicket):
        return patrol.reach(ticket)
    return checkin.take(ticket)


def _ticket(session: Session, me: Own, digits: str) -> SeenTicket:
    """Return what the digits stand for.

    Raises:
        CodeExpired: They are on no screen around here now.
    """
    refusal = CodeExpired("on no screen around here")
    for slot in _around(session, me):
        try:
            return checkin.of_digits(session, me.ledger_id, slot.session.id, digits)
        except CodeExpired as error:
            refusal = error
    raise refusal


def _checkpoint(session: Session, me: Own, digits: str) -> CheckpointTicket | None:
    """Return what the digits stand for on a route around here; None if on none."""
    for slot in _around(session, me):
        with suppress(CodeExpired):
            return checkpoint_codes.redeem_digits(
                session, ledger_id=me.ledger_id, session_id=slot.session.id, digits=digits
            )
    return None


def _around(session: Session, me: Own) -> list[Slot | MySlot]:
    """List the sessions of now that one may be at: one's own first."""
    mine = listings.mine(session, **me.key)
    found: dict[Any, Slot | MySlot] = {each.session.id: each for each in mine}
    for each in home.near(session, me):
        found.setdefault(each.session.id, each)
    now = clock.now()
    return [
        each
        for each in found.values()
        if each.session.opens_at <= now < each.session.ends_at + LATE
    ][:TRIED_MAX]


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        inside = home.open_slot(session, me)
        way = _way(session, me, inside)
    return show_page(
        "h5/scan.html",
        problem,
        me=me,
        slot=inside,
        direction="out" if inside else "in",
        digits=request.form.get("digits", ""),
        way=way,
    )


def _way(session: Session, me: Own, inside: MySlot | None) -> str:
    if inside is None:
        return "screen"
    return attending.way_of(session, ledger_id=me.ledger_id, activity_id=inside.activity.id)
