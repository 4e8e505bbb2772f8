"""The audit trail, for auditors: what was done to one subject, or by one person (D49)."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.people import alliances, audit, cards, households, members, teams
from app.people.models import Audit
from app.points import programmes
from app.web.api import standing
from app.web.api.standing import book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.members import AuditIn, AuditOut

AUDITORS = ("auditor",)

bp = Blueprint("audit", __name__, url_prefix="/books/<book>/audit", description="Audit")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(AuditIn, location="query")
@bp.response(200, items_of(AuditOut))
def show(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List acts on one subject of a place in scope, or by one person in the whole book.

    What was done to the person behind a member outside any book (roles, passwords,
    consents) stands among the acts on the member. What one person did is for an
    auditor of the whole book.
    """
    ledger_id = book_id(book)
    with reading() as session:
        standing.require_holder(session, AUDITORS)
        if "actor_id" in asked and "subject_id" not in asked:
            _require_whole_book(session, ledger_id)
            return {
                "items": audit.list_of_actor(
                    session,
                    ledger_id=ledger_id,
                    actor_id=asked["actor_id"],
                    limit=asked["limit"],
                )
            }
        if "subject_kind" in asked and "subject_id" in asked and "actor_id" not in asked:
            return {"items": _of_subject(session, ledger_id, asked)}
    raise ValidationFailed("name a subject with its kind, or an actor", field="subject_id")


def _of_subject(session: Session, ledger_id: int, asked: dict[str, Any]) -> list[Audit]:
    subject_id, limit = asked["subject_id"], asked["limit"]
    node_id, person_id = _place_of(session, ledger_id, asked["subject_kind"], subject_id)
    standing.node_at(session, node_id, AUDITORS)
    found = audit.list_of_subject(session, ledger_id=ledger_id, subject_id=subject_id, limit=limit)
    if person_id is not None:
        found += audit.list_of_subject(
            session, ledger_id=audit.HOUSE, subject_id=person_id, limit=limit
        )
    found.sort(key=lambda line: (line.happened_at, line.id), reverse=True)
    return found[:limit]


def _place_of(
    session: Session, ledger_id: int, kind: str, subject_id: UUID
) -> tuple[int, UUID | None]:
    """Return where a subject belongs, and the person behind it if it is a member."""
    if kind == "team":
        return teams.get(session, ledger_id=ledger_id, team_id=subject_id).node_id, None
    if kind == "alliance":
        return alliances.get(session, ledger_id=ledger_id, alliance_id=subject_id).node_id, None
    if kind == "household":
        found = households.get(session, ledger_id=ledger_id, household_id=subject_id)
        return found.node_id, None
    if kind == "card":
        card = cards.get(session, ledger_id=ledger_id, card_id=subject_id)
        owner = members.get(session, ledger_id=ledger_id, member_id=card.member_id)
        return owner.node_id, None
    member = members.get(session, ledger_id=ledger_id, member_id=subject_id)
    return member.node_id, member.person_id


def _require_whole_book(session: Session, ledger_id: int) -> None:
    programme = programmes.of_ledger(session, ledger_id)
    if not standing.is_at(session, programme.node_id, AUDITORS):
        raise NotFound("not an auditor of this book")
