"""Check-in and check-out on one's own phone: by a seen ticket, or by the six digits.

The ticket was earned at `/q` when the code was scanned; the time counts from there,
however long signing in or joining took (E15).
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import checkin, codes, listings, scans, tickets
from app.activities.listings import MySlot, Slot
from app.activities.shifts import attending, checkpoint_codes
from app.activities.tickets import SeenTicket
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.ledger import books
from app.people import joining, members, team_members
from app.people.errors import CodeExpired, NotRegistered
from app.people.models import Member
from app.points import wallets
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import expected, own
from app.web.h5.device import Device
from app.web.h5.forms import invalid
from app.web.h5.forms import page as show_page
from app.web.h5.joining import CONSENT_VERSION, require_agreed
from app.web.h5.shifts import patrol
from app.web.limiter import GUESSING, SCANNING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person

bp = own.for_oneself(Blueprint("checkin", __name__))

MINE_MAX = 200
PAGES = {"route": "h5.patrol.page", "visit": "h5.visiting.page"}


@bp.get("/sessions/<uuid:session_id>/check-in")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """Say how to scan, and take the six digits from whoever cannot.

    A patrol and a visit have pages of their own.
    """
    with reading() as session:
        me = own.here(session)
        slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
        way = attending.way_of(session, ledger_id=me.ledger_id, activity_id=slot.activity.id)
    if way in PAGES:
        return redirect(url_for(PAGES[way], session_id=session_id), code=303)
    return _page(session_id)


@bp.post("/sessions/<uuid:session_id>/check-in")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def type_digits(session_id: UUID) -> ResponseReturnValue:
    """Check in or out by the digits under the code."""
    digits = "".join(request.form.get("digits", "").split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == codes.SHORT_DIGITS):
        return _page(session_id, invalid("digits"))
    with reading() as session:
        me = own.here(session)
        try:
            ticket = of_digits(session, me.ledger_id, session_id, digits)
        except DomainError as refusal:
            return _page(session_id, problem_of(refusal))
    return take(ticket)


@bp.post("/check-in")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
def confirm() -> ResponseReturnValue:
    """Check in or out by the seen ticket, as it says; at the time at which it was seen."""
    text = request.form.get("ticket", "")
    if checkpoint_codes.is_ticket(text):
        return patrol.confirm()
    try:
        ticket = tickets.read_ticket(text)
    except DomainError as refusal:
        return show_page("h5/checkin_refused.html", problem_of(refusal), slot=None, ticket=None)
    return take(ticket)


@bp.post("/check-in/join")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
def join() -> ResponseReturnValue:
    """Join the book of the place one is at, then check in with the same ticket."""
    ticket = tickets.read_ticket(request.form.get("ticket", ""))

    def verb(session: Session, _fact: None) -> None:
        require_agreed()
        slot = _slot(session, ticket)
        joining.join_another_book(
            session,
            ledger_id=ticket.ledger_id,
            person_id=person().person_id,
            node_id=slot.activity.node_id,
            consent_version=CONSENT_VERSION,
            actor=actor(),
        )

    _, problem = submit(verb, ledger_id=ticket.ledger_id)
    if problem:
        return _refused(ticket, problem)
    with reading() as session:
        slot, code = _slot(session, ticket), books.get(session, ticket.ledger_id).code
    values: dict[str, Any] = {"slot": slot, "ticket": ticket.sign(), "direction": ticket.direction}
    return own.remember_book(show_page("h5/checkin_go_on.html", **values), code)


@bp.get("/check-in/done/<uuid:session_id>")
@allow(SIGNED_IN)
def done(session_id: UUID) -> ResponseReturnValue:
    """Show what was written down, what it will bring, and what comes next."""
    with reading() as session:
        me = own.here(session)
        mine = _my_slot(session, me, session_id)
        stay = max(mine.stays, key=lambda each: each.ordinal)
        minutes = sum(each.credited_minutes or 0 for each in mine.stays)
        points = expected.points(session, me, mine.activity, stay.credited_minutes or 0)
        holding = wallets.holding(session, **me.key)
        leader = _leader_of(session, me.ledger_id, mine)
    return show_page(
        "h5/checkin_done.html",
        me=me,
        slot=mine,
        stay=stay,
        minutes=minutes,
        points=points,
        holding=holding,
        leader=leader,
    )


def take(ticket: SeenTicket) -> ResponseReturnValue:
    """Do what the ticket says; a refused try is kept for the leader."""
    device, ledger_id, text = Device(), ticket.ledger_id, ticket.sign()

    def verb(session: Session, member: Member) -> None:
        good = tickets.open_ticket(text, ledger_id=ledger_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member.id}
        if good.direction == "in":
            checkin.check_in(session, ticket=good, actor=actor(), device_hash=device.hash, **named)
        else:
            checkin.check_out(session, ticket=good, actor=actor(), **named)

    def refused(session: Session, member: Member | None, refusal: DomainError) -> None:
        member_id = member.id if member else None
        tried = scans.tried_with(ticket, member_id=member_id, device_hash=device.hash)
        scans.keep(session, ledger_id=ledger_id, tried=tried, refusal=refusal)

    _, problem = submit(
        verb, ledger_id=ledger_id, before=lambda s: _me(s, ledger_id), refused=refused
    )
    if problem:
        return device.remember(_refused(ticket, problem))
    with reading() as session:
        code = books.get(session, ledger_id).code
    target = url_for("h5.checkin.done", session_id=ticket.session_id)
    return own.remember_book(device.remember(redirect(target, code=303)), code)


def _refused(ticket: SeenTicket, problem: dict[str, Any]) -> Response:
    with reading() as session:
        slot = _slot(session, ticket)
        is_member = _find_me(session, ticket.ledger_id) is not None
    text = None if is_member else ticket.sign()
    return show_page(
        "h5/checkin_refused.html",
        problem,
        slot=slot,
        direction=ticket.direction,
        seen_at=ticket.seen_at,
        ticket=text,
    )


def _page(session_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
        if slot.activity.state not in listings.VISIBLE:
            raise NotFound("a plan that is not approved yet")
        mine = listings.mine(session, **me.key, limit=MINE_MAX)
    is_in = any(
        stay.state == "open"
        for each in mine
        for stay in each.stays
        if each.session.id == session_id
    )
    return show_page(
        "h5/scan.html",
        problem,
        me=me,
        slot=slot,
        direction="out" if is_in else "in",
        digits=request.form.get("digits", ""),
        way="screen",
    )


def of_digits(session: Session, ledger_id: int, session_id: UUID, digits: str) -> SeenTicket:
    """Return the ticket of digits that stand on a session's screen now, for either direction.

    Raises:
        As `activities.codes.redeem_short`.
    """
    named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id, "digits": digits}
    try:
        return codes.redeem_short(session, direction="in", **named)
    except CodeExpired:
        return codes.redeem_short(session, direction="out", **named)


def _slot(session: Session, ticket: SeenTicket) -> Slot:
    return listings.get_slot(session, ledger_id=ticket.ledger_id, session_id=ticket.session_id)


def _find_me(session: Session, ledger_id: int) -> Member | None:
    return members.find_of_person(session, ledger_id=ledger_id, person_id=person().person_id)


def _me(session: Session, ledger_id: int) -> Member:
    found = _find_me(session, ledger_id)
    if found is None:
        raise NotRegistered("no member of this book yet")
    return found


def _my_slot(session: Session, me: own.Own, session_id: UUID) -> MySlot:
    for slot in listings.mine(session, **me.key, limit=MINE_MAX):
        if slot.session.id == session_id and slot.stays:
            return slot
    raise NotFound("you have not been there")


def _leader_of(session: Session, ledger_id: int, mine: MySlot) -> str | None:
    """Return the name of who will confirm, masked: others may see the screen."""
    if mine.activity.team_id is None:
        return None
    leaders = team_members.leaders_of(session, ledger_id=ledger_id, team_id=mine.activity.team_id)
    return leaders[0].name_masked if leaders else None
