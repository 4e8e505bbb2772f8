"""Roles of a member: granted at a place and below, revoked, listed. Nobody grants their own."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import roles
from app.people.models import RoleGrant
from app.web.acts import act
from app.web.api import standing
from app.web.api.me import roles_of
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.me import RoleOut
from app.web.schemas.members import RoleIn
from app.web.session import actor

bp = Blueprint(
    "roles",
    __name__,
    url_prefix="/books/<book>/members/<uuid:member_id>/roles",
    description="Roles",
)


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, items_of(RoleOut))
def list_roles(book: str, member_id: UUID) -> dict[str, Any]:
    """List the roles that a member holds today, strongest first."""
    ledger_id = book_id(book)
    with reading() as session:
        member = standing.member(session, ledger_id, member_id, READERS)
        return {"items": roles_of(session, member.person_id)}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(RoleIn)
@bp.response(201, RoleOut)
def grant(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Grant a role at a place and below: offices by an administrator, the rest by staff too."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        node = standing.place(session, asked["node_code"], WORKERS)
        granted = roles.grant(
            session,
            person_id=member.person_id,
            node_id=node.id,
            role=asked["role"],
            until_on=asked["until_on"],
            actor=actor(),
        )
        roles.tell(session, ledger_id=ledger_id, member_id=member.id, granted=granted)
        return _shown(session, granted)

    return act(verb, ledger_id=ledger_id, dump=RoleOut().dump)


@bp.delete("/<role>/<node_code>")
@allow(SIGNED_IN)
@bp.response(204)
def revoke(book: str, member_id: UUID, role: str, node_code: str) -> ResponseReturnValue:
    """End a role at exactly this place; the member's next request no longer has it."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        node = standing.place(session, node_code, WORKERS)
        ended = roles.revoke(
            session, person_id=member.person_id, node_id=node.id, role=role, actor=actor()
        )
        roles.tell(session, ledger_id=ledger_id, member_id=member.id, granted=ended)

    return act(verb, ledger_id=ledger_id, status=204)


def _shown(session: Session, granted: RoleGrant) -> dict[str, Any]:
    node = tree.get(session, granted.node_id)
    return {
        "role": granted.role,
        "node_code": node.code,
        "node_name": node.short_name,
        "until_on": granted.until_on,
        "granted_at": granted.granted_at,
    }
