"""The leader's screen: the rotating code on the phone and on the projector, and who has come.

The page asks the API for codes ahead (`supply`) and goes on without network; from here
it asks every few seconds who has come, and whether the codes were revoked elsewhere.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import codes, grounds, listings, standing, supplies
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
from app.web.session import actor, person
from app.web.translate import _, _l

bp = Blueprint("screen", __name__)

LABELS = {"in": _l("签到码"), "out": _l("签退码")}
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
    """Show the code of this moment on the leader's phone; the script goes on from there."""
    return _page(session_id, direction)


@bp.get("/lead/sessions/<uuid:session_id>/code/<direction>/wall")
@allow(SIGNED_IN)
def wall(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Show the code of this moment to a whole room, by projector."""
    return _page(session_id, direction, template="h5/screen_wall.html", surface="board")


@bp.get("/lead/sessions/<uuid:session_id>/code/<direction>/now")
@allow(SIGNED_IN)
def current(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Say who has come, and which key makes the codes now, for the script."""
    _require_direction(direction)
    with reading() as session:
        me, slot = led_slot(session, session_id)
        return {
            "key_version": slot.session.code_key_version,
            "now": clock.now().isoformat(),
            **_crowd(session, me, slot),
        }


@bp.post("/lead/sessions/<uuid:session_id>/code/<direction>/revoke")
@allow(SIGNED_IN)
def revoke(session_id: UUID, direction: str) -> ResponseReturnValue:
    """Revoke every code this screen has shown, and those it was handed for later."""
    _require_direction(direction)
    with reading() as session:
        me, _slot = led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> None:
        codes.revoke(session, ledger_id=me.ledger_id, session_id=session_id, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, direction, problem)
    target = url_for("h5.screen.page", session_id=session_id, direction=direction)
    return redirect(target, code=303)


def _page(
    session_id: UUID,
    direction: str,
    problem: dict[str, Any] | None = None,
    template: str = "h5/screen.html",
    **more: Any,
) -> ResponseReturnValue:
    _require_direction(direction)
    with reading() as session:
        me, slot = led_slot(session, session_id)
        crowd = _crowd(session, me, slot)
        is_over = _is_over(session, slot, direction)
        leader = members.find_of_person(
            session, ledger_id=me.ledger_id, person_id=person().person_id
        )
    return show_page(
        template,
        problem,
        me=me,
        slot=slot,
        direction=direction,
        label=LABELS[direction],
        code=_code(slot, direction),
        crowd=crowd,
        leader=leader,
        is_early=clock.now() < slot.session.opens_at,
        is_over=is_over,
        slot_seconds=codes.SLOT_SECONDS,
        said_by_script=_said_by_script(),
        **more,
    )


def _require_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise NotFound("a code is for in or for out")


def _is_over(session: Session, slot: Slot, direction: str) -> bool:
    """Whether no code of this direction is good for anything any more."""
    named: dict[str, Any] = {"ledger_id": slot.session.ledger_id, "session_id": slot.session.id}
    closes_at = supplies.closes_at_of(grounds.find(session, **named), direction)
    is_held = slot.session.state == "planned" and slot.activity.state == "open"
    return not is_held or clock.now() >= closes_at


def _code(slot: Slot, direction: str) -> dict[str, Any]:
    shown = codes.current(slot.session, direction)
    url = f"{current_app.config['PUBLIC_URL']}/q#{shown.token}"
    short = shown.short_code
    return {
        "svg": qr.svg(url, label=str(LABELS[direction])),
        "short": f"{short[:SHORT_GROUP]} {short[SHORT_GROUP:]}",
        "seconds_left": shown.seconds_left,
    }


def _said_by_script() -> dict[str, str]:
    """Return what the script says; {n} is a number it fills in."""
    return {
        "left": _("{n} 秒后自动换新码"),
        "turning": _("正在换新码……"),
        "online": _("已联网"),
        "offline": _("没有网络，还能出码 {n} 分钟"),
        "stopped": _("没有网络"),
        "lost": _("断网太久，换不了新码。请走到信号好的地方；着急就点名。"),
        "over": _("活动结束了，这个码不能再用。没签退的人，在“确认谁来了”里补。"),
        "refused": _("这个账号不能再出码了。请重新登录，或请别的领队出码。"),
    }


def _crowd(session: Session, me: Own, slot: Slot) -> dict[str, Any]:
    """Count who came, who is in and who has gone, and name the latest by mask."""
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
    came = {stay.member_id for stay in stays}
    inside = {stay.member_id for stay in stays if stay.state == "open"}
    who = _("，").join(
        f"{named[stay.member_id].name_masked} {clock_time(stay.checked_in_at)}" for stay in latest
    )
    return {
        "came_count": len(came),
        "inside_count": len(inside),
        "gone_count": len(came - inside),
        "enrolled_count": slot.session.enrolled_count,
        "latest": _("刚刚 %(who)s", who=who) if who else "",
    }
