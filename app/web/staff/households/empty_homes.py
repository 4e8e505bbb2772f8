"""Empty households at the desk: who gets what is left, by two people (D29)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import households, members
from app.points import empty_homes, home_passings
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.home_passings import PassingIn
from app.web.schemas.household_points import VerdictIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("empty_homes", __name__, url_prefix="/<place>/empty-homes")
SHOWN_MAX = 100


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the households that nobody belongs to and what waits for each."""
    return _show()


@bp.post("/<uuid:household_id>/passing")
@allow(SIGNED_IN)
def enter(household_id: UUID) -> ResponseReturnValue:
    """Say who gets what is left; a colleague decides."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "household_id": household_id}
        desk.require_at(session, households.get(session, **key).node_id, desk.WORKERS)
        number = asked.pop("volunteer_no")
        to = None
        if number:
            whose = numbered(session, number)
            desk.require_at(session, whose.node_id, desk.WORKERS)
            to = whose.id
        home_passings.enter(session, **key, to_member_id=to, actor=actor(), **asked)

    return _step(verb, _("已录入，等同事决定，积分还没有动。"), PassingIn)


@bp.post("/<uuid:passing_id>/decide")
@allow(SIGNED_IN)
def decide(passing_id: UUID) -> ResponseReturnValue:
    """Approve or refuse."""
    said = _("已决定。给人的，积分已经到账；进公共池的，等公示天数满了才进。")
    return _step(_at(passing_id, desk.DECIDERS, home_passings.decide), said, VerdictIn)


@bp.post("/<uuid:passing_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(passing_id: UUID) -> ResponseReturnValue:
    """Take back what waits."""
    said = _("收回了，积分还在这一户，可以重新定。")
    return _step(_at(passing_id, desk.WORKERS, home_passings.withdraw), said, None)


def _at(passing_id: UUID, roles: tuple[str, ...], does: Any) -> forms.Verb:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
        found = home_passings.get(session, **key, passing_id=passing_id)
        home = households.get(session, **key, household_id=found.household_id)
        desk.require_at(session, home.node_id, roles)
        does(session, **key, passing_id=passing_id, actor=actor(), **asked)

    return verb


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.empty_homes.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = empty_homes.list_in(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        ids = [each.household.id for each in found]
        waiting = home_passings.list_of(session, **key, household_ids=ids)
        to_ids = {each.to_member_id for each in waiting.values() if each.to_member_id}
        return forms.page(
            "households/empty_homes.html",
            problem,
            found=found,
            waiting=waiting,
            once=empty_homes.former_members(session, **key, household_ids=ids),
            whose=members.get_many(session, **key, member_ids=to_ids),
            mine=desk.me(),
            may_decide=desk.here().may(desk.DECIDERS),
            may_work=desk.here().may(desk.WORKERS),
        )
