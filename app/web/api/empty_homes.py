"""Empty households over the API: what is left in them, and who gets it, by two people (D29)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import households, members
from app.points import empty_homes, home_passings
from app.points.models import HomePassing
from app.web.acts import act
from app.web.api import standing
from app.web.api.cases import numbered
from app.web.api.standing import DECIDERS, READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.home_passings import EmptyHomeOut, PassingIn, PassingOut
from app.web.schemas.household_points import VerdictIn
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("empty_homes", __name__, url_prefix="/books/<book>", description="Empty households")


@bp.get("/empty-households")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(EmptyHomeOut))
def list_in(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the households without members that hold points, longest empty first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = empty_homes.list_in(session, ledger_id=ledger_id, node=node, **asked)
        waiting = home_passings.list_of(
            session, ledger_id=ledger_id, household_ids=[each.household.id for each in found]
        )
        return {
            "items": [
                {
                    "household_id": each.household.id,
                    "name": each.household.name,
                    "points": each.points,
                    "owed_points": each.owed_points,
                    "left_on": each.left_on,
                    "passing": _shown(session, waiting.get(each.household.id)),
                }
                for each in found
            ]
        }


@bp.post("/households/<uuid:household_id>/passing")
@allow(SIGNED_IN)
@bp.arguments(PassingIn)
@bp.response(201, PassingOut)
def enter(asked: dict[str, Any], book: str, household_id: UUID) -> ResponseReturnValue:
    """Say who gets an empty household's points: a member, or the common pool."""
    ledger_id, number = book_id(book), asked.pop("volunteer_no")

    def verb(session: Session, _fact: None) -> dict[str, Any] | None:
        standing.require_holder(session, WORKERS)
        home = households.get(session, ledger_id=ledger_id, household_id=household_id)
        standing.node_at(session, home.node_id, WORKERS)
        to = numbered(session, ledger_id, number, WORKERS).id if number else None
        made = home_passings.enter(
            session,
            ledger_id=ledger_id,
            household_id=household_id,
            to_member_id=to,
            actor=actor(),
            **asked,
        )
        return _shown(session, made)

    return act(verb, ledger_id=ledger_id, dump=PassingOut().dump)


@bp.post("/home-passings/<uuid:passing_id>/decision")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, PassingOut)
def decide(asked: dict[str, Any], book: str, passing_id: UUID) -> ResponseReturnValue:
    """Approve or refuse as the second person: a member gets the points now, the pool later."""
    return _step(book, passing_id, DECIDERS, home_passings.decide, asked)


@bp.post("/home-passings/<uuid:passing_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, PassingOut)
def withdraw(book: str, passing_id: UUID) -> ResponseReturnValue:
    """Take back what waits, since somebody came forward."""
    return _step(book, passing_id, WORKERS, home_passings.withdraw, {})


def _step(
    book: str, passing_id: UUID, roles: tuple[str, ...], does: Any, asked: dict[str, Any]
) -> ResponseReturnValue:
    key: dict[str, Any] = {"ledger_id": book_id(book), "passing_id": passing_id}

    def verb(session: Session, _fact: None) -> dict[str, Any] | None:
        standing.require_holder(session, roles)
        found = home_passings.get(session, **key)
        home = households.get(session, ledger_id=found.ledger_id, household_id=found.household_id)
        standing.node_at(session, home.node_id, roles)
        return _shown(session, does(session, **key, actor=actor(), **asked))

    return act(verb, ledger_id=key["ledger_id"], dump=PassingOut().dump, status=200)


def _shown(session: Session, found: HomePassing | None) -> dict[str, Any] | None:
    if found is None:
        return None
    row = {name: getattr(found, name, None) for name in PassingOut().fields}
    if found.to_member_id is not None:
        whose = members.get(session, ledger_id=found.ledger_id, member_id=found.to_member_id)
        row["to_name_masked"] = whose.name_masked
    return row
