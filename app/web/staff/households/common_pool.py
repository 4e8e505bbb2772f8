"""The common pool at the desk: help in hardship by two people; kin confirmed by papers (D32)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members, relatives
from app.points import hardship, pool
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_households import HelpIn
from app.web.schemas.household_points import VerdictIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _, _l

bp = Blueprint("common_pool", __name__, url_prefix="/<place>/pool")
SHOWN_MAX = 100
RELATIONS = {
    "parent": _l("父母"),
    "child": _l("子女"),
    "spouse": _l("配偶"),
    "grandparent": _l("祖父母、外祖父母"),
    "grandchild": _l("孙子女、外孙子女"),
    "friend": _l("朋友"),
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the pool, what waits, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Ask that somebody in hardship be helped; a colleague decides."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, desk.WORKERS)
        hardship.request(
            session,
            ledger_id=desk.ledger_id(),
            member_id=whose.id,
            node_id=whose.node_id,
            actor=actor(),
            **asked,
        )

    return _step(verb, _("已录入，等同事决定。"), HelpIn)


@bp.post("/<uuid:help_id>/decide")
@allow(SIGNED_IN)
def decide(help_id: UUID) -> ResponseReturnValue:
    """Approve or refuse help."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "help_id": help_id}
        desk.require_at(session, hardship.get(session, **key).node_id, desk.DECIDERS)
        hardship.decide(session, **key, actor=actor(), **asked)

    return _step(verb, _("已决定。发了的，积分已经到本人账上。"), VerdictIn)


@bp.post("/kin/<uuid:relative_id>/confirm")
@allow(SIGNED_IN)
def confirm(relative_id: UUID) -> ResponseReturnValue:
    """Confirm that two members are kin, whose papers were seen."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "relative_id": relative_id}
        asker_id = relatives.get(session, **key).member_id
        asker = members.get(session, ledger_id=desk.ledger_id(), member_id=asker_id)
        desk.require_at(session, asker.node_id, desk.WORKERS)
        relatives.confirm(session, **key, by="staff", actor=actor())

    return _step(verb, _("确认了，两人可以互相赠积分。"), None)


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.common_pool.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        node = desk.here().node
        found = hardship.list_waiting(session, **key, node=node, limit=SHOWN_MAX)
        kin = relatives.list_asked(session, **key, node=node, limit=SHOWN_MAX)
        ids = {each.member_id for each in found}
        ids |= {one for each in kin for one in (each.member_id, each.relative_id)}
        may_decide = desk.here().may(desk.DECIDERS)
        return forms.page(
            "households/pool.html",
            problem,
            held=pool.held_points(session, **key),
            free=max(0, pool.free_points(session, **key)),
            found=found,
            reasons={each.id: hardship.reason_of(each) for each in found} if may_decide else {},
            kin=kin,
            relations=RELATIONS,
            whose=members.get_many(session, **key, member_ids=ids),
            mine=desk.me(),
            may_decide=may_decide,
        )
