"""The star board on a wall (亮星榜): one address for each place, where staff switched it on.

A screen shows it for months: its script asks again every minute, keeps the last picture
when the network is gone, and comes back by itself. A board that is off says so and waits.
"""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.points import programmes
from app.reports import stars
from app.reports.quarters import freezing
from app.reports.stars import Picture, Star
from app.web import qr
from app.web.permissions import PUBLIC, allow
from app.web.translate import _, _l

bp = Blueprint("wall", __name__)
ROWS_A_PAGE = 10
FEW = 5
"""So many or fewer stand in one column, larger."""

PERIODS = {"month": _l("本月"), "quarter": _l("本季度"), "year": _l("今年")}


@bp.get("/wall/<place>")
@allow(PUBLIC)
def show(place: str) -> ResponseReturnValue:
    """Show a place's board."""
    try:
        picture, closed = _picture(place)
    except NotFound:
        return Response(render_template("board/wall_off.html"), 404, mimetype="text/html")
    address = url_for("h5.profile.show_consents", _external=True)
    return render_template(
        "board/wall.html",
        picture=picture,
        pages=_pages(picture.rows),
        tied=_tied(picture.rows),
        period=PERIODS[picture.board.period],
        code=qr.svg(address, label=_("同意亮全名的码")),
        closed=closed,
        is_few=len(picture.rows) <= FEW,
        steps=picture.table.hours,
    )


def _picture(place: str) -> tuple[Picture, str | None]:
    """Return the board, and the name of the latest quarter that was closed."""
    with reading() as session:
        node = tree.by_code(session, place)
        ledger_id = programmes.of_node(session, node).ledger_id
        drawn = stars.draw(session, ledger_id=ledger_id, node=node)
        closed = freezing.list_closed(session, ledger_id=ledger_id)
        return drawn, closed[0].period if closed else None


def _pages(rows: list[Star]) -> list[list[Star]]:
    return [rows[at : at + ROWS_A_PAGE] for at in range(0, len(rows), ROWS_A_PAGE)]


def _tied(rows: list[Star]) -> set[int]:
    """Return the places that several share."""
    places = [row.rank for row in rows]
    return {place for place in places if places.count(place) > 1}
