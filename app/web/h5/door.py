"""The leader's door: one-time code and card, and the roll, for people without a phone."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import enrolment, listings, responses, scans, taking
from app.activities.scans import Tried
from app.activities.taking import Roll
from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import reading
from app.people import cards, codes, members, team_members
from app.people.codes import SpentCode
from app.people.models import Member
from app.web.acts import submit
from app.web.h5 import screen
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.h5.words import WORDS
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.texts import text_of

bp = Blueprint("door", __name__)

PURPOSE = "attend"
GONE = ("refused", "reversed")


class _Door:
    """Identifies whom a code or card names, which survives a refusal; then takes them."""

    def __init__(self, ledger_id: int, session_id: UUID, direction: str, presented: str) -> None:
        self.named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id}
        self.direction, self.presented = direction, presented.strip()
        self.member_id: UUID | None = None
        self.spent: SpentCode | None = None

    def identify(self, session: Session) -> str:
        """Use the code up, or read the card; return the door."""
        if not self.presented:
            raise ValidationFailed("nothing was scanned", field="presented")
        screen.led_slot(session, self.named["session_id"])
        ledger_id = self.named["ledger_id"]
        if self.presented.startswith(f"{cards.PREFIX}."):
            _, member = cards.identify(session, token=self.presented, ledger_id=ledger_id)
            self.member_id = member.id
            return "card"
        self.spent = codes.consume(
            session,
            ledger_id=ledger_id,
            presented=self.presented,
            purpose=PURPOSE,
            used_by_id=actor().person_id,
        )
        self.member_id = self.spent.member_id
        return "personal_code"

    def take(self, session: Session, door: str) -> str:
        """Begin or end the stay; the member's phone hears of it."""
        step: Any = taking.check_in if self.direction == "in" else taking.check_out
        done = step(session, member_id=self.member_id, door=door, actor=actor(), **self.named)
        self._note(session, {"direction": self.direction, "title": done.title})
        assert self.member_id is not None
        member = members.get(session, ledger_id=self.named["ledger_id"], member_id=self.member_id)
        return f"{member.name_masked} {WORDS['direction'][self.direction]}好了"

    def keep_refused(self, session: Session, _door: str | None, refusal: DomainError) -> None:
        """Keep the refused try; tell the member's phone."""
        if self.member_id is None:
            return
        tried = Tried(self.named["session_id"], self.direction, self.member_id)
        scans.keep(session, ledger_id=self.named["ledger_id"], tried=tried, refusal=refusal)
        self._note(session, {"refused": refusal.code})

    def _note(self, session: Session, facts: dict[str, Any]) -> None:
        if self.spent is not None:
            codes.note_result(session, self.spent, facts)


@bp.get("/lead/sessions/<uuid:session_id>/door")
@allow(SIGNED_IN)
def page(session_id: UUID) -> ResponseReturnValue:
    """Wait for a code or card."""
    return _page(session_id)


@bp.post("/lead/sessions/<uuid:session_id>/door")
@allow(SIGNED_IN)
def take(session_id: UUID) -> ResponseReturnValue:
    """Take in, or let out, whom the code or card names; ready for the next one."""
    with reading() as session:
        me, _ = screen.led_slot(session, session_id)
    door = _Door(me.ledger_id, session_id, direction(), request.form.get("presented", ""))
    said, problem = submit(
        door.take,
        ledger_id=me.ledger_id,
        before=door.identify,
        refused=door.keep_refused,
        show=lambda made: made,
    )
    return _page(session_id, problem, said)


@bp.get("/lead/sessions/<uuid:session_id>/roll/<any('in', out):way>")
@allow(SIGNED_IN)
def roll(session_id: UUID, way: str) -> ResponseReturnValue:
    """List who may be ticked: for coming in those signed up, for going out those inside."""
    return _roll(session_id, way)


@bp.post("/lead/sessions/<uuid:session_id>/roll/<any('in', out):way>")
@allow(SIGNED_IN)
def call_roll(session_id: UUID, way: str) -> ResponseReturnValue:
    """Take in, or let out, everybody ticked; who cannot be is named with the reason."""
    with reading() as session:
        me, _ = screen.led_slot(session, session_id)
    call = taking.roll_in if way == "in" else taking.roll_out

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        ids = _ticked(session, me)
        if not ids:
            raise ValidationFailed("nobody is ticked", field="member_ids")
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "session_id": session_id}
        done = call(session, **named, member_ids=ids, actor=actor())
        return _told(session, me, done)

    told, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    return _roll(session_id, way, problem, told)


def direction() -> str:
    """Return which way the form takes people; in, unless it says out."""
    asked = request.values.get("direction")
    return "out" if asked == "out" else "in"


def _page(
    session_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
    typed = request.form.get("presented", "") if problem else ""
    return show_page(
        "h5/door.html", problem, me=me, slot=slot, direction=direction(), typed=typed, said=said
    )


def _roll(
    session_id: UUID,
    way: str,
    problem: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        stays = listings.stays_of_session(session, ledger_id=me.ledger_id, session_id=session_id)
        inside = {stay.member_id for stay in stays if stay.state == "open"}
        came = {stay.member_id for stay in stays if stay.state not in GONE}
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
    ids = [UUID(each) for each in request.form.getlist("member_ids")]
    for number in request.form.get("numbers", "").replace("，", " ").replace(",", " ").split():
        member = members.by_volunteer_no(session, ledger_id=me.ledger_id, volunteer_no=number)
        ids.append(member.id)
    return list(dict.fromkeys(ids))


def _told(session: Session, me: Own, done: Roll) -> dict[str, Any]:
    people = members.get_many(
        session, ledger_id=me.ledger_id, member_ids={*done.taken, *done.refused}
    )
    return {
        "taken": [people[each].name_masked for each in sorted(done.taken)],
        "refused": [
            [people[each].name_masked, text_of(refusal.code).zh]
            for each, refusal in sorted(done.refused.items())
            if each in people
        ],
    }
