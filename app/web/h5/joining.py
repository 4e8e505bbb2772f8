"""Joining by oneself at the first scan: name, community, consent; the phone was proven."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import attempt, unit_of_work
from app.community import tree
from app.people import joining, login_codes, sign_in
from app.people.errors import SignInFailed
from app.points import programmes
from app.web import session as web_session
from app.web.errors import problem_of
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
    typed = {
        name: value
        for name, value in request.form.items()
        if name not in ("csrf_token", "next", "agreed") and value
    }
    try:
        asked = JoinIn().load({**typed, "consent_version": CONSENT_VERSION})
        token = unit_of_work(lambda session: _join(session, asked))
    except DomainError as error:
        html = render_template(
            "h5/join.html", typed=typed, problem=problem_of(error), next=next_page()
        )
        return Response(html, status=422, mimetype="text/html")
    answer = redirect(next_page(), code=303)
    return web_session.remember(answer, request, token)  # type: ignore[arg-type]


def _join(session: Session, asked: dict[str, object]) -> str:
    phone = str(asked["phone"])
    if not login_codes.is_ticket_of(str(asked["ticket"]), phone=phone):
        raise SignInFailed("the phone's proof is too old: ask for a new code")
    with attempt(session):
        node = tree.find(session, str(asked["node_code"]))
        if node.closed_on is not None:
            raise NotFound("this place is closed")
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
