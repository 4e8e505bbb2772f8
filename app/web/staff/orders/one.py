"""One order at the desk: its way and its log, given, rerouted, urged, opened again (T8, K9)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.people import duties, members, roles, skills, teams
from app.people.duties import Held
from app.points import photos as kept
from app.service_orders import first_offers, handling, in_name, involvement, reopening, standing
from app.service_orders.hands import PAID_OFFICES, TAKES_ORDERS
from app.service_orders.models import Order
from app.web import order_log, orders
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import AssignPageIn
from app.web.schemas.orders import DeskRatingIn, DeskWhyIn, RerouteIn, WhyIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.staff.orders import listing
from app.web.translate import _, _l

bp = Blueprint("order", __name__, url_prefix="/<place>/orders/<uuid:order_id>")
TEAMS_MAX, STEWARDS_MAX = 200, 200
ACTS = {
    "returned": _l("退单"),
    "rerouted": _l("分类转办"),
    "escalated": _l("督办"),
    "reopened": _l("重新办"),
    "withdrawn": _l("撤回"),
    "credited": _l("计入时长"),
}


@bp.get("")
@allow(SIGNED_IN)
def show(order_id: UUID) -> ResponseReturnValue:
    """Show an order with its way, its log, and what can be done now."""
    return draw(order_id)


@bp.post("/assign")
@allow(SIGNED_IN)
def assign(order_id: UUID) -> ResponseReturnValue:
    """Give it to a team, to somebody with a duty here, or to a member by number (派单)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, order_id)
        handling.assign(
            session, **_named(order_id), **_hands(session, asked), note=asked["note"], actor=actor()
        )

    return _answer(verb, order_id, _("派出去了，已通知他们。"), AssignPageIn)


@bp.post("/reroute")
@allow(SIGNED_IN)
def reroute(order_id: UUID) -> ResponseReturnValue:
    """Send it to those whose kind of work it is (分类转办)."""
    return _step(order_id, handling.reroute, _("转过去了，期限重新算。"), RerouteIn)


@bp.post("/urge")
@allow(SIGNED_IN)
def urge(order_id: UUID) -> ResponseReturnValue:
    """Put it on the 督办 list."""
    return _step(order_id, handling.escalate, _("已列入督办，通知了办的人。"), WhyIn)


@bp.post("/reopen")
@allow(SIGNED_IN)
def reopen(order_id: UUID) -> ResponseReturnValue:
    """Open a finished order again; its hours are taken back."""
    return _step(order_id, reopening.reopen, _("重新办，记过的时长撤回了。"), WhyIn)


@bp.post("/withdraw")
@allow(SIGNED_IN)
def withdraw(order_id: UUID) -> ResponseReturnValue:
    """Take it back in the name of who asked, or because it was entered by mistake (P1)."""
    return _step(order_id, in_name.withdraw, _("撤回了，派给的人收到消息。"), DeskWhyIn)


@bp.post("/rate")
@allow(SIGNED_IN)
def rate(order_id: UUID) -> ResponseReturnValue:
    """Write down what who asked says, without a phone (S9: never of what one handled)."""
    return _step(order_id, orders.rate_for, _("记下了评价。"), DeskRatingIn)


def _step(order_id: UUID, step: Any, said: str, schema: Any) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, order_id)
        step(session, **_named(order_id), actor=actor(), **asked)

    return _answer(verb, order_id, said, schema)


def _answer(verb: forms.Verb, order_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.order.show", order_id=order_id),
        again=lambda problem: draw(order_id, problem),
    )


def _named(order_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "order_id": order_id}


def scoped(session: Session, order_id: UUID) -> Order:
    """Return an order of a place where the person works; raises as `desk.require_at`."""
    found = standing.get_order(session, **_named(order_id))
    desk.require_at(session, found.node_id, desk.WORKERS)
    return found


def _hands(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
    """Return whom a form names: `team:<id>`, `person:<member id>`, or a number typed.

    Raises:
        ValidationFailed: Nobody, or something that is no id.
        NotFound, PermissionDenied: As `desk.require_at`.
    """
    if asked["volunteer_no"]:
        whose = numbered(session, asked["volunteer_no"])
        desk.require_at(session, whose.node_id, desk.WORKERS)
        return {"handler_id": whose.person_id}
    what, _colon, text = (asked["hands"] or "").partition(":")
    try:
        found_id = UUID(text)
    except ValueError as error:
        raise ValidationFailed("to whom?", field="hands") from error
    if what == "team":
        team = teams.get(session, ledger_id=desk.ledger_id(), team_id=found_id)
        desk.require_at(session, team.node_id, desk.WORKERS)
        return {"team_id": team.id}
    member = members.get(session, ledger_id=desk.ledger_id(), member_id=found_id)
    desk.require_at(session, member.node_id, desk.WORKERS)
    return {"handler_id": member.person_id}


def draw(order_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    """Show an order, perhaps with a refusal."""
    menu.at("orders")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        order = standing.get_order(session, **_named(order_id))
        node = desk.require_at(session, order.node_id, desk.READERS)
        found = orders.one(session, order)
        lines = order_log.told(session, found, is_named=True)
        works = involvement.list_work(session, **key, order_ids=[order_id])
        ids = {each.member_id for each in works}
        return forms.page(
            "orders/one.html",
            problem,
            found=found,
            order=order,
            stages=orders.stages(found, [each.line for each in lines]),
            lines=lines,
            step_names={step.code: step.name for step in found.steps},
            acts=ACTS,
            text=standing.text_of(order),
            works=works,
            workers=members.get_many(session, **key, member_ids=ids),
            pictures=kept.list_of(session, **key, kind="order", subject_ids=[order_id]).get(
                order_id, []
            ),
            teams=[
                each
                for each in teams.list_in(session, **key, node=desk.here().node, limit=TEAMS_MAX)
                if each.closed_on is None
            ],
            stewards=_stewards(session),
            may_work=roles.has(session, person_id=desk.me(), roles=PAID_OFFICES, node=node),
            is_mine=standing.handles(session, order, actor()),
            is_a_party=involvement.is_a_party(session, order, desk.me()),
            kinds=listing.kind_options(session),
            offered=first_offers.of_things(
                session, **key, kind="order", found=[order], member_id=None
            ).get(order_id),
            presets=skills.PRESETS,
            now=clock.now(),
        )


def _stewards(session: Session) -> list[Held]:
    """List who takes orders by duty at this place or below it, each person once (K9)."""
    found = duties.list_in(
        session, ledger_id=desk.ledger_id(), node=desk.here().node, limit=STEWARDS_MAX
    )
    by_member = {
        each.member.id: each
        for each in reversed(found)
        if TAKES_ORDERS in each.kind.acts or each.duty.is_paid
    }
    return list(reversed(by_member.values()))
