"""What became of a request whose answer was lost (reliability contract §7).

A till that heard nothing asks by its key until it knows, and never sends another
key for the same basket. Giving up is a request too: it seals the key, so that a late
original finds it taken and does nothing.
"""

import json
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import idempotency
from app.base.errors import IdempotencyInFlight, IdempotencyMismatch, NotFound
from app.base.idempotency import Answer, Request
from app.base.transactions import attempt, unit_of_work
from app.web.api import standing
from app.web.errors import problem_body
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.redemptions import AskIn, OperationOut
from app.web.session import person

bp = Blueprint("operations", __name__, url_prefix="/books/<book>", description="Lost answers")

VOID_ROUTE = "void"
VOIDED = "operation_voided"


@bp.get("/operations")
@allow(SIGNED_IN)
@bp.arguments(AskIn, location="query")
@bp.response(200, OperationOut)
def ask(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say what became of one's own request: none, in_progress, succeeded or refused."""
    request = _request(standing.book_id(book), asked["idempotency_key"])
    return unit_of_work(lambda session: _look(session, request))


@bp.post("/operations/void")
@allow(SIGNED_IN)
@bp.arguments(AskIn)
@bp.response(200, OperationOut)
def void(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Give a request up: if it was never done it never will be; else say what was done."""
    request = _request(standing.book_id(book), asked["idempotency_key"])
    return unit_of_work(lambda session: _seal(session, request))


def _request(ledger_id: int, key: str) -> Request:
    return Request(
        ledger_id=ledger_id,
        actor_id=person().person_id,
        key=idempotency.require_key(key),
        route=VOID_ROUTE,
        fingerprint=idempotency.fingerprint_of(VOID_ROUTE),
    )


def _look(session: Session, request: Request) -> dict[str, Any]:
    """Look for the answer; an unfinished original holds the key, so try to take it for a moment."""
    try:
        with attempt(session):
            answer = idempotency.claim(session, request)
            if answer is None:
                raise NotFound("the key is free")
    except IdempotencyInFlight:
        return {"state": "in_progress"}
    except (IdempotencyMismatch, NotFound):
        answer = _found(session, request)
    return {"state": "none"} if answer is None else _outcome(answer)


def _seal(session: Session, request: Request) -> dict[str, Any]:
    """Take the key for good, unless it was used."""
    try:
        with attempt(session):
            answer = idempotency.claim(session, request)
    except IdempotencyInFlight:
        return {"state": "in_progress"}
    except IdempotencyMismatch:
        answer = _found(session, request)
        assert answer is not None, "another request owns the key, so it has finished"
        return _outcome(answer)
    if answer is None:
        problem = problem_body(VOIDED, 409)
        answer = Answer(409, json.dumps(problem).encode(), VOIDED)
        idempotency.keep(session, request, answer)
    return _outcome(answer)


def _found(session: Session, request: Request) -> Answer | None:
    return idempotency.ask(
        session, ledger_id=request.ledger_id, actor_id=request.actor_id, key=request.key
    )


def _outcome(answer: Answer) -> dict[str, Any]:
    body = json.loads(answer.body) if answer.body else None
    if answer.status_code < 400:
        return {"state": "succeeded", "status": answer.status_code, "body": body}
    code = answer.resource or (body or {}).get("code", "")
    return {"state": "refused", "status": answer.status_code, "code": code, "body": body}
