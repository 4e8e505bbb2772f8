"""How a place takes orders: the kinds of its book, the names of its steps (T11, T12)."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import roles
from app.points import activity_types, programmes
from app.service_orders import categories, templates
from app.service_orders.categories import Kind
from app.web import orders
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import ChoicePageIn, KindPageIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("order_kinds", __name__, url_prefix="/<place>/order-kinds")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the kinds, the workflow in use, and the forms."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def put() -> ResponseReturnValue:
    """Add a kind of order to the book, or change it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_programme(session, desk.WORKERS)
        categories.put(session, ledger_id=desk.ledger_id(), kind=Kind(**asked))

    return _answer(verb, _("类别记下了。"), KindPageIn)


@bp.post("/workflow")
@allow(SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Let this place use a workflow from now on; orders under way keep theirs."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        if asked["template_code"] is None:
            templates.follow_above(session, node=node)
        else:
            templates.choose(session, node=node, code=asked["template_code"], actor=actor())

    return _answer(verb, _("以后的新单用这套叫法，正在办的不变。"), ChoicePageIn)


def _answer(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.order_kinds.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("orders")
    node = desk.here().node
    with reading() as session:
        programme = programmes.of_ledger(session, desk.ledger_id())
        top = tree.get(session, programme.node_id)
        points = activity_types.list_offered(session, programme)
        return forms.page(
            "orders/kinds.html",
            problem,
            kinds=categories.list_of(session, ledger_id=desk.ledger_id(), only_open=False),
            points_names={each.code: each.name for each in points},
            points_options=[
                (each.code, each.name) for each in activity_types.list_each_own(session, programme)
            ],
            workflow=orders.template_at(session, node),
            own_choice=templates.choice_of(session, node),
            workflows=[(each.code, each.name) for each in templates.list_latest(session)],
            top=top,
            may_put=roles.has(session, person_id=desk.me(), roles=desk.WORKERS, node=top),
        )
