"""Vouchers and reservations of a place's shops, for its staff: found and taken back (D34, M6)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import (
    claim_lists,
    claim_owners,
    goods,
    reservations,
    shops,
    voucher_returns,
    vouchers,
)
from app.mall.claim_lists import Asked
from app.mall.models import Reservation, Voucher
from app.web import paging
from app.web.acts import act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.claimed import (
    ClaimedReservationOut,
    ClaimedVoucherOut,
    ReservationFilterIn,
    ReservationPageOut,
    TakeBackIn,
    VoucherFilterIn,
    VoucherPageOut,
)
from app.web.schemas.vouchers import ReservationOut, VoucherOut
from app.web.session import actor

bp = Blueprint("claimed", __name__, url_prefix="/books/<book>", description="Vouchers at the desk")


@bp.get("/vouchers")
@allow(SIGNED_IN)
@bp.arguments(VoucherFilterIn, location="query")
@bp.response(200, VoucherPageOut)
def list_vouchers(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what members bought at the shops of a place, the newest first, in pages."""
    return _page(Voucher, ClaimedVoucherOut(), asked, book)


@bp.get("/reservations")
@allow(SIGNED_IN)
@bp.arguments(ReservationFilterIn, location="query")
@bp.response(200, ReservationPageOut)
def list_reservations(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what was set aside at the shops of a place, the newest first, in pages."""
    return _page(Reservation, ClaimedReservationOut(), asked, book)


@bp.post("/vouchers/<uuid:voucher_id>/return")
@allow(SIGNED_IN)
@bp.arguments(TakeBackIn)
@bp.response(200, VoucherOut)
def take_back(asked: dict[str, Any], book: str, voucher_id: UUID) -> ResponseReturnValue:
    """Return a voucher or place for its member, also after its time, with the reason."""
    ledger_id = standing.book_id(book)
    key: dict[str, Any] = {"ledger_id": ledger_id, "voucher_id": voucher_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        counter.shop_of_staff(session, ledger_id, vouchers.get(session, **key).shop_id)
        back = voucher_returns.take_back(session, **key, **asked, actor=actor())
        return _shown(session, VoucherOut(), back)

    return act(verb, ledger_id=ledger_id, dump=VoucherOut().dump, status=200)


@bp.post("/reservations/<uuid:reservation_id>/cancel")
@allow(SIGNED_IN)
@bp.response(200, ReservationOut)
def cancel(book: str, reservation_id: UUID) -> ResponseReturnValue:
    """Give a reservation up for its member: goods and points are free again."""
    ledger_id = standing.book_id(book)
    key: dict[str, Any] = {"ledger_id": ledger_id, "reservation_id": reservation_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        found = reservations.get(session, **key)
        counter.shop_of_staff(session, ledger_id, found.shop_id)
        gone = reservations.cancel(
            session, **key, member_id=claim_owners.of(session, found), actor=actor()
        )
        return _shown(session, ReservationOut(), gone)

    return act(verb, ledger_id=ledger_id, dump=ReservationOut().dump, status=200)


def _page(model: Any, schema: Any, asked: dict[str, Any], book: str) -> dict[str, Any]:
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        here = shops.list_within(session, ledger_id=ledger_id, node=node)
        wanted = Asked(
            ledger_id=ledger_id,
            shop_ids=[one.id for one in here],
            number=asked["number"],
            state=asked["state"],
        )
        found = claim_lists.listed(session, model, wanted, **paging.slice_in(asked))
        return {
            "items": [_row(schema, *each) for each in found],
            "total_count": claim_lists.count(session, model, wanted),
        }


def _shown(session: Session, schema: Any, one: Voucher | Reservation) -> dict[str, Any]:
    named: dict[str, Any] = {"ledger_id": one.ledger_id}
    what = goods.get(session, **named, goods_id=one.goods_id)
    return _row(schema, one, what, shops.get(session, **named, shop_id=one.shop_id))


def _row(schema: Any, one: Any, what: Any, shop: Any, member: Any = None) -> dict[str, Any]:
    said = {"goods_name": what.name, "shop_name": shop.name}
    if member is not None:
        said |= {"member_name_masked": member.name_masked}
    columns = schema.fields.keys() - {"goods_name", "shop_name", "member_name_masked"}
    return {name: getattr(one, name) for name in columns} | said
