"""Activities held with units (联合单位): the whole, each unit's part, its own list (C9)."""

from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import funnel
from app.activities.funnel import Cohort
from app.activities.models import Activity
from app.base import clock
from app.base.transactions import reading
from app.community import terms, tree, units
from app.community.models import Node
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_lists import OrganisersIn
from app.web.staff import desk, forms, menu

bp = Blueprint("organisers", __name__, url_prefix="/<place>/organisers")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Count what was held here, by unit; `unit` lists that unit's own subset."""
    menu.at("activities")
    asked, problem = forms.asked(OrganisersIn)
    begins_on, ends_on, unit_id = asked["begins_on"], asked["ends_on"], asked["unit_id"]
    cohort = Cohort(
        begins_at=clock.day_bounds(begins_on)[0] if begins_on else None,
        ends_at=clock.day_bounds(ends_on)[1] if ends_on else None,
    )
    node, ledger_id = desk.here().node, desk.ledger_id()
    page = {name: int(asked[name]) for name in ("limit", "offset")}
    with reading() as session:
        counts = funnel.count_by_unit(session, ledger_id=ledger_id, node=node, cohort=cohort)
        whole = funnel.count(session, ledger_id=ledger_id, node=node, cohort=cohort)
        found = units.get_many(session, counts)
        return forms.page(
            "organisers.html",
            problem,
            rows=[(found[each], count) for each, count in counts.items()],
            together=sum(counts.values()),
            whole=whole,
            kind_names=terms.names(session, node, terms.UNIT_KIND),
            chosen=found.get(unit_id),
            own=_own(session, ledger_id, node, replace(cohort, unit_id=unit_id), page),
            page=page,
            span={
                **({"from": begins_on.isoformat()} if begins_on else {}),
                **({"to": ends_on.isoformat()} if ends_on else {}),
            },
        )


def _own(
    session: Session, ledger_id: int, node: Node, cohort: Cohort, page: dict[str, int]
) -> list[tuple[Activity, Node]]:
    """Return the activities that a unit held with others, each with its place."""
    if cohort.unit_id is None:
        return []
    found = funnel.list_held(session, ledger_id=ledger_id, node=node, cohort=cohort, **page)
    nodes = tree.get_many(session, {each.node_id for each in found})
    return [(each, nodes[each.node_id]) for each in found]
