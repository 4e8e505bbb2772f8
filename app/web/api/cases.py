"""Cases and deductions over the API: shared cases (K4, C33), and points taken away (P7)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.people.models import Member
from app.points import cases, deductions
from app.points.cases import Entry, Share
from app.points.models import Case, Deduction
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import DECIDERS, READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.household_points import (
    CaseIn,
    CaseOut,
    DeductionIn,
    DeductionOut,
    VerdictIn,
)
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("cases", __name__, url_prefix="/books/<book>", description="Cases and deductions")
CASE_OUT, DEDUCTION_OUT = CaseOut(), DeductionOut()


@bp.get("/cases")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(CaseOut))
def list_cases(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the cases of a place with who shares each, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = cases.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_cases(session, ledger_id, found))


@bp.post("/cases")
@allow(SIGNED_IN)
@bp.arguments(CaseIn)
@bp.response(201, CaseOut)
def open_case(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter a shared case; each share waits for a second person, who is on duty has 0."""
    ledger_id = book_id(book)
    code, shares = asked.pop("node_code"), asked.pop("shares")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, code, WORKERS)
        standing.require_book(session, ledger_id, node)
        parts = [_share(session, ledger_id, **each) for each in shares]
        entry = Entry(node_id=node.id, shares=parts, **asked)
        made = cases.open_case(session, ledger_id=ledger_id, entry=entry, actor=actor())
        return _cases(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.get("/deductions")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(DeductionOut))
def list_deductions(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the deductions of a place that wait for a second person, oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = deductions.list_waiting(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_deductions(session, ledger_id, found))


@bp.post("/deductions")
@allow(SIGNED_IN)
@bp.arguments(DeductionIn)
@bp.response(201, DeductionOut)
def enter_deduction(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter points to be taken by a minus indicator; a colleague decides."""
    ledger_id, number = book_id(book), asked.pop("volunteer_no")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = numbered(session, ledger_id, number, WORKERS)
        wanted = deductions.Asked(member_id=member.id, node_id=member.node_id, **asked)
        made = deductions.enter(session, ledger_id=ledger_id, asked=wanted, actor=actor())
        return _deductions(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/deductions/<uuid:deduction_id>/decision")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, DeductionOut)
def decide_deduction(asked: dict[str, Any], book: str, deduction_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a deduction as the second person."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "deduction_id": deduction_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, DECIDERS)
        standing.node_at(session, deductions.get(session, **key).node_id, DECIDERS)
        done = deductions.decide(session, **key, actor=actor(), **asked)
        return _deductions(session, key["ledger_id"], [done])[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


def numbered(session: Session, ledger_id: int, volunteer_no: str, names: tuple[str, ...]) -> Member:
    """Return the member of a number, of a place in one's charge.

    Raises:
        NotFound: There is none in scope.
        PermissionDenied: One holds none of the roles anywhere.
    """
    standing.require_holder(session, names)
    found = members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=volunteer_no)
    try:
        standing.node_at(session, found.node_id, names)
    except NotFound as error:
        raise NotFound("no such member in this book") from error
    return found


def _share(
    session: Session, ledger_id: int, volunteer_no: str, points: int, is_on_duty: bool
) -> Share:
    found = members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=volunteer_no)
    return Share(found.id, points, is_on_duty)


def _cases(session: Session, ledger_id: int, found: Sequence[Case]) -> list[dict[str, Any]]:
    shares = cases.shares_of(session, ledger_id=ledger_id, cases=found)
    ids = {each.member_id for listed in shares.values() for each in listed}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    rows = []
    for each in found:
        row = {name: getattr(each, name, None) for name in CASE_OUT.fields}
        row["shares"] = [
            {
                "name_masked": whose[part.member_id].name_masked,
                "points": part.points,
                "is_on_duty": part.is_on_duty,
            }
            for part in shares.get(each.case_no, [])
        ]
        rows.append(CASE_OUT.dump(row))
    return rows


def _deductions(
    session: Session, ledger_id: int, found: Sequence[Deduction]
) -> list[dict[str, Any]]:
    ids = {each.member_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    rows = []
    for each in found:
        row = {name: getattr(each, name, None) for name in DEDUCTION_OUT.fields}
        row["name_masked"] = whose[each.member_id].name_masked
        rows.append(DEDUCTION_OUT.dump(row))
    return rows
