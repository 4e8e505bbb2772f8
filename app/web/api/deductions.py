"""Deductions (扣分) over the API: entered, approved, put up, and reversed by two people (P7)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members
from app.points import deduction_posting, deductions
from app.points.models import Deduction
from app.web.acts import act
from app.web.api import standing
from app.web.api.cases import numbered
from app.web.api.standing import DECIDERS, READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.deductions import DeductionIn, DeductionOut, DeductionsIn
from app.web.schemas.household_points import VerdictIn
from app.web.schemas.lists import items_of
from app.web.schemas.members import ReasonIn
from app.web.session import actor

bp = Blueprint("deductions", __name__, url_prefix="/books/<book>", description="Deductions")
OUT = DeductionOut()


@bp.get("/me/deductions")
@allow(SIGNED_IN)
@bp.response(200, items_of(DeductionOut))
def list_mine(book: str) -> ResponseReturnValue:
    """List what is, or was, to be taken from me or my household, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        return jsonify(items=_listed(session, ledger_id, deductions.list_of_member(session, **key)))


@bp.get("/deductions")
@allow(SIGNED_IN)
@bp.arguments(DeductionsIn, location="query")
@bp.response(200, items_of(DeductionOut))
def list_in(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the deductions of a place that wait for a second person, or that stand elsewhere."""
    ledger_id, states = book_id(book), (asked.pop("state"),)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = deductions.list_in(session, ledger_id=ledger_id, node=node, states=states, **asked)
        return jsonify(items=_listed(session, ledger_id, found))


@bp.post("/deductions")
@allow(SIGNED_IN)
@bp.arguments(DeductionIn)
@bp.response(201, DeductionOut)
def enter(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter points to be taken by a minus indicator; a colleague decides, then it is put up."""
    ledger_id, number = book_id(book), asked.pop("volunteer_no")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = numbered(session, ledger_id, number, WORKERS)
        wanted = deductions.Asked(member_id=member.id, node_id=member.node_id, **asked)
        made = deductions.enter(session, ledger_id=ledger_id, asked=wanted, actor=actor())
        return _listed(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/deductions/<uuid:deduction_id>/decision")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, DeductionOut)
def decide(asked: dict[str, Any], book: str, deduction_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a deduction as the second person; approved, it waits for its notice."""
    return _step(book, deduction_id, DECIDERS, deductions.decide, asked)


@bp.post("/deductions/<uuid:deduction_id>/reversal")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, DeductionOut)
def ask_reversal(asked: dict[str, Any], book: str, deduction_id: UUID) -> ResponseReturnValue:
    """Ask that a posted deduction be reversed, with the reason; another person confirms."""
    return _step(book, deduction_id, WORKERS, deduction_posting.ask_reversal, asked)


@bp.post("/deductions/<uuid:deduction_id>/reversal/decision")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, DeductionOut)
def decide_reversal(asked: dict[str, Any], book: str, deduction_id: UUID) -> ResponseReturnValue:
    """Confirm or refuse a reversal as the second person; the points come back by a new line."""
    return _step(book, deduction_id, DECIDERS, deduction_posting.decide_reversal, asked)


def _step(
    book: str, deduction_id: UUID, roles: tuple[str, ...], does: Any, asked: dict[str, Any]
) -> ResponseReturnValue:
    key: dict[str, Any] = {"ledger_id": book_id(book), "deduction_id": deduction_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, roles)
        standing.node_at(session, deductions.get(session, **key).node_id, roles)
        done = does(session, **key, actor=actor(), **asked)
        return _listed(session, key["ledger_id"], [done])[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


def _listed(session: Session, ledger_id: int, found: Sequence[Deduction]) -> list[dict[str, Any]]:
    ids = {each.member_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    rows = []
    for each in found:
        row = {name: getattr(each, name, None) for name in OUT.fields}
        row["name_masked"] = whose[each.member_id].name_masked
        row["is_reversal_asked"] = each.state == "posted" and each.reversal_asked_by_id is not None
        rows.append(OUT.dump(row))
    return rows
