"""One-time codes of a member: shown on their phone, used by a leader or a clerk.

A code needs no Idempotency-Key: a lost answer is answered by the next code, and a
key would keep the token, of which only the hash is to remain.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound, PermissionDenied
from app.base.transactions import reading
from app.people import codes
from app.web.acts import act
from app.web.api.standing import book_id, my_key, my_member
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.me import CodeIn, CodeOut, CodeStatusOut
from app.web.session import actor

bp = Blueprint("codes", __name__, url_prefix="/books/<book>/me/codes", description="My codes")


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(CodeIn)
@bp.response(201, CodeOut)
def issue(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Make a one-time code of 60 seconds; nobody shows another person's (F17)."""
    ledger_id = book_id(book)
    if actor().on_behalf_id is not None:
        raise PermissionDenied("a personal code is shown by the person alone")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        code = codes.issue(session, **my_key(session, ledger_id), **asked)
        return {
            "id": code.code_hash.hex(),
            "token": code.token,
            "digits": code.digits,
            "seconds": codes.LIFE_SECONDS,
            "expires_at": code.expires_at,
        }

    return act(verb, dump=CodeOut().dump, needs_key=False)


@bp.get("/<code_id>")
@allow(SIGNED_IN)
@bp.response(200, CodeStatusOut)
def show(book: str, code_id: str) -> codes.CodeStatus:
    """Say what became of a code of mine; the phone asks while it shows it."""
    ledger_id = book_id(book)
    with reading() as session:
        member_id = my_member(session, ledger_id).id
        found = codes.status(session, ledger_id=ledger_id, code_hash=_hash(code_id))
    if found.member_id != member_id:
        raise NotFound("no such code of yours")
    return found


def _hash(code_id: str) -> bytes:
    try:
        return bytes.fromhex(code_id)
    except ValueError as error:
        raise NotFound("no such code of yours") from error
