"""Enrolment: quota, waiting list, and nobody beyond the quota however many come at once."""

import pytest
import sqlalchemy as sa

from app.activities import enrolment
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import ActivitySession, Enrolment
from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied
from app.people import inbox, team_members
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import EVE, at, refused
from tests.factories.teams import at_once


def withdraw(session, world, slot, member, text="12:00"):
    with at(text, EVE):
        return enrolment.withdraw(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )


def counts(session, slot):
    query = sa.select(ActivitySession.enrolled_count, ActivitySession.waiting_count).where(
        ActivitySession.ledger_id == slot.ledger_id, ActivitySession.id == slot.id
    )
    return tuple(session.execute(query).one())


def topics(session, world, member):
    return [
        line.topic
        for line in inbox.list_for(session, ledger_id=world.ledger_id, member_id=member.id)
    ]


def test_c36_a_member_without_a_team_signs_up_and_is_credited(session, world, member):
    _, (slot,) = make.opened(session, world)
    signed = make.enrol(session, world, slot, member)
    assert (signed.state, signed.team_id) == ("enrolled", None)

    make.been(session, world, slot, member, "08:50", "11:20")
    (grant,) = make.confirm(session, world, slot)
    assert (grant.member_id, grant.team_id, grant.minutes) == (member.id, None, 120)


def test_a_member_comes_with_the_team_that_responded(session, world, member):
    _, (slot,) = make.opened(session, world)
    team_members.join(
        session,
        ledger_id=world.ledger_id,
        team_id=world.team.id,
        member_id=member.id,
        actor=SYSTEM,
    )

    assert make.enrol(session, world, slot, member).team_id == world.team.id


def test_signing_up_twice_takes_one_place(session, world, member):
    _, (slot,) = make.opened(session, world, quota=5)
    make.enrol(session, world, slot, member)
    make.enrol(session, world, slot, member)

    assert counts(session, slot) == (1, 0)


def test_over_the_quota_people_wait_in_order_and_move_up(session, world):
    _, (slot,) = make.opened(session, world, quota=1)
    first, second, third = (make.a_member(session, world, name) for name in "甲乙丙")
    states = [make.enrol(session, world, slot, each).state for each in (first, second, third)]
    assert states == ["enrolled", "waiting", "waiting"]
    assert counts(session, slot) == (1, 2)
    listed = enrolment.list_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)
    assert [each.member_id for each in listed] == [first.id, second.id, third.id]

    withdraw(session, world, slot, first)
    assert counts(session, slot) == (1, 1)
    assert "promoted" in topics(session, world, second)
    assert "promoted" not in topics(session, world, third)

    withdraw(session, world, slot, third)
    withdraw(session, world, slot, second)
    assert counts(session, slot) == (0, 0)


def test_who_signs_up_again_stands_at_the_end(session, world):
    _, (slot,) = make.opened(session, world, quota=1)
    first, second, third = (make.a_member(session, world, name) for name in "甲乙丙")
    for each in (first, second, third):
        make.enrol(session, world, slot, each)
    withdraw(session, world, slot, second)
    make.enrol(session, world, slot, second, "12:30")
    withdraw(session, world, slot, first, "12:40")

    states = {
        each.member_id: each.state
        for each in enrolment.list_of_session(
            session, ledger_id=world.ledger_id, session_id=slot.id
        )
    }
    assert states == {third.id: "enrolled", second.id: "waiting"}


def test_a_leader_signs_up_somebody_without_a_phone_a_stranger_may_not(session, world, member):
    _, (slot,) = make.opened(session, world)
    stranger = make.a_member(session, world, "许知秋")
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "member_id": member.id}
    with at("11:00", EVE):
        with refused(session, world, PermissionDenied):
            enrolment.enrol(session, **named, actor=Actor(stranger.person_id))
        done = enrolment.enrol(session, **named, actor=world.leader)

    assert done.enrolled_by_id == world.leader.person_id


def test_nobody_signs_up_for_what_is_over(session, world, member):
    _, (slot,) = make.opened(session, world)
    with refused(session, world, NotInTimeWindow), at("11:00"):
        enrolment.enrol(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )


def test_who_is_there_cannot_withdraw_and_who_never_signed_up_neither(session, world, member):
    _, (slot,) = make.opened(session, world)
    with refused(session, world, NotFound):
        withdraw(session, world, slot, member)
    make.enrol(session, world, slot, member)
    make.scan_in(session, world, slot, member, "08:50")
    with refused(session, world, ActivityStateConflict), at("08:55"):
        enrolment.withdraw(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )


@pytest.mark.parametrize("quota", [3])
def test_when_eight_sign_up_at_once_exactly_the_quota_has_a_place(app, session, world, quota):
    _, (slot,) = make.opened(session, world, quota=quota)
    with at("08:30", EVE):
        crowd = people.members(session, world.ledger_id, world.node, 8)
        session.commit()

    def sign_up(member):
        def work(own):
            with clock.held_at(make.moment("11:00", EVE)):
                return enrolment.enrol(
                    own,
                    ledger_id=world.ledger_id,
                    session_id=slot.id,
                    member_id=member.id,
                    actor=Actor(member.person_id),
                )

        return work

    done = at_once(app, [sign_up(member) for member in crowd])

    assert sorted(each.state for each in done) == ["enrolled"] * 3 + ["waiting"] * 5
    assert counts(session, slot) == (3, 5)
    places = session.scalars(
        sa.select(Enrolment.place).where(
            Enrolment.ledger_id == world.ledger_id, Enrolment.session_id == slot.id
        )
    )
    assert sorted(places) == list(range(1, 9))
