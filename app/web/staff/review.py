"""The review: hundreds of grants that wait are decided at once, the odd ones one by one.

What needs a look comes first and is not chosen; what is plain is chosen. What another
person must decide is shown without a box. Nothing is done before it was confirmed.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import households, members, teams
from app.people.models import Member
from app.points import approvals, programmes, rates
from app.points.approvals import WAITING
from app.points.models import Grant
from app.reports import review_rows
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import DecideIn, ReviewIn
from app.web.staff import desk, forms, menu, verdicts
from app.web.staff.forms import Problem

bp = Blueprint("review", __name__, url_prefix="/<place>/review")
SHOWN_MAX = 500
PLAIN = {"roll"}
"""Hold reasons that come with every roll and card: nothing odd by themselves."""


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
        return _show(problem)
    verb = "通过" if request.form.get("verdict") == "approved" else "退回"
    flash(f"已{verb} {made['done']} 条。")
    for left in made["left"]:
        flash(f"{left['volunteer_no']} 没有办成：{left['title']}")
    return redirect(url_for("staff.review.show"), code=303)


def _confirm() -> ResponseReturnValue:
    menu.at("review")
    chosen = request.form.getlist("grant_ids")
    verdict = request.form.get("verdict", "")
    if not chosen or verdict not in approvals.VERDICTS:
        return _show(verdicts.nothing_chosen())
    with reading() as session:
        rows = [row for row in _rows(session) if str(row["grant"].id) in set(chosen)]
    return forms.page("review_confirm.html", rows=rows, verdict=verdict, **_sums(rows))


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    asked, _ = forms.asked(ReviewIn)
    with reading() as session:
        every = _rows(session)
        rows = [row for row in every if _is_asked(row, asked)]
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
        teams=named,
        asked=asked,
        chosen=set(request.form.getlist("grant_ids")),
        sources=sorted({row["grant"].source_kind for row in every}),
        holds=sorted({hold for row in every for hold in row["holds"]}),
        **_sums(groups["plain"]),
    )


def _is_asked(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    grant: Grant = row["grant"]
    return (
        asked.get("team_id") in (None, grant.team_id)
        and asked.get("source") in (None, grant.source_kind)
        and (asked.get("hold") is None or asked["hold"] in row["holds"])
    )


def _sums(rows: list[dict[str, Any]]) -> dict[str, Any]:
    minutes = sum(row["grant"].minutes for row in rows)
    return {"sum_minutes": minutes, "sum_points": sum(row["points"] or 0 for row in rows)}


def _rows(session: Session) -> list[dict[str, Any]]:
    """Return each grant that waits with its member, its ground and what it would earn."""
    ledger_id = desk.ledger_id()
    found = approvals.list_waiting(
        session, ledger_id=ledger_id, node=desk.here().node, limit=SHOWN_MAX
    )
    whose = members.get_many(
        session, ledger_id=ledger_id, member_ids={each.member_id for each in found}
    )
    grounds = review_rows.grounds_of(
        session,
        ledger_id=ledger_id,
        attendance_ids={each.source_id for each in found if each.source_kind == "attendance"},
    )
    programme = programmes.of_ledger(session, ledger_id)
    card = rates.card(session, programme.id)
    circle = households.circle_of(session, ledger_id=ledger_id, person_id=desk.me())
    return [
        {
            "grant": each,
            "member": whose[each.member_id],
            "ground": grounds.get(each.source_id),
            "holds": (each.hold_reasons or "").split(",") if each.hold_reasons else [],
            "points": _worth(card, each),
            **_kind(each, whose[each.member_id], circle),
        }
        for each in found
    ]


def _worth(card: rates.RateCard, grant: Grant) -> int | None:
    """Return what the grant would earn by its rate, without the rest of earlier ones."""
    if grant.provenance not in ("credited", "none") or grant.indicator_code is None:
        return 0
    rate = card.find_on(grant.indicator_code, grant.served_on)
    return rates.earn(rate, carry=0, quantity=grant.quantity).points if rate else None


def _kind(grant: Grant, member: Member, circle: set[UUID]) -> dict[str, str]:
    """Say who decides: not the maker, not a relative, not below the level."""
    if desk.here().level < WAITING[grant.state]:
        return {"kind": "others", "why": "等上一级审核"}
    if grant.made_by_id == desk.me():
        return {"kind": "others", "why": "您经手的，请同事审核"}
    if member.id in circle:
        return {"kind": "others", "why": "您自己或家人的，请同事审核"}
    reasons = set((grant.hold_reasons or "").split(",")) - {""}
    return {"kind": "plain" if reasons <= PLAIN else "odd", "why": ""}
