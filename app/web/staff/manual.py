"""Grants by hand, by two people; and one grant's page, where it can be taken back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.people import members
from app.points import grants, manual, programmes
from app.points.manual import ManualClaim
from app.points.models import Grant
from app.reports import review_rows
from app.web.day_spans import said_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ManualIn, ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("manual", __name__, url_prefix="/<place>")
ENTRANTS = ("staff",)
"""Who enters a grant by hand; it waits for another."""


@bp.get("/manual")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the form."""
    desk.require(*ENTRANTS)
    return _show()


@bp.post("/manual")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Enter a grant by hand, with the reason; a second person decides on it."""

    def verb(session: Session, asked: dict[str, Any]) -> Grant:
        node = desk.require_here(session, ENTRANTS)
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, ENTRANTS)
        asked["starts_at"], asked["ends_at"] = said_of(
            asked["served_on"], asked["starts_at"], asked["ends_at"]
        )
        claim = ManualClaim(member_id=whose.id, node_id=node.id, **asked)
        return manual.request(session, ledger_id=desk.ledger_id(), claim=claim, actor=actor())

    return forms.answer(
        verb,
        schema=ManualIn,
        show=lambda made: str(made.id),
        said=_("已录入，等同事审核，审核前算 0。"),
        to=lambda made: url_for("staff.manual.grant", grant_id=made),
        again=_show,
    )


@bp.get("/grants/<uuid:grant_id>")
@allow(SIGNED_IN)
def grant(grant_id: UUID) -> ResponseReturnValue:
    """Show one grant: its source, its sum, who made it."""
    return _grant(grant_id)


@bp.post("/grants/<uuid:grant_id>/reverse")
@allow(SIGNED_IN)
def reverse(grant_id: UUID) -> ResponseReturnValue:
    """Take a posted grant back, with the reason; what was spent becomes 待追回."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "grant_id": grant_id}
        desk.level_at(session, {grants.get(session, **key).node_id})
        grants.reverse(session, **key, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ReasonIn,
        said=_("已冲正，时长和积分都退回了。"),
        to=url_for("staff.manual.grant", grant_id=grant_id),
        again=lambda problem: _grant(grant_id, problem),
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    with reading() as session:
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "manual.html",
            problem,
            category_options=[
                (each.code, each.name) for each in programmes.list_categories(session, programme)
            ],
            volunteer_no=request.args.get("volunteer_no", "")[:32],
            today=clock.today(),
        )


def _grant(grant_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = grants.get(session, **key, grant_id=grant_id)
        node = desk.require_at(session, found.node_id, desk.READERS)
        whose = members.get(session, **key, member_id=found.member_id)
        maker = members.find_of_person(session, **key, person_id=found.made_by_id)
        behind = review_rows.grounds_of(session, **key, attendance_ids=[found.source_id])
        return forms.page(
            "grant.html",
            problem,
            grant=found,
            place=tree.breadcrumb(session, node),
            member=whose,
            maker=maker,
            ground=behind.get(found.source_id),
            holds=(found.hold_reasons or "").split(",") if found.hold_reasons else [],
        )
