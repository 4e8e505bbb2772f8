"""The review: hundreds of grants that wait are decided at once, the odd ones one by one.

What needs a look comes first and is not chosen; what is plain is chosen. What another
person must decide is shown without a box. Nothing is done before it was confirmed.
"""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import teams
from app.points import approvals, grants
from app.points.approvals import WAITING
from app.points.models import Grant
from app.web import paging
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import DecideIn
from app.web.schemas.desk_lists import ReviewIn
from app.web.staff import desk, forms, menu, review_table, verdicts
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("review", __name__, url_prefix="/<place>/review")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits, the odd ones first."""
    return _show()


@bp.post("/decide")
@allow(SIGNED_IN)
def decide() -> ResponseReturnValue:
    """Ask once more what is about to be done; then do it."""
    if not request.form.get("confirmed"):
        return _confirm()
    made, problem = forms.send(verdicts.decide, schema=DecideIn, show=lambda found: found)
    if problem:
        return _confirm(problem) if forms.is_about(problem, "reason") else _show(problem)
    is_yes = request.form.get("verdict") == "approved"
    said = (
        _("已通过 %(n)s 条。", n=made["done"]) if is_yes else _("已退回 %(n)s 条。", n=made["done"])
    )
    flash(said)
    for left in made["left"]:
        flash(_("%(no)s 没有办成：%(why)s", no=left["volunteer_no"], why=left["title"]))
    return redirect(url_for("staff.review.show"), code=303)


def _confirm(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    asked, wrong = _chosen()
    if wrong:
        return _show(wrong)
    with reading() as session:
        chosen = grants.get_many(
            session, ledger_id=desk.ledger_id(), grant_ids=set(asked["grant_ids"])
        )
        here = [each for each in chosen.values() if _is_here(session, each)]
        rows = review_table.rows(session, here)
    if not rows:
        return _show(verdicts.nothing_chosen())
    sums = review_table.sums(rows)
    return forms.page("review_confirm.html", problem, chosen=rows, verdict=asked["verdict"], **sums)


def _chosen() -> tuple[dict[str, Any], Problem | None]:
    """Return the chosen records and the verdict, or what is wrong with them."""
    schema = DecideIn(exclude=("reason",))
    filled = {**forms.typed(schema)}
    filled.pop("reason", None)
    try:
        return dict(schema.load(filled)), None
    except ValidationError as error:
        return {}, forms.problem(error)


def _is_here(session: Session, grant: Grant) -> bool:
    """Whether a grant waits, at a place of this desk."""
    node = tree.get(session, grant.node_id)
    return grant.state in WAITING and tree.contains(desk.here().node, node)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    asked, _wrong = forms.asked(ReviewIn)
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        found = approvals.list_waiting(session, **scope, **paging.slice_in(asked))
        every = review_table.rows(session, found)
        rows = [row for row in every if _is_asked(row, asked)]
        total = sum(approvals.count_waiting(session, **scope).values())
        named = teams.get_many(
            session,
            ledger_id=desk.ledger_id(),
            team_ids=[row["grant"].team_id for row in every if row["grant"].team_id],
        )
    groups = {
        kind: [row for row in rows if row["kind"] == kind] for kind in ("odd", "plain", "others")
    }
    return forms.page(
        "review.html",
        problem,
        groups=groups,
        team_options=[(each.id, each.name) for each in named.values()],
        asked=asked,
        total=total,
        shown_count=len(found),
        chosen=set(request.form.getlist("grant_ids")),
        activities=review_table.activities(every),
        sources=sorted({row["grant"].source_kind for row in every}),
        holds=sorted({hold for row in every for hold in row["holds"]}),
        **review_table.sums(groups["plain"]),
    )


def _is_asked(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    grant: Grant = row["grant"]
    ground = row["ground"]
    return (
        asked.get("team_id") in (None, grant.team_id)
        and asked.get("source") in (None, grant.source_kind)
        and asked.get("activity_id") in (None, ground.activity.id if ground else None)
        and (asked.get("hold") is None or asked["hold"] in row["holds"])
    )
