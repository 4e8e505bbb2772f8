"""Reporting-in (双报到) at the desk: the residence's list and the units', hours once, entries.

报到, 队员 and 持卡 stand apart and are never added up. Whoever is entered at another place
is marked, and nothing is refused for it (A13).
"""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import tree, units
from app.community.models import Node
from app.people import enlistments, names, phones, roles
from app.people.enlistments import NewEnlistment
from app.people.team_cards import list_parts
from app.reports import enlistment_hours
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.registers import EnlistmentIn, UnitEnlistmentIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("enlistments", __name__, url_prefix="/<place>/enlistments")
SHOWN = 20


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the counts, the hours by residence and by unit, and the list of a residence or unit."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def enlist() -> ResponseReturnValue:
    """Enter one person who reports in."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = tree.by_code(session, asked["node_code"])
        desk.require_at(session, node.id, desk.WORKERS)
        phone, unit_id = asked["phone"], asked["unit_id"]
        if unit_id is not None:
            units.get(session, unit_id)
        new = NewEnlistment(
            external_id=asked["external_id"],
            name=names.normalise(asked["name"]),
            node_id=node.id,
            unit_id=unit_id,
            standing=asked["standing"],
            source=asked["source"],
            enlisted_on=clock.today(),
            phone_hash=phones.login_hash(phones.normalise(phone)) if phone else None,
        )
        enlistments.enlist(
            session, ledger_id=desk.ledger_id(), new=new, takes=_is_ours, actor=actor()
        )

    return forms.answer(
        verb,
        schema=EnlistmentIn,
        said=_("报到登记好了。"),
        to=url_for("staff.enlistments.show"),
        again=_show,
    )


@bp.post("/units")
@allow(SIGNED_IN)
def enlist_unit() -> ResponseReturnValue:
    """Enter that a unit reported in here."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = tree.by_code(session, asked["node_code"])
        desk.require_at(session, node.id, desk.WORKERS)
        unit = units.get(session, asked["unit_id"])
        enlistments.enlist_unit(
            session, ledger_id=desk.ledger_id(), unit=unit, node=node, actor=actor()
        )

    return forms.answer(
        verb,
        schema=UnitEnlistmentIn,
        said=_("单位报到登记好了。"),
        to=url_for("staff.enlistments.show"),
        again=_show,
    )


def _is_ours(session: Session, node: Node) -> bool:
    return roles.has(session, person_id=desk.me(), roles=desk.WORKERS, node=node)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    unit_id = request.args.get("unit", type=int)
    offset = min(max(request.args.get("offset", 0, type=int), 0), 1_000_000)
    page: dict[str, Any] = {"limit": SHOWN, "offset": offset}
    node, ledger_id = desk.here().node, desk.ledger_id()
    key: dict[str, Any] = {"ledger_id": ledger_id, "node": node}
    with reading() as session:
        unit = units.get(session, unit_id) if unit_id is not None else None
        is_own = unit is not None and roles.has(
            session, person_id=desk.me(), roles=desk.READERS, node=tree.get(session, unit.node_id)
        )
        if unit is None:
            found = enlistments.list_at_home(session, **key, **page)
        else:
            whole = {"ledger_id": ledger_id} if is_own else key
            found = enlistments.list_of_unit(session, **whole, unit=unit, **page)
        owners = units.get_many(session, {each.unit_id for each in found if each.unit_id})
        return forms.page(
            "registers/enlistments.html",
            problem,
            unit=unit,
            is_own=is_own,
            found=found,
            owners=owners,
            nodes=tree.get_many(session, {each.node_id for each in found}),
            away=enlistment_hours.elsewhere_among(
                session, ledger_id=ledger_id, enlistment_ids=[each.id for each in found]
            ),
            counts=enlistment_hours.populations(session, **key),
            served=enlistment_hours.of_place(session, **key),
            tags=enlistments.tags_in(session, **key),
            came=enlistments.list_units(session, **key),
            units_here=[(each.id, each.name) for each in units.list_near(session, node)],
            places=[(node.code, node.short_name)]
            + [(each.code, each.short_name) for each in list_parts(session, node)],
            offset=offset,
            limit=SHOWN,
        )
