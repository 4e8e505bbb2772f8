"""Shared cases over the API: one number, what each gets of it (K4, C33)."""

from collections.abc import Sequence
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.people.models import Member
from app.points import cases
from app.points.cases import Entry, Share
from app.points.models import Case
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.household_points import CaseIn, CaseOut
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("cases", __name__, url_prefix="/books/<book>", description="Shared cases")
CASE_OUT = CaseOut()


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
