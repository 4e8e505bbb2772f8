"""The leader's screen over the API: rotating codes, refused scans; and the funnel for staff."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import codes, funnel, scans, supplies
from app.activities.supplies import Supply
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import units
from app.web import qr
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import (
    FunnelIn,
    FunnelOut,
    ScanOut,
    SpanIn,
    UnitCountOut,
)
from app.web.schemas.lists import items_of
from app.web.schemas.screens import RevokedOut, ScreenOut, SupplyIn, SupplyOut
from app.web.session import actor
from app.web.translate import _l

bp = Blueprint("screens", __name__, url_prefix="/books/<book>", description="Screens and counts")

LABELS = {"in": _l("签到码"), "out": _l("签退码")}


@bp.get("/sessions/<uuid:session_id>/codes/<direction>")
@allow(SIGNED_IN)
@bp.response(200, ScreenOut)
def show_code(book: str, session_id: UUID, direction: str) -> ResponseReturnValue:
    """Show the code of this moment, `in` or `out`; ask again when its seconds are over.

    The token stands behind the `#`: a browser keeps it out of every log (design §5).
    """
    if direction not in LABELS:
        raise NotFound("a code is for in or for out")
    ledger_id = standing.book_id(book)
    with reading() as session:
        slot = seeing.led_slot(session, ledger_id, session_id)
    screen = codes.current(slot.session, direction)
    url = _url(screen.token)
    return {
        "direction": direction,
        "token": screen.token,
        "url": url,
        "svg": qr.svg(url, label=str(LABELS[direction])),
        "short_code": screen.short_code,
        "seconds_left": screen.seconds_left,
    }


@bp.post("/sessions/<uuid:session_id>/codes/<direction>/supply")
@allow(SIGNED_IN)
@bp.arguments(SupplyIn)
@bp.response(200, SupplyOut)
def supply(
    asked: dict[str, Any], book: str, session_id: UUID, direction: str
) -> ResponseReturnValue:
    """Hand the screen the codes of the next half hour, for when its network fails.

    No Idempotency-Key: again gives the same codes. An answer kept under a key would
    lie in the database for as long as the key.
    """
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Supply:
        seeing.slot(session, ledger_id, session_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "session_id": session_id}
        return supplies.hand_out(session, **named, direction=direction, actor=actor(), **asked)

    def dump(made: Supply) -> Any:
        return SupplyOut().dump(_supplied(made, direction))

    return act(verb, ledger_id=ledger_id, status=200, dump=dump, needs_key=False)


@bp.post("/sessions/<uuid:session_id>/codes/revoke")
@allow(SIGNED_IN)
@bp.response(200, RevokedOut)
def revoke(book: str, session_id: UUID) -> ResponseReturnValue:
    """Revoke every code this screen has shown; it shows new ones at once."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, int]:
        seeing.slot(session, ledger_id, session_id)
        version = codes.revoke(session, ledger_id=ledger_id, session_id=session_id, actor=actor())
        return {"key_version": version}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.get("/sessions/<uuid:session_id>/scans")
@allow(SIGNED_IN)
@bp.response(200, items_of(ScanOut))
def list_scans(book: str, session_id: UUID) -> ResponseReturnValue:
    """List the refused scans of a session with their reasons, latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.led_slot(session, ledger_id, session_id)
        found = scans.list_of_session(session, ledger_id=ledger_id, session_id=session_id)
        return jsonify(items=shown.named(session, ledger_id, ScanOut(), found))


@bp.get("/activities/funnel")
@allow(SIGNED_IN)
@bp.arguments(FunnelIn, location="query")
@bp.response(200, FunnelOut)
def count_funnel(asked: dict[str, Any], book: str) -> funnel.Funnel:
    """Count 发起 → 举办 → 报名 → 到场 of a place, or of a co-organising unit's subset."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), standing.READERS)
        return funnel.count(session, ledger_id=ledger_id, node=node, cohort=_cohort(asked))


@bp.get("/activities/funnel/units")
@allow(SIGNED_IN)
@bp.arguments(SpanIn, location="query")
@bp.response(200, items_of(UnitCountOut))
def count_units(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count activities held by co-organising unit; one activity counts for each of its units."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), standing.READERS)
        counts = funnel.count_by_unit(
            session, ledger_id=ledger_id, node=node, cohort=_cohort(asked)
        )
        unit_of = units.get_many(session, counts)
    rows = [
        {"unit_id": unit_id, "name": unit_of[unit_id].name, "held_count": count}
        for unit_id, count in counts.items()
    ]
    return {"items": rows}


def _url(token: str) -> str:
    return f"{current_app.config['PUBLIC_URL']}/q#{token}"


def _supplied(made: Supply, direction: str) -> dict[str, Any]:
    shown = [{**each._asdict(), "qr": qr.modules(_url(each.token))} for each in made.codes]
    return {
        "direction": direction,
        "key_version": made.key_version,
        "now": clock.now(),
        "closes_at": made.closes_at,
        "renew_seconds": made.renew_seconds,
        "slot_seconds": codes.SLOT_SECONDS,
        "codes": shown,
    }


def _cohort(asked: dict[str, Any]) -> funnel.Cohort:
    begins_on, ends_on = asked.pop("begins_on"), asked.pop("ends_on")
    return funnel.Cohort(
        begins_at=clock.local_instant(begins_on),
        ends_at=clock.local_instant(ends_on + timedelta(days=1)),
        **asked,
    )
