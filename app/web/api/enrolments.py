"""Sign-ups over the API: for oneself, for whom one acts, or by a leader for others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import enrolment
from app.activities.models import Enrolment
from app.base.transactions import reading
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import EnrolmentOut, MemberIn, NamedEnrolmentOut
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint(
    "enrolments",
    __name__,
    url_prefix="/books/<book>/sessions/<uuid:session_id>/enrolments",
    description="Sign-ups",
)


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, items_of(NamedEnrolmentOut))
def list_all(book: str, session_id: UUID) -> ResponseReturnValue:
    """List who signed up, with a place first, then waiting; for the activity's leaders."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.led_slot(session, ledger_id, session_id)
        found = enrolment.list_of_session(session, ledger_id=ledger_id, session_id=session_id)
        return jsonify(items=shown.named(session, ledger_id, EnrolmentOut(), found))


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(MemberIn)
@bp.response(201, EnrolmentOut)
def enrol(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Sign up for a session; over its quota one waits."""
    return _sign(enrolment.enrol, book, session_id, asked["member_id"], 201)


@bp.post("/withdraw")
@allow(SIGNED_IN)
@bp.arguments(MemberIn)
@bp.response(200, EnrolmentOut)
def withdraw(asked: dict[str, Any], book: str, session_id: UUID) -> ResponseReturnValue:
    """Take a sign-up back; the first who waits moves up."""
    return _sign(enrolment.withdraw, book, session_id, asked["member_id"], 200)


def _sign(
    step: Callable[..., Enrolment],
    book: str,
    session_id: UUID,
    member_id: UUID | None,
    status: int,
) -> ResponseReturnValue:
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        seeing.slot(session, ledger_id, session_id)
        whom = member_id or standing.my_member(session, ledger_id).id
        named = {"ledger_id": ledger_id, "session_id": session_id, "member_id": whom}
        return EnrolmentOut().dump(step(session, **named, actor=actor()))

    return act(verb, ledger_id=ledger_id, status=status)
