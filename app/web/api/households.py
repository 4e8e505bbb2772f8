"""Households (户): who belongs together; nobody decides for their own (D23)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import households
from app.people.models import Household
from app.web.acts import act
from app.web.api import standing
from app.web.api import teams as team_doors
from app.web.api.standing import READERS, WORKERS, MemberKey, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.groups import HeadIn, HouseholdMemberIn, HouseholdOut, NewHouseholdIn
from app.web.session import actor

bp = Blueprint("households", __name__, url_prefix="/books/<book>", description="Households")


@bp.get("/me/household")
@allow(SIGNED_IN)
@bp.response(200, HouseholdOut)
def show_mine(book: str) -> dict[str, Any]:
    """Show the household that I belong to."""
    ledger_id = book_id(book)
    with reading() as session:
        return _of_member(session, standing.my_key(session, ledger_id))


@bp.get("/members/<uuid:member_id>/household")
@allow(SIGNED_IN)
@bp.response(200, HouseholdOut)
def show_of_member(book: str, member_id: UUID) -> dict[str, Any]:
    """Show the household that a member belongs to."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.member(session, ledger_id, member_id, READERS)
        return _of_member(session, {"ledger_id": ledger_id, "member_id": member_id})


@bp.post("/households")
@allow(SIGNED_IN)
@bp.arguments(NewHouseholdIn)
@bp.response(201, HouseholdOut)
def create(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter a household with its head (户主)."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node_id = team_doors.place_of_book(session, ledger_id, asked["node_code"])
        standing.member(session, ledger_id, asked["head_member_id"], WORKERS)
        household = households.create(
            session,
            ledger_id=ledger_id,
            node_id=node_id,
            name=asked["name"],
            head_member_id=asked["head_member_id"],
            actor=actor(),
        )
        return _shown(session, household)

    return act(verb, ledger_id=ledger_id, dump=HouseholdOut().dump)


@bp.get("/households/<uuid:household_id>")
@allow(SIGNED_IN)
@bp.response(200, HouseholdOut)
def show(book: str, household_id: UUID) -> dict[str, Any]:
    """Show a household and who belongs to it now."""
    ledger_id = book_id(book)
    with reading() as session:
        return _shown(session, _in_scope(session, ledger_id, household_id, READERS))


@bp.post("/households/<uuid:household_id>/members")
@allow(SIGNED_IN)
@bp.arguments(HouseholdMemberIn)
@bp.response(201, HouseholdOut)
def add_member(asked: dict[str, Any], book: str, household_id: UUID) -> ResponseReturnValue:
    """Enter a member into a household."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        household = _in_scope(session, ledger_id, household_id, WORKERS)
        standing.member(session, ledger_id, asked["member_id"], WORKERS)
        households.join(
            session, ledger_id=ledger_id, household_id=household_id, actor=actor(), **asked
        )
        return _shown(session, household)

    return act(verb, ledger_id=ledger_id, dump=HouseholdOut().dump)


@bp.delete("/households/<uuid:household_id>/members/<uuid:member_id>")
@allow(SIGNED_IN)
@bp.response(204)
def remove_member(book: str, household_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """End a member's stay in a household; the head goes last, or hands over first."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        _in_scope(session, ledger_id, household_id, WORKERS)
        households.leave(
            session,
            ledger_id=ledger_id,
            household_id=household_id,
            member_id=member_id,
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, status=204)


@bp.put("/households/<uuid:household_id>/head")
@allow(SIGNED_IN)
@bp.arguments(HeadIn)
@bp.response(200, HouseholdOut)
def set_head(asked: dict[str, Any], book: str, household_id: UUID) -> ResponseReturnValue:
    """Name another member of the household as its head."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _in_scope(session, ledger_id, household_id, WORKERS)
        household = households.set_head(
            session, ledger_id=ledger_id, household_id=household_id, actor=actor(), **asked
        )
        session.refresh(household)
        return _shown(session, household)

    return act(verb, ledger_id=ledger_id, dump=HouseholdOut().dump, status=200)


def _in_scope(
    session: Session, ledger_id: int, household_id: UUID, names: tuple[str, ...]
) -> Household:
    standing.require_holder(session, names)
    household = households.get(session, ledger_id=ledger_id, household_id=household_id)
    standing.node_at(session, household.node_id, names)
    return household


def _of_member(session: Session, key: MemberKey) -> dict[str, Any]:
    household = households.household_of(session, **key)
    if household is None:
        raise NotFound("they belong to no household")
    return _shown(session, household)


def _shown(session: Session, household: Household) -> dict[str, Any]:
    present = households.list_members(
        session, ledger_id=household.ledger_id, household_id=household.id
    )
    return {
        "id": household.id,
        "name": household.name,
        "node_code": tree.get(session, household.node_id).code,
        "members": [
            {
                "member_id": member.id,
                "volunteer_no": member.volunteer_no,
                "name": member.name_masked,
                "is_head": member.id == household.head_member_id,
            }
            for member in present
        ],
    }
