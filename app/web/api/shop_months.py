"""The month's list of a place's shops for everybody: counts only, nobody's name (D38)."""

from typing import Any

from flask_smorest import Blueprint

from app.base.transactions import reading_long
from app.community import tree
from app.mall import monthly_lists
from app.web.permissions import PUBLIC, allow
from app.web.schemas import PageIn
from app.web.schemas.shop_months import ShopMonthsOut

bp = Blueprint("shop_months", __name__, url_prefix="/nodes", description="The shops' months")


@bp.get("/<node_code>/shop-months/<period>")
@allow(PUBLIC)
@bp.arguments(PageIn, location="query")
@bp.response(200, ShopMonthsOut)
def show(asked: dict[str, Any], node_code: str, period: str) -> dict[str, Any]:
    """Show a month (2026-03) of the shops of a place and all below it."""
    with reading_long() as session:
        node = tree.by_code(session, node_code)
        _programme, found = monthly_lists.of_place(session, node=node, period=period)
    shown = found.shops[asked["offset"] : asked["offset"] + asked["limit"]]
    return {
        "period": period,
        "begins_on": found.begins_on,
        "ends_on": found.ends_on,
        "is_over": found.is_over,
        "shop_count": len(found.shops),
        "sums": found.sums,
        "items": shown,
    }
