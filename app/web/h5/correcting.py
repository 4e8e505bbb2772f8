"""Correcting what is held of me: name and year of birth, and another phone (PIPL 46)."""

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.transactions import reading, unit_of_work
from app.people import corrections, credentials, login_codes, phone_changes, senders
from app.people.models import Person
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import own, proof
from app.web.h5.forms import page as show_page
from app.web.h5.profile import masked_phone
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person

bp = own.for_oneself(Blueprint("correcting", __name__))


@bp.get("/me/correct")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show name and year as they are held, to be written anew."""
    return _page()


@bp.post("/me/correct")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def correct() -> ResponseReturnValue:
    """Write name and year as they should be, in every book."""

    def verb(session: Session, _proof: None) -> None:
        corrections.correct(
            session,
            person_id=person().person_id,
            name=request.form.get("name", ""),
            birth_year=_year(),
            actor=actor(),
        )

    _, problem = submit(verb, before=proof.of_form())
    if problem:
        return _page(problem, is_sent="code" in request.form)
    return redirect(url_for("h5.profile.page", said="corrected"), code=303)


@bp.post("/me/correct/code")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def send_code() -> ResponseReturnValue:
    """Send a code to my phone, and ask for it."""
    problem = proof.send_code()
    return _page(problem, is_sent=problem is None)


@bp.get("/me/phone")
@allow(SIGNED_IN)
def phone() -> ResponseReturnValue:
    """Ask for the new number."""
    return _phone()


@bp.post("/me/phone/code")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def send_phone_code() -> ResponseReturnValue:
    """Send a code to the new phone; who has no password proves the old one by a code too."""
    problem = _send_to(request.form.get("new_phone", ""))
    if problem is None and not _has_password():
        problem = proof.send_code()
    return _phone(problem, is_sent=problem is None)


@bp.post("/me/phone")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def change_phone() -> ResponseReturnValue:
    """Take the new phone; other devices sign out."""
    new_phone = request.form.get("new_phone", "")
    prove_oneself = proof.of_form()

    def before(session: Session) -> None:
        prove_oneself(session)
        code = request.form.get("new_code", "").strip()
        refusal = login_codes.redeem(session, phone=new_phone, code=code)
        if refusal is not None:
            raise refusal

    def verb(session: Session, _proof: None) -> None:
        phone_changes.change(
            session,
            person_id=person().person_id,
            phone=new_phone,
            actor=actor(),
            keep_token=person().token,
        )

    _, problem = submit(verb, before=before)
    if problem:
        return _phone(problem, is_sent=True)
    return redirect(url_for("h5.profile.page", said="phone"), code=303)


def _year() -> int | None:
    text = request.form.get("birth_year", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValidationFailed("four digits", field="birth_year")
    return int(text)


def _send_to(new_phone: str) -> dict[str, Any] | None:
    try:
        outgoing = unit_of_work(lambda session: login_codes.issue(session, phone=new_phone))
    except DomainError as refusal:
        return problem_of(refusal)
    senders.choose(current_app.config["SMS_SENDER"]).send(outgoing)
    return None


def _has_password() -> bool:
    with reading() as session:
        return credentials.has_password(session, person_id=person().person_id)


def _page(problem: dict[str, Any] | None = None, *, is_sent: bool = False) -> ResponseReturnValue:
    with reading() as session:
        found = session.get(Person, person().person_id)
        if found is None or found.name_cipher is None:
            raise NotFound("no such person")
        typed = request.form if request.form else None
        values: dict[str, Any] = {
            "name": typed.get("name", "")
            if typed
            else crypto.unseal(found.name_cipher, found.person_id),
            "birth_year": typed.get("birth_year", "") if typed else found.birth_year,
            "has_password": credentials.has_password(session, person_id=found.person_id),
            "phone": masked_phone(session),
        }
    return show_page("h5/correct.html", problem, is_sent=is_sent, **values)


def _phone(problem: dict[str, Any] | None = None, *, is_sent: bool = False) -> ResponseReturnValue:
    with reading() as session:
        phone = masked_phone(session)
    return show_page(
        "h5/phone.html",
        problem,
        phone=phone,
        has_password=_has_password(),
        is_sent=is_sent,
        new_phone=request.form.get("new_phone", ""),
    )
