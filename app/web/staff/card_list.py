"""All cards of a place: issued, lost, replaced, voided; a filter in the address, no name in it."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.people import card_register
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_lists import CardListIn
from app.web.staff import desk, forms, menu

bp = Blueprint("card_list", __name__, url_prefix="/<place>/cards")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the cards of the place, latest issued first."""
    menu.at("people")
    asked, problem = forms.asked(CardListIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        counts = card_register.count_in(session, **key)
        rows = card_register.list_in(session, **key, **asked)
        return forms.page(
            "cards.html",
            problem,
            cards=rows,
            counts=counts,
            asked=asked,
            total=counts.get(asked["state"], 0) if asked.get("state") else sum(counts.values()),
        )
