"""The leader's checkpoints: each with its code of this shift, shown on the phone or printed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import codes, listings
from app.activities.shifts import attending, checkpoint_codes, walked
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.web import qr
from app.web.acts import submit
from app.web.h5 import screen
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = Blueprint("checkpoints", __name__)

SHORT_GROUP = 3


@bp.get("/lead/sessions/<uuid:session_id>/checkpoints")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """List the checkpoints with their codes, and how far everybody has come."""
    return _page(session_id)


@bp.get("/lead/sessions/<uuid:session_id>/checkpoints/print")
@allow(SIGNED_IN)
def sheets(session_id: UUID) -> ResponseReturnValue:
    """Lay a sheet out for each checkpoint, to be printed and hung for this shift."""
    return _page(session_id, template="h5/shifts/sheets.html")


@bp.post("/lead/sessions/<uuid:session_id>/checkpoints/revoke")
@allow(SIGNED_IN)
def revoke(session_id: UUID) -> ResponseReturnValue:
    """Revoke every sheet of this shift; new ones are to be hung."""
    with reading() as session:
        me, _slot = screen.led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> None:
        codes.revoke(session, ledger_id=me.ledger_id, session_id=session_id, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, problem)
    return redirect(url_for("h5.checkpoints.page", session_id=session_id), code=303)


def _page(
    session_id: UUID,
    problem: dict[str, Any] | None = None,
    template: str = "h5/shifts/checkpoints.html",
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "activity_id": slot.activity.id}
        rule = attending.find(session, **named)
        if rule is None or rule.way != "route":
            raise NotFound("no route")
        found = attending.list_checkpoints(session, **named)
        people = _people(session, me.ledger_id, session_id)
    return show_page(
        template,
        problem,
        me=me,
        slot=slot,
        checkpoints=[_shown(slot.session, each) for each in found],
        people=people,
        min_count=rule.checkpoint_min_count,
        is_over=clock.now() >= slot.session.ends_at,
    )


def _shown(slot: Any, checkpoint: Any) -> dict[str, Any]:
    token = checkpoint_codes.token_of(slot, checkpoint.ordinal)
    digits = checkpoint_codes.digits_of(slot, checkpoint.ordinal)
    return {
        "ordinal": checkpoint.ordinal,
        "name": checkpoint.name,
        "svg": qr.svg(f"{current_app.config['PUBLIC_URL']}/q#{token}", label=checkpoint.name),
        "digits": f"{digits[:SHORT_GROUP]} {digits[SHORT_GROUP:]}",
    }


def _people(session: Session, ledger_id: int, session_id: UUID) -> list[dict[str, Any]]:
    """Say of everybody who is out, or was, how many checkpoints they reached; names masked."""
    stays = [
        stay
        for stay in listings.stays_of_session(session, ledger_id=ledger_id, session_id=session_id)
        if stay.state not in screen.GONE
    ]
    counted = walked.counts(
        session, ledger_id=ledger_id, attendance_ids=[stay.id for stay in stays]
    )
    named = members.get_many(
        session, ledger_id=ledger_id, member_ids={stay.member_id for stay in stays}
    )
    return [
        {
            "name": named[stay.member_id].name_masked,
            "laps": counted.get(stay.id, (0, 0))[0],
            "scans": counted.get(stay.id, (0, 0))[1],
            "is_out": stay.state == "open",
        }
        for stay in stays
    ]
