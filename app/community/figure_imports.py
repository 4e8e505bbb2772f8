"""Import of figures from xlsx or CSV: once for each place, kind, day, span and source.

A row that says something else of what is known already is left out and named: figures
are never overwritten. A kind keeps its name and its unit for every place, so a new one is
named by a city, by what is above it, or where nothing is above.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.csv_rows import BadRow, Row, Rows
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.community import figures, tree
from app.community.figure_words import QUALIFIERS
from app.community.figures import NAME_MAX, UNIT_MAX, NewFigure
from app.community.models import Node

REQUIRED = ("node_code", "kind_code", "name", "value", "unit", "as_of_on", "source")
OPTIONAL = ("qualifier", "span", PROBLEM)
LABELS = {
    "地方编码": "node_code",
    "指标编码": "kind_code",
    "指标": "name",
    "数": "value",
    "约数词": "qualifier",
    "单位": "unit",
    "时间范围": "span",
    "截至": "as_of_on",
    "来源": "source",
    PROBLEM_LABEL: PROBLEM,
}
NAMING = ("province", "city")
"""Kinds of places that may bring a new kind of figure."""
KIND_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
LENGTHS = {"name": NAME_MAX, "unit": UNIT_MAX, "source": 120}
SPAN_MAX = 40

Problem = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file brought: `bad` names every row that was left out."""

    new: int
    unchanged: int
    bad: tuple[BadRow, ...]


def open_figures(file: BinaryIO) -> Rows:
    """Open a file of figures and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


def import_figures(
    session: Session,
    file: BinaryIO,
    *,
    within: Sequence[Node],
    named_by: Sequence[Node] | None = None,
    actor: Actor,
) -> Imported:
    """Enter the figures of a file.

    Args:
        within: Places in whose charge the operator is; other places are unknown to them.
        named_by: Places in whose name new kinds come, the same unless told otherwise.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nothing was entered.
    """
    rows = list(open_figures(file))
    codes = {row.values.get("node_code", "") for row in rows}
    places = {
        code: node
        for code, node in tree.by_codes(session, codes).items()
        if any(tree.contains(each, node) for each in within)
    }
    read = [(row, _read(row, places)) for row in rows]
    drafts = [(row, each) for row, each in read if isinstance(each, NewFigure)]
    bad = [BadRow(row.line_no, *each) for row, each in read if isinstance(each, tuple)]
    good, wrong, unchanged = _compared(
        session, drafts, may_name_kinds=any(map(may_name, named_by or within))
    )
    new = figures.enter(session, figures=good, actor=actor)
    return Imported(new, unchanged + len(good) - new, tuple(bad + wrong))


def may_name(node: Node) -> bool:
    """Whether a new kind may be named, and an old one renamed, at a place: they are everybody's."""
    return node.parent_id is None or node.kind_code in NAMING


def _compared(
    session: Session, drafts: Sequence[tuple[Row, NewFigure]], *, may_name_kinds: bool
) -> tuple[list[NewFigure], list[BadRow], int]:
    """Tell what is new from what is known, and from what contradicts it."""
    kinds = {
        code: (kind.name, kind.unit)
        for code, kind in figures.kinds_of(session, {d.kind_code for _, d in drafts}).items()
    }
    stated = {
        key: (each.value, each.qualifier)
        for key, each in figures.known(session, [draft for _, draft in drafts]).items()
    }
    good, bad, unchanged = [], [], 0
    for row, draft in drafts:
        if not may_name_kinds and draft.kind_code not in kinds:
            told = f"a new kind {draft.kind_code!r} is named by a city"
            bad.append(BadRow(row.line_no, "new_kind", told, "kind_code"))
            continue
        key, says = figures.key_of(draft), (draft.value, draft.qualifier)
        kind = kinds.setdefault(draft.kind_code, (draft.name, draft.unit))
        if kind != (draft.name, draft.unit):
            told = f"{draft.kind_code} is {kind[0]!r} in {kind[1]!r} already"
            bad.append(BadRow(row.line_no, "kind_differs", told, "kind_code"))
        elif key not in stated:
            stated[key] = says
            good.append(draft)
        elif stated[key] == says:
            unchanged += 1
        else:
            told = "another number of this place, kind, day, span and source is known"
            bad.append(BadRow(row.line_no, "figure_differs", told, "value"))
    return good, bad, unchanged


def _read(row: Row, places: dict[str, Node]) -> NewFigure | Problem:
    if row.problem is not None:
        return row.reason, row.problem, None
    values = row.values
    node = places.get(values["node_code"])
    if node is None:
        return "unknown_place", f"no place {values['node_code']!r}", "node_code"
    problem = _shape(values)
    if problem:
        return problem
    value, as_of_on = figures.read_value(values["value"]), _day(values["as_of_on"])
    if value is None:
        return "bad_number", f"{values['value']!r} is no number", "value"
    if as_of_on is None:
        return "bad_day", f"{values['as_of_on']!r} is no day", "as_of_on"
    return NewFigure(
        node_id=node.id,
        kind_code=values["kind_code"],
        name=values["name"],
        unit=values["unit"],
        value=value,
        qualifier=values.get("qualifier", ""),
        span=values.get("span", ""),
        as_of_on=as_of_on,
        source=values["source"],
    )


def _shape(values: dict[str, str]) -> Problem | None:
    if not KIND_CODE.fullmatch(values["kind_code"]):
        return "bad_code", "a kind's code has small letters, digits and _", "kind_code"
    for name, length_max in LENGTHS.items():
        if not 1 <= len(values[name]) <= length_max:
            return "text", f"{name} is empty or too long", name
    if values.get("qualifier", "") not in QUALIFIERS:
        return "unknown_qualifier", "the qualifier is 余, 多, 以上, 近 or empty", "qualifier"
    if len(values.get("span", "")) > SPAN_MAX:
        return "text", "span is too long", "span"
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
