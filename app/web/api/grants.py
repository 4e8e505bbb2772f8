"""Grants over the API: what waits, the second person's verdict, grants by hand, reversals."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import attempt, reading
from app.community import tree
from app.people import members
from app.points import approvals, grants, manual
from app.points.manual import ManualClaim
from app.points.models import Grant
from app.web.acts import act
from app.web.api import grant_rows, levels, standing
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import items_of
from app.web.schemas.points import DecidedOut, DecideIn, GrantOut, ManualIn, WaitingIn
from app.web.session import actor, subject_id

bp = Blueprint("grants", __name__, url_prefix="/books/<book>", description="Grants")

ENTRANTS = ("staff",)
"""Who enters a grant by hand; it waits for another."""


@bp.get("/grants/waiting")
@allow(SIGNED_IN)
@bp.arguments(WaitingIn, location="query")
@bp.response(200, items_of(GrantOut))
def list_waiting(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the grants that wait at or below a place, oldest first."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code", None)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        found = approvals.list_waiting(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=grant_rows.listed(session, ledger_id, found))


@bp.get("/grants/<uuid:grant_id>")
@allow(SIGNED_IN)
@bp.response(200, GrantOut)
def get(book: str, grant_id: UUID) -> ResponseReturnValue:
    """Show a grant to its member, or to staff of its place."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = grants.get(session, ledger_id=ledger_id, grant_id=grant_id)
        if not _is_mine(session, found):
            _require_seen(session, found)
        return jsonify(grant_rows.listed(session, ledger_id, [found])[0])


@bp.post("/grants/decide")
@allow(SIGNED_IN)
@bp.arguments(DecideIn)
@bp.response(200, items_of(DecidedOut))
def decide(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Decide on up to 500 grants; `atomic`: all or none, with the first cause as the refusal.

    Otherwise each for itself: the answer names every one, in the order asked.
    """
    ledger_id = standing.book_id(book)
    grant_ids: list[UUID] = list(dict.fromkeys(asked["grant_ids"]))
    is_atomic = asked["atomic"]

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        try:
            with attempt(session):
                _decide(session, ledger_id, grant_ids, asked)
        except DomainError:
            if is_atomic or len(grant_ids) == 1:
                raise
            return {"items": _one_by_one(session, ledger_id, grant_ids, asked)}
        return {"items": _decided(session, ledger_id, grant_ids)}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/grants/<uuid:grant_id>/reverse")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, GrantOut)
def reverse(asked: dict[str, Any], book: str, grant_id: UUID) -> ResponseReturnValue:
    """Take a posted grant back, with the reason; what was spent becomes 待追回 (L10)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, tuple(levels.LEVEL_OF_ROLE))
        found = grants.get(session, ledger_id=ledger_id, grant_id=grant_id)
        levels.lowest(session, [found.node_id])
        taken = grants.reverse(
            session, ledger_id=ledger_id, grant_id=grant_id, actor=actor(), **asked
        )
        return grant_rows.listed(session, ledger_id, [taken])[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/manual-grants")
@allow(SIGNED_IN)
@bp.arguments(ManualIn)
@bp.response(201, GrantOut)
def request_manual(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter a grant by hand, with the reason; a second person decides on it (A17)."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.require_at(session, tree.by_code(session, code), ENTRANTS)
        standing.require_book(session, ledger_id, node)
        standing.member(session, ledger_id, asked["member_id"], ENTRANTS)
        claim = ManualClaim(node_id=node.id, **asked)
        made = manual.request(session, ledger_id=ledger_id, claim=claim, actor=actor())
        return grant_rows.listed(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


def _decide(
    session: Session, ledger_id: int, grant_ids: Sequence[UUID], asked: dict[str, Any]
) -> None:
    """Decide on these as a whole, at the level that the person has at all their places."""
    standing.require_holder(session, tuple(levels.LEVEL_OF_ROLE))
    found = grants.get_many(session, ledger_id=ledger_id, grant_ids=grant_ids)
    if len(found) < len(grant_ids):
        raise NotFound("no such grant")
    approvals.decide(
        session,
        ledger_id=ledger_id,
        grant_ids=grant_ids,
        level=levels.lowest(session, {each.node_id for each in found.values()}),
        verdict=asked["verdict"],
        reason=asked["reason"],
        actor=actor(),
    )


def _one_by_one(
    session: Session, ledger_id: int, grant_ids: Sequence[UUID], asked: dict[str, Any]
) -> list[dict[str, Any]]:
    """Decide on each for itself, since they could not be decided together."""
    refused: dict[UUID, DomainError] = {}
    for grant_id in grant_ids:
        try:
            with attempt(session):
                _decide(session, ledger_id, [grant_id], asked)
        except DomainError as error:
            refused[grant_id] = error
    done = [grant_id for grant_id in grant_ids if grant_id not in refused]
    shown = {item["grant_id"]: item for item in _decided(session, ledger_id, done)}
    return [
        _refusal(grant_id, refused[grant_id]) if grant_id in refused else shown[str(grant_id)]
        for grant_id in grant_ids
    ]


def _decided(session: Session, ledger_id: int, grant_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    session.expire_all()
    found = grants.get_many(session, ledger_id=ledger_id, grant_ids=grant_ids)
    rows = grant_rows.listed(session, ledger_id, [found[each] for each in grant_ids])
    return [{"grant_id": row["id"], "grant": row} for row in rows]


def _refusal(grant_id: UUID, error: DomainError) -> dict[str, Any]:
    problem = problem_of(error)
    item = {"grant_id": str(grant_id), "code": problem["code"], "title": problem["title"]}
    return {**item, "facts": problem.get("facts", {})}


def _is_mine(session: Session, grant: Grant) -> bool:
    mine = members.find_of_person(session, ledger_id=grant.ledger_id, person_id=subject_id())
    return mine is not None and mine.id == grant.member_id


def _require_seen(session: Session, grant: Grant) -> None:
    """A grant of others is not there for who has no charge of its place."""
    if not standing.is_at(session, grant.node_id, standing.READERS):
        raise NotFound("no such grant")
