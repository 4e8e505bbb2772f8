"""Supplies: codes handed to the leader's screen ahead of time, for when the network fails.

The day's key stays on the server. A leader's signed-in screen is handed the codes of
the next slots, of one session and one direction, for half an hour (a setting) and the
five minutes until it asks again. Handing out is audited. Each code is still judged when
it is scanned: in its own 15 seconds only, while the session is open, and never once
the screen's codes were revoked (E15, D10).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import codes, grounds
from app.activities.codes import SLOT_SECONDS, SlotCode
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.grounds import Ground
from app.activities.models import ActivitySession
from app.activities.standing import require_lead
from app.activities.terms import OFFLINE, minutes
from app.activities.tickets import DIRECTIONS
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.community import settings, tree
from app.people import audit

RENEW_EVERY = timedelta(minutes=5)
LIVE_SLOTS = 2
"""The slot that runs and the one after it: what an online screen needs, and no supply."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Codes for a screen, slot by slot.

    Attributes:
        key_version: The key they were made with; a newer one makes all of them worthless.
        closes_at: When the last code of this direction is good for anything.
        renew_seconds: How long until the screen asks for more.
    """

    key_version: int
    codes: tuple[SlotCode, ...]
    closes_at: datetime
    renew_seconds: int


def hand_out(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    direction: str,
    actor: Actor,
    after_slot: int | None = None,
) -> Supply:
    """Hand a leader's screen the codes of the slots to come, and write down that it was done.

    Args:
        after_slot: The last slot the screen holds already; only later ones are handed out.

    Raises:
        NotFound: No such session, or a direction that is none.
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ActivityStateConflict: The session is closed or cancelled, or not open yet.
        NotInTimeWindow: It is over: no code of this direction is good any more.
    """
    ground = grounds.find(session, ledger_id=ledger_id, session_id=session_id)
    slot = ground.slot
    require_lead(session, activity=ground.activity, actor=actor)
    if direction not in DIRECTIONS:
        raise NotFound("a code is for in or for out")
    if slot.state != "planned" or ground.activity.state != "open":
        raise ActivityStateConflict(state=ground.activity.state)
    closes_at = closes_at_of(ground, direction)
    if clock.now() >= closes_at:
        raise NotInTimeWindow(closes_at=closes_at.isoformat())
    ahead = _ahead(session, ground)
    slots = _slots(ahead, closes_at, after_slot)
    if ahead and slots:
        _note(session, slot, actor, direction, slots)
    return Supply(
        slot.code_key_version,
        codes.of_slots(slot, direction, slots),
        closes_at,
        int(RENEW_EVERY.total_seconds()) if ahead else SLOT_SECONDS,
    )


def closes_at_of(ground: Ground, direction: str) -> datetime:
    """Return when codes end: in with the session (D12), out when the job closes it (D16)."""
    if direction == "in":
        return ground.slot.ends_at
    return ground.slot.ends_at + minutes(ground.autoclose_minutes)


def _ahead(session: Session, ground: Ground) -> timedelta:
    node = tree.get(session, ground.activity.node_id)
    allowed: int = settings.read(session, node, OFFLINE)[OFFLINE]
    return minutes(allowed) + RENEW_EVERY if allowed else timedelta()


def _slots(ahead: timedelta, closes_at: datetime, after_slot: int | None) -> range:
    newest = codes.slot_of(clock.now())
    end = max(newest + LIVE_SLOTS, codes.slot_of(clock.now() + ahead) + 1)
    last = codes.slot_of(closes_at - timedelta(microseconds=1)) + 1
    return range(max(newest, (after_slot or 0) + 1), min(end, last))


def _note(
    session: Session, slot: ActivitySession, actor: Actor, direction: str, slots: range
) -> None:
    audit.write(
        session,
        ledger_id=slot.ledger_id,
        actor=actor,
        action="screen_codes_supplied",
        subject_kind="session",
        subject_id=slot.id,
        direction=direction,
        key_version=slot.code_key_version,
        first_slot=slots[0],
        last_slot=slots[-1],
    )
