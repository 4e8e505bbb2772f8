"""A community whose teams hold activities: one leader, two staff, volunteers, a held clock.

The day is Tuesday 2026-03-10; the plan is approved on the 1st. `at("08:50")` holds
the clock on the day itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import attendance, checkin, codes, enrolment, plans, responses
from app.activities.models import (
    Activity,
    ActivitySession,
    Attendance,
    Enrolment,
)
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.transactions import attempt
from app.community.models import Node
from app.people import team_members, teams
from app.people.models import Member, Team
from app.points import programmes, rates
from app.points.models import Grant
from app.points.rates import Terms
from tests.factories import community, people, snapshots

EVE = date(2026, 3, 1)
DAY = date(2026, 3, 10)
_serial = count(1)


def moment(text: str, day: date = DAY) -> datetime:
    """The instant of a Shanghai clock time, `HH:MM` or `HH:MM:SS`."""
    return clock.local_instant(day, time.fromisoformat(text))


@contextmanager
def at(text: str, day: date = DAY) -> Iterator[datetime]:
    """Hold the clock at a Shanghai time of the day."""
    with clock.held_at(moment(text, day)):
        yield moment(text, day)


@dataclass
class World:
    """A community with a programme of 1 point an hour, and the people who make it live."""

    ledger_id: int
    node: Node
    team: Team
    leader: Actor
    leader_member: Member
    staff: Actor
    second_staff: Actor


def a_world(session: Session) -> World:
    """Make the community; on the eve of everything."""
    with at("08:00", EVE):
        node = community.make_node(session, None)
        programme = programmes.start(
            session, node=node, book_code=f"HD{next(_serial)}", name="爱心银行", actor=SYSTEM
        )
        rates.add_version(
            session,
            programme=programme,
            indicator_code="volunteering",
            terms=Terms(points=1, per_quantity=60),
            valid_from_on=EVE,
            actor=SYSTEM,
        )
        ledger_id = programme.ledger_id
        leader = people.member(session, ledger_id, node, "任清和", people.phone())
        staff = [
            people.member(session, ledger_id, node, name, people.phone())
            for name in ("林知远", "沈同舟")
        ]
        world = World(
            ledger_id,
            node,
            a_team(session, ledger_id, node, leader, "旗帜先锋"),
            Actor(leader.person_id),
            leader,
            *(people.holder(session, each.person_id, "staff", node) for each in staff),
        )
        session.commit()
    return world


def a_team(
    session: Session, ledger_id: int, node: Node, leader: Member, name: str | None = None
) -> Team:
    """A team with its leader."""
    new = teams.NewTeam(
        node_id=node.id,
        name=name or f"志愿队{next(_serial)}",
        kind="志愿服务队",
        lead_body="金溪社区党委",
    )
    team = teams.create(session, ledger_id=ledger_id, team=new, actor=SYSTEM)
    team_members.join(
        session,
        ledger_id=ledger_id,
        team_id=team.id,
        member_id=leader.id,
        actor=SYSTEM,
        role="leader",
    )
    return team


def a_member(session: Session, world: World, name: str = "温如许") -> Member:
    """A volunteer without a team."""
    with at("08:30", EVE):
        member = people.member(session, world.ledger_id, world.node, name, people.phone())
        session.commit()
    return member


def a_plan(world: World, *spans: tuple[str, str], **more: Any) -> Plan:
    """A plan on the day; 09:00 to 11:00 unless told otherwise."""
    quota = more.pop("quota", None)
    day = more.pop("day", DAY)
    sessions = tuple(
        PlannedSession(moment(begin, day), moment(end, day), quota)
        for begin, end in spans or (("09:00", "11:00"),)
    )
    values: dict[str, Any] = {
        "node_id": world.node.id,
        "title": "健康义诊",
        "category_code": "health_clinic",
        "address": "金溪社区党群服务中心一楼",
        "team_id": world.team.id,
        "sessions": sessions,
    }
    return Plan(**(values | more))


def called(session: Session, world: World, *spans: tuple[str, str], **more: Any) -> Activity:
    """An approved activity that no team has responded to."""
    with at("09:00", EVE):
        plan = a_plan(world, *spans, **more)
        named: dict[str, Any] = {"ledger_id": world.ledger_id}
        activity = plans.draft(session, **named, plan=plan, actor=world.leader)
        named["activity_id"] = activity.id
        plans.submit(session, **named, actor=world.leader)
        plans.approve(session, **named, actor=world.staff)
        session.commit()
    return activity


def opened(
    session: Session, world: World, *spans: tuple[str, str], **more: Any
) -> tuple[Activity, list[ActivitySession]]:
    """An activity that its own team responded to, with its sessions."""
    activity = called(session, world, *spans, **more)
    with at("10:00", EVE):
        responses.respond(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            team_id=world.team.id,
            actor=world.leader,
        )
        session.commit()
    return activity, slots(session, world, activity)


def slots(session: Session, world: World, activity: Activity) -> list[ActivitySession]:
    """The activity's sessions, in order."""
    return plans.list_sessions(session, ledger_id=world.ledger_id, activity_id=activity.id)


def enrol(
    session: Session, world: World, slot: ActivitySession, member: Member, text: str = "11:00"
) -> Enrolment:
    """The member signs up, on the eve."""
    with at(text, EVE):
        done = enrolment.enrol(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )
        session.commit()
    return done


def ticket(session: Session, slot: ActivitySession, direction: str) -> codes.SeenTicket:
    """What scanning the leader's screen now gives."""
    return codes.redeem(session, token=codes.current(slot, direction).token)


def scan_in(
    session: Session, world: World, slot: ActivitySession, member: Member, text: str
) -> checkin.CheckedIn:
    """The member scans the screen and comes in."""
    with at(text):
        done = checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=ticket(session, slot, "in"),
            actor=Actor(member.person_id),
        )
        session.commit()
    return done


def scan_out(
    session: Session, world: World, slot: ActivitySession, member: Member, text: str
) -> checkin.CheckedOut:
    """The member scans the screen and goes."""
    with at(text):
        done = checkin.check_out(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=ticket(session, slot, "out"),
            actor=Actor(member.person_id),
        )
        session.commit()
    return done


def been(
    session: Session,
    world: World,
    slot: ActivitySession,
    member: Member,
    came: str,
    went: str,
) -> checkin.CheckedOut:
    """The member was there from one time to another, by the screen codes."""
    scan_in(session, world, slot, member, came)
    return scan_out(session, world, slot, member, went)


def confirm(
    session: Session, world: World, slot: ActivitySession, text: str = "12:00", **more: Any
) -> list[Grant]:
    """The leader confirms what can be confirmed."""
    actor = more.pop("actor", world.leader)
    with at(text):
        made = attendance.confirm(
            session, ledger_id=world.ledger_id, session_id=slot.id, actor=actor, **more
        )
        session.commit()
    return made


def stay_of(session: Session, world: World, attendance_id: UUID) -> Attendance:
    """The record as it stands in the database."""
    query = sa.select(Attendance).where(
        Attendance.ledger_id == world.ledger_id, Attendance.id == attendance_id
    )
    return session.scalars(query.execution_options(populate_existing=True)).one()


def everything(session: Session, world: World) -> dict[str, list[str]]:
    """All rows that a refusal must leave as they were."""
    return snapshots.of_book(session, world.ledger_id)


@contextmanager
def refused(session: Session, world: World, error: type[Exception], **facts: Any) -> Iterator[None]:
    """The block is refused with this error and these facts, and nothing changed."""
    before = everything(session, world)
    caught = None
    try:
        with attempt(session):
            yield
    except error as refusal:
        caught = refusal
    assert caught is not None, f"{error.__name__} was not raised"
    found = {name: getattr(caught, "facts", {}).get(name) for name in facts}
    assert found == facts
    assert everything(session, world) == before
