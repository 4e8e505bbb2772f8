"""评议员 at the desk: who assesses for which of the three bodies (S9)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.points.quarters import assessing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_stars import AssessorIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _, _l

bp = Blueprint("assessors", __name__, url_prefix="/<place>/assessors")
BODIES = {"committee": _l("居委会"), "owners": _l("业委会"), "property": _l("物业")}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show who assesses here."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def appoint() -> ResponseReturnValue:
    """Appoint a member for one of the bodies."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        whose = numbered(session, asked.pop("volunteer_no"))
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node_id": node.id}
        assessing.appoint(session, **named, member_id=whose.id, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=AssessorIn,
        said=_("请好了，手机上就能评。"),
        to=url_for("staff.assessors.show"),
        again=_show,
    )


@bp.post("/<uuid:assessor_id>/end")
@allow(SIGNED_IN)
def dismiss(assessor_id: UUID) -> ResponseReturnValue:
    """End an appointment."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "assessor_id": assessor_id}
        desk.require_at(session, assessing.get(session, **named).node_id, desk.WORKERS)
        assessing.dismiss(session, **named, actor=actor())

    return forms.answer(
        verb,
        said=_("到此为止，评过的还算。"),
        to=url_for("staff.assessors.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    with reading() as session:
        found = assessing.list_in(session, ledger_id=desk.ledger_id(), node=desk.here().node)
        return forms.page(
            "stars/assessors.html",
            problem,
            found=found,
            bodies=BODIES,
            body_options=list(BODIES.items()),
        )
