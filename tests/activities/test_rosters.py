"""Rosters of venues: staff who are there anyway, volunteers whose shift is a session (V2)."""

from datetime import timedelta

import pytest

from app.activities import plans, responses
from app.activities.models_shift import RosterShift
from app.activities.shifts import rosters
from app.activities.shifts.rosters import NewShift
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.community import venues
from app.ledger import balances
from app.people import members
from tests.factories import activities as make
from tests.factories.activities import DAY, EVE, at, moment, refused

MONDAY = DAY - timedelta(days=DAY.weekday())


@pytest.fixture
def venue(session, world):
    with at("08:10", EVE):
        made = venues.add(
            session,
            node=world.node,
            kind="近邻驿站",
            name="近邻之家",
            address="瑞云苑3号楼架空层",
            actor=SYSTEM,
        )
        session.commit()
    return made


def shift(kind, begin, end, **more):
    return NewShift(kind, moment(begin), moment(end), **more)


def plan(session, world, venue, *shifts, actor=None):
    return rosters.plan(
        session,
        ledger_id=world.ledger_id,
        venue=venue,
        title="近邻之家值班",
        shifts=shifts,
        actor=actor or world.staff,
    )


def week(session, world, venue):
    return rosters.week(session, ledger_id=world.ledger_id, venue=venue, monday=MONDAY)


def test_v2_a_volunteers_shift_is_credited_by_its_code_and_a_staff_shift_earns_nothing(
    session, world, venue, member
):
    with at("09:00", EVE):
        plan(
            session,
            world,
            venue,
            shift("rotating", "09:00", "11:00", people_count=1),
            shift("rotating", "14:00", "16:00"),
            shift("resident", "08:00", "12:00", holder_id=world.staff.person_id),
            shift("resident", "13:00", "17:00"),
        )
        session.commit()
        found = week(session, world, venue)
    assert [(each.shift.kind, each.is_empty) for each in found] == [
        ("resident", False),
        ("rotating", True),
        ("resident", True),
        ("rotating", True),
    ]
    activity = found[1].activity
    assert (activity.state, activity.category_code, activity.venue_id) == (
        "submitted",
        "venue_duty",
        venue.id,
    )
    key = {"ledger_id": world.ledger_id, "activity_id": activity.id}
    with at("09:10", EVE):
        plans.approve(session, **key, actor=world.second_staff)
        responses.respond(session, **key, team_id=world.team.id, actor=world.leader)
        session.commit()
    slot = make.slots(session, world, activity)[0]
    make.enrol(session, world, slot, member)
    assert [each.is_empty for each in week(session, world, venue)] == [False, False, True, True]

    make.been(session, world, slot, member, "09:00", "11:00")
    (grant,) = make.confirm(session, world, slot)
    assert (grant.state, grant.minutes, grant.points) == ("posted", 120, 2)
    holder = session.get(RosterShift, (world.ledger_id, found[0].shift.id)).holder_id
    assert holder == world.staff.person_id
    staff_member = members.find_of_person(session, ledger_id=world.ledger_id, person_id=holder)
    held = balances.of_owner(session, ledger_id=world.ledger_id, owner_id=staff_member.id)
    assert sum(each.posted for each in held) == 0

    with at("09:00"):
        rosters.hold(
            session,
            ledger_id=world.ledger_id,
            shift_id=found[2].shift.id,
            holder_id=world.second_staff.person_id,
            venue=venue,
            actor=world.staff,
        )
        assert [each.is_empty for each in week(session, world, venue)] == [False] * 3 + [True]
        with refused(session, world, NotFound):
            rosters.hold(
                session,
                ledger_id=world.ledger_id,
                shift_id=found[1].shift.id,
                holder_id=world.second_staff.person_id,
                venue=venue,
                actor=world.staff,
            )
    assert (
        rosters.week(
            session, ledger_id=world.ledger_id, venue=venue, monday=MONDAY + timedelta(days=7)
        )
        == []
    )


def test_what_is_no_roster_is_refused(session, world, venue, member):
    early = NewShift("rotating", moment("07:00", EVE), moment("08:00", EVE))
    one = shift("rotating", "09:00", "11:00")
    for field, shifts in (
        ("shifts", ()),
        ("shifts", (early,)),
        ("shifts", (shift("rotating", "11:00", "09:00"),)),
        ("shifts", (one, one)),
        ("kind", (shift("paid", "09:00", "11:00"),)),
        ("holder_id", (shift("rotating", "09:00", "11:00", holder_id=member.person_id),)),
    ):
        with at("09:00", EVE), refused(session, world, ValidationFailed, field=field):
            plan(session, world, venue, *shifts)
    with at("09:00", EVE), refused(session, world, PermissionDenied):
        plan(session, world, venue, one, actor=Actor(member.person_id))
    bare = venues.add(session, node=world.node, kind="广场", name="瑞云苑广场", actor=SYSTEM)
    with at("09:00", EVE), refused(session, world, ValidationFailed, field="address"):
        plan(session, world, bare, one)
    assert session.query(RosterShift).filter_by(ledger_id=world.ledger_id).count() == 0
