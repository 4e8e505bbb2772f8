"""The printed poster over the API: its PDF, and the word of who saw it, which is evidence only."""

from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import posters
from app.activities.models import Scan
from app.activities.posters import PosterTicket
from app.base import clock
from app.base.transactions import reading
from app.web import poster
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ScanOut
from app.web.schemas.lists import items_of

bp = Blueprint("posters", __name__, url_prefix="/books/<book>", description="Posters")


@bp.get("/activities/<uuid:activity_id>/poster")
@allow(SIGNED_IN)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def show(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Draw the poster of an activity that I may see: one A4 page, nothing personal on it."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found, _who = seeing.activity(session, ledger_id, activity_id)
        return poster.response(session, found)


@bp.post("/activities/<uuid:activity_id>/poster-sightings")
@allow(SIGNED_IN)
@bp.response(201, ScanOut)
def leave_word(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Say that I am there and saw the poster. Evidence for the leader, no check-in, no hours."""
    ledger_id = standing.book_id(book)
    ticket = PosterTicket(ledger_id, activity_id, clock.now())

    def verb(session: Session, _fact: None) -> Scan:
        seeing.activity(session, ledger_id, activity_id)
        mine = standing.my_member(session, ledger_id)
        return posters.note(session, ticket=ticket, member_id=mine.id)

    return act(verb, ledger_id=ledger_id, dump=ScanOut().dump)


@bp.get("/sessions/<uuid:session_id>/poster-sightings")
@allow(SIGNED_IN)
@bp.response(200, items_of(ScanOut))
def list_seen(book: str, session_id: UUID) -> ResponseReturnValue:
    """List who saw the poster but is on no record of the session, for its leaders."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.led_slot(session, ledger_id, session_id)
        found = posters.list_seen(session, ledger_id=ledger_id, session_id=session_id)
        return jsonify(items=shown.named(session, ledger_id, ScanOut(), found))
