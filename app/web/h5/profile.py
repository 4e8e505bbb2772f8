"""My profile: who I am here, what I agreed to, and the ways to change it."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import cards, consents, credentials, duties, phones, skills, team_members
from app.people.models import Consent, Person
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.joining import CONSENT_VERSION
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person
from app.web.translate import _, _l

bp = own.for_oneself(Blueprint("profile", __name__))

OPTIONAL = ("board",)
"""Consents that are asked on the page; membership ends by erasure, the rest by staff."""
SAID = {
    "corrected": _l("姓名和年份改好了，每个社区都改了"),
    "phone": _l("手机号换好了，下次用新号登录"),
    "saved": _l("存好了"),
}


@bp.get("/me")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show who I am here."""
    with reading() as session:
        me = own.here(session)
        person_id = person().person_id
        values: dict[str, Any] = {
            "phone": masked_phone(session),
            "has_password": credentials.has_password(session, person_id=person_id),
            "has_pin": credentials.has_pin(session, person_id=person_id),
            "teams": team_members.teams_of(session, **me.key),
            "duties": duties.list_of_member(session, **me.key),
            "skills": skills.of_member(session, **me.key),
            "cards": cards.list_of(session, **me.key),
        }
    said = SAID.get(request.args.get("said", ""))
    return show_page("h5/profile.html", me=me, said=said, **values)


@bp.get("/me/consents")
@allow(SIGNED_IN)
def show_consents() -> ResponseReturnValue:
    """List what I agreed to, and what I took back."""
    return _consents()


@bp.post("/me/consents/<purpose>")
@allow(SIGNED_IN)
def change_consent(purpose: str) -> ResponseReturnValue:
    """Give or take back a consent that is nobody's condition."""
    if purpose not in OPTIONAL:
        raise NotFound("this consent is not changed here")
    gives = request.form.get("gives") == "yes"

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {
            "person_id": person().person_id,
            "purpose": purpose,
            "actor": actor(),
        }
        if gives:
            consents.give(session, text_version=CONSENT_VERSION, **named)
        else:
            consents.withdraw(session, **named)

    _, problem = submit(verb)
    if problem:
        return _consents(problem)
    return redirect(url_for("h5.profile.show_consents", said=1), code=303)


def phone_of(session: Session) -> str | None:
    """Return the signed-in person's phone, in clear, for the person alone."""
    found = session.get(Person, person().person_id)
    if found is None or found.phone_cipher is None:
        return None
    return crypto.unseal(found.phone_cipher, found.person_id)


def masked_phone(session: Session) -> str | None:
    """Return the signed-in person's phone as it is shown."""
    phone = phone_of(session)
    return phones.mask(phone) if phone else None


def _consents(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        found: list[Consent] = consents.list_of(session, person_id=person().person_id)
    standing = {each.purpose for each in found if each.withdrawn_at is None}
    said = _("改好了") if request.args.get("said") else None
    return show_page(
        "h5/consents.html", problem, found=found, standing=standing, optional=OPTIONAL, said=said
    )
