"""Rows of a list of orders: what a file must hold, and whether a row is right by itself."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from app.base import clock
from app.base.csv_rows import BadRow, Row, Rows
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.community.models import Node
from app.service_orders.filing import TEXT_MAX, TITLE_MAX
from app.service_orders.models import OrderCategory

REQUIRED = ("external_id", "node_code", "category", "title")
OPTIONAL = ("text", "status", "filed_on", PROBLEM)
LABELS = {
    "外部编号": "external_id",
    "网格编码": "node_code",
    "社区编码": "node_code",
    "类别": "category",
    "事项": "title",
    "说明": "text",
    "状态": "status",
    "提出日期": "filed_on",
    PROBLEM_LABEL: PROBLEM,
}
STATES = {
    "": "open",
    "open": "open",
    "待办": "open",
    "待派": "open",
    "办理中": "open",
    "finished": "finished",
    "办结": "finished",
    "已办结": "finished",
    "withdrawn": "withdrawn",
    "撤回": "withdrawn",
    "已撤回": "withdrawn",
}
EXTERNAL_ID_MAX = 64


@dataclass(slots=True)
class Draft:
    """A row that is right by itself; its place and kind are found later."""

    row: Row
    external_id: str
    title: str
    text: str
    state: str
    filed_on: date | None
    node: Node | None = None
    kind: OrderCategory | None = None

    @property
    def node_code(self) -> str:
        """The code of the grid or community."""
        return self.row.values["node_code"].strip()


def open_orders(file: BinaryIO) -> Rows:
    """Open a file of orders and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


def draft_of(row: Row) -> Draft | BadRow:
    """Check a row by itself; return what is wrong with it, or what it says."""
    if row.problem is not None:
        return BadRow(row.line_no, row.reason, row.problem)
    values = {name: value.strip() for name, value in row.values.items()}
    for name, length_max in (("external_id", EXTERNAL_ID_MAX), ("title", TITLE_MAX)):
        if not 1 <= len(values[name]) <= length_max:
            return bad(row, "empty" if not values[name] else "too_long", name)
    if len(values.get("text", "")) > TEXT_MAX:
        return bad(row, "too_long", "text")
    state = STATES.get(values.get("status", "").lower())
    if state is None:
        return bad(row, "unknown_status", "status")
    try:
        filed_on = date.fromisoformat(values["filed_on"]) if values.get("filed_on") else None
    except ValueError:
        return bad(row, "bad_date", "filed_on")
    if filed_on is not None and (filed_on > clock.today() or filed_on.year < 1900):
        return bad(row, "bad_date", "filed_on")
    return Draft(
        row, values["external_id"], values["title"], values.get("text", ""), state, filed_on
    )


def bad(row: Row, reason: str, name: str) -> BadRow:
    """Return a row that is left out, with the column to blame."""
    return BadRow(row.line_no, reason, f"{reason}: {name}", name)
