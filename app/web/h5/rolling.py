"""The roll: who may be ticked, the ticks of a whole room at once, and taking them back."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import enrolment, listings, responses, roll_undo, taking
from app.activities.taking import Roll
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.people import members, team_members
from app.people.models import Member
from app.web.acts import submit
from app.web.h5 import screen
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.reader import prefers_english
from app.web.session import actor
from app.web.texts import text_of

bp = Blueprint("rolling", __name__)


@bp.get("/lead/sessions/<uuid:session_id>/roll/<any('in', out):way>")
@allow(SIGNED_IN)
def page(session_id: UUID, way: str) -> ResponseReturnValue:
    """List who may be ticked: for coming in those signed up, for going out those inside."""
    return _page(session_id, way)


@bp.post("/lead/sessions/<uuid:session_id>/roll/<any('in', out):way>")
@allow(SIGNED_IN)
def call_roll(session_id: UUID, way: str) -> ResponseReturnValue:
    """Take in, or let out, everybody ticked; who cannot be is named with the reason."""
    with reading() as session:
        me, _slot = screen.led_slot(session, session_id)
    call = taking.roll_in if way == "in" else taking.roll_out

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        ids = _ticked(session, me)
        if not ids:
            raise ValidationFailed("nobody is ticked", field="member_ids")
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "session_id": session_id}
        done = call(session, **named, member_ids=ids, actor=actor())
        return _told(session, me, done)

    told, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    return _page(session_id, way, problem, told)


@bp.post("/lead/sessions/<uuid:session_id>/roll/<any('in', out):way>/undo")
@allow(SIGNED_IN)
def undo(session_id: UUID, way: str) -> ResponseReturnValue:
    """Take the roll-call of a moment ago back."""
    with reading() as session:
        me, _slot = screen.led_slot(session, session_id)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        ids = _ticked(session, me)
        if not ids:
            raise ValidationFailed("nobody is named", field="member_ids")
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "session_id": session_id}
        done = roll_undo.undo(session, **named, direction=way, member_ids=ids, actor=actor())
        return {**_told(session, me, done), "is_undone": True}

    told, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    return _page(session_id, way, problem, told)


def _page(
    session_id: UUID,
    way: str,
    problem: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        stays = listings.stays_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
        inside = {stay.member_id for stay in stays if stay.state == "open"}
        came = {stay.member_id for stay in stays if stay.state not in screen.GONE}
        if way == "out":
            signed, others = inside, set[UUID]()
        else:
            signed = _signed(session, me, session_id) - came
            others = _team(session, me, slot.activity.id) - signed - came
        people = members.get_many(session, ledger_id=me.ledger_id, member_ids=signed | others)
    ticked = set(request.form.getlist("member_ids")) if problem else set()
    return show_page(
        "h5/roll.html",
        problem,
        me=me,
        slot=slot,
        way=way,
        signed=_in_order(people, signed),
        others=_in_order(people, others),
        ticked=ticked,
        numbers=request.form.get("numbers", "") if problem else "",
        told=told,
    )


def _signed(session: Session, me: Own, session_id: UUID) -> set[UUID]:
    found = enrolment.list_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
    return {each.member_id for each in found}


def _team(session: Session, me: Own, activity_id: UUID) -> set[UUID]:
    """Return who is in a team that took the activity on, without the leader themselves."""
    named: dict[str, Any] = {"ledger_id": me.ledger_id, "activity_id": activity_id}
    found = {
        member.id
        for response in responses.list_live(session, **named)
        for member, _ in team_members.list_members(
            session, ledger_id=me.ledger_id, team_id=response.team_id
        )
    }
    return found - {me.member.id}


def _in_order(people: dict[UUID, Member], ids: Collection[UUID]) -> list[Member]:
    return sorted((people[each] for each in ids), key=lambda member: member.volunteer_no)


def _ticked(session: Session, me: Own) -> list[UUID]:
    """Return whom the form names: the ticked, and the numbers written below."""
    try:
        ids = [UUID(each) for each in request.form.getlist("member_ids")]
    except ValueError as error:
        raise ValidationFailed("no member", field="member_ids") from error
    for number in request.form.get("numbers", "").replace("，", " ").replace(",", " ").split():
        member = members.by_volunteer_no(session, ledger_id=me.ledger_id, volunteer_no=number)
        ids.append(member.id)
    return list(dict.fromkeys(ids))


def _told(session: Session, me: Own, done: Roll) -> dict[str, Any]:
    people = members.get_many(
        session, ledger_id=me.ledger_id, member_ids={*done.taken, *done.refused}
    )
    return {
        "ids": [str(each) for each in sorted(done.taken)],
        "taken": [people[each].name_masked for each in sorted(done.taken)],
        "refused": [
            [people[each].name_masked, _sentence(refusal.code)]
            for each, refusal in sorted(done.refused.items())
            if each in people
        ],
    }


def _sentence(code: str) -> str:
    text = text_of(code)
    return text.en if prefers_english() else text.zh
