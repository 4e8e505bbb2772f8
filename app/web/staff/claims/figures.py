"""Figures of what was claimed and wished for, by place; each as a file too (T5, C22, C31)."""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import reading, unit_of_work
from app.community import tree
from app.community.models import Node
from app.reports import claim_tables, exports, table_files
from app.reports.table_files import Table
from app.service_orders import claim_listings, wish_listings
from app.service_orders.wish_listings import FULFILLED
from app.web.downloads import attached
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import TableIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("claim_figures", __name__, url_prefix="/<place>/claims/figures")
Counts = dict[int, Counter[str]]


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show wishes and claims of the place, by the places right below it."""
    return _show()


@bp.post("/file")
@allow(SIGNED_IN)
def take() -> ResponseReturnValue:
    """Take a table away as a file; that it was taken is written down (D45)."""
    try:
        asked = dict(TableIn().load(forms.typed(TableIn())))
    except ValidationError as error:
        return _show(forms.problem(error))

    def work(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        file = io.BytesIO()
        export = table_files.write(
            session,
            ledger_id=desk.ledger_id(),
            node=node,
            table=TABLES[asked["table"]](session, ledger_id=desk.ledger_id(), node=node),
            file=file,
            file_kind=asked["kind"],
            ordered=exports.ordered_by(session, ledger_id=desk.ledger_id(), actor=actor()),
        )
        name = f"{asked['table']}-{export.verification_code}"
        return attached(file.getvalue(), name, asked["kind"])

    try:
        return unit_of_work(work)
    except DomainError as error:
        return _show(forms.problem(error))


def by_child(session: Session, node: Node, counts: Counts) -> list[tuple[Node, Counter[str]]]:
    """Add counts up to the places right below; what is of none of them stays at the node."""
    nodes = tree.get_many(session, counts)
    children = tree.children(session, node)
    sums: dict[int, Counter[str]] = {}
    for node_id, found in counts.items():
        above = next((each for each in children if tree.contains(each, nodes[node_id])), node)
        sums.setdefault(above.id, Counter()).update(found)
    return [(each, sums[each.id]) for each in [node, *children] if each.id in sums]


TABLES: dict[str, Callable[..., Table]] = {
    "claims": claim_tables.claims,
    "wishes": claim_tables.wishes,
    "campaigns": claim_tables.campaigns_of,
}


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("claims")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        node = desk.here().node
        wished = wish_listings.counts_by_node(session, **key)
        claimed = claim_listings.counts_by_node(session, **key)
        return forms.page(
            "claims/figures.html",
            problem,
            wishes=by_child(session, node, wished),
            claims=by_child(session, node, claimed),
            wished=sum(wished.values(), Counter[str]()),
            claimed=sum(claimed.values(), Counter[str]()),
            fulfilled=FULFILLED,
            said=_("%(place)s和下面的地方", place=node.short_name),
        )
