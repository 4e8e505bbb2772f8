"""Orders from another system as xlsx or CSV: by its number, grid code and status (V15, T11).

A number that is known stays as it is when it says the same; what was open and is done or
taken back elsewhere is closed here too. Any other difference is named and left to people.
An unknown code is named with its line, and the good rows come in all the same; no list
brings a rating.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.csv_rows import BadRow, Rows
from app.base.errors import ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import audit
from app.points import programmes
from app.service_orders import categories, standing, templates
from app.service_orders.import_rows import Draft, bad, draft_of, open_orders
from app.service_orders.models import Order, OrderLog, OrderNote, Template
from app.service_orders.templates import Step

ROWS_MAX = 2_000
NOTE = "导入"
IN_CHUNKS_OF = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list brought: orders new, closed by it, known already, and rows left out."""

    new: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...]


@dataclass(slots=True)
class _Sorted:
    """Rows by what is to become of them."""

    fresh: list[Draft] = field(default_factory=list)
    closing: list[tuple[Order, Draft]] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)


def import_orders(
    session: Session,
    file: BinaryIO,
    *,
    ledger_id: int,
    within: Sequence[Node],
    actor: Actor,
) -> Imported:
    """Import the orders of a file; statements grow with places and batches, not with rows.

    Args:
        within: Places in whose charge the operator is; a code of elsewhere is unknown here.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nothing was imported.
        ValidationFailed: More than 2,000 rows.
    """
    found = _Sorted()
    drafts = _read(open_orders(file), found)
    drafts = _placed(session, ledger_id, drafts, within, found)
    _sort(session, ledger_id, drafts, found)
    _insert(session, ledger_id, found.fresh, actor)
    for order, draft in found.closing:
        _close(session, order, draft.state, actor)
    _note(session, ledger_id, found, actor)
    return Imported(
        new=len(found.fresh),
        changed=len(found.closing),
        unchanged=found.unchanged,
        bad=tuple(sorted(found.bad, key=lambda row: row.line_no)),
    )


def _read(rows: Rows, found: _Sorted) -> list[Draft]:
    drafts: list[Draft] = []
    seen: set[str] = set()
    for count, row in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise ValidationFailed(f"more than {ROWS_MAX} rows", field="file")
        read = draft_of(row)
        if isinstance(read, BadRow):
            found.bad.append(read)
        elif read.external_id in seen:
            found.bad.append(bad(row, "repeated", "external_id"))
        else:
            seen.add(read.external_id)
            drafts.append(read)
    return drafts


def _placed(
    session: Session,
    ledger_id: int,
    drafts: list[Draft],
    within: Sequence[Node],
    found: _Sorted,
) -> list[Draft]:
    """Find places and kinds; what is of neither is named."""
    nodes = {
        code: node
        for code, node in tree.by_codes(session, {each.node_code for each in drafts}).items()
        if any(tree.contains(own, node) for own in within) and _is_of(session, ledger_id, node)
    }
    every = categories.list_of(session, ledger_id=ledger_id, only_open=False)
    kinds = {each.name: each for each in every} | {each.code: each for each in every}
    placed = []
    for draft in drafts:
        draft.node = nodes.get(draft.node_code)
        draft.kind = kinds.get(draft.row.values["category"].strip())
        if draft.node is None:
            found.bad.append(bad(draft.row, "unknown_place", "node_code"))
        elif draft.kind is None:
            found.bad.append(bad(draft.row, "unknown_kind", "category"))
        else:
            placed.append(draft)
    return placed


def _is_of(session: Session, ledger_id: int, node: Node) -> bool:
    programme = programmes.find_of_node(session, node)
    return programme is not None and programme.ledger_id == ledger_id


def _sort(session: Session, ledger_id: int, drafts: list[Draft], found: _Sorted) -> None:
    known = _known(session, ledger_id, [each.external_id for each in drafts])
    for draft in drafts:
        order = known.get(draft.external_id)
        assert draft.node is not None
        assert draft.kind is not None
        if order is None and not draft.kind.is_open:
            found.bad.append(bad(draft.row, "unknown_kind", "category"))
        elif order is None:
            found.fresh.append(draft)
        elif not _is_same(order, draft):
            found.bad.append(bad(draft.row, "order_differs", "external_id"))
        elif order.state == draft.state:
            found.unchanged += 1
        elif draft.state == "finished" and standing.is_to_be_talked_over(session, order):
            found.bad.append(bad(draft.row, "steps_missing", "status"))
        elif order.state == "open":
            found.closing.append((order, draft))
        else:
            found.bad.append(bad(draft.row, "order_differs", "status"))


def _is_same(order: Order, draft: Draft) -> bool:
    """Whether a list says the same of a known order; its kind may have changed here (分类转办)."""
    return draft.node is not None and (order.node_id, order.title) == (draft.node.id, draft.title)


def _known(session: Session, ledger_id: int, external_ids: list[str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for start in range(0, len(external_ids), IN_CHUNKS_OF):
        query = sa.select(Order).where(
            Order.ledger_id == ledger_id,
            Order.external_id.in_(external_ids[start : start + IN_CHUNKS_OF]),
        )
        for order in session.scalars(query.with_for_update()):
            found[str(order.external_id)] = order
    return found


def _insert(session: Session, ledger_id: int, drafts: list[Draft], actor: Actor) -> None:
    if not drafts:
        return
    nodes = {each.node.id: each.node for each in drafts if each.node is not None}
    used = {node_id: templates.for_filing(session, node) for node_id, node in nodes.items()}
    numbers = _numbers(session, ledger_id, len(drafts))
    orders, lines = [], []
    for draft, number in zip(drafts, numbers, strict=True):
        assert draft.node is not None
        row = _row(ledger_id, draft, number, used[draft.node.id], actor)
        orders.append(row)
        lines += _lines(row, used[draft.node.id], actor)
    session.execute(sa.insert(Order), orders)
    session.execute(sa.insert(OrderLog), lines)
    notes = [standing.note_row(ledger_id, line["order_id"], line["seq"], NOTE) for line in lines]
    session.execute(sa.insert(OrderNote), notes)


def _numbers(session: Session, ledger_id: int, count: int) -> list[str]:
    day = clock.today().strftime("%Y%m%d")
    first = serials.take(session, ledger_id=ledger_id, name=f"order:{day}", count=count)
    book = books.get(session, ledger_id).code
    return [f"{book}-D{day}-{number:04d}" for number in range(first, first + count)]


def _row(
    ledger_id: int, draft: Draft, number: str, template: Template, actor: Actor
) -> dict[str, Any]:
    assert draft.node is not None
    assert draft.kind is not None
    order_id, now = new_id(), clock.now()
    filed_at = clock.local_instant(draft.filed_on) if draft.filed_on else now
    is_done = draft.state == "finished"
    return {
        "ledger_id": ledger_id,
        "id": order_id,
        "number": number,
        "external_id": draft.external_id,
        "node_id": draft.node.id,
        "node_path": draft.node.path,
        "category_code": draft.kind.code,
        "template_code": template.code,
        "template_version": template.version,
        "step_no": _finished_no(templates.steps_of(template)) if is_done else 1,
        "state": draft.state,
        "title": draft.title,
        "text_sealed": crypto.seal(draft.text, order_id),
        "requester_id": None,
        "filed_by_id": actor.person_id,
        "filed_at": filed_at,
        "due_at": filed_at + timedelta(hours=draft.kind.due_hours),
        "handler_kind": draft.kind.handler_kind,
        "finished_at": now if is_done else None,
        "reopened_count": 0,
        "version": 1 if draft.state == "open" else 2,
    }


def _lines(row: dict[str, Any], template: Template, actor: Actor) -> list[dict[str, Any]]:
    """Return the history of an imported order: that it was filed, and how it ended if it did."""
    steps = templates.steps_of(template)
    lines = [_line(row, 1, "step", steps[0], row["filed_at"], actor)]
    if row["state"] == "finished":
        last = steps[_finished_no(steps) - 1]
        lines.append(_line(row, 2, "step", last, row["finished_at"], actor))
    elif row["state"] == "withdrawn":
        lines.append(_line(row, 2, "withdrawn", None, clock.now(), actor))
    return lines


def _line(
    row: dict[str, Any],
    seq: int,
    act: str,
    step: Step | None,
    at: datetime,
    actor: Actor,
) -> dict[str, Any]:
    order_id: UUID = row["id"]
    return {
        "ledger_id": row["ledger_id"],
        "order_id": order_id,
        "seq": seq,
        "act": act,
        "step_code": step.code if step else None,
        "meaning": step.meaning if step else None,
        "actor_id": actor.person_id,
        "at": at,
    }


def _close(session: Session, order: Order, state: str, actor: Actor) -> None:
    """Close a known order that is over elsewhere; nobody's work is told, so nobody earns."""
    if state == "withdrawn":
        order.state = state
        standing.log(session, order, "withdrawn", NOTE, actor)
        return
    steps = standing.steps(session, order)
    number = _finished_no(steps)
    order.state, order.step_no, order.finished_at = state, number, clock.now()
    standing.log(session, order, "step", NOTE, actor, step=steps[number - 1])


def _note(session: Session, ledger_id: int, found: _Sorted, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="orders_imported",
        subject_kind="order",
        new_count=len(found.fresh),
        closed_count=len(found.closing),
        bad_count=len(found.bad),
    )


def _finished_no(steps: list[Step]) -> int:
    number = standing.step_number(steps, "finished")
    assert number is not None, "every template has a step that finishes"
    return number
