"""Records of presence: of a session, those without a check-out, and one put right with a reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import attendance, corrections, listings, scans
from app.activities.corrections import Change
from app.activities.standing import STAFF_ROLES as DECIDING
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.points import grants
from app.reports import review_rows
from app.reports.review_rows import Ground
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import CorrectIn, ForgottenIn, ReasonIn, TakeBackIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("sessions", __name__, url_prefix="/<place>")
SHOWN_MAX = 500


@bp.get("/sessions/<uuid:session_id>")
@allow(SIGNED_IN)
def show(session_id: UUID) -> ResponseReturnValue:
    """Show who came to a session, and which scans were refused."""
    return _session(session_id)


@bp.post("/sessions/<uuid:session_id>/confirm")
@allow(SIGNED_IN)
def confirm(session_id: UUID) -> ResponseReturnValue:
    """Confirm everybody who checked out; plain stays post at once, others wait for a colleague."""

    def verb(session: Session, _asked: dict[str, Any]) -> int:
        slot = listings.get_slot(session, ledger_id=desk.ledger_id(), session_id=session_id)
        desk.require_at(session, slot.activity.node_id, DECIDING)
        made = attendance.confirm(
            session, ledger_id=desk.ledger_id(), session_id=session_id, actor=actor()
        )
        return len(made)

    return forms.answer(
        verb,
        show=lambda count: {"count": count},
        said=lambda made: _("已确认，%(n)s 条计了时长。", n=made["count"]),
        to=url_for("staff.sessions.show", session_id=session_id),
        again=lambda problem: _session(session_id, problem),
    )


@bp.get("/forgotten")
@allow(SIGNED_IN)
def forgotten() -> ResponseReturnValue:
    """Show who did not check out, and who needs a second person's word for it."""
    menu.at("review")
    with reading() as session:
        found = listings.to_review(
            session, ledger_id=desk.ledger_id(), node=desk.here().node, limit=SHOWN_MAX
        )
        rows = [
            (stay, slot)
            for stay, slot in found
            if stay.state == "needs_confirmation" or stay.out_door == "auto"
        ]
        whose = members.get_many(
            session, ledger_id=desk.ledger_id(), member_ids={stay.member_id for stay, _slot in rows}
        )
        return forms.page("forgotten.html", stays=rows, whose=whose)


@bp.get("/records/<uuid:attendance_id>")
@allow(SIGNED_IN)
def record(attendance_id: UUID) -> ResponseReturnValue:
    """Show one record, and what may be done with it."""
    return _record(attendance_id)


@bp.post("/records/<uuid:attendance_id>/confirm")
@allow(SIGNED_IN)
def confirm_one(attendance_id: UUID) -> ResponseReturnValue:
    """Confirm one record; of a forgotten check-out say when they left."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        stay = _scoped(session, attendance_id, DECIDING).stay
        left: dict[UUID, datetime] = {}
        if asked["left_at"] is not None:
            left[attendance_id] = asked["left_at"]
        attendance.confirm(
            session,
            ledger_id=desk.ledger_id(),
            session_id=stay.session_id,
            attendance_ids=[attendance_id],
            left_at=left,
            actor=actor(),
        )

    return _step(verb, attendance_id, _("已确认。"), ForgottenIn)


@bp.post("/records/<uuid:attendance_id>/second")
@allow(SIGNED_IN)
def second(attendance_id: UUID) -> ResponseReturnValue:
    """Confirm a forgotten check-out as the second person: it becomes credited."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, attendance_id, DECIDING)
        attendance.second(session, **_named(attendance_id), actor=actor(), **asked)

    return _step(verb, attendance_id, _("两个人都确认了，改计信用时长。"), ReasonIn)


@bp.post("/records/<uuid:attendance_id>/refuse")
@allow(SIGNED_IN)
def refuse(attendance_id: UUID) -> ResponseReturnValue:
    """Refuse one record that is not confirmed yet."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, attendance_id, DECIDING)
        attendance.refuse(session, **_named(attendance_id), actor=actor(), **asked)

    return _step(verb, attendance_id, _("这条不算，原因已告诉本人。"), ReasonIn)


@bp.post("/records/<uuid:attendance_id>/correct")
@allow(SIGNED_IN)
def correct(attendance_id: UUID) -> ResponseReturnValue:
    """Put the times right; what it earned is taken back, the new grant waits for a colleague."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, attendance_id, DECIDING)
        change = Change(**asked)
        corrections.correct(session, **_named(attendance_id), change=change, actor=actor())

    return _step(verb, attendance_id, _("已更正。原来的已冲正，新的等同事审核。"), CorrectIn)


@bp.post("/records/<uuid:attendance_id>/reverse")
@allow(SIGNED_IN)
def reverse(attendance_id: UUID) -> ResponseReturnValue:
    """Take a record back whole: nobody was there."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, attendance_id, DECIDING)
        corrections.reverse(session, **_named(attendance_id), actor=actor(), **asked)

    return _step(verb, attendance_id, _("已撤回，入过的账已冲正。"), TakeBackIn)


def _step(verb: forms.Verb, attendance_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.sessions.record", attendance_id=attendance_id),
        again=lambda problem: _record(attendance_id, problem),
    )


def _named(attendance_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "attendance_id": attendance_id}


def _scoped(session: Session, attendance_id: UUID, names: tuple[str, ...]) -> Ground:
    """Return a record of a place in scope.

    Raises:
        NotFound: No such record, or of another place.
        PermissionDenied: The person holds none of these offices there.
    """
    found = review_rows.grounds_of(
        session, ledger_id=desk.ledger_id(), attendance_ids=[attendance_id]
    )
    if attendance_id not in found:
        raise NotFound("no such record")
    desk.require_at(session, found[attendance_id].activity.node_id, names)
    return found[attendance_id]


def _session(session_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "session_id": session_id}
    with reading() as session:
        slot = listings.get_slot(session, **named)
        desk.require_at(session, slot.activity.node_id, desk.READERS)
        stays = listings.stays_of_session(session, **named)
        tried = scans.list_of_session(session, **named)
        wanted = {each.member_id for each in stays}
        wanted |= {each.member_id for each in tried if each.member_id}
        whose = members.get_many(session, ledger_id=desk.ledger_id(), member_ids=wanted)
        return forms.page(
            "session.html",
            problem,
            slot=slot,
            stays=stays,
            tried=tried,
            whose=whose,
            closed_count=sum(each.state == "closed" for each in stays),
            may_decide=desk.here().may(DECIDING),
        )


def _record(attendance_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    with reading() as session:
        ground = _scoped(session, attendance_id, desk.READERS)
        member = members.get(session, ledger_id=desk.ledger_id(), member_id=ground.stay.member_id)
        made = [
            each
            for each in grants.list_of_member(
                session, ledger_id=desk.ledger_id(), member_id=member.id, limit=SHOWN_MAX
            )
            if each.source_id == attendance_id
        ]
        return forms.page(
            "record.html",
            problem,
            ground=ground,
            stay=ground.stay,
            slot=ground.slot,
            activity=ground.activity,
            member=member,
            made=made,
            may_decide=desk.here().may(DECIDING),
        )
