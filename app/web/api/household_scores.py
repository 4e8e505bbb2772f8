"""A household's score, the public honour list, and who earns in a programme (D29)."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.db import NEVER
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import homes, households, members
from app.people.models import Household
from app.points import pooling, programmes
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import book_id
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.household_points import (
    HonouredOut,
    HonourIn,
    HonourQueryIn,
    PoolingIn,
    ScoreOut,
)
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint(
    "household_scores", __name__, url_prefix="/books/<book>", description="Household points"
)


@bp.get("/me/household/score")
@allow(SIGNED_IN)
@bp.response(200, ScoreOut)
def show_mine(book: str) -> dict[str, Any]:
    """Show my household's score, what may be spent of it, and who earned what."""
    ledger_id = book_id(book)
    with reading() as session:
        return _score(session, _mine(session, ledger_id))


@bp.put("/me/household/honour")
@allow(SIGNED_IN)
@bp.arguments(HonourIn)
@bp.response(200, ScoreOut)
def set_honour(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Let my household stand on the public honour list, or not; its head alone says."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        home = _mine(session, ledger_id)
        homes.let_honour(session, ledger_id=ledger_id, household_id=home.id, actor=actor(), **asked)
        return _score(session, home)

    return act(verb, ledger_id=ledger_id, dump=ScoreOut().dump, status=200)


@bp.get("/honour-list")
@allow(PUBLIC)
@bp.arguments(HonourQueryIn, location="query")
@bp.response(200, items_of(HonouredOut))
def show_list(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the households whose heads agreed, best first; there is no list of the low."""
    ledger_id = book_id(book)
    with reading() as session:
        code = asked.get("node_code")
        home = programmes.of_ledger(session, ledger_id).node_id
        node = tree.by_code(session, code) if code else tree.get(session, home)
        return {"items": pooling.honour_list(session, ledger_id=ledger_id, node=node)}


@bp.put("/pooling")
@allow(SIGNED_IN)
@bp.arguments(PoolingIn)
@bp.response(200, PoolingIn)
def set_pooling(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say who earns from now on; by who is in charge of the whole programme."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, str]:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, ("administrator",))
        done = pooling.set_pooling(session, programme=programme, actor=actor(), **asked)
        return {"pooling": done.pooling}

    return act(verb, ledger_id=ledger_id, status=200)


def _mine(session: Session, ledger_id: int) -> Household:
    found = households.household_of(session, **standing.my_key(session, ledger_id))
    if found is None:
        raise NotFound("they belong to no household")
    return found


def _score(session: Session, home: Household) -> dict[str, Any]:
    key: dict[str, Any] = {"ledger_id": home.ledger_id, "household_id": home.id}
    found = pooling.score(session, **key)
    earned = pooling.earned_by_member(session, **key)
    whose = members.get_many(session, ledger_id=home.ledger_id, member_ids=earned)
    return {
        "base_points": found.base_points,
        "score_points": found.score_points,
        "spendable_points": found.spendable_points,
        "receivable_points": found.receivable_points,
        "is_pooled": programmes.of_ledger(session, home.ledger_id).pooling == "household",
        "is_honoured": home.honoured_at is not None,
        "lots": [
            {"expires_on": None if day == NEVER else day, "points": points}
            for day, points in found.lots
        ],
        "earned": [
            {"name_masked": whose[member_id].name_masked, "points": points}
            for member_id, points in sorted(earned.items(), key=lambda each: -each[1])
        ],
    }
