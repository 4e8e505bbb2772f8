"""The honour list (光荣榜): households whose heads agreed, best first; nobody else (D29)."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.errors import NotFound
from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.points import pooling, programmes
from app.web.permissions import PUBLIC, allow

bp = Blueprint("honour", __name__, url_prefix="/honour")
SHOWN_MAX = 50


@bp.get("/<book>")
@allow(PUBLIC)
def page(book: str) -> ResponseReturnValue:
    """Show the list of a whole book."""
    with reading() as session:
        ledger = books.by_code(session, book)
        if ledger.id == HOUSE or not ledger.has_points:
            raise NotFound("no such book")
        home = tree.get(session, programmes.of_ledger(session, ledger.id).node_id)
        found = pooling.honour_list(session, ledger_id=ledger.id, node=home, limit=SHOWN_MAX)
    return render_template("board/households/honour.html", book=ledger, node=home, found=found)
