"""The audit trail, for auditors: what was done to one member, or by one person (D49)."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import reading
from app.people import audit, members
from app.people.models import Audit, Member
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered

bp = Blueprint("audit", __name__, url_prefix="/<place>/audit")
SHOWN_MAX = 200


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what was done to a member, or what a member did in the book."""
    desk.require(*desk.AUDITORS)
    menu.at("manage")
    number = request.args.get("volunteer_no", "").strip()[:32]
    is_by = request.args.get("side") == "by"
    problem: Problem | None = None
    lines: list[Audit] = []
    with reading() as session:
        try:
            if number:
                lines = _lines(session, number, is_by)
        except DomainError as error:
            problem = problem_of(error)
        return forms.page(
            "audit.html",
            problem,
            lines=lines,
            number=number,
            is_by=is_by,
            names=_names(session, lines),
        )


def _lines(session: Session, number: str, is_by: bool) -> list[Audit]:
    whose = numbered(session, number)
    desk.require_at(session, whose.node_id, desk.AUDITORS)
    key: dict[str, Any] = {"limit": SHOWN_MAX}
    if is_by:
        desk.require_programme(session, desk.AUDITORS)
        return audit.list_of_actor(
            session, ledger_id=desk.ledger_id(), actor_id=whose.person_id, **key
        )
    found = audit.list_of_subject(
        session, ledger_id=desk.ledger_id(), subject_id=whose.id, **key
    ) + audit.list_of_subject(session, ledger_id=audit.HOUSE, subject_id=whose.person_id, **key)
    found.sort(key=lambda line: (line.happened_at, line.id), reverse=True)
    return found[:SHOWN_MAX]


def _names(session: Session, lines: list[Audit]) -> dict[Any, Member]:
    persons = {line.actor_id for line in lines}
    persons |= {line.on_behalf_id for line in lines if line.on_behalf_id}
    found = {
        person_id: members.find_of_person(session, ledger_id=desk.ledger_id(), person_id=person_id)
        for person_id in persons
    }
    return {person_id: member for person_id, member in found.items() if member}
