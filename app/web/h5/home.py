"""The volunteer's home: two numbers, the next thing to do, and the ways on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings
from app.activities.listings import MySlot
from app.activities.shifts import attending
from app.base import clock
from app.base.transactions import reading
from app.ledger import balances
from app.mall import clerks
from app.people import duties, inbox, led_teams, objections, roles, team_members
from app.points import wallets
from app.service_orders import dispatching, field_calls, first_offers, reviewing, sightings
from app.service_orders import listings as order_listings
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, STAFF_ROLES, allow
from app.web.session import person
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("home", __name__))

FORGOTTEN_SHOWN = 2
FORGOTTEN_DAYS = 60
GREETINGS = ((11, _l("上午好")), (13, _l("中午好")), (18, _l("下午好")), (24, _l("晚上好")))


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes in all, and by where they come from."""

    total: int
    parts: list[tuple[str, int]]


@bp.get("/")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the home."""
    with reading() as session:
        me = own.find(session)
        if me is None:
            return show_page("h5/no_book.html", **_work(session))
        values: dict[str, Any] = {
            "minutes": minutes_of(session, me),
            "holding": wallets.holding(session, **me.key),
            "teams": team_members.teams_of(session, **me.key),
            **_slots(session, me),
            **_ways(session, me),
        }
    return show_page("h5/home.html", me=me, greeting=_greeting(), **values)


@bp.get("/more")
@allow(SIGNED_IN)
def more() -> ResponseReturnValue:
    """Show the other ways on a page of their own: in large mode home keeps to the main ones."""
    with reading() as session:
        me = own.here(session)
        ways = _ways(session, me)
    return show_page("h5/more.html", me=me, **ways)


def minutes_of(session: Session, me: Own) -> Minutes:
    """Return what the member served, by provenance."""
    found = balances.of_owner(session, ledger_id=me.ledger_id, owner_id=me.member.id)
    parts = [(each.ref.kind, each.posted) for each in found if each.ref.unit == "minutes"]
    return Minutes(sum(value for _, value in parts), [each for each in parts if each[1]])


def served_minutes(session: Session, *, ledger_id: int, member_id: UUID) -> int:
    """Return the minutes a member served in all."""
    found = balances.of_owner(session, ledger_id=ledger_id, owner_id=member_id)
    return sum(each.posted for each in found if each.ref.unit == "minutes")


def near(session: Session, me: Own) -> list[listings.Slot]:
    """List the sessions to come around the member's place."""
    return listings.near_me(session, ledger_id=me.ledger_id, node=me.node)


def open_slot(session: Session, me: Own) -> MySlot | None:
    """Return where the member is checked in now."""
    mine = listings.mine(session, **me.key)
    return next((slot for slot in mine if any(s.state == "open" for s in slot.stays)), None)


def _ways(session: Session, me: Own) -> dict[str, Any]:
    acts = duties.acts_of(session, **me.key)
    return {
        "unread": inbox.unread_count(session, **me.key),
        "may_report": not me.is_acting and sightings.ACT in acts,
        "in_field": field_calls.REPORTS in acts,
        "dispatches": dispatching.DISPATCHES in acts,
        "is_reviewer": reviewing.RATES in acts,
        **_to_do(session, me),
        **_work(session, me),
    }


def _to_do(session: Session, me: Own) -> dict[str, Any]:
    """Whether the member leads, and has, had or is asked to take orders on."""
    whose: dict[str, Any] = {"ledger_id": me.ledger_id, "person_id": me.member.person_id}
    led = led_teams.led_by(session, **whose)
    return {
        "leads": bool(led),
        "has_tasks": order_listings.has_hands(session, **whose, team_ids=led),
        "is_asked": bool(
            first_offers.orders_for(session, ledger_id=me.ledger_id, member=me.member)
        ),
    }


def _slots(session: Session, me: Own) -> dict[str, Any]:
    """What concerns the member now: where they are in, where to go, what they forgot."""
    mine, now = listings.mine(session, **me.key), clock.now()
    since = now - timedelta(days=FORGOTTEN_DAYS)
    stays = [(slot, stay) for slot in mine for stay in slot.stays]
    inside = next((each for each in stays if each[1].state == "open"), (None, None))
    coming = [slot for slot in mine if _is_coming(slot)]
    following = min(coming, key=lambda slot: slot.session.starts_at, default=None)
    asked = {
        each.subject_id
        for each in objections.list_for_member(session, **me.key)
        if each.state == "open"
    }
    forgotten = [
        (slot, stay, stay.id in asked)
        for slot, stay in stays
        if stay.state == "needs_confirmation" and stay.checked_in_at > since
    ]
    return {
        "open_slot": inside[0],
        "open_way": _way(session, inside[0]),
        "open_stay": inside[1],
        "next_slot": following,
        "is_open_now": bool(following and following.session.opens_at <= now),
        "forgotten": forgotten[:FORGOTTEN_SHOWN],
    }


def _way(session: Session, inside: MySlot | None) -> str:
    """How one attends where the member is in now: it decides the one next step."""
    if inside is None:
        return "screen"
    named: dict[str, Any] = {"ledger_id": inside.activity.ledger_id}
    return attending.way_of(session, **named, activity_id=inside.activity.id)


def _is_coming(slot: MySlot) -> bool:
    signed = slot.enrolment is not None and slot.enrolment.state == "enrolled"
    is_on = slot.session.state == "planned" and slot.activity.state == "open"
    return signed and is_on and not slot.stays and slot.session.ends_at > clock.now()


def _work(session: Session, me: Own | None = None) -> dict[str, Any]:
    """Which desks the person may go to, beside their own matters."""
    person_id = person().person_id
    held = {grant.role for grant in roles.list_of(session, person_id=person_id)}
    shops = clerks.shops_of(session, ledger_id=me.ledger_id, person_id=person_id) if me else []
    return {
        "is_staff": bool(held.intersection(STAFF_ROLES)),
        "shop_count": len(shops) or ("clerk" in held),
    }


def _greeting() -> str:
    hour = clock.now().astimezone(clock.SHANGHAI).hour
    return next(str(text) for before, text in GREETINGS if hour < before)
