"""What the shops gave, each kind by itself; who gave hardly anything (M5, P4, P9)."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.community import tree
from app.mall import figures, order_places
from app.mall.models import Shop
from app.mall.models_shelf import GOODS_KINDS
from app.reports import mall_sheets
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_partners import ShopFiguresIn
from app.web.staff import desk, forms, menu
from app.web.staff.partners.settlements import send_sheet

bp = Blueprint("shop_figures", __name__, url_prefix="/<place>/shop-figures")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the counts of every shop of the place, kind by kind."""
    menu.at("mall")
    asked, problem = forms.asked(ShopFiguresIn)
    found, counts, places = _counted(asked)
    return forms.page(
        "partners/figures.html",
        problem,
        asked=asked,
        found=found,
        counts=counts,
        places=places,
        kinds=GOODS_KINDS,
        sums=figures.total([counts[one.id] for one in found]),
    )


@bp.get("/file")
@allow(SIGNED_IN)
def file() -> ResponseReturnValue:
    """Give the counts as xlsx; no names are in it."""
    asked, _problem = forms.asked(ShopFiguresIn)
    found, counts, places = _counted(asked)
    days = (asked["from_on"], asked["until_on"])
    sheet = mall_sheets.figures(desk.here().node, days, found, counts, places)
    return send_sheet(sheet, "shop-figures")


def _counted(asked: dict[str, Any]) -> tuple[list[Shop], dict[Any, figures.Counts], dict[int, Any]]:
    """Return the shops of the place with their counts; only the idle ones if asked (P9)."""
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    days = {name: asked[name] for name in ("from_on", "until_on", "at_most")}
    with reading() as session:
        found, counts = order_places.figures_on(session, **key, **days)
        places = tree.get_many(session, {one.node_id for one in found})
    if asked["kind"]:
        found = [one for one in found if one.kind == asked["kind"]]
    return found, counts, places
