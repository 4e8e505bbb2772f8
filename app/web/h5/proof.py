"""That it is oneself, before a secret is changed: the old password, or a code to one's phone."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session

from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import reading, unit_of_work
from app.people import credentials, login_codes, senders
from app.people.errors import SignInFailed
from app.web.errors import problem_of
from app.web.h5.profile import phone_of
from app.web.session import person

Problem = dict[str, Any]


def of_form() -> Callable[[Session], None]:
    """Return the outer fact that proves the person; a wrong try counts although it is refused."""
    password, code = request.form.get("password", ""), request.form.get("code", "").strip()
    person_id = person().person_id

    def before(session: Session) -> None:
        refusal: DomainError | None
        if code:
            phone = phone_of(session)
            refusal = (
                login_codes.redeem(session, phone=phone, code=code) if phone else SignInFailed()
            )
        elif password:
            refusal = credentials.check_password(session, person_id=person_id, password=password)
        else:
            refusal = ValidationFailed("password or code", field="password")
        if refusal is not None:
            raise refusal

    return before


def send_code() -> Problem | None:
    """Send a one-time code to one's own phone; return the problem, if there is one."""
    with reading() as session:
        phone = phone_of(session)
    if phone is None:
        return problem_of(ValidationFailed("no phone", field="phone"))
    try:
        outgoing = unit_of_work(lambda session: login_codes.issue(session, phone=phone))
    except DomainError as refusal:
        return problem_of(refusal)
    senders.choose(current_app.config["SMS_SENDER"]).send(outgoing)
    return None
