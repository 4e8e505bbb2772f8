"""The orders of a place as a file: 居民问题清单, one line an order, open ones first (T25, T11).

It carries the number in the other system, the grid's code and the status, under the names
by which a list comes in. It names nobody: neither who asked nor who did it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.reports.file_contents import Content
from app.reports.sheets import Cell
from app.service_orders import categories, listings, standing
from app.service_orders.listings import Wanted
from app.service_orders.models import Order

KIND = "orders"
TITLE = "居民问题清单"
HEADINGS = (
    "单号",
    "外部编号",
    "网格编码",
    "地方",
    "类别",
    "事项",
    "状态",
    "到哪一步",
    "提出日期",
    "期限",
    "办结时间",
    "评星",
    "督办",
    "重开次数",
)
STATES = {"open": "办理中", "finished": "已办结", "withdrawn": "已撤回"}
ONLY = {
    "overdue": "督办",
    "unassigned": "待派",
    "hard": "难题",
    "rated": "评过的",
    "good": "满意的",
    "here": "本身",
}
MEANING_WORDS = {
    "filed": "提出",
    "assigned": "派单",
    "accepted": "接单",
    "deliberated": "议事",
    "worked": "办理",
    "finished": "办结",
    "rated": "评单",
}
ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which orders of a place and below it, filed on which days, both included."""

    ledger_id: int
    node: Node
    state: str | None = None
    category_code: str | None = None
    only_overdue: bool = False
    meaning: str | None = None
    only: tuple[str, ...] = ()
    begins_on: date | None = None
    ends_on: date | None = None

    def asked(self) -> dict[str, Any]:
        """Return the choice as plain values, from which `choice_of` makes it again."""
        return {
            "state": self.state,
            "category_code": self.category_code,
            "only_overdue": self.only_overdue,
            "meaning": self.meaning,
            "only": list(self.only),
            "begins_on": self.begins_on.isoformat() if self.begins_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }

    def words(self) -> dict[str, str]:
        """Return the choice in words, as it is printed and kept."""
        return {
            "范围": f"{self.node.code} {self.node.name}",
            "起": self.begins_on.isoformat() if self.begins_on else "全部",
            "止": self.ends_on.isoformat() if self.ends_on else "全部",
            "类别": self.category_code or "全部",
            "状态": "督办" if self.only_overdue else STATES.get(self.state or "", "全部"),
            "到哪一步": MEANING_WORDS.get(self.meaning or "", "全部"),
            "只看": "、".join(ONLY[each] for each in self.only) or "全部",
        }

    def wanted(self) -> Wanted:
        """Return what the list of orders is asked for."""
        flags: dict[str, Any] = {f"only_{each}": True for each in self.only}
        if self.only_overdue:
            flags["only_overdue"] = True
        return Wanted(
            state=self.state,
            meaning=self.meaning,
            category_code=self.category_code,
            begins_at=clock.day_bounds(self.begins_on)[0] if self.begins_on else None,
            ends_at=clock.day_bounds(self.ends_on)[1] if self.ends_on else None,
            **flags,
        )


def choice_of(ledger_id: int, node: Node, asked: dict[str, Any]) -> Choice:
    """Return the choice that `Choice.asked` wrote down, at its place."""
    days = {name: asked[name] for name in ("begins_on", "ends_on")}
    return Choice(
        ledger_id=ledger_id,
        node=node,
        state=asked["state"],
        category_code=asked["category_code"],
        only_overdue=asked["only_overdue"],
        meaning=asked.get("meaning"),
        only=tuple(asked.get("only", ())),
        **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
    )


def content(session: Session, choice: Choice) -> Content:
    """Prepare the list; its lines are read while the file is written."""
    found = count(session, choice)
    return Content(
        kind=KIND,
        title=TITLE,
        node_id=choice.node.id,
        words=choice.words(),
        asked=choice.asked(),
        headings=HEADINGS,
        lines=_lines(session, choice),
        row_count=found["orders"],
        said=found,
    )


def count(session: Session, choice: Choice) -> dict[str, int]:
    """Return what the list says on the whole: how many orders, how many of them done."""
    named: dict[str, Any] = {"ledger_id": choice.ledger_id, "node": choice.node}
    every = choice.wanted()
    orders = listings.count_in(session, **named, wanted=every)
    if choice.state is not None:
        return {"orders": orders, "finished": orders if choice.state == "finished" else 0}
    finished = Choice(**{**vars(choice), "state": "finished"}).wanted()
    return {"orders": orders, "finished": listings.count_in(session, **named, wanted=finished)}


def _lines(session: Session, choice: Choice) -> Iterator[list[Cell]]:
    kinds = {
        each.code: each.name
        for each in categories.list_of(session, ledger_id=choice.ledger_id, only_open=False)
    }
    for start in range(0, 1 << 31, ROWS_AT_ONCE):
        found = listings.list_in(
            session,
            ledger_id=choice.ledger_id,
            node=choice.node,
            wanted=choice.wanted(),
            limit=ROWS_AT_ONCE,
            offset=start,
        )
        nodes = tree.get_many(session, {each.node_id for each in found})
        for order in found:
            yield _line(session, order, nodes[order.node_id], kinds[order.category_code])
        if len(found) < ROWS_AT_ONCE:
            return


def _line(session: Session, order: Order, node: Node, kind: str) -> list[Cell]:
    return [
        order.number,
        order.external_id or "",
        node.code,
        node.short_name,
        kind,
        order.title,
        STATES[order.state],
        standing.step_now(session, order).name,
        clock.local_date(order.filed_at).isoformat(),
        _moment(order.due_at),
        _moment(order.finished_at),
        order.stars,
        "是" if order.state == "open" and order.escalated_at else "",
        order.reopened_count,
    ]


def _moment(at: datetime | None) -> str:
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""
