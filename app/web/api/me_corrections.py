"""Correcting what is held of me: name, year of birth, phone (PIPL 46).

Each needs the proof that it is oneself; a new phone is proven by a code sent to it.
To correct twice is to correct once, so no Idempotency-Key is asked for.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.people import corrections, login_codes, phone_changes
from app.web.acts import act
from app.web.api.me_access import proven
from app.web.api.standing import oneself
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.me import CorrectionIn, NewPhoneIn
from app.web.session import actor, person

bp = Blueprint(
    "me_corrections", __name__, url_prefix="/me", description="Correcting what is held of me"
)


@bp.put("/person")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
@bp.arguments(CorrectionIn)
@bp.response(204)
def correct(asked: dict[str, Any]) -> ResponseReturnValue:
    """Write my name and year of birth as they should be, in every book."""

    def verb(session: Session, _proof: None) -> None:
        corrections.correct(
            session,
            person_id=oneself(),
            name=asked["name"],
            birth_year=asked["birth_year"],
            actor=actor(),
        )

    return act(verb, before=proven(asked), status=204, needs_key=False)


@bp.put("/phone")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
@bp.arguments(NewPhoneIn)
@bp.response(204)
def change_phone(asked: dict[str, Any]) -> ResponseReturnValue:
    """Take another phone, proven by the code just sent to it; other devices sign out."""
    prove_oneself = proven(asked)

    def before(session: Session) -> None:
        prove_oneself(session)
        refusal = login_codes.redeem(session, phone=asked["new_phone"], code=asked["new_code"])
        if refusal is not None:
            raise refusal

    def verb(session: Session, _proof: None) -> None:
        phone_changes.change(
            session,
            person_id=oneself(),
            phone=asked["new_phone"],
            actor=actor(),
            keep_token=person().token,
        )

    return act(verb, before=before, status=204, needs_key=False)
