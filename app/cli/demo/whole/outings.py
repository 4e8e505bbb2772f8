"""One activity, from plan to archive, as its leader, its people and staff live it.

Everybody scans the screen's code on coming and on going; the leader confirms. A few
were not there at all: staff take their records back three days later. The clock's job
files away, every month, what is finished.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import (
    archiving,
    attendance,
    checkin,
    closing,
    codes,
    corrections,
    plans,
    responses,
)
from app.activities.models import Activity, ActivitySession, Attendance
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.cli.demo.world import Moment, Someone, at
from app.people.models import Team
from app.points import approvals

SETTLE = timedelta(minutes=20)
REVERSED_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Outing:
    """An activity of the plan: whose, where, when, how long, who comes, whom it serves."""

    title: str
    team: str
    node_code: str
    category: str
    address: str
    starts_at: datetime
    minutes: int
    people: tuple[str, ...]
    served_count: int
    strays: tuple[str, ...] = ()
    venue_id: int | None = None
    unit_ids: tuple[int, ...] = ()
    is_emergency: bool = False

    @property
    def settled_at(self) -> datetime:
        """When its leader confirms, and its hours are posted."""
        return self.starts_at + timedelta(minutes=self.minutes) + SETTLE


@dataclass(slots=True)
class Stage:
    """What a book's outings stand on: its people, teams and places, and who approves."""

    ledger_id: int
    people: dict[str, Someone]
    staff: Someone
    leaders: dict[str, str]
    teams: dict[str, UUID] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)
    second: Someone | None = None

    def leader(self, outing: Outing) -> Someone:
        """Return who leads the outing's team."""
        return self.people[self.leaders[outing.team]]


def teams_of(session: Session, ledger_id: int) -> dict[str, UUID]:
    """Return a book's teams by name; in the demo a name is of one team."""
    query = sa.select(Team.name, Team.id).where(Team.ledger_id == ledger_id)
    return {row.name: row.id for row in session.execute(query)}


def moments(stage: Stage, outings: Iterable[Outing]) -> list[Moment]:
    """Return the moments of outings: each one whole, and its strays taken back."""
    planned = list(outings)
    found = [_filing(stage, month_on) for month_on in sorted(months(planned))]
    for one in planned:
        found.append(Moment(one.settled_at, one.title, _living(stage, one)))
        if one.strays:
            at = one.settled_at + REVERSED_AFTER
            found.append(Moment(at, f"reverse:{one.title}", _reversing(stage, one)))
    return found


def months(outings: Iterable[Outing]) -> set[date]:
    """Return the first days of months on which finished activities are filed away."""
    return {_next_month(one) for one in outings}


def _next_month(outing: Outing) -> date:
    """Return the first day after the outing's month, or after the one of its reversal."""
    day_on = clock.local_date(outing.settled_at + REVERSED_AFTER)
    return date(day_on.year + day_on.month // 12, day_on.month % 12 + 1, 1)


def _filing(stage: Stage, month_on: date) -> Moment:
    """File away what is finished: again changes nothing, so it needs no name to be found by."""

    def live(session: Session) -> None:
        archiving.archive_settled(session, ledger_id=stage.ledger_id)

    return Moment(at(month_on, 0, 10), f"archive:{month_on}", live)


def lived(session: Session, ledger_id: int) -> set[str]:
    """Return the names of the moments of outings that the book has."""
    titles = set(session.scalars(sa.select(Activity.title).where(Activity.ledger_id == ledger_id)))
    taken_back = (
        sa.select(Activity.title)
        .join(
            ActivitySession,
            (ActivitySession.ledger_id == Activity.ledger_id)
            & (ActivitySession.activity_id == Activity.id),
        )
        .join(
            Attendance,
            (Attendance.ledger_id == ActivitySession.ledger_id)
            & (Attendance.session_id == ActivitySession.id),
        )
        .where(Activity.ledger_id == ledger_id, Attendance.state == "reversed")
    )
    return titles | {f"reverse:{title}" for title in session.scalars(taken_back)}


def _living(stage: Stage, outing: Outing) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        slot = _plan(session, stage, outing)
        _attend(session, stage, slot, (*outing.people, *outing.strays))
        _settle(session, stage, outing, slot)

    return live


def _plan(session: Session, stage: Stage, outing: Outing) -> ActivitySession:
    """Plan, submit, approve, respond; return the one session."""
    begins, leader = outing.starts_at, stage.leader(outing).actor
    team_id, ledger_id = stage.teams[outing.team], stage.ledger_id
    plan = Plan(
        node_id=stage.nodes[outing.node_code],
        title=outing.title,
        category_code=outing.category,
        address=outing.address,
        sessions=[PlannedSession(begins, begins + timedelta(minutes=outing.minutes))],
        team_id=team_id,
        venue_id=outing.venue_id,
        unit_ids=outing.unit_ids,
        is_emergency=outing.is_emergency,
    )
    with clock.held_at(begins - timedelta(days=6)):
        draft = plans.draft(session, ledger_id=ledger_id, plan=plan, actor=leader)
        plans.submit(session, ledger_id=ledger_id, activity_id=draft.id, actor=leader)
    with clock.held_at(begins - timedelta(days=5)):
        plans.approve(session, ledger_id=ledger_id, activity_id=draft.id, actor=stage.staff.actor)
    with clock.held_at(begins - timedelta(days=5) + timedelta(hours=3)):
        responses.respond(
            session, ledger_id=ledger_id, activity_id=draft.id, team_id=team_id, actor=leader
        )
    (slot,) = plans.list_sessions(session, ledger_id=ledger_id, activity_id=draft.id)
    return slot


def _attend(session: Session, stage: Stage, slot: ActivitySession, keys: Iterable[str]) -> None:
    doors = (("in", slot.starts_at - timedelta(minutes=12)), ("out", slot.ends_at))
    for direction, first_at in doors:
        scan = checkin.check_in if direction == "in" else checkin.check_out
        for place, key in enumerate(keys):
            someone = stage.people[key]
            with clock.held_at(first_at + timedelta(seconds=20 * place)):
                ticket = codes.redeem(session, token=codes.current(slot, direction).token)
                scan(
                    session,
                    ledger_id=stage.ledger_id,
                    member_id=someone.member_id,
                    ticket=ticket,
                    actor=someone.actor,
                )


def _settle(session: Session, stage: Stage, outing: Outing, slot: ActivitySession) -> None:
    """The leader confirms and closes; what is urgent is signed by a second person."""
    leader, ledger_id = stage.leader(outing).actor, stage.ledger_id
    made = attendance.confirm(session, ledger_id=ledger_id, session_id=slot.id, actor=leader)
    waiting = [each.id for each in made if each.state != "posted"]
    if waiting:
        assert stage.second is not None, "who decides on what waits"
        approvals.decide(
            session,
            ledger_id=ledger_id,
            grant_ids=waiting,
            level=3,
            verdict="approved",
            reason="防汛值守，时间属实",
            actor=stage.second.actor,
        )
    closing.close(
        session,
        ledger_id=ledger_id,
        activity_id=slot.activity_id,
        beneficiary_count=outing.served_count,
        actor=leader,
    )


def _reversing(stage: Stage, outing: Outing) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        wanted = {stage.people[key].member_id for key in outing.strays}
        rows = session.scalars(
            sa.select(Attendance)
            .join(
                ActivitySession,
                (ActivitySession.ledger_id == Attendance.ledger_id)
                & (ActivitySession.id == Attendance.session_id),
            )
            .join(
                Activity,
                (Activity.ledger_id == ActivitySession.ledger_id)
                & (Activity.id == ActivitySession.activity_id),
            )
            .where(
                Attendance.ledger_id == stage.ledger_id,
                Activity.title == outing.title,
                Attendance.member_id.in_(wanted),
            )
        ).all()
        for stay in rows:
            corrections.reverse(
                session,
                ledger_id=stage.ledger_id,
                attendance_id=stay.id,
                version=stay.version,
                reason="本人未到场，系他人代扫",
                actor=stage.staff.actor,
            )

    return live
