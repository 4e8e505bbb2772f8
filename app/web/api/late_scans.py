"""Late scans over the API: sent by the phone that had no network, decided by the leader.

Sending one makes no presence, no minutes and no points: it waits (issue 3.8).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import codes, late_listings, late_scans
from app.activities.crediting import Times
from app.activities.models import LateScan
from app.base import crypto
from app.base.transactions import reading
from app.people import members
from app.people.errors import NotRegistered
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.limiter import SCANNING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.attendance import AttendanceOut
from app.web.schemas.late_scans import (
    AdmitIn,
    LateScanIn,
    LateScanOut,
    MyLateScanOut,
    NamedLateScanOut,
)
from app.web.schemas.lists import items_of
from app.web.session import DEVICE_COOKIE, actor, person

bp = Blueprint("late_scans", __name__, description="Scans sent when the network came back")

OF_SESSION = "/books/<book>/sessions/<uuid:session_id>/late-scans"
OUT = LateScanOut()


@bp.post("/checkins/late")
@allow(SIGNED_IN)
@limiter.limit(SCANNING)
@bp.arguments(LateScanIn)
@bp.response(201, MyLateScanOut)
def keep(asked: dict[str, Any]) -> ResponseReturnValue:
    """Keep a code scanned without network as evidence for the leader; nobody is checked in."""
    with reading() as session:
        ledger_id = codes.recognise(session, token=asked["token"]).ledger_id

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        scan = late_scans.keep(
            session,
            ledger_id=ledger_id,
            member_id=_me(session, ledger_id),
            token=asked["token"],
            claimed_at=asked["scanned_at"],
            device_hash=_device_hash(),
        )
        return _mine(session, ledger_id, [scan])[0]

    return act(verb, ledger_id=ledger_id)


@bp.get("/books/<book>/late-scans/mine")
@allow(SIGNED_IN)
@bp.response(200, items_of(MyLateScanOut))
def list_mine(book: str) -> ResponseReturnValue:
    """List one's own late scans and what became of them, latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        me = _me(session, ledger_id)
        found = late_listings.list_of_member(session, ledger_id=ledger_id, member_id=me)
        return jsonify(items=_mine(session, ledger_id, found))


@bp.get(OF_SESSION)
@allow(SIGNED_IN)
@bp.response(200, items_of(NamedLateScanOut))
def list_waiting(book: str, session_id: UUID) -> ResponseReturnValue:
    """List the late scans of a session that wait for its leaders."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.led_slot(session, ledger_id, session_id)
        return jsonify(items=_named(session, ledger_id, session_id))


@bp.post(f"{OF_SESSION}/<uuid:member_id>/admit")
@allow(SIGNED_IN)
@bp.arguments(AdmitIn)
@bp.response(201, AttendanceOut)
def admit(
    asked: dict[str, Any], book: str, session_id: UUID, member_id: UUID
) -> ResponseReturnValue:
    """Make a record of a member's late scans; it is confirmed like others, then staff look."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        seeing.slot(session, ledger_id, session_id)
        return late_scans.admit(
            session,
            ledger_id=ledger_id,
            session_id=session_id,
            member_id=member_id,
            times=Times(asked["checked_in_at"], asked["checked_out_at"]),
            reason=asked["reason"],
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=AttendanceOut().dump)


@bp.post(f"{OF_SESSION}/<uuid:member_id>/dismiss")
@allow(SIGNED_IN)
@bp.response(200, items_of(NamedLateScanOut))
def dismiss(book: str, session_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Put a member's late scans aside; returns those that wait still."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.slot(session, ledger_id, session_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id}
        late_scans.dismiss(session, member_id=member_id, actor=actor(), **named)
        return {"items": _named(session, ledger_id, session_id)}

    return act(verb, ledger_id=ledger_id, status=200)


def _me(session: Session, ledger_id: int) -> UUID:
    found = members.find_id(session, ledger_id=ledger_id, person_id=person().person_id)
    if found is None:
        raise NotRegistered("no member of this book yet")
    return found


def _device_hash() -> bytes | None:
    sent = request.cookies.get(DEVICE_COOKIE)
    return crypto.lookup_hash("device", sent) if sent else None


def _shown(scan: LateScan) -> dict[str, Any]:
    values: dict[str, Any] = OUT.dump(scan)
    return {**values, "shown_at": late_listings.shown_at(scan).isoformat()}


def _mine(session: Session, ledger_id: int, found: Sequence[LateScan]) -> list[dict[str, Any]]:
    titles = late_listings.titles_of(
        session, ledger_id=ledger_id, session_ids={scan.session_id for scan in found}
    )
    return [{**_shown(scan), "title": titles[scan.session_id]} for scan in found]


def _named(session: Session, ledger_id: int, session_id: UUID) -> list[dict[str, Any]]:
    found = late_listings.list_of_session(session, ledger_id=ledger_id, session_id=session_id)
    names = shown.people(session, ledger_id, {scan.member_id for scan in found})
    counts = late_listings.people_of_devices(found)
    return [
        {
            **_shown(scan),
            "member_id": str(scan.member_id),
            **names[scan.member_id],
            "people_of_device_count": counts.get(scan.device_hash, 1),
        }
        for scan in found
    ]
