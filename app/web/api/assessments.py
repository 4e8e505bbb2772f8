"""三方评议 over the API: assessors appointed and dismissed, scores given (S1, S9)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.points.models import Assessor
from app.points.quarters import assessing
from app.points.quarters.assessing import Mark, Subject
from app.points.quarters.calendar import Quarter
from app.reports.quarters import projects
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.proofs import AssessmentIn, AssessmentOut, AssessorIn, AssessorOut
from app.web.session import actor

bp = Blueprint("assessments", __name__, url_prefix="/books/<book>", description="Assessments")


@bp.get("/assessors")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(AssessorOut))
def list_assessors(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the assessors of a place and below it."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        found = assessing.list_in(session, ledger_id=ledger_id, node=node)
        return {"items": [seat for seat, _member in found]}


@bp.post("/assessors")
@allow(SIGNED_IN)
@bp.arguments(AssessorIn)
@bp.response(201, AssessorOut)
def appoint(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Appoint a member of a place as assessor for one of three bodies."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.require_at(session, tree.by_code(session, code), standing.WORKERS)
        standing.require_book(session, ledger_id, node)
        standing.member(session, ledger_id, asked["member_id"], standing.WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "node_id": node.id}
        return _dumped(assessing.appoint(session, **named, actor=actor(), **asked))

    return act(verb, ledger_id=ledger_id)


@bp.post("/assessors/<uuid:assessor_id>/end")
@allow(SIGNED_IN)
@bp.response(200, AssessorOut)
def dismiss(book: str, assessor_id: UUID) -> ResponseReturnValue:
    """End an appointment; the scores that were given stay."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "assessor_id": assessor_id}
        standing.node_at(session, assessing.get(session, **named).node_id, standing.WORKERS)
        return _dumped(assessing.dismiss(session, **named, actor=actor()))

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/assessors/<uuid:assessor_id>/assessments")
@allow(SIGNED_IN)
@bp.arguments(AssessmentIn)
@bp.response(201, AssessmentOut)
def assess(asked: dict[str, Any], book: str, assessor_id: UUID) -> ResponseReturnValue:
    """Score a member, a team or a project as the assessor I am; never my own (S9)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        made = assessing.assess(
            session,
            ledger_id=ledger_id,
            assessor_id=assessor_id,
            quarter=Quarter.named(asked["period"]),
            subject=_subject(session, ledger_id, asked["subject_kind"], asked["subject_id"]),
            mark=Mark(asked["score"], asked["note"]),
            actor=actor(),
        )
        names = ("period", "subject_kind", "score")
        shown = {name: getattr(made, name) for name in names}
        return {"id": str(made.id), "subject_id": str(made.subject_id), **shown}

    return act(verb, ledger_id=ledger_id)


def _dumped(seat: Assessor) -> dict[str, Any]:
    return {"id": str(seat.id), "member_id": str(seat.member_id), "body": seat.body}


def _subject(session: Session, ledger_id: int, kind: str, subject_id: UUID) -> Subject:
    if kind == projects.KIND:
        return projects.subject(session, ledger_id=ledger_id, post_id=subject_id)
    return Subject(kind, subject_id)
