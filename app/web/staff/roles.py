"""Roles of a place: who holds them, granted and revoked; nobody grants their own."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import reading
from app.community import tree
from app.people import roles
from app.people.models import Member
from app.people.roles import GRANTORS
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import RevokeIn, RoleIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("roles", __name__, url_prefix="/<place>/roles")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the roles of a member, and the form."""
    desk.require(*desk.READERS)
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def grant() -> ResponseReturnValue:
    """Grant a role at this place and below, and tell the member."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        whose = numbered(session, asked["volunteer_no"])
        desk.require_at(session, whose.node_id, desk.WORKERS)
        made = roles.grant(
            session,
            person_id=whose.person_id,
            node_id=node.id,
            role=asked["role"],
            until_on=asked["until_on"],
            actor=actor(),
        )
        roles.tell(session, ledger_id=desk.ledger_id(), member_id=whose.id, granted=made)

    return _step(verb, _("已授权，本人会收到通知。"), RoleIn)


@bp.post("/revoke/<volunteer_no>")
@allow(SIGNED_IN)
def revoke(volunteer_no: str) -> ResponseReturnValue:
    """End a role; the member's next request no longer has it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        whose = numbered(session, volunteer_no)
        desk.require_at(session, whose.node_id, desk.WORKERS)
        node = tree.by_code(session, asked["node_code"])
        desk.require_at(session, node.id, desk.WORKERS)
        ended = roles.revoke(
            session,
            person_id=whose.person_id,
            node_id=node.id,
            role=asked["role"],
            actor=actor(),
        )
        roles.tell(session, ledger_id=desk.ledger_id(), member_id=whose.id, granted=ended)

    return _step(verb, _("已收回这个角色。"), RevokeIn, volunteer_no)


def _step(
    verb: forms.Verb, said: str, schema: Any, volunteer_no: str | None = None
) -> ResponseReturnValue:
    number = volunteer_no or request.form.get("volunteer_no", "")
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.roles.show", volunteer_no=number[:32]),
        again=lambda problem: _show(problem, number),
    )


def _show(problem: Problem | None = None, number: str | None = None) -> ResponseReturnValue:
    menu.at("manage")
    number = (number or request.args.get("volunteer_no", "")).strip()[:32]
    with reading() as session:
        member, held = None, []
        try:
            member = _member(session, number) if number else None
        except DomainError as error:
            problem = problem or problem_of(error)
        if member:
            held = [
                (each, tree.get(session, each.node_id))
                for each in roles.list_of(session, person_id=member.person_id)
            ]
        return forms.page(
            "roles.html",
            problem,
            member=member,
            number=number,
            held=held,
            grantable=[role for role, by in GRANTORS.items() if desk.here().may(tuple(by))],
        )


def _member(session: Session, number: str) -> Member:
    found = numbered(session, number)
    desk.require_at(session, found.node_id, desk.READERS)
    return found
