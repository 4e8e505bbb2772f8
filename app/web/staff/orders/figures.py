"""办结率 and 满意度 of a place, by kind and by part, with the rows behind each number (T9, S4)."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base import clock
from app.base.transactions import reading
from app.service_orders import figures
from app.service_orders.figures import Cut
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import FigureSpanIn
from app.web.staff import desk, forms, menu

bp = Blueprint("order_figures", __name__, url_prefix="/<place>/order-figures")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Count the orders filed in a span of days."""
    menu.at("orders")
    asked, problem = forms.asked(FigureSpanIn)
    begins_on, ends_on = asked.get("begins_on"), asked.get("ends_on")
    with reading() as session:
        cut = Cut(
            ledger_id=desk.ledger_id(),
            node=desk.here().node,
            begins_at=clock.day_bounds(begins_on)[0] if begins_on else None,
            ends_at=clock.day_bounds(ends_on)[1] if ends_on else None,
        )
        kinds = figures.by_category(session, cut)
        return forms.page(
            "orders/figures.html",
            problem,
            whole=figures.total(session, cut),
            kinds=kinds,
            hard=figures.hard(kinds),
            parts=figures.by_place(session, cut),
            decimals=figures.places_at(session, desk.here().node),
            span={
                **({"from": begins_on.isoformat()} if begins_on else {}),
                **({"to": ends_on.isoformat()} if ends_on else {}),
            },
        )
