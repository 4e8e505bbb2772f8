"""Freezes: staff stop a membership or a card; another person lifts it (A6)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import cards
from app.risk import freezes
from app.risk.models import Freeze
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import DECIDERS, READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.members import FreezeIn, FreezeOut
from app.web.session import actor

bp = Blueprint("freezes", __name__, url_prefix="/books/<book>", description="Freezes")


@bp.get("/freezes")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(FreezeOut))
def list_live(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List what is frozen now at a place, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        found = freezes.list_live(
            session,
            ledger_id=ledger_id,
            node=node,
            limit=asked["limit"],
            offset=asked["offset"],
        )
        return {"items": found}


@bp.post("/freezes")
@allow(SIGNED_IN)
@bp.arguments(FreezeIn)
@bp.response(201, FreezeOut)
def freeze(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Freeze a membership or a card, with the reason; the member is told."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Freeze:
        _in_scope(session, ledger_id, asked, WORKERS)
        return freezes.freeze(session, ledger_id=ledger_id, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=FreezeOut().dump)


@bp.post("/freezes/release")
@allow(SIGNED_IN)
@bp.arguments(FreezeIn)
@bp.response(200, FreezeOut)
def release(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Lift a freeze, with the reason; not by the one who set it."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Freeze:
        _in_scope(session, ledger_id, asked, DECIDERS)
        return freezes.release(session, ledger_id=ledger_id, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=FreezeOut().dump, status=200)


@bp.get("/members/<uuid:member_id>/freezes")
@allow(SIGNED_IN)
@bp.response(200, items_of(FreezeOut))
def history(book: str, member_id: UUID) -> dict[str, Any]:
    """List every freeze of a member, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.member(session, ledger_id, member_id, READERS)
        found = freezes.history(session, ledger_id=ledger_id, subject_id=member_id)
        return {"items": found}


def _in_scope(
    session: Session, ledger_id: int, asked: dict[str, Any], names: tuple[str, ...]
) -> None:
    standing.require_holder(session, names)
    member_id = asked["subject_id"]
    if asked["subject_kind"] == "card":
        member_id = cards.get(session, ledger_id=ledger_id, card_id=member_id).member_id
    standing.member(session, ledger_id, member_id, names)
