"""A venue's roster at the desk: one week, staff and volunteers, what is empty said in red (V2)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities.shifts import rosters
from app.activities.shifts.rosters import NewShift
from app.base import clock
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.people import members
from app.web.day_spans import span_of
from app.web.pages import date_in_words
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_venues import HolderIn, RosterIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.staff.shifts.venues import monday_of, scoped
from app.web.translate import _

bp = Blueprint("rosters", __name__, url_prefix="/<place>/venues/<int:venue_id>/roster")
WEEK = timedelta(days=7)


@bp.get("")
@allow(SIGNED_IN)
def show(venue_id: int) -> ResponseReturnValue:
    """Show a week of the roster."""
    return _show(venue_id)


@bp.post("")
@allow(SIGNED_IN)
def plan(venue_id: int) -> ResponseReturnValue:
    """Put a shift on some days of a week; the volunteers' are approved by a colleague."""

    def verb(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
        venue = scoped(session, venue_id, desk.WORKERS)
        holder_id = _holder(session, asked)
        rosters.plan(
            session,
            ledger_id=desk.ledger_id(),
            venue=venue,
            title=_title(venue.name, asked["monday"]),
            shifts=[_shift(asked, day, holder_id) for day in sorted(set(asked["weekdays"]))],
            actor=actor(),
        )
        return {"monday": asked["monday"].isoformat(), "kind": asked["kind"]}

    return forms.answer(
        verb,
        schema=RosterIn,
        show=lambda made: made,
        said=lambda made: (
            _("排好了。志愿者的班要同事批准，队伍响应以后就能报名。")
            if made["kind"] == "rotating"
            else _("排好了。")
        ),
        to=lambda made: url_for("staff.rosters.show", venue_id=venue_id, monday=made["monday"]),
        again=lambda problem: _show(venue_id, problem),
    )


@bp.post("/<uuid:shift_id>/holder")
@allow(SIGNED_IN)
def hold(venue_id: int, shift_id: UUID) -> ResponseReturnValue:
    """Name who of the staff holds a shift, or nobody any more."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        venue = scoped(session, venue_id, desk.WORKERS)
        number = asked["volunteer_no"]
        holder_id = numbered(session, number).person_id if number else None
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "shift_id": shift_id}
        rosters.hold(session, **key, holder_id=holder_id, venue=venue, actor=actor())

    return _step(verb, venue_id, _("记好了。"), HolderIn)


@bp.post("/<uuid:shift_id>/remove")
@allow(SIGNED_IN)
def remove(venue_id: int, shift_id: UUID) -> ResponseReturnValue:
    """Take a shift of staff off the roster before it begins."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        venue = scoped(session, venue_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "shift_id": shift_id}
        rosters.remove(session, **key, venue=venue, actor=actor())

    return _step(verb, venue_id, _("这一班取消了。"))


def _step(verb: forms.Verb, venue_id: int, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.rosters.show", venue_id=venue_id, monday=_week().isoformat()),
        again=lambda problem: _show(venue_id, problem),
    )


def _holder(session: Session, asked: dict[str, Any]) -> UUID | None:
    """Return the person of the staff who holds the shift; nobody for volunteers."""
    if asked["kind"] != "resident" or not asked["volunteer_no"]:
        return None
    return numbered(session, asked["volunteer_no"]).person_id


def _title(name: str, monday: date) -> str:
    return _("%(venue)s值班（%(day)s 当周）", venue=name, day=date_in_words(monday))


def _shift(asked: dict[str, Any], weekday: int, holder_id: UUID | None) -> NewShift:
    if asked["monday"].weekday() != 0:
        raise ValidationFailed("a week begins on Monday", field="monday")
    day = asked["monday"] + timedelta(days=weekday)
    return NewShift(
        asked["kind"],
        *span_of(day, asked["begins"], asked["ends"]),
        holder_id=holder_id,
        people_count=asked["people_count"],
    )


def _show(venue_id: int, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    monday = _week()
    with reading() as session:
        venue = scoped(session, venue_id, desk.READERS)
        found = rosters.week(session, ledger_id=desk.ledger_id(), venue=venue, monday=monday)
        names = {
            shown.shift.holder_id: _name(session, shown.shift.holder_id)
            for shown in found
            if shown.shift.holder_id
        }
    days = [monday + timedelta(days=nth) for nth in range(7)]
    return forms.page(
        "shifts/roster.html",
        problem,
        venue=venue,
        monday=monday,
        before=monday - WEEK,
        after=monday + WEEK,
        days=[(day, [each for each in found if _on(each.shift.starts_at) == day]) for day in days],
        empty_count=sum(each.is_empty for each in found),
        shift_count=len(found),
        names=names,
        may_plan=desk.here().may(desk.WORKERS),
        now=clock.now(),
        next_monday=monday_of(clock.today()) + WEEK,
        typed=request.form,
        morning=time(9),
    )


def _name(session: Session, person_id: UUID) -> str:
    found = members.find_of_person(session, ledger_id=desk.ledger_id(), person_id=person_id)
    return found.name_masked if found else "—"


def _on(instant: datetime) -> date:
    return clock.local_date(instant)


def _week() -> date:
    """Return the Monday of the week asked for; of this one unless it can be read."""
    text = request.args.get("monday") or request.form.get("monday", "")
    try:
        return monday_of(date.fromisoformat(text))
    except ValueError:
        return monday_of(clock.today())
