"""Check-in by the screen's code over the API: seen first, then signed in, then confirmed.

`seen` is open to everybody and writes nothing: the time counts from there, however
long signing in takes (E15). The check-in itself is the hot path; a test counts its
statements.
"""

import secrets
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import checkin, codes, listings, scans, tickets
from app.activities.errors import BadSignature
from app.activities.scans import Tried
from app.activities.shifts import attending, checkpoint_codes, routes
from app.activities.shifts.checkpoint_codes import CheckpointTicket
from app.activities.tickets import DIRECTIONS, SeenTicket
from app.base import crypto
from app.base.errors import DomainError
from app.base.transactions import reading, unit_of_work
from app.community import tree
from app.ledger import books
from app.people import members
from app.people.errors import CodeExpired, NotRegistered
from app.web.acts import Look, act
from app.web.limiter import GUESSING, SCANNING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.attendance import SeenIn, SeenOut, StayOut, TicketIn
from app.web.schemas.shifts import ReachedOut
from app.web.session import DEVICE_COOKIE, actor, person

bp = Blueprint("checkins", __name__, url_prefix="/checkins", description="Check-in by a code")

DEVICE_BYTES = 16
DEVICE_DAYS = 400
STAY = StayOut()


def is_scan() -> bool:
    """Whether this is a scanned token, which nobody can guess, and no typed digits."""
    asked = request.get_json(silent=True)
    return isinstance(asked, dict) and "token" in asked


def is_refused(answer: Response) -> bool:
    """Whether a try failed: a crowd that types its digits right is no guesser."""
    return answer.status_code >= 400


@bp.post("/seen")
@allow(PUBLIC)
@limiter.limit(SCANNING)
@limiter.limit(GUESSING, exempt_when=is_scan, deduct_when=is_refused)
@bp.arguments(SeenIn)
@bp.response(200, SeenOut)
def see(asked: dict[str, Any]) -> ResponseReturnValue:
    """Turn a scanned or typed code into a ticket for ten minutes; say what it is for."""
    try:
        with reading() as session:
            ticket = _redeem(session, asked)
            return _shown(session, ticket)
    except BadSignature:
        raise
    except DomainError as refusal:
        _keep_refused(asked, refusal)
        raise


@bp.post("")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
@bp.arguments(TicketIn)
@bp.response(201, StayOut)
def confirm(asked: dict[str, Any]) -> ResponseReturnValue:
    """Check in or out by a seen ticket, as it says; at the time at which it was seen."""
    seen = tickets.read_ticket(asked["ticket"])
    device = _Device()

    def verb(session: Session, member_id: UUID) -> Any:
        ticket = tickets.open_ticket(asked["ticket"], ledger_id=seen.ledger_id)
        named: dict[str, Any] = {"ledger_id": seen.ledger_id, "member_id": member_id}
        if ticket.direction == "in":
            named["device_hash"] = device.hash
            done: Any = checkin.check_in(session, ticket=ticket, actor=actor(), **named)
        else:
            done = checkin.check_out(session, ticket=ticket, actor=actor(), **named)
        return {"direction": ticket.direction, **_stay(done)}

    def refused(session: Session, member_id: UUID | None, refusal: DomainError) -> None:
        tried = scans.tried_with(seen, member_id=member_id, device_hash=device.hash)
        scans.keep(session, ledger_id=seen.ledger_id, tried=tried, refusal=refusal)

    me = Look(lambda session: _me(session, seen.ledger_id))
    answer = act(verb, ledger_id=seen.ledger_id, before=me, refused=refused)
    return device.remember(answer)


@bp.post("/checkpoints")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
@bp.arguments(TicketIn)
@bp.response(201, ReachedOut)
def reach(asked: dict[str, Any]) -> ResponseReturnValue:
    """Reach a checkpoint of a route by a seen ticket; the first one checks me in (C13)."""
    seen = checkpoint_codes.open_ticket(asked["ticket"])
    device = _Device()

    def verb(session: Session, member_id: UUID) -> Any:
        ticket = checkpoint_codes.open_ticket(asked["ticket"], ledger_id=seen.ledger_id)
        return routes.scan(
            session,
            ledger_id=seen.ledger_id,
            member_id=member_id,
            ticket=ticket,
            actor=actor(),
            device_hash=device.hash,
        )

    def refused(session: Session, member_id: UUID | None, refusal: DomainError) -> None:
        tried = Tried(seen.session_id, "in", member_id, None, seen.seen_at, device.hash)
        scans.keep(session, ledger_id=seen.ledger_id, tried=tried, refusal=refusal)

    me = Look(lambda session: _me(session, seen.ledger_id))
    answer = act(verb, ledger_id=seen.ledger_id, before=me, refused=refused, dump=ReachedOut().dump)
    return device.remember(answer)


class _Device:
    """The phone behind a request, by a random cookie of which only the hash is kept."""

    def __init__(self) -> None:
        sent = request.cookies.get(DEVICE_COOKIE, "")
        is_browser = not getattr(current_user, "is_program", False)
        self.fresh = secrets.token_urlsafe(DEVICE_BYTES) if is_browser and not sent else None
        known = self.fresh or sent
        self.hash = crypto.lookup_hash("device", known) if known else None

    def remember(self, answer: Response) -> Response:
        """Give a phone without one its cookie."""
        if self.fresh:
            answer.set_cookie(
                DEVICE_COOKIE,
                self.fresh,
                max_age=DEVICE_DAYS * 86_400,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        return answer


def _me(session: Session, ledger_id: int) -> UUID:
    found = members.find_id(session, ledger_id=ledger_id, person_id=person().person_id)
    if found is None:
        raise NotRegistered("no member of this book yet")
    return found


def _redeem(session: Session, asked: dict[str, Any]) -> SeenTicket | CheckpointTicket:
    if "token" in asked and checkpoint_codes.is_one(asked["token"]):
        return checkpoint_codes.redeem(session, token=asked["token"])
    if "token" in asked:
        return codes.redeem(session, token=asked["token"])
    ledger_id = books.by_code(session, asked["book"]).id
    named = {
        "ledger_id": ledger_id,
        "session_id": asked["session_id"],
        "digits": asked["digits"],
    }
    for direction in (asked["direction"],) if "direction" in asked else DIRECTIONS:
        try:
            return codes.redeem_short(session, direction=direction, **named)
        except CodeExpired:
            continue
    return checkpoint_codes.redeem_digits(session, **named)


def _keep_refused(asked: dict[str, Any], refusal: DomainError) -> None:
    """Keep the refusal of a code that was ours once; a made-up one leaves no row."""
    if "token" not in asked:
        return

    def keep(session: Session) -> None:
        seen = codes.find_session(session, token=asked["token"])
        if seen is not None:
            tried = scans.tried_with(seen, member_id=None)
            scans.keep(session, ledger_id=seen.ledger_id, tried=tried, refusal=refusal)

    unit_of_work(keep)


def _shown(session: Session, ticket: SeenTicket | CheckpointTicket) -> dict[str, Any]:
    slot = listings.get_slot(session, ledger_id=ticket.ledger_id, session_id=ticket.session_id)
    return {
        "ticket": ticket.sign(),
        "direction": ticket.direction,
        "seen_at": ticket.seen_at,
        "book": books.get(session, ticket.ledger_id).code,
        "activity_id": slot.activity.id,
        "session_id": slot.session.id,
        "title": slot.activity.title,
        "address": slot.activity.address,
        "node_name": tree.get(session, slot.activity.node_id).short_name,
        "starts_at": slot.session.starts_at,
        "ends_at": slot.session.ends_at,
        "checkpoint": _checkpoint(session, slot.activity.id, ticket),
    }


def _checkpoint(
    session: Session, activity_id: UUID, ticket: SeenTicket | CheckpointTicket
) -> str | None:
    if isinstance(ticket, SeenTicket):
        return None
    named: dict[str, Any] = {"ledger_id": ticket.ledger_id, "activity_id": activity_id}
    return attending.list_checkpoints(session, **named)[ticket.ordinal - 1].name


def _stay(done: Any) -> dict[str, Any]:
    values: dict[str, Any] = STAY.dump(done)
    return values
