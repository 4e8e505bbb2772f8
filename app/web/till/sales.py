"""What was sold on this till, and taking a sale back the same day (D36)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.mall import listings, refunds
from app.mall.models import Redemption
from app.people import members
from app.web.acts import submit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.redemptions import ReversalIn
from app.web.session import actor
from app.web.till.forms import in_words, load, typed
from app.web.till.places import Bench, bench

bp = Blueprint("sales", __name__)
SHOWN_MAX = 100
LAST = "last"


@bp.get("/<book>/<uuid:till_id>/sales")
@allow(SIGNED_IN)
def page(book: str, till_id: UUID) -> ResponseReturnValue:
    """List the till's sales, the newest first."""
    with reading() as session:
        return _show(session, bench(session, book, till_id))


@bp.post("/<book>/<uuid:till_id>/sales/<number>/cancel")
@allow(SIGNED_IN)
def cancel(book: str, till_id: UUID, number: str) -> ResponseReturnValue:
    """Take a sale back, whole: points to their lots, goods to the shelf."""
    with reading() as session:
        mine = bench(session, book, till_id)

    def verb(session: Session, _fact: None) -> refunds.RefundSlip:
        asked = load(ReversalIn, typed())
        sale = _sale(session, mine, number)
        return refunds.cancel(
            session,
            ledger_id=mine.ledger_id,
            redemption_id=sale.id,
            reason=asked["reason"],
            actor=actor(),
        )

    back, problem = submit(verb, ledger_id=mine.ledger_id, show=lambda slip: slip.returned_points)
    if problem:
        with reading() as session:
            html = _show(session, bench(session, book, till_id), problem, number)
        return html, int(problem["status"])
    return redirect(mine.address("till.sales.page", back=back), code=303)


@bp.get("/<book>/<uuid:till_id>/sales/<number>/slip")
@allow(SIGNED_IN)
def slip(book: str, till_id: UUID, number: str) -> ResponseReturnValue:
    """Show a sale's slip, to be printed once more; `last` is the newest sale."""
    with reading() as session:
        mine = bench(session, book, till_id)
        sale = _sale(session, mine, number)
        named: dict[str, Any] = {"ledger_id": mine.ledger_id}
        lines = listings.lines_of(session, **named, redemption_ids=[sale.id])[sale.id]
        owner = members.get(session, **named, member_id=sale.member_id)
    return render_template("till/slip.html", mine=mine, sale=sale, lines=lines, owner=owner)


def _sale(session: Session, mine: Bench, number: str) -> Redemption:
    """Return a sale of this till.

    Raises:
        NotFound: It was sold elsewhere, or nothing was sold yet.
    """
    named: dict[str, Any] = {"ledger_id": mine.ledger_id}
    if number == LAST:
        newest = listings.list_of_till(session, **named, till_id=mine.till.id, limit=1)
        sale = newest[0] if newest else None
    else:
        sale = listings.by_number(session, **named, number=number)
    if sale is None or sale.till_id != mine.till.id:
        raise NotFound("sold on another till")
    return sale


def _show(
    session: Session, mine: Bench, problem: dict[str, Any] | None = None, number: str = ""
) -> str:
    named: dict[str, Any] = {"ledger_id": mine.ledger_id}
    sales = listings.list_of_till(session, **named, till_id=mine.till.id, limit=SHOWN_MAX)
    lines = listings.lines_of(session, **named, redemption_ids=[one.id for one in sales])
    owners = members.get_many(session, **named, member_ids={one.member_id for one in sales})
    return render_template(
        "till/sales.html",
        mine=mine,
        sales=sales,
        lines=lines,
        owners=owners,
        problem=in_words(problem),
        tried=number,
        reason=request.form.get("reason", ""),
        back=request.args.get("back", type=int),
    )
