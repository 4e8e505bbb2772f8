"""The leader's doors: card, one-time code and roll; never for oneself or one's household (D23)."""

import pytest

from app.activities import checkin, taking
from app.activities.errors import AlreadyCheckedIn, CheckInMissing, NotInTimeWindow
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.people import team_members
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import EVE, at, refused
from tests.ledger.statements_counted import counted


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def take_in(session, world, slot, member, text="08:50", *, door="card", actor=None):
    with at(text):
        done = taking.check_in(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            door=door,
            actor=actor or world.leader,
        )
        session.commit()
    return done


def call(session, world, slot, members, text, verb=taking.roll_in):
    with at(text):
        return verb(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_ids=[member.id for member in members],
            actor=world.leader,
        )


@pytest.mark.parametrize("door", ["personal_code", "card", "roll"])
def test_a_leader_takes_people_in_and_out_and_the_door_is_kept(session, world, slot, member, door):
    done = take_in(session, world, slot, member, door=door)
    with at("11:00"):
        out = taking.check_out(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            door=door,
            actor=world.leader,
        )
    stay = make.stay_of(session, world, done.attendance_id)

    assert out.credited_minutes == 120
    assert (stay.in_door, stay.out_door, stay.in_slot) == (door, door, None)
    assert stay.in_by_id == stay.out_by_id == world.leader.person_id


def test_only_leaders_and_staff_take_people_in(session, world, slot, member):
    stranger = make.a_member(session, world, "许知秋")
    with refused(session, world, PermissionDenied):
        take_in(session, world, slot, member, actor=Actor(stranger.person_id))
    take_in(session, world, slot, member, actor=world.staff)


@pytest.mark.parametrize("door", ["personal_code", "card", "roll"])
def test_d23_a_leader_does_not_take_in_themselves(session, world, slot, door):
    with refused(session, world, SecondPersonRequired):
        take_in(session, world, slot, world.leader_member, door=door)


@pytest.mark.parametrize("door", ["card", "roll"])
def test_d23_a_leader_does_not_take_in_their_household(session, world, slot, member, door):
    people.live_together(session, world.leader_member, member)

    with refused(session, world, SecondPersonRequired):
        take_in(session, world, slot, member, door=door)
    take_in(session, world, slot, member, door=door, actor=world.staff)


def test_d12_the_leaders_doors_keep_the_window_too(session, world, slot, member):
    for text in ("07:59", "11:00"):
        with refused(session, world, NotInTimeWindow):
            take_in(session, world, slot, member, text)


def test_the_leader_may_take_in_over_the_quota(session, world, member):
    _, (slot,) = make.opened(session, world, quota=1)
    make.enrol(session, world, slot, make.a_member(session, world, "许知秋"))

    assert isinstance(take_in(session, world, slot, member), checkin.CheckedIn)


def test_a_roll_takes_all_it_can_and_names_the_rest(session, world, slot, member):
    inside = make.a_member(session, world, "方晓岚")
    make.scan_in(session, world, slot, inside, "08:30")
    team_members.join(
        session,
        ledger_id=world.ledger_id,
        team_id=world.team.id,
        member_id=member.id,
        actor=SYSTEM,
    )
    ghost = type("Ghost", (), {"id": new_id()})
    roll = call(session, world, slot, [member, inside, world.leader_member, ghost], "08:50")

    assert roll.taken == {member.id}
    assert {key: type(value) for key, value in roll.refused.items()} == {
        inside.id: AlreadyCheckedIn,
        world.leader_member.id: SecondPersonRequired,
        ghost.id: NotFound,
    }
    gone = call(session, world, slot, [member, inside, ghost], "11:00", taking.roll_out)
    assert gone.taken == {member.id, inside.id}
    assert isinstance(gone.refused[ghost.id], CheckInMissing)
    grants = make.confirm(session, world, slot)
    assert {each.member_id: each.minutes for each in grants} == {member.id: 120, inside.id: 120}
    assert {each.team_id for each in grants} == {world.team.id, None}


def test_a_roll_of_thirty_costs_what_a_roll_of_one_costs(session, world, slot):
    with at("08:30", EVE):
        crowd = people.members(session, world.ledger_id, world.node, 31)
        session.commit()
    costs = []
    for group in (crowd[:1], crowd[1:]):
        session.expunge_all()
        with counted(session) as statements:
            assert len(call(session, world, slot, group, "08:50").taken) == len(group)
        costs.append(len(statements))
    assert costs[0] == costs[1]
    costs = []
    for group in (crowd[:1], crowd[1:]):
        session.expunge_all()
        with counted(session) as statements:
            call(session, world, slot, group, "11:00", taking.roll_out)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_roll_has_five_hundred_names_at_most(session, world, slot):
    crowd = [type("Name", (), {"id": new_id()}) for _ in range(501)]
    with refused(session, world, ValidationFailed, field="member_ids"):
        call(session, world, slot, crowd, "08:50")
