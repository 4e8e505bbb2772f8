"""Counting the shelf while the till stays open: every difference is explained (D38)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.mall import day_end, stock
from app.web.acts import submit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.mall import CountsIn
from app.web.session import actor
from app.web.till import counting
from app.web.till.forms import in_words, load
from app.web.till.places import bench, open_till

bp = Blueprint("count", __name__)


@bp.get("/<book>/<uuid:till_id>/count")
@allow(SIGNED_IN)
def page(book: str, till_id: UUID) -> ResponseReturnValue:
    """Show the shelf by the book, to be counted."""
    return _show(book, till_id)


@bp.post("/<book>/<uuid:till_id>/count")
@allow(SIGNED_IN)
def keep(book: str, till_id: UUID) -> ResponseReturnValue:
    """Set the shelf to what was counted."""
    with reading() as session:
        mine = bench(session, book, till_id)

    def verb(session: Session, _fact: None) -> list[stock.Counted]:
        till = open_till(session, mine)
        items = load(CountsIn, {"items": counting.counted()})["items"]
        day_end.require_of_shop(session, till, counting.pieces(items))
        return stock.count(
            session,
            ledger_id=mine.ledger_id,
            counted=counting.pieces(items),
            reasons=counting.reasons(items),
            actor=actor(),
        )

    found, problem = submit(verb, ledger_id=mine.ledger_id, show=_summary)
    if problem:
        return _show(book, till_id, problem), int(problem["status"])
    return redirect(mine.address("till.count.page", **found), code=303)


def _summary(lines: list[stock.Counted]) -> dict[str, int]:
    return {
        "counted": len(lines),
        "differing": sum(1 for line in lines if line.difference_count),
    }


def _show(book: str, till_id: UUID, problem: dict[str, Any] | None = None) -> str:
    with reading() as session:
        mine = bench(session, book, till_id)
        if mine.till.stall_id is not None:
            raise NotFound("a stall is counted when it is closed")
        found = day_end.read(session, ledger_id=mine.ledger_id, till_id=till_id)
    return render_template(
        "till/count.html",
        mine=mine,
        found=found,
        problem=in_words(problem),
        given=request.form,
        counted=request.args.get("counted", type=int),
        differing=request.args.get("differing", type=int),
    )
