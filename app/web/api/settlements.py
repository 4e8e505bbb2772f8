"""Settlements of the shops, month by month, and what they gave, kind by kind."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import order_places, settlements, statements
from app.mall.models import Settlement
from app.web.acts import act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.partners import (
    FiguresIn,
    SettleIn,
    SettlementFilterIn,
    SettlementOut,
    ShopFiguresOut,
    StatementOut,
)
from app.web.session import actor

bp = Blueprint(
    "settlements", __name__, url_prefix="/books/<book>", description="Settlements of shops"
)


@bp.post("/settlements")
@allow(SIGNED_IN)
@bp.arguments(SettleIn)
@bp.response(201, SettlementOut)
def settle(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Settle a shop's month that is over, once (D39, L14)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Settlement:
        counter.shop_of_staff(session, ledger_id, asked["shop_id"])
        return settlements.settle(session, ledger_id=ledger_id, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=SettlementOut().dump)


@bp.get("/settlements")
@allow(SIGNED_IN)
@bp.arguments(SettlementFilterIn, location="query")
@bp.response(200, items_of(SettlementOut))
def list_settlements(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the settlements of a place and of everything below it, to its staff."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        named: dict[str, Any] = {"node": node, "period": asked.get("period")}
        return {"items": settlements.list_within(session, ledger_id=ledger_id, **named)}


@bp.get("/settlements/<uuid:settlement_id>")
@allow(SIGNED_IN)
@bp.response(200, StatementOut)
def show_settlement(book: str, settlement_id: UUID) -> ResponseReturnValue:
    """Show a statement, reckoned again from its rows, to staff of the shop's place."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.require_holder(session, standing.READERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "settlement_id": settlement_id}
        found = settlements.get(session, **named)
        counter.shop_of_staff(session, ledger_id, found.shop_id, standing.READERS)
        return statements.read(session, **named)  # type: ignore[return-value]


@bp.get("/shop-figures")
@allow(SIGNED_IN)
@bp.arguments(FiguresIn, location="query")
@bp.response(200, items_of(ShopFiguresOut))
def show_figures(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count what each shop of a place gave, each kind by itself; the busiest first (M5, P9)."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "node": node}
        days = {name: asked[name] for name in ("from_on", "until_on", "at_most")}
        found, counts = order_places.figures_on(session, **named, **days)
    return {
        "items": [
            {"shop_id": one.id, "name": one.name, "kind": one.kind, "by_kind": counts[one.id]}
            for one in found
        ]
    }
