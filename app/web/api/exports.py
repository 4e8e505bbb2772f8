"""Files that take a while: ordered, watched and fetched by whoever ordered them (D42, D45).

An order is answered at once with its id; the file is written beside the requests. It
can be fetched for three days, and each fetch is written down.
"""

from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading, unit_of_work
from app.ledger import books
from app.reports import export_jobs, statement_files, verification
from app.reports.export_jobs import Order
from app.reports.models import Export, ExportJob
from app.web import background
from app.web.acts import act
from app.web.api import reports, standing
from app.web.downloads import attached
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.exports import (
    CodeIn,
    JobOut,
    RankingOrderIn,
    StandingOut,
    StatementOrderIn,
)
from app.web.schemas.lists import items_of
from app.web.session import actor, person

bp = Blueprint("exports", __name__, description="Files that are written by and by")
FILE_NAMES = {"hours_ranking": "hours-ranking", "statement": "statement", "orders": "orders"}


@bp.post("/books/<book>/rankings/hours/orders")
@allow(SIGNED_IN)
@bp.arguments(RankingOrderIn)
@bp.response(202, JobOut)
def order_ranking(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Order a ranking of one's own place as a file with full names."""
    ledger_id, kind = standing.book_id(book), asked.pop("kind")

    def verb(session: Session, _fact: None) -> ExportJob:
        cut = reports.cut_of(session, ledger_id, asked)
        return order(session, ledger_id, Order("hours_ranking", kind, cut.node.id, cut.asked()))

    return begun(ledger_id, act(verb, ledger_id=ledger_id, status=202, dump=dump))


@bp.post("/books/<book>/members/<uuid:member_id>/statement/orders")
@allow(SIGNED_IN)
@bp.arguments(StatementOrderIn)
@bp.response(202, JobOut)
def order_statement(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Order the statement of a member of one's own place as a file."""
    ledger_id, kind = standing.book_id(book), asked.pop("kind")

    def verb(session: Session, _fact: None) -> ExportJob:
        member = standing.member(session, ledger_id, member_id, standing.READERS)
        if asked["unit"] == "points" and not books.get(session, ledger_id).has_points:
            raise NotFound("this book keeps hours only")
        span = statement_files.Span(ledger_id, member.id, **asked)
        return order(session, ledger_id, Order("statement", kind, member.node_id, span.asked()))

    return begun(ledger_id, act(verb, ledger_id=ledger_id, status=202, dump=dump))


@bp.get("/books/<book>/exports")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(JobOut))
def list_orders(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the files that one ordered, the latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.require_holder(session, standing.READERS)
        found = export_jobs.list_of(
            session, ledger_id=ledger_id, person_id=person().person_id, **asked
        )
        return {"items": [shown(session, job) for job in found]}


@bp.get("/books/<book>/exports/<uuid:job_id>")
@allow(SIGNED_IN)
@bp.response(200, JobOut)
def show(book: str, job_id: UUID) -> dict[str, Any]:
    """Say how far a file is; one whose writer is gone is begun again."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        job = _mine(session, ledger_id, job_id)
        found = shown(session, job)
    background.revive(job)
    return found


@bp.post("/books/<book>/exports/<uuid:job_id>/again")
@allow(SIGNED_IN)
@bp.response(202, JobOut)
def again(book: str, job_id: UUID) -> ResponseReturnValue:
    """Order a failed or expired file anew, with its old filter."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> ExportJob:
        job = _mine(session, ledger_id, job_id)
        return export_jobs.again(
            session, ledger_id=ledger_id, job_id=job.id, person_id=job.ordered_by_id
        )

    return begun(ledger_id, act(verb, ledger_id=ledger_id, status=202, dump=dump))


@bp.get("/books/<book>/exports/<uuid:job_id>/file")
@allow(SIGNED_IN)
@bp.alt_response(
    200,
    schema={"type": "string", "format": "binary"},
    content_type="application/octet-stream",
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def fetch(book: str, job_id: UUID) -> ResponseReturnValue:
    """Fetch a finished file; that it was fetched is written down."""
    ledger_id = standing.book_id(book)

    def work(session: Session) -> Response:
        job = _mine(session, ledger_id, job_id)
        content = export_jobs.fetch(session, job, actor=actor())
        return file_of(job, content, _code(session, job))

    return unit_of_work(work)


@bp.get("/exports/standing")
@allow(PUBLIC)
@limiter.limit(GUESSING)
@bp.arguments(CodeIn, location="query")
@bp.response(200, StandingOut)
def look_up(asked: dict[str, str]) -> dict[str, Any]:
    """Say what was exported under a code, and whether the books still say so."""
    with reading() as session:
        found = verification.look_up(session, asked["code"])
    export = found.export
    return {
        "kind": export.kind,
        "book": found.book,
        "place": found.place,
        "filter": export.filter,
        "row_count": export.row_count,
        "made_at": export.made_at,
        "said": found.said,
        "now": found.now,
        "undone_count": found.undone_count,
        "is_standing": found.is_standing,
    }


def shown(session: Session, job: ExportJob) -> dict[str, Any]:
    """Show an order with how far it is, and its code when it is done."""
    return {
        **{name: getattr(job, name) for name in _PLAIN},
        "percent": export_jobs.percent(job),
        "verification_code": _code(session, job),
    }


def file_of(job: ExportJob, content: bytes, code: str | None) -> Response:
    """Return a finished file as an answer that the browser keeps."""
    return attached(content, FILE_NAMES[job.kind], job.file_kind, code=code or "")


_PLAIN = (
    "id", "kind", "file_kind", "state", "done_count", "total_count", "failure", "size_bytes",
    "ordered_at", "expires_at",
)  # fmt: skip


def _mine(session: Session, ledger_id: int, job_id: UUID) -> ExportJob:
    """Return one's own order, if one still holds an office at its place.

    Raises:
        NotFound: It is another's, or of a place that is no longer in one's charge.
        PermissionDenied: One holds no office any more.
    """
    standing.require_holder(session, standing.READERS)
    job = export_jobs.get(session, ledger_id=ledger_id, job_id=job_id, person_id=person().person_id)
    standing.node_at(session, job.node_id, standing.READERS)
    return job


def order(session: Session, ledger_id: int, wanted: Order) -> ExportJob:
    """Order a file for the signed-in person."""
    return export_jobs.order(session, ledger_id=ledger_id, wanted=wanted, actor=actor())


def dump(job: ExportJob) -> Any:
    """Show a fresh order: nothing is written yet."""
    plain = {name: getattr(job, name) for name in _PLAIN}
    return JobOut().dump({**plain, "percent": 0, "verification_code": None})


def begun(ledger_id: int, answer: Response) -> Response:
    """Have the file of a fresh order written; the answer says where to look."""
    if answer.status_code == 202 and answer.json:
        job_id = UUID(answer.json["id"])
        with reading() as session:
            job = export_jobs.get(
                session, ledger_id=ledger_id, job_id=job_id, person_id=person().person_id
            )
        background.revive(job)
    return answer


def _code(session: Session, job: ExportJob) -> str | None:
    if job.export_id is None:
        return None
    export = session.get(Export, (job.ledger_id, job.export_id))
    return export.verification_code if export else None
