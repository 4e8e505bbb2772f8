"""One page for whoever serves at a shop: a voucher, an offer, or what was set aside, by a code.

Works with a scan gun: the field has the cursor, and the gun sends the form. Wrong codes are
counted, also those of nobody.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.transactions import reading
from app.ledger import books
from app.ledger.models import Book
from app.mall import (
    clerks,
    collecting,
    goods,
    offer_uses,
    offers,
    reservation_lists,
    reservations,
    shops,
    tills,
    vouchers,
    wrong_codes,
)
from app.mall.models import Shop, Till
from app.people import codes, members
from app.people.codes import SpentCode
from app.web.acts import Look, submit
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person
from app.web.till.forms import in_words
from app.web.translate import _

bp = Blueprint("claims", __name__, url_prefix="/partners")
Values = dict[str, Any]


@bp.get("/<book>/<uuid:shop_id>")
@allow(SIGNED_IN)
def page(book: str, shop_id: UUID) -> ResponseReturnValue:
    """Show the three fields, and what is set aside here."""
    return _show(book, shop_id)


@bp.post("/<book>/<uuid:shop_id>/vouchers")
@allow(SIGNED_IN)
def use_voucher(book: str, shop_id: UUID) -> ResponseReturnValue:
    """Honour a voucher, once."""
    named = _named(book, shop_id)

    def verb(session: Session, _fact: None) -> Values:
        used = vouchers.use(session, **named, presented=_presented(), actor=actor())
        what = goods.get(session, ledger_id=named["ledger_id"], goods_id=used.goods_id)
        return {"title": what.name, "text": used.number}

    return _answer(book, shop_id, verb, "voucher")


@bp.post("/<book>/<uuid:shop_id>/collections")
@allow(SIGNED_IN)
def collect(book: str, shop_id: UUID) -> ResponseReturnValue:
    """Hand over what was set aside, on one's own open till."""
    ledger_id = _named(book, shop_id)["ledger_id"]

    def verb(session: Session, _fact: None) -> Values:
        found = reservations.find(session, ledger_id=ledger_id, presented=_presented())
        till = _till(session, ledger_id, shop_id)
        if till is None:
            raise ValidationFailed("open a till first", field="till")
        named: Values = {"ledger_id": ledger_id, "till_id": till.id}
        slip = collecting.collect(session, **named, reservation_id=found.id, actor=actor())
        line = slip.lines[0]
        title = _("%(name)s %(n)s 件", name=line.name, n=line.quantity_count)
        return {"title": title, "text": f"{slip.member_name_masked}·{slip.number}"}

    return _answer(book, shop_id, verb, "collection")


@bp.post("/<book>/<uuid:shop_id>/offers")
@allow(SIGNED_IN)
def use_offer(book: str, shop_id: UUID) -> ResponseReturnValue:
    """Record the use of an offer by the member's one-time code, which is used up by it."""
    named = _named(book, shop_id)
    ledger_id: int = named["ledger_id"]

    def before(session: Session) -> SpentCode:
        _require_here(session, ledger_id, shop_id)
        wrong_codes.require_left(session, **named)
        return codes.consume(
            session,
            ledger_id=ledger_id,
            presented=_presented(),
            purpose="redeem",
            used_by_id=person().person_id,
        )

    def verb(session: Session, spent: SpentCode) -> Values:
        shop = _require_here(session, ledger_id, shop_id)
        key: Values = {"ledger_id": ledger_id, "offer_id": _offer_id()}
        whose: Values = {"member_id": spent.member_id, "merchant_id": shop.merchant_id}
        offer_uses.use(session, **key, **whose, door="code", actor=actor())
        offer = offers.get(session, **key)
        codes.note_result(session, spent, {"state": "offer", "title": offer.title})
        owner = members.get(session, ledger_id=ledger_id, member_id=spent.member_id)
        return {"title": offer.title, "text": owner.name_masked}

    return _answer(book, shop_id, verb, "offer", before=before)


def _answer(
    book: str,
    shop_id: UUID,
    verb: Callable[[Session, Any], Values],
    what: str,
    before: Callable[[Session], Any] | None = None,
) -> ResponseReturnValue:
    """Do it once, count a wrong code, and show what came of it."""
    named = _named(book, shop_id)

    def look(session: Session) -> None:
        _require_here(session, named["ledger_id"], shop_id)
        wrong_codes.require_left(session, **named)

    def refused(session: Session, _fact: Any, refusal: DomainError) -> None:
        is_here = clerks.serves(session, **named, person_id=person().person_id)
        if is_here and isinstance(refusal, NotFound):
            wrong_codes.count(session, **named)

    done, problem = submit(
        verb,
        ledger_id=named["ledger_id"],
        before=before or Look(look),
        refused=refused,
        show=lambda made: made,
    )
    return _show(book, shop_id, what, done, problem)


def _show(
    book: str,
    shop_id: UUID,
    what: str = "",
    done: Values | None = None,
    problem: Values | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        found, ledger_id = _book(session, book), _named(book, shop_id)["ledger_id"]
        shop = _require_here(session, ledger_id, shop_id)
        named: Values = {"ledger_id": ledger_id}
        open_offers = offers.list_of_merchant(
            session, **named, merchant_id=shop.merchant_id, open_only=True
        )
        held = reservation_lists.list_held(session, **named, shop_id=shop_id)
        till = _till(session, ledger_id, shop_id)
    html = render_template(
        "till/partners/claims.html",
        book=found,
        shop=shop,
        till=till,
        offers=[(str(one.id), one.title) for one in open_offers if one.goods_id is None],
        chosen=request.form.get("offer_id", ""),
        held=held,
        what=what,
        done=done,
        problem=in_words(problem),
    )
    return html, int(problem["status"]) if problem else 200


def _named(book: str, shop_id: UUID) -> Values:
    with reading() as session:
        return {"ledger_id": _book(session, book).id, "shop_id": shop_id}


def _book(session: Session, code: str) -> Book:
    return books.by_code(session, code)


def _require_here(session: Session, ledger_id: int, shop_id: UUID) -> Shop:
    """Return a shop to whoever serves there today.

    Raises:
        NotFound: They do not.
    """
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    named: Values = {"ledger_id": ledger_id, "shop_id": shop_id}
    if not clerks.serves(session, **named, person_id=person().person_id):
        raise NotFound("no shop of yours")
    return shop


def _till(session: Session, ledger_id: int, shop_id: UUID) -> Till | None:
    return tills.find_open(
        session, ledger_id=ledger_id, shop_id=shop_id, person_id=person().person_id
    )


def _presented() -> str:
    presented = request.form.get("presented", "").strip()
    if not presented:
        raise ValidationFailed("no code was read", field="presented")
    return presented


def _offer_id() -> UUID:
    try:
        return UUID(request.form.get("offer_id", ""))
    except ValueError as error:
        raise ValidationFailed("which offer?", field="offer_id") from error
