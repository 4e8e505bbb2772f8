"""Acting on behalf (代办): who may, recorded by the member or by staff, ended at will."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import agents, members
from app.people.models import Agent
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.groups import AgentIn, AgentOut
from app.web.schemas.lists import items_of
from app.web.session import actor, person, subject_id

bp = Blueprint("agents", __name__, url_prefix="/books/<book>", description="Acting on behalf")


@bp.get("/me/agents")
@allow(SIGNED_IN)
@bp.response(200, items_of(AgentOut))
def list_mine(book: str) -> dict[str, Any]:
    """List who may act, or might once act, for me in this book."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.my_member(session, ledger_id)
        return {"items": _of(session, ledger_id, standing.oneself())}


@bp.post("/me/agents")
@allow(SIGNED_IN)
@bp.arguments(AgentIn)
@bp.response(201, AgentOut)
def let_act_for_me(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Let another member act for me in this book."""
    ledger_id = book_id(book)
    return act(
        lambda session, _fact: _begin(session, ledger_id, standing.oneself(), asked),
        ledger_id=ledger_id,
        dump=AgentOut().dump,
    )


@bp.delete("/me/agents/<uuid:agent_id>")
@allow(SIGNED_IN)
@bp.response(204)
def end_mine(book: str, agent_id: UUID) -> ResponseReturnValue:
    """End a leave that I gave; a helper who acts for me may end their own."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        principal_id, helper_id = subject_id(), person().person_id
        leave = _get(session, ledger_id, principal_id, agent_id)
        if helper_id not in (principal_id, leave.agent_person_id):
            raise NotFound("no such leave of yours")
        agents.end(session, person_id=principal_id, agent_id=agent_id, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


@bp.get("/members/<uuid:member_id>/agents")
@allow(SIGNED_IN)
@bp.response(200, items_of(AgentOut))
def list_of_member(book: str, member_id: UUID) -> dict[str, Any]:
    """List who may act, or might once act, for a member in this book."""
    ledger_id = book_id(book)
    with reading() as session:
        member = standing.member(session, ledger_id, member_id, READERS)
        return {"items": _of(session, ledger_id, member.person_id)}


@bp.post("/members/<uuid:member_id>/agents")
@allow(SIGNED_IN)
@bp.arguments(AgentIn)
@bp.response(201, AgentOut)
def record(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Record a member's consent that another may act for them; not by the one who will act."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        return _begin(session, ledger_id, member.person_id, asked)

    return act(verb, ledger_id=ledger_id, dump=AgentOut().dump)


@bp.delete("/members/<uuid:member_id>/agents/<uuid:agent_id>")
@allow(SIGNED_IN)
@bp.response(204)
def end_for_member(book: str, member_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    """End a leave for a member who asks staff to."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        _get(session, ledger_id, member.person_id, agent_id)
        agents.end(session, person_id=member.person_id, agent_id=agent_id, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


def _begin(
    session: Session, ledger_id: int, person_id: UUID, asked: dict[str, Any]
) -> dict[str, Any]:
    helper = members.by_volunteer_no(
        session, ledger_id=ledger_id, volunteer_no=asked["agent_volunteer_no"]
    )
    leave = agents.begin(
        session,
        ledger_id=ledger_id,
        person_id=person_id,
        agent_person_id=members.require_active(helper).person_id,
        relation=asked["relation"],
        consent_note=asked["consent_note"],
        actor=actor(),
    )
    return _shown(session, leave)


def _get(session: Session, ledger_id: int, person_id: UUID, agent_id: UUID) -> Agent:
    for leave in agents.list_of(session, person_id=person_id):
        if leave.id == agent_id and leave.ledger_id == ledger_id:
            return leave
    raise NotFound("no such leave to act")


def _of(session: Session, ledger_id: int, person_id: UUID) -> list[dict[str, Any]]:
    leaves = agents.list_of(session, person_id=person_id)
    return [_shown(session, leave) for leave in leaves if leave.ledger_id == ledger_id]


def _shown(session: Session, leave: Agent) -> dict[str, Any]:
    helper = members.find_of_person(
        session, ledger_id=leave.ledger_id, person_id=leave.agent_person_id
    )
    names = ("id", "agent_person_id", "relation", "consent_note", "begun_at", "ended_at")
    return {
        **{name: getattr(leave, name) for name in names},
        "agent_name": helper.name_masked if helper else None,
    }
