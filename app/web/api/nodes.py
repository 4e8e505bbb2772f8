"""The org tree: looked through by anybody who joins, grown by administrators.

Places are official divisions and grids; nothing here is about a person.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import grids, tree
from app.community.errors import AmbiguousNode
from app.community.models import Node
from app.ledger import books
from app.people import audit
from app.points import programmes
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.places import (
    FoundNodeOut,
    FullNodeOut,
    NewGridIn,
    NewGridOut,
    NewNodeIn,
    NodeOut,
    NodeSearchIn,
)
from app.web.session import actor

ADMINISTRATORS = ("administrator",)

bp = Blueprint("nodes", __name__, url_prefix="/nodes", description="Places")


@bp.get("")
@allow(PUBLIC)
@bp.response(200, items_of(NodeOut))
def list_roots() -> dict[str, Any]:
    """List the places that stand below none."""
    with reading() as session:
        return {"items": [_shown(node) for node in tree.roots(session)]}


@bp.get("/search")
@allow(PUBLIC)
@bp.arguments(NodeSearchIn, location="query")
@bp.response(200, items_of(FoundNodeOut))
def search(asked: dict[str, Any]) -> dict[str, Any]:
    """Find places by code, or by a whole official or short name; several may have it."""
    with reading() as session:
        try:
            found = [tree.find(session, asked["text"])]
        except AmbiguousNode as several:
            codes = [candidate.split(" ", 1)[0] for candidate in several.facts["candidates"]]
            found = list(tree.by_codes(session, codes).values())
        except NotFound:
            found = []
        crumbs = tree.breadcrumbs(session, found) if found else {}
        items = [{"code": node.code, "breadcrumb": crumbs[node.id]} for node in found]
        return {"items": sorted(items, key=lambda item: item["code"])}


@bp.get("/<node_code>")
@allow(PUBLIC)
@bp.response(200, FullNodeOut)
def show(node_code: str) -> dict[str, Any]:
    """Show a place with the way down to it and the book that is kept for it."""
    with reading() as session:
        node = tree.by_code(session, node_code)
        line = tree.ancestors(session, node)
        programme = programmes.find_of_node(session, node)
        book = books.get(session, programme.ledger_id).code if programme else None
        return {
            **_shown(node),
            "breadcrumb": tree.breadcrumb(session, node),
            "parent_code": line[-2].code if len(line) > 1 else None,
            "book": book,
        }


@bp.get("/<node_code>/children")
@allow(PUBLIC)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(NodeOut))
def list_children(asked: dict[str, Any], node_code: str) -> dict[str, Any]:
    """List the open places right below a place, by code."""
    with reading() as session:
        found = tree.children(session, tree.by_code(session, node_code))
        first = asked["offset"]
        return {"items": [_shown(node) for node in found[first : first + asked["limit"]]]}


@bp.get("/<node_code>/grid-warnings")
@allow(SIGNED_IN)
@bp.response(200, items_of(NodeOut))
def list_grid_warnings(node_code: str) -> dict[str, Any]:
    """List the grids of a place that are smaller or larger than is wished (O6)."""
    with reading() as session:
        node = standing.place(session, node_code, READERS)
        return {"items": [_shown(grid) for grid in grids.list_oversized(session, node)]}


@bp.post("/<node_code>/children")
@allow(SIGNED_IN)
@bp.arguments(NewNodeIn)
@bp.response(201, NodeOut)
def add(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Add a place below another."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        parent = standing.place(session, node_code, ADMINISTRATORS)
        node = tree.add(session, parent=parent, actor=actor(), **asked)
        _note(session, node)
        return _shown(node)

    return act(verb, dump=NodeOut().dump)


@bp.post("/<node_code>/grids")
@allow(SIGNED_IN)
@bp.arguments(NewGridIn)
@bp.response(201, NewGridOut)
def add_grid(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Add a grid to a community; a size out of range is warned of, not refused (O6)."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        parent = standing.place(session, node_code, ADMINISTRATORS)
        grid = grids.add(session, parent=parent, actor=actor(), **asked)
        _note(session, grid)
        warning = grids.size_warning(grid.household_count, grid.resident_count)
        return {**_shown(grid), "has_size_warning": warning is not None}

    return act(verb, dump=NewGridOut().dump)


def _shown(node: Node) -> dict[str, Any]:
    names = ("code", "name", "short_name", "depth", "household_count", "resident_count")
    return {
        **{name: getattr(node, name) for name in names},
        "kind": node.kind_code,
        "closed_on": node.closed_on,
    }


def _note(session: Session, node: Node) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="node_added",
        subject_kind="node",
        node_code=node.code,
        kind=node.kind_code,
    )
