"""Back-fills (补录) and opening balances from paper over the API: entered, then decided."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import plans
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import members
from app.people.models import Member
from app.points import backfills, openings
from app.points.backfills import BackfillClaim
from app.points.openings import PaperBalance
from app.web.acts import act
from app.web.api import levels, shown, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.points import (
    BackfillIn,
    BackfillOut,
    DecideOpeningsIn,
    OpeningIn,
    OpeningOut,
    VerdictIn,
)
from app.web.session import actor

bp = Blueprint("claims", __name__, url_prefix="/books/<book>", description="Back-fills, openings")

ENTRANTS = ("staff",)


@bp.get("/backfills")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(BackfillOut))
def list_backfills(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the back-fills that wait at or below a place, oldest first."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code", None)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        found = backfills.list_waiting(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=shown.named(session, ledger_id, BackfillOut(), found))


@bp.post("/backfills")
@allow(SIGNED_IN)
@bp.arguments(BackfillIn)
@bp.response(201, BackfillOut)
def request_backfill(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask for past service to be recorded: oneself, or staff for a member of their place."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        claim = _claim(session, ledger_id, dict(asked))
        made = backfills.request(session, ledger_id=ledger_id, claim=claim, actor=actor())
        return shown.named(session, ledger_id, BackfillOut(), [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/backfills/<uuid:backfill_id>/decide")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, BackfillOut)
def decide_backfill(asked: dict[str, Any], book: str, backfill_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a back-fill; who applied or entered it does not (D24)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        level = _level_at(session, ledger_id, backfill_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "backfill_id": backfill_id}
        made = backfills.decide(session, **named, level=level, actor=actor(), **asked)
        return shown.named(session, ledger_id, BackfillOut(), [made])[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/backfills/<uuid:backfill_id>/found-false")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, BackfillOut)
def find_false(asked: dict[str, Any], book: str, backfill_id: UUID) -> ResponseReturnValue:
    """Take back a back-fill that was found false; its member is barred for a while (D26)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        _level_at(session, ledger_id, backfill_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "backfill_id": backfill_id}
        made = backfills.find_false(session, **named, actor=actor(), **asked)
        return shown.named(session, ledger_id, BackfillOut(), [made])[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.get("/openings")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(OpeningOut))
def list_openings(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the lines of paper lists that wait, for members at or below a place."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code", None)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        found = openings.list_waiting(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=shown.named(session, ledger_id, OpeningOut(), found))


@bp.post("/openings")
@allow(SIGNED_IN)
@bp.arguments(OpeningIn)
@bp.response(201, items_of(OpeningOut))
def request_openings(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter the lines of a document; a second person decides on them (L12)."""
    ledger_id = standing.book_id(book)
    balances = [PaperBalance(**line) for line in asked.pop("lines")]

    def verb(session: Session, _fact: None) -> Any:
        _require_members_at(session, ledger_id, {line.member_id for line in balances})
        made = openings.request(
            session, ledger_id=ledger_id, balances=balances, actor=actor(), **asked
        )
        return {"items": shown.named(session, ledger_id, OpeningOut(), made)}

    return act(verb, ledger_id=ledger_id)


@bp.post("/openings/decide")
@allow(SIGNED_IN)
@bp.arguments(DecideOpeningsIn)
@bp.response(200, items_of(OpeningOut))
def decide_openings(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Approve or refuse lines, all or none; who entered one does not."""
    ledger_id = standing.book_id(book)
    opening_ids = list(dict.fromkeys(asked.pop("opening_ids")))

    def verb(session: Session, _fact: None) -> Any:
        standing.require_holder(session, tuple(levels.LEVEL_OF_ROLE))
        lines = openings.get_many(session, ledger_id=ledger_id, opening_ids=opening_ids)
        if len(lines) < len(opening_ids):
            raise NotFound("no such opening balance")
        levels.lowest(session, _nodes_of(session, ledger_id, {x.member_id for x in lines.values()}))
        made = openings.decide(
            session, ledger_id=ledger_id, opening_ids=opening_ids, actor=actor(), **asked
        )
        return {"items": shown.named(session, ledger_id, OpeningOut(), made)}

    return act(verb, ledger_id=ledger_id, status=200)


def _claim(session: Session, ledger_id: int, asked: dict[str, Any]) -> BackfillClaim:
    member = _subject(session, ledger_id, asked.pop("member_id"))
    code = asked.pop("node_code")
    node = tree.by_code(session, code) if code else tree.get(session, member.node_id)
    standing.require_book(session, ledger_id, node)
    if asked["session_id"] is not None:
        slot = plans.get_session(session, ledger_id=ledger_id, session_id=asked["session_id"])
        asked["minutes_planned"] = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return BackfillClaim(
        member_id=member.id, node_id=node.id, applied_by_id=member.person_id, **asked
    )


def _subject(session: Session, ledger_id: int, member_id: UUID | None) -> Member:
    """Return oneself, or the member for whom staff of their place ask."""
    mine = members.find_of_person(session, ledger_id=ledger_id, person_id=actor().person_id)
    if member_id is None or (mine is not None and mine.id == member_id):
        return standing.my_member(session, ledger_id)
    return standing.member(session, ledger_id, member_id, ENTRANTS)


def _level_at(session: Session, ledger_id: int, backfill_id: UUID) -> int:
    standing.require_holder(session, tuple(levels.LEVEL_OF_ROLE))
    found = backfills.get(session, ledger_id=ledger_id, backfill_id=backfill_id)
    return levels.lowest(session, [found.node_id])


def _require_members_at(session: Session, ledger_id: int, member_ids: set[UUID]) -> None:
    """Refuse names that are not of the staff's own places."""
    held = standing.require_holder(session, ENTRANTS)
    nodes = tree.get_many(session, _nodes_of(session, ledger_id, member_ids))
    for node in nodes.values():
        if not any(tree.contains(place, node) for place in held):
            raise NotFound("no such member in your charge")


def _nodes_of(session: Session, ledger_id: int, member_ids: set[UUID]) -> set[int]:
    found = members.get_many(session, ledger_id=ledger_id, member_ids=member_ids)
    if len(found) < len(member_ids):
        raise NotFound("no such member in this book")
    return {each.node_id for each in found.values()}
