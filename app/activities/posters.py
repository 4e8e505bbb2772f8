"""Printed posters: they open the activity and leave a seen ticket, which credits nothing.

A poster hangs for a month and can be photographed, so its code proves no presence. Who
opens it while the doors are open may leave word that they saw it: a line for the leader,
beside the scans that were refused. Credit comes from the rotating code or the roll.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.errors import BadSignature, NotInTimeWindow
from app.activities.listings import VISIBLE
from app.activities.models import Activity, ActivitySession, Attendance, Scan
from app.activities.tickets import MAC_BYTES, TICKET_LIFE, VERSION, to_bytes, to_text
from app.base import clock, crypto
from app.base.errors import NotFound
from app.base.ids import new_id
from app.people import members
from app.people.errors import CodeExpired

POSTER = "poster_seen"
"""The outcome of a poster's scan: evidence for the leader, and no presence."""

_TICKET = struct.Struct(">B5s16sQ")


@dataclass(frozen=True, slots=True)
class PosterTicket:
    """Proof that a poster was opened at an instant; good for nothing but to say so."""

    ledger_id: int
    activity_id: UUID
    seen_at: datetime

    def sign(self) -> str:
        """Write the ticket as text for the page; good for ten minutes."""
        millis = int(self.seen_at.timestamp() * 1000)
        ledger = self.ledger_id.to_bytes(5, "big")
        body = _TICKET.pack(VERSION, ledger, self.activity_id.bytes, millis)
        return to_text(body + crypto.mac("poster-ticket/1", body, MAC_BYTES))


def open_ticket(text: str) -> PosterTicket:
    """Read a poster's ticket back while it is good.

    Raises:
        BadSignature: It is not ours.
        CodeExpired: Its ten minutes are over.
    """
    raw = to_bytes(text, _TICKET.size + MAC_BYTES)
    body, sent_mac = raw[: _TICKET.size], raw[_TICKET.size :]
    if not crypto.equal(crypto.mac("poster-ticket/1", body, MAC_BYTES), sent_mac):
        raise BadSignature("not a poster's ticket of ours")
    _, ledger, activity_id, millis = _TICKET.unpack(body)
    seen_at = datetime.fromtimestamp(millis // 1000, UTC) + timedelta(milliseconds=millis % 1000)
    if not seen_at <= clock.now() <= seen_at + TICKET_LIFE:
        raise CodeExpired("the ten minutes are over")
    return PosterTicket(int.from_bytes(ledger, "big"), UUID(bytes=activity_id), seen_at)


def find(session: Session, *, ledger_id: int, number: str) -> Activity:
    """Return the activity that a poster names by its number, once anybody may see it.

    Raises:
        NotFound: There is none, or it is still a plan.
    """
    found = session.scalars(
        sa.select(Activity).where(
            Activity.ledger_id == ledger_id,
            Activity.number == number,
            Activity.state.in_(VISIBLE),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("no such activity")
    return found


def open_session(
    session: Session, *, ledger_id: int, activity_id: UUID, at: datetime
) -> ActivitySession | None:
    """Return the session whose doors are open at an instant, None if none is."""
    return session.scalars(
        sa.select(ActivitySession)
        .where(
            ActivitySession.ledger_id == ledger_id,
            ActivitySession.activity_id == activity_id,
            ActivitySession.state == "planned",
            ActivitySession.opens_at <= at,
            ActivitySession.ends_at > at,
        )
        .order_by(ActivitySession.starts_at)
        .limit(1)
    ).one_or_none()


def note(session: Session, *, ticket: PosterTicket, member_id: UUID) -> Scan:
    """Leave word that a member saw the poster; the first of a session stays.

    Raises:
        NotInTimeWindow: No session's doors were open when it was seen.
        MemberNotActive: The membership was merged, left or erased.
    """
    ledger_id = ticket.ledger_id
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    members.require_active(member)
    slot = open_session(
        session, ledger_id=ledger_id, activity_id=ticket.activity_id, at=ticket.seen_at
    )
    if slot is None:
        raise NotInTimeWindow("no doors are open now")
    kept = session.scalars(
        _seen(ledger_id, slot.id).where(Scan.member_id == member_id).limit(1)
    ).one_or_none()
    if kept is not None:
        return kept
    scan = Scan(
        ledger_id=ledger_id,
        id=new_id(),
        session_id=slot.id,
        member_id=member_id,
        direction="in",
        seen_at=ticket.seen_at,
        outcome=POSTER,
    )
    session.add(scan)
    session.flush()
    return scan


def list_seen(session: Session, *, ledger_id: int, session_id: UUID) -> list[Scan]:
    """List who saw the poster but is on no record of the session, for the leader."""
    came = sa.exists().where(
        Attendance.ledger_id == ledger_id,
        Attendance.session_id == session_id,
        Attendance.member_id == Scan.member_id,
    )
    return list(session.scalars(_seen(ledger_id, session_id).where(~came)))


def _seen(ledger_id: int, session_id: UUID) -> sa.Select[Scan]:
    return (
        sa.select(Scan)
        .where(Scan.ledger_id == ledger_id, Scan.session_id == session_id, Scan.outcome == POSTER)
        .order_by(Scan.seen_at, Scan.id)
    )
