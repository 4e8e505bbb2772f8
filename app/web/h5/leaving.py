"""Leaving: what is still open, and the erasure of name and phone everywhere (PIPL 47)."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.ledger import balances, books
from app.people import credentials, erasure, households, members, objections
from app.people.models import Home
from app.points import photos, wallets
from app.service_orders import forgetting
from app.web import session as web_session
from app.web.acts import submit
from app.web.h5 import own, proof
from app.web.h5.forms import page as show_page
from app.web.h5.profile import masked_phone
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person

bp = own.for_oneself(Blueprint("leaving", __name__))


@bp.get("/me/erase")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what is still there, and ask for the proof."""
    return _page()


@bp.post("/me/erase/code")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def send_code() -> ResponseReturnValue:
    """Send a code to my phone, and ask for it."""
    problem = proof.send_code()
    return _page(problem, is_sent=problem is None)


@bp.post("/me/erase")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
def erase() -> ResponseReturnValue:
    """Erase my name and my phone; points that are left are given up knowingly."""
    gives_up = request.form.get("gives_up_points") == "yes"

    def verb(session: Session, _proof: None) -> None:
        left = _left(session)
        if any(each["held_points"] for each in left):
            raise ValidationFailed("points are reserved still", field="books", reason="held")
        if any(each["spendable_points"] for each in left) and not gives_up:
            raise ValidationFailed("points are left", field="gives_up_points")
        photos.forget_all(session, person_id=person().person_id)
        forgetting.forget_all(session, person_id=person().person_id, actor=actor())
        erasure.erase(session, person_id=person().person_id, actor=actor())

    _, problem = submit(verb, before=proof.of_form())
    if problem:
        return _page(problem, is_sent="code" in request.form)
    return web_session.forget(show_page("h5/erased.html"), request)


def _page(problem: dict[str, Any] | None = None, *, is_sent: bool = False) -> ResponseReturnValue:
    with reading() as session:
        values: dict[str, Any] = {
            "left": _left(session),
            "has_password": credentials.has_password(session, person_id=person().person_id),
            "phone": masked_phone(session),
        }
    return show_page("h5/erase.html", problem, is_sent=is_sent, **values)


def _left(session: Session) -> list[dict[str, Any]]:
    homes = members.list_homes(session, person_id=person().person_id)
    return [_left_in(session, home) for home in homes]


def _left_in(session: Session, home: Home) -> dict[str, Any]:
    named: dict[str, Any] = {"ledger_id": home.ledger_id, "member_id": home.member_id}
    held = balances.of_owner(session, ledger_id=home.ledger_id, owner_id=home.member_id)
    raised = objections.list_for_member(session, **named)
    holding = wallets.holding(session, **named)
    return {
        "name": books.get(session, home.ledger_id).name,
        "spendable_points": holding.own_points,
        "home_points": holding.shared_points if _is_last(session, named) else 0,
        "held_points": sum(each.held for each in held if each.ref.unit == "points"),
        "open_objections": sum(each.state == "open" for each in raised),
    }


def _is_last(session: Session, named: dict[str, Any]) -> bool:
    """Whether nobody else belongs to their household: its points wait for staff then (D29)."""
    home = households.household_of(session, **named)
    if home is None:
        return False
    key: dict[str, Any] = {"ledger_id": named["ledger_id"], "household_id": home.id}
    return len(households.list_members(session, **key)) == 1
