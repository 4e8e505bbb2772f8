"""The book over the API: statements of members, the daily proof, reopening a stopped book."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.ledger import books, proof
from app.ledger.proof import Check
from app.people import audit, members
from app.people.models import Member
from app.points import programmes
from app.reports import proofs
from app.web.acts import act
from app.web.api import standing, statement_rows
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.reports import (
    ExplanationOut,
    ProofOut,
    StatementIn,
    StatementOut,
    UnitIn,
)
from app.web.session import actor

bp = Blueprint("ledger", __name__, url_prefix="/books/<book>", description="The book")

PROVERS = ("auditor", "administrator")
REOPENERS = ("administrator",)


@bp.get("/me/statement")
@allow(SIGNED_IN)
@bp.arguments(StatementIn, location="query")
@bp.response(200, StatementOut)
def my_statement(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Show my statement (存折) of points or minutes; `format=csv` for a sheet."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        me = members.follow_merge(session, standing.my_member(session, ledger_id))
        return statement_rows.answer(statement_rows.shown(session, me, asked), asked["format"])


@bp.get("/members/<uuid:member_id>/statement")
@allow(SIGNED_IN)
@bp.arguments(StatementIn, location="query")
@bp.response(200, StatementOut)
def member_statement(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Show a member's statement to staff of their place; that it was opened is written down."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = _opened(session, ledger_id, member_id, "statement_opened", asked["unit"])
        return statement_rows.shown(session, member, asked)

    response = act(verb, ledger_id=ledger_id, status=200, needs_key=False)
    if response.status_code != 200 or asked["format"] == "json":
        return response
    return statement_rows.answer(response.get_json(), asked["format"])


@bp.get("/me/explanation")
@allow(SIGNED_IN)
@bp.arguments(UnitIn, location="query")
@bp.response(200, ExplanationOut)
def my_explanation(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say why my balance is what it is, line by line down to the doors and the rates."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        me = members.follow_merge(session, standing.my_member(session, ledger_id))
        return jsonify(statement_rows.explained(session, me, asked["unit"]))


@bp.get("/members/<uuid:member_id>/explanation")
@allow(SIGNED_IN)
@bp.arguments(UnitIn, location="query")
@bp.response(200, ExplanationOut)
def member_explanation(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Say the same of a member to staff of their place; it is written down."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = _opened(session, ledger_id, member_id, "explanation_opened", asked["unit"])
        return statement_rows.explained(session, member, asked["unit"])

    return act(verb, ledger_id=ledger_id, status=200, needs_key=False)


@bp.get("/proof")
@allow(SIGNED_IN)
@bp.response(200, ProofOut)
def latest_proof(book: str) -> ResponseReturnValue:
    """Show the last proof of the book to its auditor or administrator."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        _require_charge(session, ledger_id, PROVERS)
        return jsonify(_proof(session, ledger_id))


@bp.post("/proof")
@allow(SIGNED_IN)
@bp.response(201, ProofOut)
def prove(book: str) -> ResponseReturnValue:
    """Prove the book now; a failed check stops it (R20)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _require_charge(session, ledger_id, PROVERS)
        proofs.prove(session, ledger_id=ledger_id)
        _write(session, ledger_id, "book_proved")
        return _proof(session, ledger_id)

    return act(verb, ledger_id=ledger_id)


@bp.post("/proof/reopen")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, ProofOut)
def reopen(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Let a stopped book take postings again, once a later proof is in order."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _require_charge(session, ledger_id, REOPENERS)
        proof.reopen(session, ledger_id=ledger_id, actor=actor(), **asked)
        _write(session, ledger_id, "book_reopened")
        return _proof(session, ledger_id)

    return act(verb, ledger_id=ledger_id, status=200)


def _opened(session: Session, ledger_id: int, member_id: UUID, action: str, unit: str) -> Member:
    """Return a member of a place in one's charge, and write down that they were opened."""
    member = standing.member(session, ledger_id, member_id, standing.READERS)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor(),
        action=action,
        subject_kind="member",
        subject_id=member_id,
        unit=unit,
    )
    return members.follow_merge(session, member)


def _require_charge(session: Session, ledger_id: int, names: tuple[str, ...]) -> None:
    """Refuse who has no such role at the place of the book's programme."""
    standing.node_at(session, programmes.of_ledger(session, ledger_id).node_id, names)


def _proof(session: Session, ledger_id: int) -> dict[str, Any]:
    book = books.get(session, ledger_id)
    session.refresh(book)
    latest = proof.find_latest(session, ledger_id=ledger_id)
    minutes, points = proof.totals(session, ledger_id=ledger_id)
    found = [Check(**each) for each in latest.checks] if latest else []  # type: ignore[arg-type]
    shown: dict[str, Any] = ProofOut().dump(
        {
            "book": book.code,
            "is_ok": latest.is_ok if latest else None,
            "is_read_only": book.read_only_at is not None,
            "read_only_reason": book.read_only_reason,
            "proved_at": latest.proved_at if latest else None,
            "checks": found,
            "minutes": minutes,
            "points": points,
        }
    )
    return shown


def _write(session: Session, ledger_id: int, action: str) -> None:
    audit.write(session, ledger_id=ledger_id, actor=actor(), action=action, subject_kind="book")
