"""Imports over HTTP: one xlsx or CSV file, in one transaction, once for each Idempotency-Key.

A file here is small; a whole country's places come by `flask nodes import`, from CSV.
Every row must be of the operator's own places, else nothing is imported and the rows are
named. Of other bad rows each is named with its line, and the good ones come in all the
same; `…/corrections` gives the sheet back with what is wrong beside each row.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from app.base.csv_rows import Row, Rows, open_rows
from app.base.errors import ValidationFailed
from app.base.transactions import unit_of_work
from app.community import imports as node_imports
from app.community import tree
from app.community.models import Node
from app.mall import imports as goods_imports
from app.people import audit
from app.people import imports as people_imports
from app.web import corrections, downloads
from app.web.acts import act
from app.web.api import counter, standing
from app.web.api.standing import WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.members import ImportIn, ImportOut, UploadIn
from app.web.session import actor

FILE_BYTES_MAX = 1 << 20
BAD_ROWS_MAX = 500
"""How many bad rows an answer names; the count is of all."""

ADMINISTRATORS = ("administrator",)
BINARY = {"type": "string", "format": "binary"}

bp = Blueprint("uploads", __name__, description="Imports from xlsx and CSV")


@bp.after_request
def close_files(response: Response) -> Response:
    """Close what was uploaded: a large file lies in a temporary one."""
    request.close()
    return response


@bp.post("/books/<book>/members/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_people(
    files: dict[str, FileStorage], asked: dict[str, bool], book: str
) -> ResponseReturnValue:
    """Import members: external_id, name, phone, node_code; perhaps birth_year, team."""
    ledger_id = book_id(book)
    file = stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        return summed(_people(session, ledger_id, file), asked["dry_run"])

    return act(rehearsed(verb) if asked["dry_run"] else verb, ledger_id=ledger_id, status=200)


@bp.post("/books/<book>/members/import/corrections")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.alt_response(200, schema=BINARY, content_type=downloads.XLSX, success=True)
def correct_people(files: dict[str, FileStorage], book: str) -> ResponseReturnValue:
    """Try a list of members and give it back with what is wrong; nothing is written."""
    ledger_id = book_id(book)
    file = stream_of(files)

    def work(session: Session) -> bytes:
        steps = corrections.taken_back(session, lambda: _people(session, ledger_id, file))
        bad = [row for step in steps for row in step.bad]
        return corrections.write(people_imports.open_people(corrections.rewound(file)), bad)

    return corrections.answer(unit_of_work(work), "members")


@bp.post("/books/<book>/shops/<uuid:shop_id>/goods/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_goods(
    files: dict[str, FileStorage], asked: dict[str, bool], book: str, shop_id: UUID
) -> ResponseReturnValue:
    """Import goods: number, name, price_points; perhaps kind, barcode, limits, stock_count."""
    ledger_id = book_id(book)
    file = stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        return summed([_goods(session, ledger_id, shop_id, file)], asked["dry_run"])

    return act(rehearsed(verb) if asked["dry_run"] else verb, ledger_id=ledger_id, status=200)


@bp.post("/books/<book>/shops/<uuid:shop_id>/goods/import/corrections")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.alt_response(200, schema=BINARY, content_type=downloads.XLSX, success=True)
def correct_goods(files: dict[str, FileStorage], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Try a list of goods and give it back with what is wrong; nothing is written."""
    ledger_id = book_id(book)
    file = stream_of(files)

    def work(session: Session) -> bytes:
        found = corrections.taken_back(session, lambda: _goods(session, ledger_id, shop_id, file))
        return corrections.write(goods_imports.open_goods(corrections.rewound(file)), found.bad)

    return corrections.answer(unit_of_work(work), "goods")


@bp.post("/nodes/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_nodes(files: dict[str, FileStorage], asked: dict[str, bool]) -> ResponseReturnValue:
    """Import places: code, name, parent_code, kind; perhaps counts and external_id."""
    file = stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _require_own_branches(session, file)
        steps = node_imports.import_nodes(
            file,
            unit=lambda work: work(session),
            actor=actor(),
            is_dry_run=asked["dry_run"],
        )
        found = summed(steps, asked["dry_run"])
        if not asked["dry_run"]:
            _note(session, found)
        return found

    return act(verb, status=200)


def _people(session: Session, ledger_id: int, file: BinaryIO) -> list[people_imports.Step]:
    held = _require_own_places(session, ledger_id, file)
    steps = people_imports.import_people(
        file, ledger_id=ledger_id, unit=lambda work: work(session), actor=actor(), within=held
    )
    return list(steps)


def _goods(
    session: Session, ledger_id: int, shop_id: UUID, file: BinaryIO
) -> goods_imports.Imported:
    counter.shop_of_staff(session, ledger_id, shop_id)
    return goods_imports.import_goods(
        session,
        corrections.rewound(file),
        ledger_id=ledger_id,
        shop_id=shop_id,
        actor=actor(),
    )


def rehearsed(verb: Callable[[Session, Any], Any]) -> Callable[[Session, Any], Any]:
    """Return the verb as one that runs as for real and is taken back."""
    return lambda session, fact: corrections.taken_back(session, lambda: verb(session, fact))


def stream_of(files: dict[str, FileStorage]) -> BinaryIO:
    """Return what was sent, at its start.

    Raises:
        RequestEntityTooLarge: A file here is small.
    """
    stream = files["file"].stream
    size_bytes = stream.seek(0, 2)
    if size_bytes > FILE_BYTES_MAX:
        raise RequestEntityTooLarge
    stream.seek(0)
    return stream  # type: ignore[return-value]


def summed(steps: Iterable[Any], is_dry_run: bool) -> dict[str, Any]:
    """Add the steps of an import up."""
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    bad = []
    for step in steps:
        for name in counts:
            counts[name] += getattr(step, name, 0)
        bad += step.bad
    bad.sort(key=lambda row: row.line_no)
    named = [
        {"line_no": row.line_no, "reason": row.reason, "text": row.text, "field": row.field}
        for row in bad[:BAD_ROWS_MAX]
    ]
    totals = {f"{name}_count": count for name, count in counts.items()}
    return {"is_dry_run": is_dry_run, **totals, "bad_count": len(bad), "bad_rows": named}


def _note(session: Session, found: dict[str, Any]) -> None:
    counts = {name: found[name] for name in ("new_count", "changed_count", "bad_count")}
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="nodes_imported",
        subject_kind="node",
        **counts,
    )


def _require_own_places(session: Session, ledger_id: int, file: BinaryIO) -> list[Node]:
    """Refuse a file with people of places that are not the operator's, or of another book."""
    held = standing.require_holder(session, WORKERS)
    rows = list(_sound(people_imports.open_people(file), file))
    nodes = tree.by_codes(session, {row.values["node_code"] for row in rows})
    is_own = {
        code: _is_within(held, node) and standing.is_of_book(session, ledger_id, node)
        for code, node in nodes.items()
    }
    _refuse([row for row in rows if not is_own.get(row.values["node_code"], True)])
    return held


def _require_own_branches(session: Session, file: BinaryIO) -> None:
    """Refuse a file that touches a place, or hangs one under a place, not in one's charge."""
    held = standing.require_holder(session, ADMINISTRATORS)
    read = open_rows(
        file,
        required=node_imports.REQUIRED,
        optional=node_imports.OPTIONAL,
        labels=node_imports.LABELS,
    )
    rows = list(_sound(read, file))
    codes = {row.values[name] for row in rows for name in ("code", "parent_code")}
    known = tree.by_codes(session, codes)
    numbers = {row.values.get("external_id", "") for row in rows} - {""}
    named = tree.by_external_ids(session, numbers)
    foreign = {code for code, node in known.items() if not _is_within(held, node)}
    numbered = {number for number, node in named.items() if not _is_within(held, node)}
    _refuse(
        [
            row
            for row in rows
            if not row.values["parent_code"]
            or {row.values["code"], row.values["parent_code"]} & foreign
            or row.values.get("external_id") in numbered
        ]
    )


def _sound(rows: Rows, file: BinaryIO) -> Iterator[Row]:
    """Read the rows that can be read, and leave the file at its start."""
    for row in rows:
        if row.problem is None:
            yield row
    file.seek(0)


def _is_within(held: list[Node], node: Node) -> bool:
    return any(tree.contains(own, node) for own in held)


def _refuse(rows: list[Row]) -> None:
    if rows:
        errors = [
            {"pointer": "/file", "code": "foreign_place", "line_no": row.line_no}
            for row in rows[:BAD_ROWS_MAX]
        ]
        raise ValidationFailed("rows of places that are not yours", field="file", errors=errors)
