"""Notices (公示) at the desk: put up with a look at the list first, taken down with a reason."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.ledger import books
from app.points import application_listings, deductions, notice_spans, notices
from app.points.models_public import LISTED_KINDS, NOTICE_KINDS
from app.points.notices import Draft
from app.points.stars import granting
from app.web.pages import day
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_showing import NoticeIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("notices", __name__, url_prefix="/<place>/notices")
SAID = (
    *(_l("每人的时长和积分"), _l("等审核、还没入账的")),
    *(_l("拟评定的星级"), _l("审核过的积分申报和扣分")),
)
KINDS = dict(zip(NOTICE_KINDS, SAID, strict=True))
LINES_MAX = 200


@bp.get("/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what is put up, and for how long."""
    return _form()


@bp.post("/new")
@allow(SIGNED_IN)
def publish() -> ResponseReturnValue:
    """Put a notice up."""

    def verb(session: Session, asked: dict[str, Any]) -> UUID:
        node = desk.require_here(session, desk.WORKERS)
        draft = Draft(node_id=node.id, **asked)
        made = notices.publish(session, ledger_id=desk.ledger_id(), draft=draft, actor=actor())
        return made.id

    return forms.answer(
        verb,
        schema=NoticeIn,
        show=str,
        said=_("公示发出去了，到期自己撤下。"),
        to=lambda notice_id: url_for("staff.notices.show", notice_id=notice_id),
        again=_form,
    )


@bp.get("/<uuid:notice_id>")
@allow(SIGNED_IN)
def show(notice_id: UUID) -> ResponseReturnValue:
    """Show a notice with its public address."""
    return _notice(notice_id)


@bp.get("/about/<uuid:subject_id>")
@allow(SIGNED_IN)
def about(subject_id: UUID) -> ResponseReturnValue:
    """Lead from an objection to the notice it is about, and to the line."""
    with reading() as session:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "subject_id": subject_id}
        notice = notices.about(session, **key)
        desk.require_at(session, notice.node_id, desk.READERS)
        line = notices.find_line(session, **key)
    anchor = f"line-{line.line}" if line else None
    return redirect(url_for("staff.notices.show", notice_id=notice.id, _anchor=anchor))


@bp.post("/<uuid:notice_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(notice_id: UUID) -> ResponseReturnValue:
    """Take a notice down before its time."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "notice_id": notice_id}
        desk.require_at(session, notices.get(session, **key).node_id, desk.WORKERS)
        notices.withdraw(session, **key, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ReasonIn,
        said=_("公示撤下了，原因写在公示页上。"),
        to=url_for("staff.notices.show", notice_id=notice_id),
        again=lambda problem: _notice(notice_id, problem),
    )


def _form(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    kind = request.form.get("kind") or request.args.get("kind", "hours")
    kind = kind if kind in LISTED_KINDS else "hours"
    with reading() as session:
        node = desk.here().node
        spans = notice_spans.offered(session, node, kind)
        days = str(notice_spans.default(session, node, kind))
        begins_on, ends_on = _period(session, kind)
    return forms.page(
        "notice_new.html",
        problem,
        kinds=[(each, KINDS[each]) for each in LISTED_KINDS],
        chosen=kind,
        workdays=[(str(each.workdays), _until(each)) for each in spans],
        days=days,
        begins_on=begins_on.isoformat(),
        ends_on=ends_on.isoformat(),
        today=clock.today().isoformat(),
    )


def _until(span: notice_spans.Span) -> str:
    said = {"n": span.workdays, "day": day(span.closes_on), "rest": span.rest_days}
    if span.rest_days:
        return _("%(n)s 个工作日，到 %(day)s为止（中间 %(rest)s 天不上班，不算）", **said)
    return _("%(n)s 个工作日，到 %(day)s为止", **said)


def _period(session: Session, kind: str) -> tuple[date, date]:
    """Last month; of what was reviewed, from the first of it until today."""
    today = clock.today()
    if kind != "applied":
        ends_on = today.replace(day=1) - timedelta(days=1)
        return ends_on.replace(day=1), ends_on
    scope: dict[str, Any] = {
        "ledger_id": desk.ledger_id(),
        "node": desk.here().node,
        "states": ("reviewed",),
        "limit": LINES_MAX,
    }
    days = [each.served_on for each in application_listings.list_in(session, **scope)]
    days += [each.happened_on for each in deductions.list_in(session, **scope)]
    return min(days, default=today.replace(day=1)), today


def _notice(notice_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "notice_id": notice_id}
    with reading() as session:
        notice = notices.get(session, **key)
        desk.require_at(session, notice.node_id, desk.READERS)
        book = books.get(session, desk.ledger_id())
        path = url_for("board.notices.show", book=book.code, notice_id=notice_id)
        return forms.page(
            "notice.html",
            problem,
            posted=notice,
            is_open=notices.is_open(notice),
            kind=KINDS[notice.kind],
            count=notices.count_lines(session, **key),
            lines=notices.list_lines(session, **key, limit=LINES_MAX),
            stars=granting.of_notice(session, **key),
            path=path,
            address=request.host_url.rstrip("/") + path,
        )
