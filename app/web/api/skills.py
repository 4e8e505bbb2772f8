"""Skills and coverage over HTTP: who can do what, who is asked first, which 小区 has no team."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import plans
from app.base.transactions import reading
from app.community import tree
from app.people import skills, team_counts
from app.reports import team_coverage
from app.service_orders import posts
from app.service_orders import standing as orders
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.team_reports import (
    CalledOut,
    CoverageOut,
    HolderOut,
    HolderQueryIn,
    SkillIn,
    SkillsOut,
)
from app.web.session import actor

bp = Blueprint("skills", __name__, url_prefix="/books/<book>", description="Skills and coverage")


@bp.get("/team-coverage")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, CoverageOut)
def coverage(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say which 小区 have a team and which have none; people once, stays beside them."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        found = team_coverage.of_place(session, ledger_id=ledger_id, node=node)
        shown = found.uncovered[asked["offset"] :][: asked["limit"]]
        crumbs = tree.breadcrumbs(session, shown)
        share = found.share_percent
        return {
            "estate_count": found.estate_count,
            "covered_count": found.covered_count,
            "share_percent": None if share is None else str(share),
            "uncovered_count": len(found.uncovered),
            "uncovered": [
                {"node_code": each.code, "name": each.short_name, "breadcrumb": crumbs[each.id]}
                for each in shown
            ],
            "teams": team_counts.of_place(session, ledger_id=ledger_id, node=node),
            "teams_by_kind": team_counts.by_kind(session, ledger_id=ledger_id, node=node),
        }


@bp.get("/skills/holders")
@allow(SIGNED_IN)
@bp.arguments(HolderQueryIn, location="query")
@bp.response(200, items_of(HolderOut))
def list_holders(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List who holds a skill at a place and below it, masked."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        skill = asked["skill"]
        return {"items": skills.holders_in(session, ledger_id=ledger_id, node=node, skill=skill)}


@bp.post("/members/<uuid:member_id>/skills")
@allow(SIGNED_IN)
@bp.arguments(SkillIn)
@bp.response(201, SkillsOut)
def note(asked: dict[str, str], book: str, member_id: UUID) -> ResponseReturnValue:
    """Note a skill of a member of one's own place."""
    return _changed(skills.note, book, member_id, asked, 201)


@bp.post("/members/<uuid:member_id>/skills/removal")
@allow(SIGNED_IN)
@bp.arguments(SkillIn)
@bp.response(200, SkillsOut)
def drop(asked: dict[str, str], book: str, member_id: UUID) -> ResponseReturnValue:
    """Take a skill off a member of one's own place."""
    return _changed(skills.drop, book, member_id, asked, 200)


@bp.post("/activities/<uuid:activity_id>/skills")
@allow(SIGNED_IN)
@bp.arguments(SkillIn)
@bp.response(201, CalledOut)
def call(asked: dict[str, str], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Let an activity ask for a skill: its holders of the place are told first."""
    return _called(book, asked["skill"], "activity", plans.get, activity_id=activity_id)


@bp.post("/posts/<uuid:post_id>/skills")
@allow(SIGNED_IN)
@bp.arguments(SkillIn)
@bp.response(201, CalledOut)
def call_post(asked: dict[str, str], book: str, post_id: UUID) -> ResponseReturnValue:
    """Let a post ask for a skill: for a set time only its holders claim it."""
    return _called(book, asked["skill"], "post", posts.get, post_id=post_id)


@bp.post("/orders/<uuid:order_id>/skills")
@allow(SIGNED_IN)
@bp.arguments(SkillIn)
@bp.response(201, CalledOut)
def call_order(asked: dict[str, str], book: str, order_id: UUID) -> ResponseReturnValue:
    """Let an order ask for a skill: its holders hear of it, and may take it on themselves."""
    return _called(book, asked["skill"], "order", orders.get_order, order_id=order_id)


def _called(book: str, skill: str, kind: str, get: Any, **named: UUID) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        found = get(session, ledger_id=ledger_id, **named)
        node = standing.node_at(session, found.node_id, WORKERS)
        by = skills.Caller(kind, found.id, found.title)
        told = skills.call(
            session, ledger_id=ledger_id, by=by, skill=skill, node=node, actor=actor()
        )
        return {"skill": skill, "told_count": told}

    return act(verb, ledger_id=ledger_id, dump=CalledOut().dump)


def _changed(
    change: Any, book: str, member_id: UUID, asked: dict[str, str], status: int
) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member.id}
        change(session, **key, skill=asked["skill"], actor=actor())
        return {"skills": skills.of_member(session, **key)}

    return act(verb, ledger_id=ledger_id, status=status, dump=SkillsOut().dump)
