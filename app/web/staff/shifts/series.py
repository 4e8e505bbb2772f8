"""A series at the desk: its parts in order, approved together (C32, D20)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import plans
from app.activities.shifts import series
from app.base.transactions import reading
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("series", __name__, url_prefix="/<place>/series")


@bp.get("/<uuid:activity_id>")
@allow(SIGNED_IN)
def show(activity_id: UUID) -> ResponseReturnValue:
    """List the activities of a series with their dates and states."""
    return _show(activity_id)


@bp.post("/<uuid:activity_id>/approve")
@allow(SIGNED_IN)
def approve(activity_id: UUID) -> ResponseReturnValue:
    """Approve every activity of a series that waits."""

    def verb(session: Session, _asked: dict[str, Any]) -> int:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "activity_id": activity_id}
        desk.require_at(session, plans.get(session, **key).node_id, desk.DECIDERS)
        return len(series.approve(session, **key, actor=actor()))

    return forms.answer(
        verb,
        show=lambda count: count,
        said=lambda count: _("批准了 %(n)s 场，队伍可以响应了。", n=count),
        to=url_for("staff.series.show", activity_id=activity_id),
        again=lambda problem: _show(activity_id, problem),
    )


def _show(activity_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = plans.get(session, **key, activity_id=activity_id)
        desk.require_at(session, found.node_id, desk.READERS)
        parts = series.list_of(session, **key, activity_id=activity_id)
        rows = [
            (each, plans.list_sessions(session, **key, activity_id=each.id)[0]) for each in parts
        ]
        return forms.page(
            "shifts/series.html",
            problem,
            activity=found,
            rows=rows,
            waiting_count=sum(each.state == "submitted" for each in parts),
            may_decide=desk.here().may(desk.DECIDERS),
            is_planner=found.planned_by_id == desk.me(),
        )
