"""Co-organising units (联合单位) of a place: listed, and added before they are ticked in a plan."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import terms, tree, units
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_lists import UnitIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("units", __name__, url_prefix="/<place>/units")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the units at or below the place, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def add() -> ResponseReturnValue:
    """Add a unit; one of that name is there already, and stays one."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        terms.require_offered(session, node, terms.UNIT_KIND, asked["kind"])
        units.add(session, node=node, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=UnitIn,
        ledger_id=HOUSE,
        said=_("加好了，新建活动时可以勾上。"),
        to=url_for("staff.units.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    with reading() as session:
        found = units.list_in(session, desk.here().node)
        node = desk.here().node
        return forms.page(
            "units.html",
            problem,
            found=found,
            nodes=tree.get_many(session, {each.node_id for each in found}),
            kinds=[(w.code, w.name) for w in terms.offered(session, node, terms.UNIT_KIND)],
            classes=[(w.code, w.name) for w in terms.offered(session, node, terms.PARTNER_CLASS)],
            kind_names=terms.names(session, node, terms.UNIT_KIND),
            class_names=terms.names(session, node, terms.PARTNER_CLASS),
        )
