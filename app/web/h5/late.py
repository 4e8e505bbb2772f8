"""Scans made without network: the leader says who was there; nothing counts before."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import late_listings, late_scans
from app.activities.crediting import Times
from app.activities.listings import Slot
from app.activities.models import LateScan
from app.base.transactions import reading
from app.people import members
from app.people.models import Member
from app.web import day_spans
from app.web.acts import submit
from app.web.h5 import screen
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = Blueprint("late", __name__)


class Late(NamedTuple):
    """A member's late scans of one session, ready for the page."""

    member: Member
    came_at: datetime | None
    went_at: datetime | None
    received_at: datetime
    people_of_device_count: int


@bp.get("/lead/sessions/<uuid:session_id>/late")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """List the members whose scans came late, with what their codes say."""
    return _page(session_id)


@bp.post("/lead/sessions/<uuid:session_id>/late/<uuid:member_id>/admit")
@allow(SIGNED_IN)
def admit(session_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Make a record of it: the leader saw the person."""
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> None:
        late_scans.admit(
            session,
            ledger_id=me.ledger_id,
            session_id=session_id,
            member_id=member_id,
            times=Times(_at(slot, "came"), _at(slot, "went")),
            reason=request.form.get("reason", ""),
            actor=actor(),
        )

    _none, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, problem, member_id)
    return redirect(url_for("h5.confirming.page", session_id=session_id), code=303)


@bp.post("/lead/sessions/<uuid:session_id>/late/<uuid:member_id>/dismiss")
@allow(SIGNED_IN)
def dismiss(session_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Put it aside: nobody saw the person there."""
    with reading() as session:
        me, _slot = screen.led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "session_id": session_id}
        late_scans.dismiss(session, member_id=member_id, actor=actor(), **named)

    _none, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(session_id, problem)
    return redirect(url_for("h5.late.page", session_id=session_id), code=303)


def _page(
    session_id: UUID, problem: dict[str, Any] | None = None, typed_of: UUID | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        named: dict[str, Any] = {"ledger_id": me.ledger_id}
        scans = late_listings.list_of_session(session, session_id=session_id, **named)
        known = members.get_many(session, member_ids={each.member_id for each in scans}, **named)
    return show_page(
        "h5/late.html",
        problem,
        me=me,
        slot=slot,
        found=_by_member(scans, known),
        typed=request.form,
        typed_of=typed_of,
        usual_reason=_("没有网，我看见人了"),
    )


def _by_member(scans: list[LateScan], known: dict[UUID, Member]) -> list[Late]:
    counts = late_listings.people_of_devices(scans)
    of_member: dict[UUID, dict[str, LateScan]] = {}
    for scan in scans:
        of_member.setdefault(scan.member_id, {})[scan.direction] = scan
    return [
        Late(
            known[member_id],
            late_listings.shown_at(both["in"]) if "in" in both else None,
            late_listings.shown_at(both["out"]) if "out" in both else None,
            max(each.received_at for each in both.values()),
            max(counts.get(each.device_hash, 1) for each in both.values()),
        )
        for member_id, both in of_member.items()
    ]


def _at(slot: Slot, field: str) -> datetime:
    """Read a time as the leader wrote it: the first such time since the doors opened."""
    written = day_spans.time_of(request.form.get(field, ""), "left_at")
    return day_spans.first_from(slot.session.opens_at, written)
