"""Vouchers, places and reservations at the desk: found, and taken back for whoever asks (D34)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import claim_lists, claim_owners, reservations, shops, voucher_returns, vouchers
from app.mall.claim_lists import Asked
from app.mall.models import Reservation, Voucher
from app.web import paging
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.claimed import TakeBackIn
from app.web.schemas.desk_partners import ClaimedIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.shops import scoped
from app.web.translate import _

bp = Blueprint("claimed", __name__, url_prefix="/<place>/claimed")
MODELS = {"voucher": Voucher, "reservation": Reservation}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """List what members bought or had set aside at the shops of the place."""
    return _show()


@bp.post("/vouchers/<uuid:voucher_id>/return")
@allow(SIGNED_IN)
def give_back(voucher_id: UUID) -> ResponseReturnValue:
    """Return a voucher or place for its member, also after its time, with the reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "voucher_id": voucher_id}
        found = vouchers.get(session, **key)
        scoped(session, found.shop_id, desk.WORKERS)
        voucher_returns.take_back(session, **key, **asked, actor=actor())

    return _step(verb, _("替他退了，积分退回去了，也告诉了他。"), "voucher", TakeBackIn)


@bp.post("/reservations/<uuid:reservation_id>/cancel")
@allow(SIGNED_IN)
def cancel(reservation_id: UUID) -> ResponseReturnValue:
    """Give a reservation up for its member: goods and points are free again."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "reservation_id": reservation_id}
        found = reservations.get(session, **key)
        scoped(session, found.shop_id, desk.WORKERS)
        reservations.cancel(
            session, **key, member_id=claim_owners.of(session, found), actor=actor()
        )

    return _step(verb, _("不留了，东西和积分都放回去了。"), "reservation")


def _step(verb: forms.Verb, said: str, kind: str, schema: Any = None) -> ResponseReturnValue:
    to = url_for("staff.claimed.show", kind=kind)
    return forms.answer(verb, schema=schema, said=said, to=to, again=_show)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    asked, wrong = forms.asked(ClaimedIn)
    model: Any = MODELS[asked["kind"]]
    with reading() as session:
        here = shops.list_within(session, ledger_id=desk.ledger_id(), node=desk.here().node)
        wanted = Asked(
            ledger_id=desk.ledger_id(),
            shop_ids=[one.id for one in here],
            number=asked["number"],
            state=asked["state"],
        )
        return forms.page(
            "partners/claimed.html",
            problem or wrong,
            asked=asked,
            found=claim_lists.listed(session, model, wanted, **paging.slice_in(asked)),
            total=claim_lists.count(session, model, wanted),
        )
