"""Reports over the API: the hours ranking, its files, and whether a file is the one that left."""

import io
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import idempotency
from app.base.idempotency import Answer
from app.base.transactions import reading, unit_of_work
from app.points import programmes
from app.reports import exports, rankings
from app.reports.models import Export
from app.reports.rankings import PROVENANCES, Cut
from app.web.acts import again, asked_by_header
from app.web.api import standing
from app.web.downloads import attached
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.members import UploadIn
from app.web.schemas.reports import (
    ExportIn,
    RankedOut,
    RankingOut,
    RankingPageIn,
    VerifiedOut,
    VerifyIn,
)
from app.web.session import actor

bp = Blueprint("reports", __name__, description="Rankings and exports")


@bp.get("/books/<book>/rankings/hours")
@allow(SIGNED_IN)
@bp.arguments(RankingPageIn, location="query")
@bp.response(200, RankingOut)
def rank_hours(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Rank the members of one's own place by hours, with masked names."""
    ledger_id = standing.book_id(book)
    limit, offset = asked.pop("limit"), asked.pop("offset")
    with reading() as session:
        cut = cut_of(session, ledger_id, asked)
        found = rankings.page(session, cut, limit=limit, offset=offset)
    rows = RankedOut(many=True).dump(found.rows)
    if not cut.has_points:
        for row in rows:
            row.pop("points")
    return {"cut": cut.words(), "total": found.total, "items": rows}


@bp.post("/books/<book>/rankings/hours/exports")
@allow(SIGNED_IN)
@bp.arguments(ExportIn)
@bp.alt_response(
    201,
    schema={"type": "string", "format": "binary"},
    content_type="application/octet-stream",
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def export_hours(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Write the ranking as a file with full names; the export is audited (A16, D45).

    The same key gives the same file again, byte for byte.
    """
    ledger_id, kind = standing.book_id(book), asked.pop("kind")
    key = asked_by_header(ledger_id)

    def work(session: Session) -> tuple[Answer, bool]:
        cut = cut_of(session, ledger_id, asked)
        stored = idempotency.claim(session, key)
        if stored is not None:
            return stored, True
        file = io.BytesIO()
        made = _export(session, cut, kind, file)
        answer = Answer(201, file.getvalue(), made.verification_code)
        idempotency.keep(session, key, answer)
        return answer, False

    answer, is_replay = unit_of_work(work)
    if answer.is_pruned:
        return again(answer).response()
    return _file(answer, kind, is_replay)


@bp.post("/exports/verify")
@allow(PUBLIC)
@limiter.limit(GUESSING)
@bp.arguments(VerifyIn, location="form")
@bp.arguments(UploadIn, location="files")
@bp.response(200, VerifiedOut)
def verify(asked: dict[str, Any], sent: dict[str, Any]) -> ResponseReturnValue:
    """Say whether a file is the one that left under its code, and what that one was."""
    content = sent["file"].read()
    with reading() as session:
        export, is_unchanged = exports.verify(session, code=asked["code"], content=content)
    return {
        "is_unchanged": is_unchanged,
        "kind": export.kind,
        "filter": export.filter,
        "row_count": export.row_count,
        "made_at": export.made_at,
        "sha256": export.sha256.hex(),
    }


def cut_of(session: Session, ledger_id: int, asked: dict[str, Any]) -> Cut:
    """Return what to rank: never more than the place in the person's charge.

    Raises:
        PermissionDenied, NotFound: As `standing.require_at`.
    """
    node = standing.place(session, asked.get("node_code"), standing.READERS)
    return Cut(
        ledger_id=ledger_id,
        node=node,
        begins_on=asked["begins_on"],
        ends_on=asked["ends_on"],
        team_id=asked.get("team_id"),
        category_code=asked.get("category_code"),
        provenances=tuple(asked.get("provenance") or PROVENANCES),
        has_points=programmes.of_ledger(session, ledger_id).has_points,
    )


def _export(session: Session, cut: Cut, kind: str, file: io.BytesIO) -> Export:
    return exports.hours_ranking(
        session,
        cut=cut,
        file=file,
        kind=kind,
        ordered=exports.ordered_by(session, ledger_id=cut.ledger_id, actor=actor()),
    )


def _file(answer: Answer, kind: str, is_replay: bool) -> Response:
    response = attached(answer.body, "hours-ranking", kind, code=answer.resource or "")
    response.status_code = answer.status_code
    if is_replay:
        response.headers["Idempotency-Replayed"] = "true"
    return response
