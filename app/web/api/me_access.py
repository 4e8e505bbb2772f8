"""My ways in: password, spending PIN, signed-in devices, consents; and leaving for good.

Passwords and PINs carry no Idempotency-Key: to set one twice is to set it once, and
a key would keep a trace of what was sent.
"""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.people import consents, credentials, login_codes, members, sessions
from app.people.errors import SignInFailed
from app.web.acts import act
from app.web.api.standing import oneself
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.me import (
    WITHDRAWABLE,
    ConsentIn,
    ConsentOut,
    EndedOut,
    OwnSessionOut,
    PasswordIn,
    PinIn,
)
from app.web.session import actor, person

bp = Blueprint("me_access", __name__, url_prefix="/me", description="My ways in")


def proven(asked: dict[str, Any]) -> Callable[[Session], None]:
    """Return the outer fact that proves the person: the password, or phone and code.

    A wrong try is counted even though the act is refused.
    """
    person_id = oneself()
    has_code = "phone" in asked and "code" in asked
    if ("password" in asked) == has_code:
        raise ValidationFailed("either the password, or phone and code", field="password")

    def before(session: Session) -> None:
        if "password" in asked:
            refusal = credentials.check_password(
                session, person_id=person_id, password=asked["password"]
            )
        elif members.find_person_by_phone(session, asked["phone"]) != person_id:
            raise SignInFailed
        else:
            refusal = login_codes.redeem(session, phone=asked["phone"], code=asked["code"])
        if refusal is not None:
            raise refusal

    return before


@bp.put("/password")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
@bp.arguments(PasswordIn)
@bp.response(204)
def set_password(asked: dict[str, Any]) -> ResponseReturnValue:
    """Set my password, and end my sessions on other devices."""

    def verb(session: Session, _proof: None) -> None:
        credentials.set_password(
            session,
            person_id=oneself(),
            password=asked["new_password"],
            actor=actor(),
            keep_token=person().token,
        )

    return act(verb, before=proven(asked), status=204, needs_key=False)


@bp.put("/pin")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
@bp.arguments(PinIn)
@bp.response(204)
def set_pin(asked: dict[str, Any]) -> ResponseReturnValue:
    """Set my spending PIN."""

    def verb(session: Session, _proof: None) -> None:
        credentials.set_pin(session, person_id=oneself(), pin=asked["new_pin"], actor=actor())

    return act(verb, before=proven(asked), status=204, needs_key=False)


@bp.get("/sessions")
@allow(SIGNED_IN)
@bp.response(200, items_of(OwnSessionOut))
def list_sessions() -> dict[str, Any]:
    """List the devices on which I am signed in, last used first."""
    with reading() as session:
        current = sessions.find(session, person().token)
        return {
            "items": [
                {
                    "id": row.token_hash.hex(),
                    "created_at": row.created_at,
                    "seen_at": row.seen_at,
                    "expires_at": row.expires_at,
                    "is_current": current is not None and row.token_hash == current.token_hash,
                }
                for row in sessions.list_live(session, person_id=oneself())
            ]
        }


@bp.delete("/sessions/<session_id>")
@allow(SIGNED_IN)
@bp.response(204)
def end_session(session_id: str) -> ResponseReturnValue:
    """Sign one of my devices out."""

    def verb(session: Session, _fact: None) -> None:
        if not sessions.revoke_one(session, person_id=oneself(), token_hash=_hash(session_id)):
            raise NotFound("no such session of yours")

    return act(verb, status=204)


@bp.post("/sessions/end-others")
@allow(SIGNED_IN)
@bp.response(200, EndedOut)
def end_other_sessions() -> ResponseReturnValue:
    """Sign all my other devices out."""

    def verb(session: Session, _fact: None) -> dict[str, int]:
        count = sessions.revoke_all(session, person_id=oneself(), keep_token=person().token)
        return {"count": count}

    return act(verb, status=200)


@bp.get("/consents")
@allow(SIGNED_IN)
@bp.response(200, items_of(ConsentOut))
def list_consents() -> dict[str, Any]:
    """List what I agreed to, and what I took back."""
    with reading() as session:
        return {"items": consents.list_of(session, person_id=oneself())}


@bp.post("/consents")
@allow(SIGNED_IN)
@bp.arguments(ConsentIn)
@bp.response(201, ConsentOut)
def give_consent(asked: dict[str, Any]) -> ResponseReturnValue:
    """Agree to one version of a text, for one purpose."""
    return act(
        lambda session, _fact: consents.give(session, person_id=oneself(), actor=actor(), **asked),
        dump=ConsentOut().dump,
    )


@bp.delete("/consents/<purpose>")
@allow(SIGNED_IN)
@bp.response(204)
def withdraw_consent(purpose: str) -> ResponseReturnValue:
    """Take a consent back; to take back being a member is to be erased."""
    if purpose not in WITHDRAWABLE:
        raise ValidationFailed("leave by /me/erasure", field="purpose", reason="membership")
    return act(
        lambda session, _fact: consents.withdraw(
            session, person_id=oneself(), purpose=purpose, actor=actor()
        ),
        status=204,
    )


def _hash(session_id: str) -> bytes:
    try:
        return bytes.fromhex(session_id)
    except ValueError as error:
        raise NotFound("no such session of yours") from error
