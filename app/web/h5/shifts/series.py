"""A series on the leader's phone: its parts in order, handed in and answered together (C32)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import plans
from app.activities.shifts import series
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.web.acts import submit
from app.web.h5 import leading
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _l

bp = Blueprint("series", __name__)

SAID = {
    "submit": _l("整个系列交上去了，等社区批"),
    "respond": _l("整个系列都响应了，可以报名了"),
}


@bp.get("/lead/activities/<uuid:activity_id>/series")
@allow(SIGNED_IN)
def page(activity_id: UUID) -> ResponseReturnValue:
    """List the activities of a series, and what can be done for all of them."""
    return _page(activity_id)


@bp.post("/lead/activities/<uuid:activity_id>/series/<any(submit, respond):step>")
@allow(SIGNED_IN)
def take(activity_id: UUID, step: str) -> ResponseReturnValue:
    """Hand every draft in, or take every called one on for a team I lead."""
    with reading() as session:
        who = leading.leader(session)
        leading.led(session, who, activity_id)

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {"ledger_id": who.me.ledger_id, "activity_id": activity_id}
        if step == "submit":
            series.submit(session, **named, actor=actor())
        else:
            series.respond(session, **named, team_id=_team_id(), actor=actor())

    _done, problem = submit(verb, ledger_id=who.me.ledger_id)
    if problem:
        return _page(activity_id, problem)
    return redirect(url_for("h5.series.page", activity_id=activity_id, said=step), code=303)


def _page(activity_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        who = leading.leader(session)
        leading.led(session, who, activity_id)
        key: dict[str, Any] = {"ledger_id": who.me.ledger_id}
        parts = series.list_of(session, **key, activity_id=activity_id)
        rows = [
            (each, plans.list_sessions(session, **key, activity_id=each.id)[0]) for each in parts
        ]
    states = {each.state for each in parts}
    said = SAID.get(request.args.get("said", ""))
    return show_page(
        "h5/shifts/series.html",
        problem,
        me=who.me,
        activity_id=activity_id,
        rows=rows,
        teams=who.teams,
        has_drafts="draft" in states,
        has_calls="called" in states,
        said=str(said) if said and problem is None else None,
    )


def _team_id() -> UUID:
    try:
        return UUID(request.form.get("team_id", ""))
    except ValueError as error:
        raise ValidationFailed("no team", field="team_id") from error
