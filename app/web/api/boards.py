"""Star boards (亮星榜) over the API: seen by everybody where staff switched one on."""

from typing import Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.points import boards, programmes
from app.points.boards import Terms
from app.points.models import Board
from app.reports import stars
from app.web.acts import act
from app.web.api import standing, versions
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.showing import BoardIn, BoardOut, StarsOut
from app.web.session import actor

bp = Blueprint("boards", __name__, url_prefix="/nodes/<node_code>", description="Star boards")


@bp.get("/stars")
@allow(PUBLIC)
@bp.response(200, StarsOut)
def show_stars(node_code: str) -> dict[str, Any]:
    """Show a place's star board as it is now: masked, but for who agreed to be named."""
    with reading() as session:
        node = tree.by_code(session, node_code)
        ledger_id = programmes.of_node(session, node).ledger_id
        picture = stars.draw(session, ledger_id=ledger_id, node=node)
    return {
        "node_code": node.code,
        "node_name": node.short_name,
        "period": picture.board.period,
        "counts": picture.board.counts,
        "begins_on": picture.begins_on,
        "ends_on": picture.ends_on,
        "people_count": picture.people_count,
        "total_minutes": picture.total_minutes,
        "drawn_at": picture.drawn_at,
        "items": picture.rows,
    }


@bp.get("/board")
@allow(SIGNED_IN)
@bp.response(200, BoardOut)
def show_board(node_code: str) -> Response:
    """Show how a place's board is set, with an ETag: 0 where nobody ever set it."""
    with reading() as session:
        node = standing.place(session, node_code, standing.READERS)
        ledger_id = programmes.of_node(session, node).ledger_id
        found = _dumped(node, boards.find(session, ledger_id=ledger_id, node_id=node.id))
        return versions.tagged(jsonify(found), found["version"])


@bp.put("/board")
@allow(SIGNED_IN)
@bp.arguments(BoardIn)
@bp.response(200, BoardOut)
def set_board(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Switch a place's board on or off, and say what it ranks; If-Match names what was read."""
    version = versions.required()

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, standing.WORKERS)
        set_up = boards.write(
            session,
            ledger_id=programmes.of_node(session, node).ledger_id,
            node_id=node.id,
            terms=Terms(**asked),
            version=version,
            actor=actor(),
        )
        return _dumped(node, set_up)

    return act(verb, status=200)


def _dumped(node: Node, board: Board | None) -> dict[str, Any]:
    names = ("is_open", "period", "counts", "row_max")
    terms: Any = board or Terms()
    found = {name: getattr(terms, name) for name in names}
    return {"node_code": node.code, **found, "version": board.version if board else 0}
