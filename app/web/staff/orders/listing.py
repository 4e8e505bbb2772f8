"""The orders of a place: filtered, entered for who came to the counter, taken out as a file."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.people.team_cards import list_parts
from app.reports.export_jobs import Order as FileOrder
from app.reports.models import ExportJob
from app.reports.order_files import KIND, Choice
from app.service_orders import call_listings, categories, figures, filing, listings
from app.service_orders.figures import Cut
from app.service_orders.filing import Request
from app.service_orders.listings import Wanted
from app.service_orders.models import MEANINGS
from app.web import orders
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import EnterPageIn, OrderFileIn, OrderListIn
from app.web.session import actor
from app.web.staff import desk, exports, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _, _l

bp = Blueprint("orders", __name__, url_prefix="/<place>/orders")
STATES = (
    ("open", _l("办理中")),
    ("finished", _l("已办结")),
    ("withdrawn", _l("已撤回")),
)
ONLY = (
    ("overdue", _l("督办")),
    ("unassigned", _l("待派")),
    ("rated", _l("评过的")),
    ("good", _l("满意的")),
)
MEANING_WORDS = {
    "filed": _l("提出"),
    "assigned": _l("派单"),
    "accepted": _l("接单"),
    "deliberated": _l("议事"),
    "worked": _l("办理"),
    "finished": _l("办结"),
    "rated": _l("评单"),
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the orders that the filter asks for, what is open first, most urgent first."""
    return _show()


@bp.get("/new")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Show the form for somebody at the counter or on the telephone."""
    desk.require(*desk.WORKERS)
    return _new()


@bp.post("/new")
@allow(SIGNED_IN)
def enter() -> ResponseReturnValue:
    """Enter what somebody asked for."""

    def verb(session: Session, asked: dict[str, Any]) -> str:
        desk.require_here(session, desk.WORKERS)
        node = desk.require_at(
            session, tree.by_code(session, asked.pop("node_code")).id, desk.WORKERS
        )
        number = asked.pop("volunteer_no")
        whose = numbered(session, number) if number else None
        wanted = Request(requester_id=whose.id if whose else None, **asked)
        made = filing.file(
            session, ledger_id=desk.ledger_id(), node=node, request=wanted, actor=actor()
        )
        return str(made.id)

    return forms.answer(
        verb,
        schema=EnterPageIn,
        show=lambda made: made,
        said=_("登记好了，现在派给谁？"),
        to=lambda made: url_for("staff.order.show", order_id=made),
        again=_new,
    )


@bp.post("/file")
@allow(SIGNED_IN)
def order_file() -> ResponseReturnValue:
    """Order the list of the address as a file (居民问题清单)."""
    asked, problem = forms.asked(OrderListIn)
    if problem:
        return _show(problem)

    def verb(session: Session, chosen: dict[str, Any]) -> ExportJob:
        desk.require_here(session, desk.READERS)
        choice = Choice(
            ledger_id=desk.ledger_id(),
            node=_part(session, asked),
            state=asked.get("state"),
            category_code=asked.get("category_code"),
            meaning=asked.get("meaning"),
            only=only_of(asked),
            begins_on=asked.get("begins_on"),
            ends_on=asked.get("ends_on"),
        )
        wanted = FileOrder(KIND, chosen["kind"], choice.node.id, choice.asked())
        return exports.order(session, wanted)

    return exports.ordered(verb, OrderFileIn, _show)


def wanted_of(asked: dict[str, Any]) -> Wanted:
    """Return what the list is asked for by a filter."""
    begins_on, ends_on = asked.get("begins_on"), asked.get("ends_on")
    flags: dict[str, Any] = {f"only_{each}": True for each in only_of(asked)}
    return Wanted(
        state=asked.get("state"),
        meaning=asked.get("meaning"),
        category_code=asked.get("category_code"),
        without_withdrawn=asked.get("state") != "withdrawn",
        begins_at=clock.day_bounds(begins_on)[0] if begins_on else None,
        ends_at=clock.day_bounds(ends_on)[1] if ends_on else None,
        **flags,
    )


def only_of(asked: dict[str, Any]) -> tuple[str, ...]:
    """Return what a filter narrows the list to, each once."""
    wanted = {
        asked.get("narrowed"),
        "hard" if asked.get("is_hard") else None,
        "here" if asked.get("is_here") else None,
    }
    return tuple(sorted(each for each in wanted if each))


def kind_options(session: Session, *, only_open: bool = True) -> list[tuple[str, str]]:
    """Return the kinds of orders as a form offers them."""
    found = categories.list_of(session, ledger_id=desk.ledger_id(), only_open=only_open)
    return [(each.code, each.name) for each in found]


def place_options(session: Session) -> list[tuple[str, str]]:
    """Return this place and its parts as a form offers them."""
    node = desk.here().node
    parts = list_parts(session, node)
    return [(each.code, each.short_name) for each in (node, *parts) if each.closed_on is None]


def _part(session: Session, asked: dict[str, Any]) -> Node:
    """Return the place or the part of it that a filter names; raises as `require_at`."""
    if asked.get("node_code") is None:
        return desk.here().node
    part = tree.by_code(session, asked["node_code"])
    return desk.require_at(session, part.id, desk.READERS)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("orders")
    asked, wrong = forms.asked(OrderListIn)
    page = {name: asked.pop(name) for name in ("limit", "offset")}
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        node = _part(session, asked)
        wanted = wanted_of(asked)
        found = listings.list_in(session, **key, node=node, wanted=wanted, **page)
        return forms.page(
            "orders/list.html",
            problem or wrong,
            found=orders.shown(session, ledger_id=desk.ledger_id(), orders=found),
            total=listings.count_in(session, **key, node=node, wanted=wanted),
            whole=figures.total(session, Cut(**key, node=desk.here().node)),
            unanswered=call_listings.unanswered_count(session, **key, node=desk.here().node),
            asked=asked,
            page=page,
            kinds=kind_options(session, only_open=False),
            places=place_options(session),
            states=STATES,
            only=ONLY,
            meanings=[(code, MEANING_WORDS[code]) for code in MEANINGS],
            now=clock.now(),
        )


def _new(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("orders")
    with reading() as session:
        return forms.page(
            "orders/new.html",
            problem,
            kinds=kind_options(session),
            places=place_options(session),
        )
