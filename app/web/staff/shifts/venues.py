"""Venues at the desk: what each has, how it is used, and who keeps it open (V1, V2, O15)."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities.shifts import rosters
from app.base import clock
from app.base.serials import HOUSE
from app.base.transactions import reading, unit_of_work
from app.community import tree, venues
from app.community.models import Venue
from app.people import audit
from app.reports import venue_use, venue_use_files
from app.reports.venue_use import Span
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_venues import SpanIn, VenueIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("venues", __name__, url_prefix="/<place>/venues")
RECENT_DAYS = 30
SHOWN_MAX = 200


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """List the venues with their use of the last thirty days; idle ones are said to be."""
    return _list()


@bp.post("")
@allow(SIGNED_IN)
def add() -> ResponseReturnValue:
    """Add a venue of this place."""

    def verb(session: Session, asked: dict[str, Any]) -> int:
        node = desk.require_here(session, desk.WORKERS)
        made = venues.add(session, node=node, actor=actor(), **_details(asked))
        _note(session, "venue_added", made)
        return made.id

    return forms.answer(
        verb,
        schema=VenueIn,
        ledger_id=HOUSE,
        show=lambda venue_id: venue_id,
        said=_("阵地加好了，新建活动时可以选。"),
        to=lambda venue_id: url_for("staff.venues.one", venue_id=venue_id),
        again=_list,
    )


@bp.get("/use")
@allow(SIGNED_IN)
def use() -> ResponseReturnValue:
    """Show the register of use: rows from check-ins, shares by type, and what stands idle."""
    menu.at("activities")
    asked, wrong = forms.asked(SpanIn)
    with reading() as session:
        node = desk.here().node
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node}
        span = _span(asked)
        found = venue_use.rows(session, **key, span=span)
        return forms.page(
            "shifts/use.html",
            wrong,
            span=span,
            rows=found[:SHOWN_MAX],
            row_count=len(found),
            shares=venue_use.preferences(found),
            counts=venue_use.frequency(found),
            venues=venues.list_in(session, node),
            idle=venue_use.idle(session, **key, on=clock.today()),
        )


@bp.post("/use/file")
@allow(SIGNED_IN)
def write_file() -> ResponseReturnValue:
    """Write the register as xlsx; the export is registered (A16, D45)."""
    asked, _wrong = forms.asked(SpanIn)

    def work(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        content = venue_use_files.content(
            session, ledger_id=desk.ledger_id(), node=node, span=_span(asked)
        )
        return issued(session, content, "venue_use", ledger_id=desk.ledger_id())

    return unit_of_work(work)


@bp.get("/<int:venue_id>")
@allow(SIGNED_IN)
def one(venue_id: int) -> ResponseReturnValue:
    """Show a venue: what it has, its last uses, and this week's roster."""
    return _one(venue_id)


@bp.post("/<int:venue_id>")
@allow(SIGNED_IN)
def change(venue_id: int) -> ResponseReturnValue:
    """Put right what a venue is called and has."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        venue = scoped(session, venue_id, desk.WORKERS)
        details = _details(asked)
        named = {name: details.pop(name) for name in ("kind", "name", "address")}
        venues.rename(session, venue=venue, **named)
        venues.change(session, venue=venue, actor=actor(), **details)
        _note(session, "venue_changed", venue)

    return _step(verb, venue_id, _("存好了。"), VenueIn)


@bp.post("/<int:venue_id>/close")
@allow(SIGNED_IN)
def close(venue_id: int) -> ResponseReturnValue:
    """Close a venue; its use stays on record."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        venue = scoped(session, venue_id, desk.WORKERS)
        venues.close(session, venue=venue, actor=actor())
        _note(session, "venue_closed", venue)

    return _step(verb, venue_id, _("停用了，以前的使用记录都还在。"))


def scoped(session: Session, venue_id: int, names: tuple[str, ...]) -> Venue:
    """Return a venue of a place in scope; raises as `desk.require_at`."""
    found = venues.get(session, venue_id)
    desk.require_at(session, found.node_id, names)
    return found


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _step(verb: forms.Verb, venue_id: int, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        ledger_id=HOUSE,
        said=said,
        to=url_for("staff.venues.one", venue_id=venue_id),
        again=lambda problem: _one(venue_id, problem),
    )


def _details(asked: dict[str, Any]) -> dict[str, Any]:
    """Read the form: one alias a line, tags as ticked."""
    aliases = [line for line in asked.pop("aliases").splitlines() if line.strip()]
    return {**asked, "aliases": aliases}


def _span(asked: dict[str, Any]) -> Span:
    today = clock.today()
    ends_on = asked.get("ends_on") or today
    begins_on = asked.get("begins_on") or ends_on - timedelta(days=RECENT_DAYS - 1)
    return Span(min(begins_on, ends_on), ends_on)


def _list(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    with reading() as session:
        node = desk.here().node
        found = venues.list_in(session, node)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node}
        ids = [each.id for each in found]
        return forms.page(
            "shifts/venues.html",
            problem,
            found=_in_tree(found),
            nodes=tree.get_many(session, {each.node_id for each in found}),
            tags_of=venues.tags_of(session, ids),
            counts=venue_use.frequency(venue_use.rows(session, **key, span=_span({}))),
            **_offer(found),
        )


def _in_tree(found: list[Venue]) -> list[tuple[Venue, bool]]:
    """Put each station under its centre (1 + N); the second value: it is a station."""
    shown = {each.id for each in found}
    stations = [each for each in found if each.parent_id in shown]
    rows: list[tuple[Venue, bool]] = []
    for centre in found:
        if centre not in stations:
            rows.append((centre, False))
            rows += [(each, True) for each in stations if each.parent_id == centre.id]
    return rows


def _offer(found: list[Venue]) -> dict[str, Any]:
    used = [each.kind for each in found]
    return {
        "kinds": list(dict.fromkeys([*venues.KINDS, *used])),
        "facilities": venues.FACILITIES,
        "areas": venues.AREAS,
        "needs": venues.NEEDS,
        "centres": [(each.id, each.name) for each in found if each.parent_id is None],
        "may_change": desk.here().may(desk.WORKERS),
    }


def _one(venue_id: int, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    with reading() as session:
        venue = scoped(session, venue_id, desk.READERS)
        node = tree.get(session, venue.node_id)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
        recent = venue_use.rows(session, **key, node=node, span=_span({}), venue_id=venue.id)
        monday = monday_of(clock.today())
        offer = _offer(venues.list_in(session, desk.here().node))
        offer["centres"] = [each for each in offer["centres"] if each[0] != venue.id]
        return forms.page(
            "shifts/venue.html",
            problem,
            venue=venue,
            place=tree.breadcrumb(session, node),
            tags=venues.tags_of(session, [venue.id]).get(venue.id, []),
            aliases=venues.aliases_of(session, [venue.id]).get(venue.id, []),
            recent=recent,
            shares=venue_use.preferences(recent),
            shifts=rosters.week(session, **key, venue=venue, monday=monday),
            ticked=request.form.getlist("tags") if problem else None,
            **offer,
        )


def _note(session: Session, action: str, venue: Venue) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind="venue",
        venue_id=venue.id,
        name=venue.name,
    )
