"""Day end: the shelf counted, the till closed, the list to print (A14)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import day_end, tills
from app.mall.day_end import DayEnd
from app.web.acts import submit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.mall import CloseTillIn
from app.web.session import actor
from app.web.till import counting
from app.web.till.forms import in_words, load
from app.web.till.places import bench

bp = Blueprint("day_end", __name__)


@bp.get("/<book>/<uuid:till_id>/day-end")
@allow(SIGNED_IN)
def page(book: str, till_id: UUID) -> ResponseReturnValue:
    """Show the list: with the form while the till is open, final once it is closed."""
    return _show(book, till_id)


@bp.post("/<book>/<uuid:till_id>/day-end")
@allow(SIGNED_IN)
def close(book: str, till_id: UUID) -> ResponseReturnValue:
    """Close the till with the shelf as counted."""
    with reading() as session:
        mine = bench(session, book, till_id)

    def verb(session: Session, _fact: None) -> DayEnd:
        items = load(CloseTillIn, {"counted": counting.counted()})["counted"]
        return tills.close(
            session,
            ledger_id=mine.ledger_id,
            till_id=till_id,
            counted=counting.pieces(items),
            reasons=counting.reasons(items),
            actor=actor(),
        )

    _, problem = submit(verb, ledger_id=mine.ledger_id)
    if problem:
        return _show(book, till_id, problem), int(problem["status"])
    return redirect(mine.address("till.day_end.page"), code=303)


def _show(book: str, till_id: UUID, problem: dict[str, Any] | None = None) -> str:
    with reading() as session:
        mine = bench(session, book, till_id)
        found = day_end.read(session, ledger_id=mine.ledger_id, till_id=till_id)
    return render_template(
        "till/day_end.html", mine=mine, found=found, problem=in_words(problem), given=request.form
    )
