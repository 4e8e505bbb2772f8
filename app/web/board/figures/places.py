"""A place for everybody: where it is, its teams with an open card, and its figures.

It names nobody. What came from elsewhere keeps its source and its day, what is counted
here stands apart, and the two are never added up.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.people import team_cards
from app.points import programmes
from app.reports import place_figures
from app.web.count_words import COUNTS
from app.web.permissions import PUBLIC, allow

bp = Blueprint("places", __name__)
PUBLIC_COUNTS = ("volunteers", "teams", "team_people", "hours", "attendances", "redemptions")
BELOW_MAX = 60


@bp.get("/places/<place>")
@allow(PUBLIC)
def show(place: str) -> ResponseReturnValue:
    """Show a place."""
    with reading() as session:
        node = tree.by_code(session, place)
        programme = programmes.find_of_node(session, node)
        book = books.get(session, programme.ledger_id) if programme else None
        picture = place_figures.draw(session, ledger_id=book.id if book else None, node=node)
        open_cards = team_cards.list_open(session, ledger_id=book.id, node=node) if book else []
        shown = [each for each in picture.counts if each.code in PUBLIC_COUNTS]
        if book is not None and not book.has_points:
            shown = [each for each in shown if each.code != "redemptions"]
        return render_template(
            "board/figures/place.html",
            node=node,
            book=book,
            programme=programme,
            path=tree.breadcrumb(session, node),
            kinds={kind.code: kind.label_zh for kind in tree.kinds(session)},
            below=tree.children(session, node)[:BELOW_MAX],
            picture=picture,
            counts=shown,
            words=COUNTS,
            teams=open_cards,
        )
