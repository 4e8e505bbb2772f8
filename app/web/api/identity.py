"""Sessions for programs, one-time codes and joining, over the API."""

from typing import Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import ValidationFailed
from app.base.transactions import unit_of_work
from app.community import tree
from app.people import joining, login_codes, senders, sign_in
from app.people.errors import NotRegistered, SignInFailed
from app.points import programmes
from app.web import session as web_session
from app.web.acts import act
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.identity import JoinIn, PhoneIn, SignedInOut, SignInIn, TicketOut

bp = Blueprint("identity", __name__, description="Signing in and joining")


@bp.post("/sign-in-codes")
@allow(PUBLIC)
@limiter.limit(GUESSING)
@bp.arguments(PhoneIn)
@bp.response(204)
def send_code(asked: dict[str, Any]) -> ResponseReturnValue:
    """Send a one-time code to a phone; whether anybody joined with it is not told."""
    outgoing = unit_of_work(lambda session: login_codes.issue(session, phone=asked["phone"]))
    senders.choose(current_app.config["SMS_SENDER"]).send(outgoing)
    return "", 204


@bp.post("/sessions")
@allow(PUBLIC)
@limiter.limit(GUESSING)
@bp.arguments(SignInIn)
@bp.response(201, SignedInOut)
@bp.alt_response(202, schema=TicketOut, success=True)
def begin(asked: dict[str, Any]) -> ResponseReturnValue:
    """Open a session; 202 with a ticket when the phone is proven but nobody joined with it."""
    if ("code" in asked) == ("password" in asked):
        raise ValidationFailed("either a code or a password", field="code")
    way = sign_in.by_code if "code" in asked else sign_in.by_password
    result = unit_of_work(lambda session: way(session, **asked))
    if isinstance(result.refusal, NotRegistered):
        answer = jsonify(ticket=result.ticket or "")
        answer.status_code = 202
        return answer
    return {"token": result.require(), "person_id": str(result.person_id)}, 201


@bp.delete("/sessions/current")
@allow(SIGNED_IN)
@bp.response(204)
def end() -> ResponseReturnValue:
    """End this session."""
    token = web_session.person().token
    unit_of_work(lambda session: sign_in.revoke(session, token))
    return "", 204


@bp.post("/members")
@allow(PUBLIC)
@limiter.limit(GUESSING)
@bp.arguments(JoinIn)
@bp.response(201, SignedInOut)
def join(asked: dict[str, Any]) -> ResponseReturnValue:
    """Join by oneself, with the ticket that a one-time code earned."""

    def verb(session: Session, _fact: None) -> dict[str, str]:
        if not login_codes.is_ticket_of(asked["ticket"], phone=asked["phone"]):
            raise SignInFailed
        node = tree.find(session, asked["node_code"])
        newcomer = joining.Newcomer(
            asked["name"],
            asked["phone"],
            node.id,
            asked["consent_version"],
            birth_year=asked["birth_year"],
            guardian_consent_version=asked["guardian_consent_version"],
        )
        ledger_id = programmes.of_node(session, node).ledger_id
        member = joining.join_oneself(session, ledger_id=ledger_id, newcomer=newcomer)
        token = sign_in.open_session(session, person_id=member.person_id)
        return {"token": token, "person_id": str(member.person_id)}

    return act(verb, needs_key=False)
