"""Placing a batch of imported rows in the tree, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import serials
from app.base.csv_rows import BadRow
from app.base.errors import ValidationFailed
from app.community.import_memory import Draft, ImportMemory
from app.community.models import Node
from app.community.names import short_name
from app.community.node_rows import ROOT_PATH, new_row
from app.community.tree import ID_SERIES

UPDATED = (
    "code",
    "name",
    "short_name",
    "kind_code",
    "household_count",
    "resident_count",
    "external_id",
)
IN_NEW_FILE = "?/"
"""Path of a place that a dry run would have made."""


@dataclass
class Placed:
    """What became of a batch: counts, codes that now exist, rows that wait, bad rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    codes: list[str] = field(default_factory=list)
    waiting: list[Draft] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def place(
    session: Session, drafts: Sequence[Draft], *, memory: ImportMemory, is_dry_run: bool
) -> Placed:
    """Insert what is new, update what changed; rows whose parent is not there yet wait.

    Reads `memory` and does not write to it, since the transaction may run again.
    """
    first_id = 1
    if not is_dry_run:
        # Held to the end of the transaction: whoever else adds places takes turns with us.
        first_id = serials.lock(session, ledger_id=serials.HOUSE, name=ID_SERIES)
    batch = _Batch(session, first_id, is_dry_run)
    batch.look_up(drafts, memory)
    pending = list(drafts)
    while pending:
        waiting = [draft for draft in pending if not batch.settle(draft)]
        if len(waiting) == len(pending):
            break
        pending = waiting
    batch.result.waiting = pending
    batch.write()
    return batch.result


class _Batch:
    """One batch: the places it touches, by code and by external id, and what it will write."""

    def __init__(self, session: Session, first_id: int, is_dry_run: bool) -> None:
        self.session = session
        self.next_id = self.first_id = first_id
        self.is_dry_run = is_dry_run
        self.by_code: dict[str, dict[str, Any]] = {}
        self.by_external: dict[str, dict[str, Any]] = {}
        self.inserts: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.result = Placed()

    def look_up(self, drafts: Sequence[Draft], memory: ImportMemory) -> None:
        """Read every place that the batch names, in one statement."""
        codes = {draft.code for draft in drafts} | {draft.parent_code for draft in drafts}
        externals = {draft.external_id for draft in drafts if draft.external_id}
        known = sa.or_(Node.code.in_(codes), Node.external_id.in_(externals))
        for row in self.session.execute(sa.select(Node.__table__).where(known)).mappings():
            self._know(dict(row))
        if self.is_dry_run:
            for code in memory.placed_among(codes) - self.by_code.keys():
                self.by_code[code] = {"id": None, "path": IN_NEW_FILE}

    def settle(self, draft: Draft) -> bool:
        """Decide on one row; False if its parent is not there yet."""
        found = self._found(draft)
        parent = self.by_code.get(draft.parent_code) if draft.parent_code else None
        if found is None and draft.parent_code and parent is None:
            return False
        try:
            if found is None:
                self._insert(draft, parent["path"] if parent else ROOT_PATH)
            else:
                self._update(draft, found, parent)
        except ValidationFailed as refusal:
            self._refuse(draft, str(refusal.facts.get("reason", "bad_row")), str(refusal))
        else:
            self.result.codes.append(draft.code)
        return True

    def write(self) -> None:
        """Write the batch: one insert, one update, one serial."""
        self.result.new = len(self.inserts)
        self.result.changed = len(self.updates)
        if self.is_dry_run:
            return
        if self.updates:
            # First: an update may free the code that an insert takes.
            self.session.execute(_update_by_id(), self.updates)
        if self.inserts:
            taken = serials.take(
                self.session, ledger_id=serials.HOUSE, name=ID_SERIES, count=len(self.inserts)
            )
            assert taken == self.first_id, "the series is locked by this transaction"
            self.session.execute(sa.insert(Node.__table__), self.inserts)  # type: ignore[arg-type]

    def _found(self, draft: Draft) -> dict[str, Any] | None:
        known = self.by_external.get(draft.external_id) if draft.external_id else None
        return known or self.by_code.get(draft.code)

    def _know(self, row: dict[str, Any]) -> None:
        self.by_code[row["code"]] = row
        if row.get("external_id"):
            self.by_external[row["external_id"]] = row

    def _insert(self, draft: Draft, parent_path: str) -> None:
        row = new_row(
            self.next_id,
            ROOT_PATH if parent_path == IN_NEW_FILE else parent_path,
            kind_code=draft.kind_code,
            code=draft.code,
            name=draft.name,
            household_count=draft.household_count,
            resident_count=draft.resident_count,
            external_id=draft.external_id,
        )
        self.next_id += 1
        self.inserts.append(row)
        self._know(row)

    def _update(self, draft: Draft, found: dict[str, Any], parent: dict[str, Any] | None) -> None:
        self._check_same(draft, found, parent)
        told = {name: getattr(draft, name, None) for name in UPDATED}
        if found["short_name"] == short_name(found["name"]):
            told["short_name"] = short_name(draft.name)
        merged = {name: found[name] if told[name] is None else told[name] for name in UPDATED}
        if all(merged[name] == found[name] for name in UPDATED):
            self.result.unchanged += 1
            return
        new_values = {f"new_{name}": value for name, value in merged.items()}
        self.updates.append({"node_id": found["id"], **new_values})
        self.by_code.pop(found["code"], None)
        self._know(found | merged)

    def _check_same(
        self, draft: Draft, found: dict[str, Any], parent: dict[str, Any] | None
    ) -> None:
        """Refuse a row that would move a place, or mix up two."""
        namesake = self.by_code.get(draft.code)
        if namesake is not None and namesake["id"] != found["id"]:
            raise ValidationFailed(
                f"{draft.code} is the code of another place", reason="code_taken"
            )
        if draft.external_id and found["external_id"] not in (None, draft.external_id):
            told = f"{draft.code} has another external id: {found['external_id']}"
            raise ValidationFailed(told, reason="external_id_differs")
        if draft.parent_code and parent is None or (parent or {}).get("id") != found["parent_id"]:
            told = f"{draft.code} stands under another place; an import moves nothing"
            raise ValidationFailed(told, reason="moved")

    def _refuse(self, draft: Draft, reason: str, text: str) -> None:
        self.result.bad.append(BadRow(draft.line_no, reason, text))


def _update_by_id() -> sa.Update:
    table = Node.__table__
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in UPDATED}
    update = sa.update(table).where(table.c.id == sa.bindparam("node_id"))  # type: ignore[arg-type]
    return update.values(values)
