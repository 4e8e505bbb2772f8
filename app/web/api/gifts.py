"""Relatives and gifts over the API: kin confirm each other, then points may be given (D32)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members, relatives
from app.people.models import Relative
from app.points import gifts
from app.points.models import Gift
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import WORKERS, book_id
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.household_points import GiftIn, GiftOut, GiftsOut, RelativeIn, RelativeOut
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint("gifts", __name__, url_prefix="/books/<book>", description="Relatives and gifts")
GIFT_OUT, RELATIVE_OUT = GiftOut(), RelativeOut()


@bp.get("/me/relatives")
@allow(SIGNED_IN)
@bp.response(200, items_of(RelativeOut))
def list_relatives(book: str) -> ResponseReturnValue:
    """List my registered relatives, and who says to be mine."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = relatives.list_of(session, **key)
        return jsonify(items=listed(session, ledger_id, found, key["member_id"]))


@bp.post("/me/relatives")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
@bp.arguments(RelativeIn)
@bp.response(201, RelativeOut)
def register_relative(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Name another member as close kin, by number and name; they must confirm it."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        key = standing.my_key(session, ledger_id)
        made = relatives.register(session, **key, **asked, actor=actor())
        return listed(session, ledger_id, [made], key["member_id"])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/me/relatives/<uuid:relative_id>/confirmation")
@allow(SIGNED_IN)
@bp.response(200, RelativeOut)
def confirm_mine(book: str, relative_id: UUID) -> ResponseReturnValue:
    """Confirm that who named me is my kin."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "relative_id": relative_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        me = standing.my_member(session, key["ledger_id"])
        done = relatives.confirm(session, **key, by="member", actor=actor())
        return listed(session, key["ledger_id"], [done], me.id)[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


@bp.post("/me/relatives/<uuid:relative_id>/end")
@allow(SIGNED_IN)
@bp.response(200, RelativeOut)
def end_mine(book: str, relative_id: UUID) -> ResponseReturnValue:
    """End an entry of mine; gifts made stay made."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "relative_id": relative_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        me = standing.my_member(session, key["ledger_id"])
        done = relatives.end(session, **key, actor=actor())
        return listed(session, key["ledger_id"], [done], me.id)[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


@bp.post("/relatives/<uuid:relative_id>/confirmation")
@allow(SIGNED_IN)
@bp.response(200, RelativeOut)
def confirm_by_staff(book: str, relative_id: UUID) -> ResponseReturnValue:
    """Confirm as staff, who saw the papers and belong to neither of the two."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "relative_id": relative_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        found = relatives.get(session, **key)
        asker = members.get(session, ledger_id=found.ledger_id, member_id=found.member_id)
        standing.node_at(session, asker.node_id, WORKERS)
        done = relatives.confirm(session, **key, by="staff", actor=actor())
        return listed(session, key["ledger_id"], [done], asker.id)[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


@bp.get("/me/gifts")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, GiftsOut)
def list_mine(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List my gifts, given and received, and what I may still give."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = gifts.list_of_member(session, **key, **asked)
        left = gifts.allowance(session, **key)
        return {
            "giftable_points": left.giftable_points,
            "year_left_points": left.year_left_points,
            "items": given(session, ledger_id, found, key["member_id"]),
        }


@bp.post("/me/gifts")
@allow(SIGNED_IN)
@bp.arguments(GiftIn)
@bp.response(201, GiftOut)
def give_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Give points of mine to a confirmed relative; they are not given on."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        me = standing.my_member(session, ledger_id)
        made = gifts.give(session, ledger_id=ledger_id, giver_id=me.id, **asked, actor=actor())
        dumped: dict[str, Any] = GIFT_OUT.dump(given(session, ledger_id, [made], me.id)[0])
        return dumped

    return act(verb, ledger_id=ledger_id)


def listed(
    session: Session, ledger_id: int, found: Sequence[Relative], mine: UUID
) -> list[dict[str, Any]]:
    """Return entries as one of the two sees them."""
    other = {each.id: relatives.other_of(each, mine) for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=set(other.values()))
    rows = [
        {
            "id": each.id,
            "name_masked": whose[other[each.id]].name_masked,
            "relation": each.relation,
            "state": each.state,
            "is_mine_to_confirm": each.state == "asked" and each.relative_id == mine,
        }
        for each in found
    ]
    return [RELATIVE_OUT.dump(row) for row in rows]


def given(
    session: Session, ledger_id: int, found: Sequence[Gift], mine: UUID
) -> list[dict[str, Any]]:
    """Return gifts as one of the two sees them."""
    ids = {each.giver_id for each in found} | {each.receiver_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    return [
        {
            "id": each.id,
            "side": "given" if each.giver_id == mine else "received",
            "name_masked": whose[
                each.receiver_id if each.giver_id == mine else each.giver_id
            ].name_masked,
            "points": each.points,
            "given_on": each.given_on,
        }
        for each in found
    ]
