"""The month's list of the shops for everybody: counts only, nobody's name (D38)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.base.months import bounds, last_month, months
from app.base.transactions import reading_long
from app.community import tree
from app.mall import monthly_lists
from app.web import paging
from app.web.pages import month
from app.web.permissions import PUBLIC, allow
from app.web.translate import _l

bp = Blueprint("shop_months", __name__)
SHOPS_A_PAGE = 30
KINDS = {"goods": _l("商品"), "service": _l("服务"), "offer": _l("优惠"), "honour": _l("荣誉")}
CHANGES = {"count": _l("盘点"), "write_off": _l("报损")}


@bp.get("/places/<place>/shops")
@allow(PUBLIC)
def show(place: str) -> ResponseReturnValue:
    """Show a month of the shops of a place: the last whole one, unless another is asked for."""
    period = request.args.get("month") or last_month()
    with reading_long() as session:
        node = tree.by_code(session, place)
        programme, found = monthly_lists.of_place(session, node=node, period=period)
        shown, pages = paging.cut(
            found.shops[paging.offset() :],
            limit=SHOPS_A_PAGE,
            endpoint="board.shop_months.show",
            place=node.code,
            month=period,
        )
        places = tree.get_many(session, {each.shop.node_id for each in shown})
    return render_template(
        "board/partners/months.html",
        node=node,
        programme=programme,
        period=period,
        periods=[(each, month(bounds(each)[0])) for each in months()],
        month=month(found.begins_on),
        found=found,
        shown=shown,
        pages=pages,
        places=places,
        kinds=KINDS,
        changes=CHANGES,
    )
