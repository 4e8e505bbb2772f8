"""The leader's door: one-time codes and cards, one after the other, for people without a phone."""

from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings, scans, taking
from app.activities.scans import Tried
from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import reading
from app.people import cards, codes, members
from app.people.codes import SpentCode
from app.web.acts import submit
from app.web.h5 import screen
from app.web.h5.forms import explained
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.pages import clock_time
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = Blueprint("door", __name__)

PURPOSE = "attend"
LATEST = 8


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
        name = member.name_masked
        if self.direction == "in":
            return _("%(name)s 签到好了", name=name)
        return _("%(name)s 签退好了", name=name)

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
    """Take in, or let out, whom the code or card names; ready for the next one.

    The script asks for JSON and goes on scanning; without it the page comes again.
    """
    with reading() as session:
        me, _slot = screen.led_slot(session, session_id)
    door = _Door(me.ledger_id, session_id, direction(), request.form.get("presented", ""))
    said, problem = submit(
        door.take,
        ledger_id=me.ledger_id,
        before=door.identify,
        refused=door.keep_refused,
        show=lambda made: made,
    )
    if request.accept_mimetypes.best == "application/json":
        return _heard(me, session_id, problem, said)
    return _page(session_id, problem, said)


def direction() -> str:
    """Return which way the form takes people; in, unless it says out."""
    asked = request.values.get("direction")
    return "out" if asked == "out" else "in"


def _page(
    session_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me, slot = screen.led_slot(session, session_id)
        latest = _latest(session, me, session_id)
    typed = request.form.get("presented", "") if problem else ""
    return show_page(
        "h5/door.html",
        problem,
        me=me,
        slot=slot,
        direction=direction(),
        typed=typed,
        said=said,
        latest=latest,
    )


def _heard(
    me: Own, session_id: UUID, problem: dict[str, Any] | None, said: str | None
) -> ResponseReturnValue:
    """Answer the script: what to say, whether it went well, and who came last."""
    with reading() as session:
        latest = _latest(session, me, session_id)
    if problem is None:
        return jsonify(is_done=True, said=said, latest=latest)
    details = [each["detail"] for each in explained(problem)["errors"]]
    sentence = " ".join([problem["title"], *details])
    return jsonify(is_done=False, said=sentence, latest=latest)


def _latest(session: Session, me: Own, session_id: UUID) -> list[dict[str, str]]:
    """List who came or went last, by mask, latest first."""
    moves = []
    for stay in listings.stays_of_session(session, ledger_id=me.ledger_id, session_id=session_id):
        if stay.state not in screen.GONE:
            moves.append((stay.checked_in_at, "in", stay.member_id))
            if stay.checked_out_at and stay.out_door != "auto":
                moves.append((stay.checked_out_at, "out", stay.member_id))
    moves = sorted(moves, reverse=True)[:LATEST]
    named = members.get_many(
        session, ledger_id=me.ledger_id, member_ids={member_id for _at, _way, member_id in moves}
    )
    return [
        {
            "name": named[member_id].name_masked,
            "did": _("签到") if way == "in" else _("签退"),
            "at": clock_time(at),
        }
        for at, way, member_id in moves
    ]
