"""Choosing the shop, or its stall of today, and opening a till there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.ledger import books
from app.mall import clerks, tills
from app.web.acts import submit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import InSchema, Text
from app.web.session import actor, person
from app.web.till.forms import in_words, load, typed
from app.web.till.places import places_of

bp = Blueprint("opening", __name__)


class OpenIn(InSchema):
    """Which shop's till to open, or which stall's."""

    book = Text(required=True, length_max=32)
    shop_id = fields.UUID(required=True)
    stall_id = fields.UUID(load_default=None)


@bp.get("/")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the shops where the person serves today."""
    return _show()


@bp.post("/open")
@allow(SIGNED_IN)
def open_till() -> ResponseReturnValue:
    """Open a till and go to it."""
    asked = load(OpenIn, typed())
    with reading() as session:
        ledger_id = books.by_code(session, asked["book"]).id

    def verb(session: Session, _fact: None) -> UUID:
        where: dict[str, Any] = {"ledger_id": ledger_id, "shop_id": asked["shop_id"]}
        if not clerks.serves(session, **where, person_id=person().person_id):
            raise NotFound("no shop of yours")
        made = tills.open_till(session, **where, actor=actor(), stall_id=asked["stall_id"])
        return made.id

    till_id, problem = submit(verb, ledger_id=ledger_id, show=str)
    if problem:
        return _show(problem), int(problem["status"])
    return redirect(url_for("till.selling.page", book=asked["book"], till_id=till_id), code=303)


def _show(problem: dict[str, Any] | None = None) -> str:
    with reading() as session:
        places = places_of(session)
    return render_template(
        "till/opening.html", places=places, problem=in_words(problem), today=clock.today()
    )
