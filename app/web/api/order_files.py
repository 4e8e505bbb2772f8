"""Orders in and out: a list from another system comes in, 居民问题清单 goes out (V15, T11, T25)."""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.transactions import unit_of_work
from app.reports.export_jobs import Order
from app.reports.models import ExportJob
from app.reports.order_files import KIND, Choice
from app.service_orders import import_rows, imports
from app.web import corrections, downloads
from app.web.acts import act
from app.web.api import exports, standing, uploads
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.exports import JobOut
from app.web.schemas.members import ImportIn, ImportOut, UploadIn
from app.web.schemas.orders import ExportOrdersIn
from app.web.session import actor

bp = Blueprint(
    "order_files", __name__, url_prefix="/books/<book>/orders", description="Orders in and out"
)


@bp.after_request
def close_files(response: Response) -> Response:
    """Close what was uploaded: a large file lies in a temporary one."""
    request.close()
    return response


@bp.post("/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_orders(
    files: dict[str, FileStorage], asked: dict[str, bool], book: str
) -> ResponseReturnValue:
    """Import orders: external_id, node_code, category, title; perhaps text, status, filed_on."""
    ledger_id = book_id(book)
    file = uploads.stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        return uploads.summed([_import(session, ledger_id, file)], asked["dry_run"])

    return act(
        uploads.rehearsed(verb) if asked["dry_run"] else verb, ledger_id=ledger_id, status=200
    )


@bp.post("/import/corrections")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.alt_response(200, schema=uploads.BINARY, content_type=downloads.XLSX, success=True)
def correct_orders(files: dict[str, FileStorage], book: str) -> ResponseReturnValue:
    """Try a list of orders and give it back with what is wrong; nothing is written."""
    ledger_id = book_id(book)
    file = uploads.stream_of(files)

    def work(session: Session) -> bytes:
        found = corrections.taken_back(session, lambda: _import(session, ledger_id, file))
        return corrections.write(import_rows.open_orders(corrections.rewound(file)), found.bad)

    return corrections.answer(unit_of_work(work), "orders")


@bp.post("/exports")
@allow(SIGNED_IN)
@bp.arguments(ExportOrdersIn)
@bp.response(202, JobOut)
def export(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Order the 居民问题清单 of one's own place as a file that is written by and by."""
    ledger_id = book_id(book)
    kind, code = asked.pop("kind"), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> ExportJob:
        node = standing.place(session, code, READERS)
        choice = Choice(ledger_id=ledger_id, node=node, **asked)
        return exports.order(session, ledger_id, Order(KIND, kind, node.id, choice.asked()))

    return exports.begun(ledger_id, act(verb, ledger_id=ledger_id, status=202, dump=exports.dump))


def _import(session: Session, ledger_id: int, file: Any) -> imports.Imported:
    """Bring the orders in at places of one's own; a code of elsewhere is an unknown one."""
    held = standing.require_holder(session, WORKERS)
    return imports.import_orders(
        session, corrections.rewound(file), ledger_id=ledger_id, within=held, actor=actor()
    )
