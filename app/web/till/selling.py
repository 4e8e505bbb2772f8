"""The till itself: a shell that the script fills over the API."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.mall import day_end
from app.web.permissions import SIGNED_IN, allow
from app.web.till.places import bench
from app.web.till.words import words

bp = Blueprint("selling", __name__)


@bp.get("/<book>/<uuid:till_id>")
@allow(SIGNED_IN)
def page(book: str, till_id: UUID) -> ResponseReturnValue:
    """Show one's own open till; a closed one shows its day-end list."""
    with reading() as session:
        mine = bench(session, book, till_id)
        count, total = day_end.totals(session, mine.till)
    if mine.till.closed_at is not None:
        return redirect(mine.address("till.day_end.page"), code=303)
    return render_template("till/selling.html", mine=mine, sold=(count, total), words=words())
