"""How a place takes orders: the kinds of a book, and the workflow of a place (T8, T11)."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.community import tree
from app.points import programmes
from app.service_orders import categories, templates
from app.service_orders.categories import Kind
from app.service_orders.templates import Step
from app.web import orders
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.orders import ChoiceIn, KindIn, KindOut, TemplateIn, TemplateOut
from app.web.session import actor

ADMINISTRATORS = ("administrator",)
bp = Blueprint("order_settings", __name__, description="How a place takes orders")


@bp.put("/books/<book>/order-categories/<code>")
@allow(SIGNED_IN)
@bp.arguments(KindIn)
@bp.response(200, KindOut)
def put_kind(asked: dict[str, Any], book: str, code: str) -> ResponseReturnValue:
    """Add or change a kind of order; by whoever works where the programme hangs."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, WORKERS)
        return categories.put(session, ledger_id=ledger_id, kind=Kind(code=code, **asked))

    return act(verb, ledger_id=ledger_id, status=200, dump=KindOut().dump)


@bp.get("/order-templates")
@allow(SIGNED_IN)
@bp.response(200, items_of(TemplateOut))
def list_templates() -> dict[str, Any]:
    """List every workflow in its newest version."""
    with reading() as session:
        return {"items": [orders.template_row(each) for each in templates.list_latest(session)]}


@bp.post("/order-templates")
@allow(SIGNED_IN)
@bp.arguments(TemplateIn)
@bp.response(201, TemplateOut)
def add_template(asked: dict[str, Any]) -> ResponseReturnValue:
    """Add a workflow under a new code; one that places use already is never changed."""
    steps = [Step(**each) for each in asked.pop("steps")]

    def verb(session: Session, _fact: None) -> Any:
        standing.require_holder(session, ADMINISTRATORS)
        if asked["code"] in {each.code for each in templates.list_latest(session)}:
            raise ValidationFailed("this code is taken", field="code", reason="taken")
        made = templates.add_version(session, steps=steps, actor=actor(), **asked)
        return TemplateOut().dump(orders.template_row(made))

    return act(verb)


@bp.get("/nodes/<node_code>/order-workflow")
@allow(SIGNED_IN)
@bp.response(200, TemplateOut)
def show_choice(node_code: str) -> Any:
    """Show the workflow in use at a place: its own choice, or that of the places above it."""
    with reading() as session:
        return orders.template_at(session, tree.by_code(session, node_code))


@bp.put("/nodes/<node_code>/order-workflow")
@allow(SIGNED_IN)
@bp.arguments(ChoiceIn)
@bp.response(200, TemplateOut)
def choose(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Let a place use a workflow from now on; orders under way keep theirs."""

    def verb(session: Session, _fact: None) -> Any:
        node = standing.place(session, node_code, WORKERS)
        if asked["template_code"] is None:
            templates.follow_above(session, node=node)
        else:
            templates.choose(session, node=node, code=asked["template_code"], actor=actor())
        return TemplateOut().dump(orders.template_at(session, node))

    return act(verb, status=200)
