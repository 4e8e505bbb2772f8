"""One person at the leader's door: identified first, which survives a refusal, then taken."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import scans, taking
from app.activities.scans import Tried
from app.base.errors import DomainError, NotFound
from app.people import cards, codes
from app.people.codes import SpentCode
from app.web.api import seeing
from app.web.schemas.attendance import StayOut
from app.web.session import actor

PURPOSE = "attend"


class LeaderDoor:
    """Takes in, or lets out, whoever a one-time code, a card or the roll names."""

    def __init__(self, ledger_id: int, session_id: UUID, asked: dict[str, Any]) -> None:
        self.named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id}
        self.asked = asked
        self.is_led = False
        self.member_id: UUID | None = None
        self.spent: SpentCode | None = None

    def identify(self, session: Session) -> str:
        """Use the code up, or read the card; return the door (an outer fact, ruling 6)."""
        seeing.led_slot(session, **self.named)
        self.is_led, ledger_id = True, self.named["ledger_id"]
        if "code" in self.asked:
            self.spent = codes.consume(
                session,
                ledger_id=ledger_id,
                presented=self.asked["code"],
                purpose=PURPOSE,
                used_by_id=actor().person_id,
            )
            self.member_id = self.spent.member_id
            return "personal_code"
        if "card" in self.asked:
            _, member = cards.identify(session, token=self.asked["card"], ledger_id=ledger_id)
            self.member_id = member.id
            return "card"
        self.member_id = self.asked["member_id"]
        return "roll"

    def take(self, session: Session, door: str) -> dict[str, Any]:
        """Begin or end the stay; the member's phone hears of it."""
        step: Any = taking.check_in if self.asked["direction"] == "in" else taking.check_out
        done = step(session, member_id=self.member_id, door=door, actor=actor(), **self.named)
        shown: dict[str, Any] = {"direction": self.asked["direction"], **StayOut().dump(done)}
        self._note(session, {"direction": shown["direction"], "title": shown["title"]})
        return shown

    def keep_refused(self, session: Session, _door: str | None, refusal: DomainError) -> None:
        """Keep the refused try for the leader; tell the member's phone."""
        if not self.is_led:
            return
        is_nobody = isinstance(refusal, NotFound) and self.spent is None
        whom = None if is_nobody else self.member_id
        tried = Tried(self.named["session_id"], self.asked["direction"], whom)
        scans.keep(session, ledger_id=self.named["ledger_id"], tried=tried, refusal=refusal)
        self._note(session, {"refused": refusal.code})

    def _note(self, session: Session, facts: dict[str, Any]) -> None:
        if self.spent is not None:
            codes.note_result(session, self.spent, facts)
