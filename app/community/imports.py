"""Import of places from CSV, streamed: a whole country's communities in bounded memory.

A row is known again by its external id, else by its code, so that a second run
changes nothing. Rows come in batches; each batch is one transaction of the door's
(`unit`), since one of 650,000 rows would hold the database for minutes; after a
broken run, run it again. Children may stand before their parents: they wait until the
end of the file. A place is never moved by an import, and an empty optional cell says nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.csv_rows import BadRow, CsvRows, Row, batched, open_rows
from app.base.errors import ValidationFailed
from app.community import placing, tree
from app.community.import_memory import Draft, ImportMemory, remembering
from app.community.node_rows import check_row
from app.community.placing import Placed

REQUIRED = ("code", "name", "parent_code", "kind")
COUNTS = ("household_count", "resident_count")
OPTIONAL = (*COUNTS, "external_id")
LABELS = {
    "编码": "code",
    "名称": "name",
    "上级编码": "parent_code",
    "类别": "kind",
    "户数": "household_count",
    "人数": "resident_count",
    "外部编号": "external_id",
}
BATCH_ROWS = 2_000
COUNT_DIGITS_MAX = 18

Unit = Callable[[Callable[[Session], Any]], Any]
"""How the door runs a piece of work in a transaction: `transactions.unit_of_work`."""


@dataclass(frozen=True)
class Step:
    """What one batch brought, and how far the file has been read."""

    new: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...]
    bytes_done: int
    size_bytes: int


def import_nodes(
    file: BinaryIO,
    *,
    unit: Unit,
    actor: Actor,
    is_dry_run: bool = False,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Step]:
    """Import the places of a file; yield after every batch, each in a transaction of its own.

    Columns: code, name, parent_code (empty: a root), kind (code or Chinese label), and
    perhaps household_count, resident_count, external_id. A dry run writes nothing and
    yields the same counts; its `unit` may be one that only reads.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nothing was imported.
    """
    rows = open_rows(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)
    kinds = unit(_kind_codes)
    with remembering() as memory:
        run = _Run(unit, rows, memory, is_dry_run)
        for batch in batched(rows, batch_rows):
            drafts, bad = run.read(batch, kinds)
            yield run.place(drafts, bad)
        yield from run.settle(batch_rows)


@dataclass
class _Run:
    """One import under way."""

    unit: Unit
    rows: CsvRows
    memory: ImportMemory
    is_dry_run: bool

    def read(self, batch: Sequence[Row], kinds: dict[str, str]) -> tuple[list[Draft], list[BadRow]]:
        """Sort a batch into rows that are right by themselves, and bad ones."""
        drafts: list[Draft] = []
        bad: list[BadRow] = []
        for row in batch:
            read = _draft(row, kinds)
            (drafts if isinstance(read, Draft) else bad).append(read)  # type: ignore[arg-type]
        lines = self.memory.lines_of(word for draft in drafts for word in draft.words)
        fresh: list[Draft] = []
        for draft in drafts:
            first = min((lines[word] for word in draft.words if word in lines), default=None)
            if first is not None:
                bad.append(_bad(draft.line_no, "repeated", f"is on line {first} already"))
                continue
            lines.update(dict.fromkeys(draft.words, draft.line_no))
            fresh.append(draft)
        self.memory.see(fresh)
        return fresh, bad

    def place(self, drafts: list[Draft], bad: Sequence[BadRow] = ()) -> Step:
        """Place a batch in one transaction; rows without a parent wait."""
        placed: Placed = self.unit(
            lambda session: placing.place(
                session, drafts, memory=self.memory, is_dry_run=self.is_dry_run
            )
        )
        # Only now is it certain: a unit of work may run twice before it commits.
        self.memory.unpark(drafts)
        self.memory.park(placed.waiting)
        self.memory.place(placed.codes)
        return self._step(placed, [*bad, *placed.bad])

    def settle(self, size: int) -> Iterator[Step]:
        """Place what waits, level by level, until nothing more finds its parent."""
        has_moved = True
        while has_moved:
            has_moved = False
            for drafts in self.memory.waiting(size):
                step = self.place(drafts)
                has_moved = has_moved or bool(step.new or step.changed or step.unchanged)
                yield step
        for drafts in self.memory.waiting(size):
            bad = [
                _bad(draft.line_no, "unknown_parent", f"no place {draft.parent_code} to be under")
                for draft in drafts
            ]
            yield self._step(Placed(), bad)

    def _step(self, placed: Placed, bad: list[BadRow]) -> Step:
        bad.sort(key=lambda row: row.line_no)
        done, size = self.rows.bytes_done, self.rows.size_bytes
        return Step(placed.new, placed.changed, placed.unchanged, tuple(bad), done, size)


def _kind_codes(session: Session) -> dict[str, str]:
    """Both spellings of every kind, with its code."""
    kinds = tree.kinds(session)
    return {kind.label_zh: kind.code for kind in kinds} | {kind.code: kind.code for kind in kinds}


def _draft(row: Row, kinds: dict[str, str]) -> Draft | BadRow:
    if row.problem:
        return _bad(row.line_no, "unreadable", row.problem)
    values = row.values
    if values["kind"] not in kinds:
        return _bad(row.line_no, "unknown_kind", f"no kind of place {values['kind']!r}")
    counts: dict[str, int | None] = {}
    for name in COUNTS:
        text = values.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) < COUNT_DIGITS_MAX):
            return _bad(row.line_no, "bad_count", f"{name} {text!r} is not a whole number")
        counts[name] = int(text) if text else None
    draft = Draft(
        line_no=row.line_no,
        code=values["code"],
        name=values["name"],
        parent_code=values["parent_code"],
        kind_code=kinds[values["kind"]],
        household_count=counts["household_count"],
        resident_count=counts["resident_count"],
        external_id=values.get("external_id") or None,
    )
    try:
        check_row(asdict(draft))
    except ValidationFailed as refusal:
        return _bad(row.line_no, f"bad_{refusal.facts['field']}", str(refusal))
    return draft


def _bad(line_no: int, reason: str, text: str) -> BadRow:
    return BadRow(line_no, reason, text)
