"""What is frozen at a place now: memberships and cards, with the reason."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import cards, members
from app.people.models import Member
from app.risk import freezes
from app.risk.models import Freeze
from app.web.permissions import SIGNED_IN, allow
from app.web.staff import desk, forms, menu

bp = Blueprint("frozen", __name__, url_prefix="/<place>/frozen")
SHOWN_MAX = 500


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what is frozen, latest first."""
    menu.at("people")
    with reading() as session:
        found = freezes.list_live(
            session, ledger_id=desk.ledger_id(), node=desk.here().node, limit=SHOWN_MAX
        )
        return forms.page("frozen.html", frozen=[(each, _owner(session, each)) for each in found])


def _owner(session: Session, each: Freeze) -> Member:
    """Return whose membership or card it is.

    Raises:
        NotFound: It is of no kind that anybody owns.
    """
    member_id: UUID = each.subject_id
    if each.subject_kind == "card":
        member_id = cards.get(session, ledger_id=each.ledger_id, card_id=member_id).member_id
    elif each.subject_kind != "member":
        raise NotFound("frozen, but nobody's")
    return members.get(session, ledger_id=each.ledger_id, member_id=member_id)
