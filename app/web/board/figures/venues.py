"""Venues (阵地) for everybody: what each has, when it is open, who is needed, what is on there.

It names nobody: a shift says whether somebody is there, not who (V2, V7).
"""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import venue_plans
from app.activities.shifts import rosters
from app.activities.shifts.rosters import Shown
from app.activities.states import COMING
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree, venues
from app.community.models import Venue
from app.ledger import books
from app.points import programmes
from app.web import qr
from app.web.permissions import PUBLIC, allow
from app.web.translate import _

bp = Blueprint("venues", __name__, url_prefix="/places/<place>/venues")
DAYS_AHEAD = 14


@bp.get("")
@allow(PUBLIC)
def list_all(place: str) -> ResponseReturnValue:
    """List the venues of a place and below it, with what each has."""
    with reading() as session:
        node = tree.by_code(session, place)
        found = venues.list_in(session, node)
        nodes = tree.get_many(session, {each.node_id for each in found})
        tags = venues.tags_of(session, [each.id for each in found])
    return render_template(
        "board/figures/venues.html", node=node, found=found, nodes=nodes, tags=tags
    )


@bp.get("/<int:venue_id>")
@allow(PUBLIC)
def show(place: str, venue_id: int) -> ResponseReturnValue:
    """Show a venue of a place."""
    with reading() as session:
        node = tree.by_code(session, place)
        venue = venues.get(session, venue_id)
        home = tree.get(session, venue.node_id)
        if not tree.contains(node, home):
            raise NotFound("no such venue here")
        programme = programmes.find_of_node(session, home)
        shifts: list[Shown] = []
        plans = []
        if programme is not None and venue.closed_on is None:
            shifts = _shifts(session, programme.ledger_id, venue)
            plans = venue_plans.upcoming(
                session,
                ledger_id=programme.ledger_id,
                venue=venue,
                until_at=clock.now() + timedelta(days=DAYS_AHEAD),
            )
        return render_template(
            "board/figures/venue.html",
            node=node,
            home=home,
            venue=venue,
            book=books.get(session, programme.ledger_id) if programme else None,
            centre=venues.get(session, venue.parent_id) if venue.parent_id else None,
            tags=venues.tags_of(session, [venue.id]).get(venue.id, []),
            aliases=venues.aliases_of(session, [venue.id]).get(venue.id, []),
            facilities=venues.FACILITIES,
            shifts=shifts,
            plans=plans,
            code=qr.svg(request.base_url, label=_("这个阵地的码")),
        )


def _shifts(session: Session, ledger_id: int, venue: Venue) -> list[Shown]:
    """Return the shifts of this week and the next that are not over."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    found = [
        each
        for week in (0, 7)
        for each in rosters.week(
            session, ledger_id=ledger_id, venue=venue, monday=monday + timedelta(days=week)
        )
    ]
    return [
        each
        for each in found
        if each.shift.ends_at > clock.now()
        and (each.activity is None or each.activity.state in COMING)
    ]
