"""Verdicts on many grants: together if they can be, else each for itself, naming the rest."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.transactions import attempt
from app.people import members
from app.points import approvals, grants
from app.web.errors import problem_body, problem_of
from app.web.session import actor
from app.web.staff import desk
from app.web.staff.forms import Problem


def decide(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
    """Decide on the chosen grants; return how many were done and what was left.

    Raises:
        DomainError: Not one of them could be decided: why the first could not.
    """
    if asked["verdict"] == "refused" and not asked["reason"]:
        raise ValidationFailed("a refusal says why", field="reason")
    grant_ids = list(dict.fromkeys(asked["grant_ids"]))
    try:
        with attempt(session):
            _decide(session, grant_ids, asked)
    except DomainError:
        if len(grant_ids) == 1:
            raise
        return _one_by_one(session, grant_ids, asked)
    return {"done": len(grant_ids), "left": []}


def nothing_chosen() -> Problem:
    """Return the problem that no record was chosen, or no verdict given."""
    return problem_body("validation_failed", 422, facts={"field": "grant_ids"})


def _one_by_one(
    session: Session, grant_ids: Sequence[UUID], asked: dict[str, Any]
) -> dict[str, Any]:
    refused: dict[UUID, DomainError] = {}
    for grant_id in grant_ids:
        try:
            with attempt(session):
                _decide(session, [grant_id], asked)
        except DomainError as error:
            refused[grant_id] = error
    if len(refused) == len(grant_ids):
        raise refused[grant_ids[0]]
    return {"done": len(grant_ids) - len(refused), "left": _named(session, refused)}


def _decide(session: Session, grant_ids: Collection[UUID], asked: dict[str, Any]) -> None:
    found = grants.get_many(session, ledger_id=desk.ledger_id(), grant_ids=grant_ids)
    if len(found) < len(grant_ids):
        raise NotFound("no such grant")
    approvals.decide(
        session,
        ledger_id=desk.ledger_id(),
        grant_ids=grant_ids,
        level=desk.level_at(session, {each.node_id for each in found.values()}),
        verdict=asked["verdict"],
        reason=asked["reason"],
        actor=actor(),
    )


def _named(session: Session, refused: dict[UUID, DomainError]) -> list[dict[str, str]]:
    lines = []
    for grant_id, error in refused.items():
        ledger_id = desk.ledger_id()
        grant = grants.get(session, ledger_id=ledger_id, grant_id=grant_id)
        member = members.get(session, ledger_id=ledger_id, member_id=grant.member_id)
        title = str(problem_of(error)["title"])
        lines.append({"volunteer_no": member.volunteer_no, "title": title})
    return lines
