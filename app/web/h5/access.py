"""My ways in: password, spending PIN, signed-in devices."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import credentials, sessions
from app.web.acts import submit
from app.web.h5 import own, proof
from app.web.h5.forms import page as show_page
from app.web.h5.profile import masked_phone
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person
from app.web.translate import _

bp = own.for_oneself(Blueprint("access", __name__))


@bp.get("/me/password")
@allow(SIGNED_IN)
def password() -> ResponseReturnValue:
    """Ask for the new password, with the proof."""
    return _form("password")


@bp.post("/me/password")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def set_password() -> ResponseReturnValue:
    """Set the password, and end the sessions on other devices."""

    def verb(session: Session, _proof: None) -> None:
        credentials.set_password(
            session,
            person_id=person().person_id,
            password=request.form.get("new_password", ""),
            actor=actor(),
            keep_token=person().token,
        )

    return _set("password", verb)


@bp.get("/me/pin")
@allow(SIGNED_IN)
def pin() -> ResponseReturnValue:
    """Ask for the new PIN, with the proof."""
    return _form("pin")


@bp.post("/me/pin")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def set_pin() -> ResponseReturnValue:
    """Set the spending PIN."""

    def verb(session: Session, _proof: None) -> None:
        named = {"person_id": person().person_id, "actor": actor()}
        credentials.set_pin(session, pin=request.form.get("new_pin", ""), **named)  # type: ignore[arg-type]

    return _set("pin", verb)


@bp.post("/me/<any(password, pin):what>/code")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def send_code(what: str) -> ResponseReturnValue:
    """Send a code to my phone, and ask for it."""
    problem = proof.send_code()
    return _form(what, problem, is_sent=problem is None)


@bp.get("/me/devices")
@allow(SIGNED_IN)
def devices() -> ResponseReturnValue:
    """List the devices on which I am signed in."""
    with reading() as session:
        found = sessions.list_live(session, person_id=person().person_id)
        current = sessions.find(session, person().token)
    key = current.token_hash if current else None
    said = _("其他手机和电脑都退出了") if request.args.get("said") else None
    return show_page("h5/devices.html", found=found, current=key, said=said)


@bp.post("/me/devices/end-others")
@allow(SIGNED_IN)
def end_others() -> ResponseReturnValue:
    """Sign all my other devices out."""

    def verb(session: Session, _fact: None) -> None:
        sessions.revoke_all(session, person_id=person().person_id, keep_token=person().token)

    submit(verb)
    return redirect(url_for("h5.access.devices", said=1), code=303)


def _set(what: str, verb: Callable[[Session, Any], None]) -> ResponseReturnValue:
    _, problem = submit(verb, before=proof.of_form())
    if problem:
        return _form(what, problem, is_sent="code" in request.form)
    return redirect(url_for("h5.profile.page", said="saved"), code=303)


def _form(
    what: str, problem: dict[str, Any] | None = None, *, is_sent: bool = False
) -> ResponseReturnValue:
    with reading() as session:
        has_password = credentials.has_password(session, person_id=person().person_id)
        phone = masked_phone(session)
    return show_page(
        "h5/secret.html",
        problem,
        what=what,
        has_password=has_password,
        phone=phone,
        is_sent=is_sent,
    )
