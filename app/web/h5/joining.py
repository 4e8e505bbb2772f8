"""Joining by oneself at the first scan: name, community, consent; the phone was proven."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.transactions import attempt, unit_of_work
from app.community import tree
from app.community.models import Node
from app.people import joining, login_codes, sign_in
from app.people.errors import SignInFailed
from app.points import programmes
from app.web import session as web_session
from app.web.errors import problem_of
from app.web.h5.forms import load, page, typed
from app.web.h5.sign_in import next_page
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, allow
from app.web.schemas.identity import JoinIn

bp = Blueprint("joining", __name__)
CONSENT_VERSION = "2026-03"
"""The version of the text that the joining page shows; a new text is a new version."""


@bp.post("/join")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def join() -> ResponseReturnValue:
    """Take the person in and sign them in."""
    filled = typed()
    filled.pop("agreed", None)
    asked, problem = load(JoinIn(), {**filled, "consent_version": CONSENT_VERSION})
    if problem:
        return _again(filled, problem)
    try:
        require_agreed()
        token = unit_of_work(lambda session: _join(session, asked))
    except DomainError as error:
        return _again(filled, problem_of(error))
    answer = redirect(next_page(), code=303)
    return web_session.remember(answer, request, token)  # type: ignore[arg-type]


def require_agreed() -> None:
    """Refuse a joining form whose consent is not ticked (PIPL 14).

    Raises:
        ValidationFailed: Fact `field`.
    """
    if not request.form.get("agreed"):
        raise ValidationFailed("joining needs consent", field="agreed")


def open_place(session: Session, text: str) -> Node:
    """Return the place that somebody typed, if people may join there.

    Raises:
        ValidationFailed: There is none, or it is closed; fact `field`.
        AmbiguousNode: Several places have this name.
    """
    try:
        node = tree.find(session, text)
    except NotFound as error:
        raise ValidationFailed("no such place", field="node_code") from error
    if node.closed_on is not None:
        raise ValidationFailed("this place is closed", field="node_code")
    return node


def _again(filled: dict[str, str], problem: dict[str, Any]) -> ResponseReturnValue:
    return page("h5/join.html", problem, typed=filled, next=next_page())


def _join(session: Session, asked: dict[str, object]) -> str:
    phone = str(asked["phone"])
    if not login_codes.is_ticket_of(str(asked["ticket"]), phone=phone):
        raise SignInFailed("the phone's proof is too old: ask for a new code")
    with attempt(session):
        node = open_place(session, str(asked["node_code"]))
        newcomer = joining.Newcomer(
            name=str(asked["name"]),
            phone=phone,
            node_id=node.id,
            consent_version=CONSENT_VERSION,
            birth_year=asked["birth_year"],  # type: ignore[arg-type]
        )
        programme = programmes.of_node(session, node)
        member = joining.join_oneself(session, ledger_id=programme.ledger_id, newcomer=newcomer)
        return sign_in.open_session(session, person_id=member.person_id)
