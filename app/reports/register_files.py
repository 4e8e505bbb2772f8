"""One of the four lists as a file: its rows with owner unit, community, state and end day (T4)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.community import tree, units
from app.community.models import Node
from app.reports.file_contents import Content
from app.reports.sheets import Cell
from app.service_orders import register_listings
from app.service_orders.models import RegisterEntry

TITLES = {
    "need": "需求清单",
    "project": "共建项目清单",
    "resource": "资源清单",
    "post": "在职党员岗位清单",
}
"""The lists by the names under which they are known."""

STATES = {"open": "待对接", "matched": "已对接", "done": "已完成", "withdrawn": "已撤回"}
HEADINGS = ("编号", "名称", "说明", "责任单位", "社区", "状态", "期限", "对接")


def content(session: Session, *, ledger_id: int, node: Node, list_code: str) -> Content:
    """Prepare a list of a place and all below it, withdrawn rows included."""
    found = register_listings.list_in(
        session, ledger_id=ledger_id, node=node, list_code=list_code, limit=None
    )
    return Content(
        kind=f"list_{list_code}",
        title=TITLES[list_code],
        node_id=node.id,
        words={"清单": TITLES[list_code], "地方": node.short_name},
        asked={"list_code": list_code},
        headings=HEADINGS,
        lines=_lines(session, ledger_id, found),
        row_count=len(found),
        said={"rows": len(found)},
    )


def _lines(session: Session, ledger_id: int, found: list[RegisterEntry]) -> Iterator[list[Cell]]:
    owners = units.get_many(session, {each.unit_id for each in found if each.unit_id})
    nodes = tree.get_many(session, {each.node_id for each in found})
    ids = [each.id for each in found]
    beside = register_listings.links_of(session, ledger_id=ledger_id, entry_ids=ids)
    for each in found:
        owner: Any = owners.get(each.unit_id or 0)
        yield [
            each.number,
            each.title,
            each.text,
            owner.name if owner else "",
            nodes[each.node_id].short_name,
            STATES[each.state],
            each.due_on.isoformat() if each.due_on else "",
            "、".join(one.number for one in beside.get(each.id, [])),
        ]
