"""Tills: opened by a clerk, closed with the shelf as counted (A14)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import day_end, for_sale, tills
from app.mall.day_end import DayEnd
from app.mall.models import Till
from app.web.acts import act
from app.web.api import counter, counting, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.mall import CloseTillIn, DayEndOut, ForSaleOut, TillOut
from app.web.session import actor

bp = Blueprint("tills", __name__, url_prefix="/books/<book>", description="Tills")


@bp.post("/shops/<uuid:shop_id>/tills")
@allow(SIGNED_IN)
@bp.response(201, TillOut)
def open_till(book: str, shop_id: UUID) -> ResponseReturnValue:
    """Open a till of one's own in a shop where one serves today."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Till:
        counter.shop_of_workers(session, ledger_id, shop_id)
        return tills.open_till(session, ledger_id=ledger_id, shop_id=shop_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=TillOut().dump)


@bp.get("/shops/<uuid:shop_id>/tills")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(TillOut))
def list_tills(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """List a shop's tills, the newest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_workers(session, ledger_id, shop_id, standing.READERS)
        return {"items": tills.list_of_shop(session, ledger_id=ledger_id, shop_id=shop_id, **asked)}


@bp.get("/tills/<uuid:till_id>")
@allow(SIGNED_IN)
@bp.response(200, DayEndOut)
def show_day_end(book: str, till_id: UUID) -> DayEnd:
    """Show the day-end list: so far while the till is open, final once it is closed."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.till_of_workers(session, ledger_id, till_id, standing.READERS)
        return day_end.read(session, ledger_id=ledger_id, till_id=till_id)


@bp.get("/tills/<uuid:till_id>/goods")
@allow(SIGNED_IN)
@bp.response(200, items_of(ForSaleOut))
def list_goods(book: str, till_id: UUID) -> ResponseReturnValue:
    """List what the till sells: the shop's goods on sale, or what its stall took along."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        till = counter.till_of_workers(session, ledger_id, till_id, standing.READERS)
        return {"items": for_sale.at_till(session, ledger_id=ledger_id, till=till)}


@bp.post("/tills/<uuid:till_id>/close")
@allow(SIGNED_IN)
@bp.arguments(CloseTillIn)
@bp.response(200, DayEndOut)
def close(asked: dict[str, Any], book: str, till_id: UUID) -> ResponseReturnValue:
    """Close a till; differences between book and shelf are posted with the reason."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> DayEnd:
        counter.till_of_workers(session, ledger_id, till_id)
        return tills.close(
            session,
            ledger_id=ledger_id,
            till_id=till_id,
            counted=counting.pieces(asked["counted"], "counted"),
            reason=asked["reason"],
            reasons=counting.reasons(asked["counted"]),
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=DayEndOut().dump, status=200)
