"""Import of goods from xlsx or CSV into one shop, once for each number (D33).

A number that the shop knows already stays as it is when it says the same, and is named
when it says something else: prices of goods that people see are changed on their page.
What was delivered with the list goes on the shelf as a movement of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.csv_rows import BadRow, Row, Rows
from app.base.errors import ValidationFailed
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.mall import goods, shops, stock
from app.mall.goods import COUNTED_KINDS, GoodsTerms
from app.mall.models import Goods
from app.mall.models_shelf import GOODS_KINDS

REQUIRED = ("number", "name", "price_points")
COUNTS = ("price_points", "low_stock_count", "person_period_max", "stock_count")
OPTIONAL = ("kind", "barcode", "low_stock_count", "person_period_max", "stock_count", PROBLEM)
LABELS = {
    "编号": "number",
    "名称": "name",
    "积分价": "price_points",
    "类别": "kind",
    "条码": "barcode",
    "低库存线": "low_stock_count",
    "每人每月限": "person_period_max",
    "到货件数": "stock_count",
    PROBLEM_LABEL: PROBLEM,
}
KIND_WORDS = {"": "goods", "物品": "goods", "服务": "service", "优惠": "offer", "荣誉": "honour"}
ROWS_MAX = 2_000
COUNT_DIGITS_MAX = 9
REASON = "导入"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list of goods brought: kinds of goods, and rows that were left out."""

    new: int
    unchanged: int
    bad: tuple[BadRow, ...]


@dataclass(slots=True)
class _Draft:
    """A row that is right by itself."""

    row: Row
    terms: GoodsTerms
    stock_count: int = 0


@dataclass(slots=True)
class _Sorted:
    """Rows by what is to become of them."""

    fresh: list[_Draft] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)


def open_goods(file: BinaryIO) -> Rows:
    """Open a file of goods and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


def import_goods(
    session: Session, file: BinaryIO, *, ledger_id: int, shop_id: UUID, actor: Actor
) -> Imported:
    """Import the goods of a file into a shop; statements do not grow with the rows.

    Raises:
        CsvUnreadable: The file as a whole cannot be read; nothing was imported.
        NotFound: There is no such shop.
        ValidationFailed: More than 2,000 rows.
    """
    drafts, bad = _read(open_goods(file))
    shops.hold(session, ledger_id=ledger_id, shop_id=shop_id)
    known = goods.list_of_shop(session, ledger_id=ledger_id, shop_id=shop_id)
    found = _sort(drafts, known)
    made = goods.add_many(
        session,
        ledger_id=ledger_id,
        shop_id=shop_id,
        terms=[draft.terms for draft in found.fresh],
        actor=actor,
    ) if found.fresh else []  # fmt: skip
    counts = {
        one.id: draft.stock_count
        for one, draft in zip(made, found.fresh, strict=True)
        if draft.stock_count
    }
    if counts:
        stock.intake(session, ledger_id=ledger_id, counts=counts, actor=actor, reason=REASON)
    named = sorted((*bad, *found.bad), key=lambda row: row.line_no)
    return Imported(new=len(made), unchanged=found.unchanged, bad=tuple(named))


def _read(rows: Rows) -> tuple[list[_Draft], list[BadRow]]:
    drafts: list[_Draft] = []
    bad: list[BadRow] = []
    for count, row in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise ValidationFailed(f"more than {ROWS_MAX} rows", field="file")
        read = _draft(row)
        (drafts if isinstance(read, _Draft) else bad).append(read)  # type: ignore[arg-type]
    return drafts, bad


def _draft(row: Row) -> _Draft | BadRow:
    """Check a row by itself."""
    if row.problem is not None:
        return BadRow(row.line_no, row.reason, row.problem)
    values = row.values
    kind = KIND_WORDS.get(values.get("kind", ""), values.get("kind", ""))
    if kind not in GOODS_KINDS:
        return _bad(row, "unknown_kind", "kind")
    counts: dict[str, int | None] = {}
    for name in COUNTS:
        text = values.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= COUNT_DIGITS_MAX):
            return _bad(row, "bad_count", name)
        counts[name] = int(text) if text else None
    if counts["price_points"] is None:
        return _bad(row, "bad_count", "price_points")
    stock_count = counts["stock_count"] or 0
    if not 0 <= stock_count <= stock.COUNT_MAX or (stock_count and kind not in COUNTED_KINDS):
        return _bad(row, "bad_count", "stock_count")
    terms = GoodsTerms(
        number=values["number"],
        name=values["name"],
        price_points=counts["price_points"],
        kind=kind,
        barcode=values.get("barcode") or None,
        low_stock_count=counts["low_stock_count"] or 0,
        person_period_max=counts["person_period_max"],
    )
    try:
        goods.require_terms(terms)
    except ValidationFailed as refusal:
        return _bad(row, "validation_failed", refusal.facts.get("field"))
    return _Draft(row, terms, stock_count)


def _sort(drafts: Sequence[_Draft], known: Sequence[Goods]) -> _Sorted:
    """Part the rows into new ones, known ones and those that clash."""
    found = _Sorted()
    by_number = {one.number: one for one in known}
    barcodes = {one.barcode: one.number for one in known if one.barcode}
    lines: dict[str, int] = {}
    for draft in drafts:
        terms, number = draft.terms, draft.terms.number
        standing = by_number.get(number)
        if number in lines:
            found.bad.append(_bad(draft.row, "repeated", "number"))
        elif standing is not None and _is_same(standing, terms):
            found.unchanged += 1
        elif standing is not None:
            found.bad.append(_bad(draft.row, "known_differs", "number"))
        elif terms.barcode and terms.barcode in barcodes:
            found.bad.append(_bad(draft.row, "barcode_taken", "barcode"))
        else:
            found.fresh.append(draft)
        lines.setdefault(number, draft.row.line_no)
        if terms.barcode:
            barcodes.setdefault(terms.barcode, number)
    return found


def _is_same(standing: Goods, terms: GoodsTerms) -> bool:
    """Whether the list says of known goods what people see already."""
    said: tuple[Any, ...] = (terms.name, terms.price_points, terms.kind)
    is_code_same = terms.barcode in (None, standing.barcode)
    return (standing.name, standing.price_points, standing.kind) == said and is_code_same


def _bad(row: Row, reason: str, name: str | None) -> BadRow:
    return BadRow(row.line_no, reason, f"{reason}: {name}" if name else reason, name)
