"""Objections of members to their records: answered with a reason, by another than the recorder."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members, objections
from app.points import deduction_objections, objection_answers, photos
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import AnswerIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("objections", __name__, url_prefix="/<place>/objections")
PAGES = {
    "attendance": ("staff.sessions.record", "attendance_id"),
    "grant": ("staff.manual.grant", "grant_id"),
    "notice": ("staff.notices.about", "subject_id"),
    "redemption": ("staff.redemptions.show", "redemption_id"),
}
"""Where the record in dispute is shown."""

SHOWN_MAX = 100
LATELY = 20
"""How many answers of late are shown below what waits."""


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits for an answer, longest waiting first."""
    return _show()


@bp.post("/<uuid:objection_id>/answer")
@allow(SIGNED_IN)
def answer(objection_id: UUID) -> ResponseReturnValue:
    """Answer with a reason; putting the record right is an act of its own."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = objections.get(session, ledger_id=desk.ledger_id(), objection_id=objection_id)
        desk.require_at(session, found.node_id, desk.DECIDERS)
        objection_answers.answer(session, objection=found, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=AnswerIn,
        said=_("已答复，本人会收到通知。要更正记录，请到那条记录去办；扣错的，退回等同事确认。"),
        to=url_for("staff.objections.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("today")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = objections.list_open(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        answered = objections.list_answered(session, **key, node=desk.here().node, limit=LATELY)
        wanted = {each.member_id for each in (*found, *answered)}
        pictures = photos.list_of(
            session, **key, kind="objection", subject_ids=[each.id for each in found]
        )
        whose = members.get_many(session, **key, member_ids=wanted)
    return forms.page(
        "objections.html",
        problem,
        found=[(each, _href(each.subject_kind, each.subject_id)) for each in found],
        answered=answered,
        pictures=pictures,
        whose=whose,
        mine=desk.me(),
        may_answer=desk.here().may(desk.DECIDERS),
    )


def _href(kind: str, subject_id: UUID) -> str | None:
    """Return the page of the record in dispute, if the desk has one of it."""
    if kind == deduction_objections.KIND:
        return url_for("staff.deductions.show")
    if kind not in PAGES:
        return None
    view, name = PAGES[kind]
    values: dict[str, Any] = {name: subject_id}
    return url_for(view, **values)
