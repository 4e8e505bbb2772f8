"""Reservations: goods set aside by members, collected at the till by a code (D34)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.mall import (
    claim_codes,
    claim_owners,
    collecting,
    goods,
    reservation_lists,
    reservations,
    shops,
    wrong_codes,
)
from app.mall.models import Reservation, Till
from app.mall.reservations import Wish
from app.mall.sales import Slip
from app.web.acts import Look, act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.redemptions import SlipOut
from app.web.schemas.vouchers import CodeOut, CollectIn, ReservationIn, ReservationOut
from app.web.session import actor

bp = Blueprint("reservations", __name__, url_prefix="/books/<book>", description="Reservations")
OUT = ReservationOut()


@bp.post("/me/reservations")
@allow(SIGNED_IN)
@bp.arguments(ReservationIn)
@bp.response(201, ReservationOut)
def reserve(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Have goods set aside; the points are held until I collect them (D34)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        mine = standing.my_member(session, ledger_id)
        wish = Wish(member_id=mine.id, **asked)
        made = reservations.reserve(session, ledger_id=ledger_id, wish=wish, actor=actor())
        return _out(session, made.reservation)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.get("/me/reservations")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(ReservationOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what is or was set aside for me, what is still held first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = reservation_lists.list_of_member(session, **key, **asked)
        return {"items": [_row(one, what.name, shop.name) for one, what, shop in found]}


@bp.get("/me/reservations/<uuid:reservation_id>/code")
@allow(SIGNED_IN)
@bp.response(200, CodeOut)
def show_code(book: str, reservation_id: UUID) -> ResponseReturnValue:
    """Show the code by which I collect; nobody else sees it."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.oneself()
        mine = standing.my_member(session, ledger_id)
        found = reservations.get(session, ledger_id=ledger_id, reservation_id=reservation_id)
        claim_owners.require_of(session, found, mine.id)
        if found.state != "held":
            raise NotFound("nothing set aside for you")
        code = claim_codes.shown(found.code_cipher, found.id)
        return {"token": code.token, "digits": code.digits}


@bp.post("/me/reservations/<uuid:reservation_id>/cancel")
@allow(SIGNED_IN)
@bp.response(200, ReservationOut)
def cancel(book: str, reservation_id: UUID) -> ResponseReturnValue:
    """Give my reservation up: goods and points are free again."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        key = standing.my_key(session, ledger_id)
        found = reservations.cancel(session, **key, reservation_id=reservation_id, actor=actor())
        return _out(session, found)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump, status=200)


@bp.post("/collections")
@allow(SIGNED_IN)
@bp.arguments(CollectIn)
@bp.response(201, SlipOut)
def collect(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Hand over what was set aside, at one's own till, by the member's code; once (D34)."""
    ledger_id = standing.book_id(book)

    def look(session: Session) -> UUID:
        till: Till = counter.own_till(session, ledger_id, asked["till_id"])
        wrong_codes.require_left(session, ledger_id=ledger_id, shop_id=till.shop_id)
        return till.shop_id

    def verb(session: Session, _shop_id: UUID) -> Slip:
        found = reservations.find(session, ledger_id=ledger_id, presented=asked["presented"])
        named: dict[str, Any] = {"ledger_id": ledger_id, "till_id": asked["till_id"]}
        return collecting.collect(session, **named, reservation_id=found.id, actor=actor())

    def refused(session: Session, shop_id: UUID | None, refusal: DomainError) -> None:
        if shop_id is not None and isinstance(refusal, NotFound):
            wrong_codes.count(session, ledger_id=ledger_id, shop_id=shop_id)

    return act(verb, ledger_id=ledger_id, before=Look(look), refused=refused, dump=SlipOut().dump)


@bp.get("/shops/<uuid:shop_id>/reservations")
@allow(SIGNED_IN)
@bp.response(200, items_of(ReservationOut))
def list_held(book: str, shop_id: UUID) -> ResponseReturnValue:
    """List what a shop keeps for members, to its clerks and staff; without names."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_workers(session, ledger_id, shop_id, standing.READERS)
        found = reservation_lists.list_held(session, ledger_id=ledger_id, shop_id=shop_id)
        return {"items": [_row(one, what.name, shop.name) for one, what, shop in found]}


def _out(session: Session, one: Reservation) -> dict[str, Any]:
    what = goods.get(session, ledger_id=one.ledger_id, goods_id=one.goods_id)
    shop = shops.get(session, ledger_id=one.ledger_id, shop_id=one.shop_id)
    return _row(one, what.name, shop.name)


def _row(one: Reservation, goods_name: str, shop_name: str) -> dict[str, Any]:
    columns = OUT.fields.keys() - {"goods_name", "shop_name"}
    row = {name: getattr(one, name) for name in columns}
    return {**row, "goods_name": goods_name, "shop_name": shop_name}
