"""A stall's last hour: everything comes back to the shop, counted (M4, A14)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.ledger import books
from app.mall import clerks, shops, stalls
from app.mall.models import Shop, Stall
from app.mall.stall_shelf import AtStall
from app.mall.stock import Counted
from app.web.acts import submit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.stalls import CloseStallIn
from app.web.session import actor, person
from app.web.till import counting
from app.web.till.forms import in_words, load

bp = Blueprint("stall", __name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """A stall of a shop where the person serves, with its goods."""

    stall: Stall
    shop: Shop
    goods: list[AtStall]


@bp.get("/<book>/stalls/<uuid:stall_id>")
@allow(SIGNED_IN)
def page(book: str, stall_id: UUID) -> ResponseReturnValue:
    """Show what the stall took along, sold and has left; to be counted while it is open."""
    return _show(book, stall_id)


@bp.post("/<book>/stalls/<uuid:stall_id>")
@allow(SIGNED_IN)
def close(book: str, stall_id: UUID) -> ResponseReturnValue:
    """Bring everything back, counted."""
    with reading() as session:
        ledger_id = books.by_code(session, book).id
        _found(session, ledger_id, stall_id)

    def verb(session: Session, _fact: None) -> list[Counted]:
        _found(session, ledger_id, stall_id)
        items = load(CloseStallIn, {"counted": counting.counted()})["counted"]
        return stalls.close_stall(
            session,
            ledger_id=ledger_id,
            stall_id=stall_id,
            counted=counting.pieces(items),
            reasons=counting.reasons(items),
            actor=actor(),
        )

    _, problem = submit(verb, ledger_id=ledger_id)
    if problem:
        return _show(book, stall_id, problem), int(problem["status"])
    return redirect(url_for("till.stall.page", book=book, stall_id=stall_id), code=303)


def _found(session: Session, ledger_id: int, stall_id: UUID) -> Standing:
    """Return a stall to whoever serves at its shop today.

    Raises:
        NotFound: They do not.
    """
    named: dict[str, Any] = {"ledger_id": ledger_id}
    stall = stalls.get(session, **named, stall_id=stall_id)
    shop = shops.get(session, **named, shop_id=stall.shop_id)
    if not clerks.serves(session, **named, shop_id=shop.id, person_id=person().person_id):
        raise NotFound("no stall of yours")
    return Standing(stall, shop, stalls.goods_of(session, **named, stall_id=stall_id))


def _show(book: str, stall_id: UUID, problem: dict[str, Any] | None = None) -> str:
    with reading() as session:
        found = _found(session, books.by_code(session, book).id, stall_id)
    return render_template(
        "till/stall.html", found=found, problem=in_words(problem), given=request.form
    )
