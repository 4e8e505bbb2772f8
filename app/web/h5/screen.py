"""The leader's screen: a rotating code full width, who has come, and the way to revoke it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import codes, listings, standing
from app.activities.listings import Slot
from app.activities.tickets import DIRECTIONS
from app.base import clock
from app.base.errors import NotFound, PermissionDenied
from app.base.transactions import reading
from app.people import members
from app.web import qr
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.pages import clock_time
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = Blueprint("screen", __name__)

LABELS = {"in": "签到码", "out": "签退码"}
LATEST = 2
SHORT_GROUP = 3
GONE = ("refused", "reversed")


def led_slot(session: Session, session_id: UUID) -> tuple[Own, Slot]:
    """Return a session whose activity the person leads, or is staff of.

    Raises:
        NotFound: It is not in their book.
        PermissionDenied: They do not lead it.
    """
    me = own.here(session)
    slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
    if not standing.of(session, activity=slot.activity, actor=actor()).may_lead:
        raise PermissionDenied("only a leader of the activity or its staff")
    return me, slot


@bp.get("/lead/sessions/<uuid:session_id>/code/<direction>")
@allow(SIGNED_IN)
def page(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Show the code of this moment; the script asks for the next one."""
    return _page(session_id, direction)


@bp.get("/lead/sessions/<uuid:session_id>/code/<direction>/now")
@allow(SIGNED_IN)
def current(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Return the code of this moment and who has come, for the script."""
    _require_direction(direction)
    with reading() as session:
        me, slot = led_slot(session, session_id)
        return {**_code(slot, direction), **_crowd(session, me, slot)}


@bp.post("/lead/sessions/<uuid:session_id>/code/<direction>/revoke")
@allow(SIGNED_IN)
def revoke(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Revoke every code this screen has shown."""
    _require_direction(direction)
    with reading() as session:
        me, _ = led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> None:
        codes.revoke(session, ledger_id=me.ledger_id, session_id=session_id, actor=actor())

    _, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, direction, problem)
    target = url_for("h5.screen.page", session_id=session_id, direction=direction)
    return redirect(target, code=303)


def _page(
    session_id: UUID, direction: str, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    _require_direction(direction)
    with reading() as session:
        me, slot = led_slot(session, session_id)
        crowd = _crowd(session, me, slot)
    return show_page(
        "h5/screen.html",
        problem,
        me=me,
        slot=slot,
        direction=direction,
        label=LABELS[direction],
        code=_code(slot, direction),
        crowd=crowd,
        is_early=clock.now() < slot.session.opens_at,
        is_late=direction == "in" and clock.now() >= slot.session.ends_at,
        slot_seconds=codes.SLOT_SECONDS,
    )


def _require_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise NotFound("a code is for in or for out")


def _code(slot: Slot, direction: str) -> dict[str, Any]:
    shown = codes.current(slot.session, direction)
    url = f"{current_app.config['PUBLIC_URL']}/q#{shown.token}"
    short = shown.short_code
    return {
        "svg": qr.svg(url, label=LABELS[direction]),
        "short": f"{short[:SHORT_GROUP]} {short[SHORT_GROUP:]}",
        "seconds_left": shown.seconds_left,
    }


def _crowd(session: Session, me: Own, slot: Slot) -> dict[str, Any]:
    """Count who is in and who has gone, and name the latest by mask."""
    stays = [
        stay
        for stay in listings.stays_of_session(
            session, ledger_id=me.ledger_id, session_id=slot.session.id
        )
        if stay.state not in GONE
    ]
    latest = stays[::-1][:LATEST]
    named = members.get_many(
        session, ledger_id=me.ledger_id, member_ids={stay.member_id for stay in latest}
    )
    return {
        "came_count": len({stay.member_id for stay in stays}),
        "inside_count": sum(stay.state == "open" for stay in stays),
        "enrolled_count": slot.session.enrolled_count,
        "latest": "，".join(
            f"{named[stay.member_id].name_masked} {clock_time(stay.checked_in_at)}"
            for stay in latest
        ),
    }
