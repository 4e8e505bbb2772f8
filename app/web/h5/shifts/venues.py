"""Venues near me: what each has, when it is open, and which of its shifts I can take (V7, V2)."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.activities.shifts import rosters
from app.activities.states import COMING
from app.base import clock
from app.base.transactions import reading
from app.community import tree, venues
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("venues", __name__))


@bp.get("/venues")
@allow(SIGNED_IN)
def near() -> ResponseReturnValue:
    """List the venues around me, nearest first; only those with a facility, if one is asked."""
    asked = request.args.get("has", "")
    tag = asked if asked in venues.TAGS else None
    with reading() as session:
        me = own.here(session)
        found = venues.list_near(session, me.node, tag=tag)
        tags = venues.tags_of(session, [venue.id for venue, _node in found])
    return show_page(
        "h5/shifts/venues.html",
        me=me,
        found=found,
        tags=tags,
        asked=tag,
        facilities=venues.FACILITIES,
    )


@bp.get("/venues/<int:venue_id>")
@allow(SIGNED_IN)
def one(venue_id: int) -> ResponseReturnValue:
    """Show a venue, and this and next week's shifts that volunteers take."""
    with reading() as session:
        me = own.here(session)
        venue = venues.get(session, venue_id)
        monday = clock.today() - timedelta(days=clock.today().weekday())
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "venue": venue}
        found = rosters.week(session, **key, monday=monday)
        found += rosters.week(session, **key, monday=monday + timedelta(days=7))
        values: dict[str, Any] = {
            "place": tree.get(session, venue.node_id),
            "tags": venues.tags_of(session, [venue.id]).get(venue.id, []),
            "aliases": venues.aliases_of(session, [venue.id]).get(venue.id, []),
        }
    shifts = [
        each
        for each in found
        if each.activity is not None
        and each.activity.state in COMING
        and each.shift.ends_at > clock.now()
    ]
    return show_page("h5/shifts/venue.html", me=me, venue=venue, shifts=shifts, **values)
