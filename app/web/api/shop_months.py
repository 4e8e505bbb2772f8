"""The month's list of a place's shops for everybody: counts only, nobody's name (D38)."""

from typing import Any

from flask_smorest import Blueprint

from app.base.errors import NotFound
from app.base.months import months
from app.base.transactions import reading_long
from app.community import tree
from app.mall import monthly_lists
from app.mall.monthly_lists import ShopMonth
from app.points import programmes
from app.web.permissions import PUBLIC, allow
from app.web.schemas.shop_months import ShopMonthPageIn, ShopMonthsOut

bp = Blueprint("shop_months", __name__, url_prefix="/nodes", description="The shops' months")


@bp.get("/<node_code>/shop-months/<period>")
@allow(PUBLIC)
@bp.arguments(ShopMonthPageIn, location="query")
@bp.response(200, ShopMonthsOut)
def show(asked: dict[str, Any], node_code: str, period: str) -> dict[str, Any]:
    """Show a month (2026-03) of the shops of a place and all below it."""
    if period not in months():
        raise NotFound("no such month is shown")
    with reading_long() as session:
        node = tree.by_code(session, node_code)
        programme = programmes.of_node(session, node)
        if not programme.has_points:
            raise NotFound("this programme keeps hours only")
        found = monthly_lists.draw(session, ledger_id=programme.ledger_id, node=node, period=period)
    shown = found.shops[asked["offset"] : asked["offset"] + asked["limit"]]
    return {
        "period": period,
        "begins_on": found.begins_on,
        "ends_on": found.ends_on,
        "is_over": found.is_over,
        "shop_count": len(found.shops),
        "sums": found.sums,
        "items": [_row(each) for each in shown],
    }


def _row(each: ShopMonth) -> dict[str, Any]:
    return {
        "shop_id": each.shop.id,
        "shop_name": each.shop.name,
        "counts": each.counts,
        "goods": each.goods,
        "changes": each.changes,
    }
