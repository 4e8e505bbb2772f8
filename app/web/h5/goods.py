"""Goods of the shops nearest to the member, with what they can take today."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.mall import goods, shops
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Shop
from app.points import programmes, wallets
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("goods", __name__))


@bp.get("/goods")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what the nearest shops have on sale."""
    with reading() as session:
        me = own.here(session)
        if not me.has_points:
            raise NotFound("hours only here")
        spendable = wallets.holding(session, **me.key).spendable_points
        around, near = nearest(session, me)
        found = [(shop, _on_sale(session, me, shop)) for shop in near]
    values: dict[str, Any] = {"found": found, "around": around, "spendable": spendable}
    return show_page("h5/goods.html", me=me, **values)


def nearest(session: Session, me: Own) -> tuple[Node, list[Shop]]:
    """Return the smallest place around the member that has open shops, and these."""
    top = programmes.of_ledger(session, me.ledger_id).node_id
    for node in reversed(tree.ancestors(session, me.node)):
        found = shops.selling_within(session, ledger_id=me.ledger_id, node=node)
        if found or node.id == top:
            return node, found
    return me.node, []


def _on_sale(session: Session, me: Own, shop: Shop) -> list[tuple[Goods, bool]]:
    """List a shop's goods, each with whether there is one left."""
    named: dict[str, Any] = {"ledger_id": me.ledger_id, "shop_id": shop.id}
    return [
        (each, each.kind not in COUNTED_KINDS or each.stock_count > each.reserved_count)
        for each in goods.list_of_shop(session, **named, on_sale_only=True)
    ]
