"""The demo's 积分超市: a merchant, a shop, goods on the shelf, a clerk."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.cli.demo.world import Someone
from app.community.models import Node
from app.mall import clerks, goods, merchants, shops, stock
from app.mall.goods import GoodsTerms
from app.mall.models import Goods, Shop

AGREED_FOR = timedelta(days=3 * 365)
"""How long the demo's merchants agree."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a shop sells: number, name, price in points, pieces, barcode."""

    number: str
    name: str
    price_points: int
    stock_count: int
    barcode: str
    kind: str = "goods"


JINXI_SHELF = (
    Shelf("G01", "抽纸（3包）", 40, 120, "2000000000015"),
    Shelf("G02", "洗洁精 1kg", 50, 60, "2000000000022"),
    Shelf("G03", "洗衣液 2kg", 120, 40, "2000000000039"),
    Shelf("G04", "大米 5kg", 200, 30, "2000000000046"),
    Shelf("G05", "食用油 1.8L", 240, 24, "2000000000053"),
    Shelf("G06", "牙膏套装", 60, 60, "2000000000060"),
    Shelf("G07", "毛巾", 70, 50, "2000000000077"),
    Shelf("G08", "垃圾袋（5卷）", 20, 100, "2000000000084"),
)
WUMIAO_SHELF = (
    Shelf("G01", "食盐", 20, 60, "2000000001012"),
    Shelf("G02", "洗衣粉 1kg", 40, 40, "2000000001029"),
    Shelf("G03", "牙膏", 30, 40, "2000000001036"),
    Shelf("G04", "抽纸", 25, 40, "2000000001043"),
    Shelf("G05", "食用油 1.8L", 120, 12, "2000000001050"),
    Shelf("G06", "大米 5kg", 100, 12, "2000000001067"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A shop to be opened: where, by whom it is run, approved and served."""

    ledger_id: int
    node: Node
    merchant: str
    name: str
    shelf: tuple[Shelf, ...]
    approver: Actor
    clerk: Someone
    kind: str = "store"
    partner_class: str | None = None


def open_shop(session: Session, opening: Opening) -> UUID:
    """Open a shop with a full shelf, or return the one that stands."""
    known = session.scalar(
        sa.select(Shop.id).where(Shop.ledger_id == opening.ledger_id, Shop.name == opening.name)
    )
    if known is not None:
        return known
    ledger_id = opening.ledger_id
    merchant = merchants.apply(
        session,
        ledger_id=ledger_id,
        node_id=opening.node.id,
        name=opening.merchant,
        actor=SYSTEM,
        partner_class=opening.partner_class,
    )
    merchants.approve(session, ledger_id=ledger_id, merchant_id=merchant.id, actor=opening.approver)
    signed_on = clock.today()
    merchants.sign(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        agreement_no=f"{opening.node.code}-01",
        from_on=signed_on,
        until_on=signed_on + AGREED_FOR,
        actor=opening.approver,
    )
    merchants.enlist(session, ledger_id=ledger_id, merchant_id=merchant.id, actor=opening.approver)
    shop = shops.open_shop(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        node_id=opening.node.id,
        name=opening.name,
        actor=opening.approver,
        kind=opening.kind,
    )
    clerks.assign(
        session,
        ledger_id=ledger_id,
        shop_id=shop.id,
        person_id=opening.clerk.person_id,
        actor=opening.approver,
    )
    _fill(session, opening, shop.id)
    return shop.id


def goods_by_number(session: Session, ledger_id: int, shop_id: UUID) -> dict[str, Goods]:
    """Return a shop's goods by their numbers."""
    query = sa.select(Goods).where(Goods.ledger_id == ledger_id, Goods.shop_id == shop_id)
    return {each.number: each for each in session.scalars(query)}


def _fill(session: Session, opening: Opening, shop_id: UUID) -> None:
    terms = [
        GoodsTerms(
            each.number,
            each.name,
            each.price_points,
            kind=each.kind,
            barcode=each.barcode,
            low_stock_count=5,
        )
        for each in opening.shelf
    ]
    made = goods.add_many(
        session,
        ledger_id=opening.ledger_id,
        shop_id=shop_id,
        terms=terms,
        actor=opening.clerk.actor,
    )
    counts = {each.id: shelf.stock_count for each, shelf in zip(made, opening.shelf, strict=True)}
    stock.intake(
        session,
        ledger_id=opening.ledger_id,
        counts=counts,
        actor=opening.clerk.actor,
        reason="首批进货",
    )
