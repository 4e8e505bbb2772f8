"""Files that take a while: ordered here, shown while they are written, fetched for three days.

The page works by reloading; a script only saves the pressing. Only who ordered a file
sees it, and each fetch is written down.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading, unit_of_work
from app.reports import export_jobs, statement_files
from app.reports.export_jobs import Order
from app.reports.models import Export, ExportJob
from app.web import background
from app.web.downloads import attached
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import KindIn, RankingIn
from app.web.schemas.exports import StatementOrderIn
from app.web.session import actor
from app.web.staff import desk, forms, menu, ranking
from app.web.staff.forms import Problem

bp = Blueprint("exports", __name__, url_prefix="/<place>/exports")
SHOWN_MAX = 50
NAMES = {"hours_ranking": "hours-ranking", "statement": "statement", "orders": "orders"}


@bp.get("")
@allow(SIGNED_IN)
def show_all() -> ResponseReturnValue:
    """Show the files that one ordered, the latest first."""
    menu.at("ranking")
    with reading() as session:
        found = export_jobs.list_of(
            session, ledger_id=desk.ledger_id(), person_id=desk.me(), limit=SHOWN_MAX
        )
    return forms.page("exports.html", jobs=found, percent=export_jobs.percent)


@bp.post("/ranking")
@allow(SIGNED_IN)
def order_ranking() -> ResponseReturnValue:
    """Order the ranking of the address as a file with full names."""
    asked, problem = forms.asked(RankingIn)
    if problem:
        return ranking.draw(problem)

    def verb(session: Session, chosen: dict[str, Any]) -> ExportJob:
        desk.require_here(session, desk.READERS)
        cut = ranking.cut_of(session, asked)
        wanted = Order("hours_ranking", chosen["kind"], cut.node.id, cut.asked())
        return order(session, wanted)

    return ordered(verb, KindIn, ranking.draw)


@bp.post("/statement/<uuid:member_id>")
@allow(SIGNED_IN)
def order_statement(member_id: UUID) -> ResponseReturnValue:
    """Order a member's statement as a file, with a code that says whether it stands."""

    def verb(session: Session, chosen: dict[str, Any]) -> ExportJob:
        kind = chosen.pop("kind")
        member = desk.member(session, member_id)
        if chosen["unit"] == "points" and not desk.here().has_points:
            raise NotFound("this book keeps hours only")
        span = statement_files.Span(desk.ledger_id(), member.id, **chosen)
        return order(session, Order("statement", kind, member.node_id, span.asked()))

    def again(problem: Problem) -> ResponseReturnValue:
        return forms.page("exports.html", problem, jobs=[], percent=export_jobs.percent)

    return ordered(verb, StatementOrderIn, again)


@bp.get("/<uuid:job_id>")
@allow(SIGNED_IN)
def show(job_id: UUID) -> ResponseReturnValue:
    """Show how far a file is; one whose writer is gone is begun again."""
    return _show(job_id)


@bp.get("/<uuid:job_id>/state")
@allow(SIGNED_IN)
def state(job_id: UUID) -> ResponseReturnValue:
    """Say how far a file is, for the page's script."""
    with reading() as session:
        job = _mine(session, job_id)
    background.revive(job)
    percent = export_jobs.percent(job)
    answer = jsonify(
        state=job.state, percent=percent, done=job.done_count, total=job.total_count or 0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/<uuid:job_id>/again")
@allow(SIGNED_IN)
def again(job_id: UUID) -> ResponseReturnValue:
    """Order a failed or expired file anew, with its old filter."""

    def verb(session: Session, _asked: dict[str, Any]) -> ExportJob:
        job = _mine(session, job_id)
        return export_jobs.again(
            session, ledger_id=job.ledger_id, job_id=job.id, person_id=desk.me()
        )

    return ordered(verb, None, lambda problem: _show(job_id, problem))


@bp.get("/<uuid:job_id>/file")
@allow(SIGNED_IN)
def fetch(job_id: UUID) -> ResponseReturnValue:
    """Fetch a finished file."""

    def work(session: Session) -> Response:
        job = _mine(session, job_id)
        content = export_jobs.fetch(session, job, actor=actor())
        return attached(content, NAMES[job.kind], job.file_kind)

    try:
        return unit_of_work(work)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return _show(job_id, problem_of(error))


def ordered(verb: forms.Verb, schema: Any, again: Any) -> ResponseReturnValue:
    """Order, have it written, and go to the page that shows how far it is."""
    made, problem = forms.send(verb, schema=schema, show=lambda job: str(job.id))
    if problem:
        return again(problem)  # type: ignore[no-any-return]
    with reading() as session:
        job = _mine(session, UUID(made))
    background.revive(job)
    return redirect(url_for("staff.exports.show", job_id=made), code=303)


def order(session: Session, wanted: Order) -> ExportJob:
    """Order a file for who sits here."""
    return export_jobs.order(session, ledger_id=desk.ledger_id(), wanted=wanted, actor=actor())


def _mine(session: Session, job_id: UUID) -> ExportJob:
    """Return one's own order, if its place is still in one's charge; raises as `require_at`."""
    job = export_jobs.get(session, ledger_id=desk.ledger_id(), job_id=job_id, person_id=desk.me())
    desk.require_at(session, job.node_id, desk.READERS)
    return job


def _show(job_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("ranking")
    with reading() as session:
        job = _mine(session, job_id)
        export = session.get(Export, (job.ledger_id, job.export_id)) if job.export_id else None
    background.revive(job)
    return forms.page(
        "export.html",
        problem,
        job=job,
        export=export,
        percent=export_jobs.percent(job),
        is_over=export_jobs.is_over(job),
    )
