"""A place: where it is, what lies below it, its grids with their size warnings, and its keepers."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import grids, tree
from app.community.models import Node
from app.people import roles
from app.web.permissions import SIGNED_IN, STAFF_ROLES, allow
from app.web.schemas.desk import GridIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("nodes", __name__, url_prefix="/<place>/node")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the place, the way up as far as one's charge, and what lies below."""
    return _show()


@bp.post("/grids")
@allow(SIGNED_IN)
def add_grid() -> ResponseReturnValue:
    """Add a grid below this place; one too small or too large is warned of, not refused."""

    def verb(session: Session, asked: dict[str, Any]) -> bool:
        node = desk.require_here(session, desk.MANAGERS)
        grids.add(session, parent=node, actor=actor(), **asked)
        return grids.size_warning(asked["household_count"], asked["resident_count"]) is not None

    return forms.answer(
        verb,
        schema=GridIn,
        ledger_id=HOUSE,
        show=lambda is_odd: {"is_odd": is_odd},
        said=lambda made: _("网格加好了，但大小不合适。") if made["is_odd"] else _("网格加好了。"),
        to=url_for("staff.nodes.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    with reading() as session:
        node = desk.here().node
        held = roles.nodes_of(session, person_id=desk.me(), roles=STAFF_ROLES)
        above = [
            each
            for each in tree.ancestors(session, node)
            if any(tree.contains(top, each) for top in held)
        ]
        below = tree.children(session, node)
        return forms.page(
            "node.html",
            problem,
            path=tree.breadcrumb(session, node),
            above=above[:-1],
            others=[each for each in held if each.id != node.id],
            below=[each for each in below if each.kind_code != grids.KIND],
            grids=[(each, _warning(each)) for each in below if each.kind_code == grids.KIND],
            oversized=grids.list_oversized(session, node),
            kinds={each.code: each.label_zh for each in tree.kinds(session)},
            can_hold_grids=node.kind_code in grids.COMMUNITY_KINDS,
        )


def _warning(node: Node) -> bool:
    return grids.size_warning(node.household_count, node.resident_count) is not None
