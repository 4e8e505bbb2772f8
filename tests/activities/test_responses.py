"""Responses: teams answer the call, and only then may people sign up (C5)."""

import pytest

from app.activities import enrolment, responses
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import Activity
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied
from app.people import alliances
from tests.factories import activities as make
from tests.factories import community
from tests.factories.activities import EVE, at, refused


@pytest.fixture
def other(session, world):
    """Another team of the community, with its leader."""
    leader = make.a_member(session, world, "方晓岚")
    team = make.a_team(session, world.ledger_id, world.node, leader)
    session.commit()
    return team, Actor(leader.person_id)


def respond(session, world, activity, team, actor, text="10:00"):
    with at(text, EVE):
        return responses.respond(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            team_id=team.id,
            actor=actor,
        )


def withdraw(session, world, activity, team, actor, text="10:30"):
    with at(text, EVE):
        return responses.withdraw(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            team_id=team.id,
            actor=actor,
        )


def test_c5_nobody_signs_up_before_a_team_responds(session, world, member):
    activity = make.called(session, world)
    (slot,) = make.slots(session, world, activity)

    with refused(session, world, ActivityStateConflict, state="called"):
        make.enrol(session, world, slot, member)


def test_c5_the_first_response_opens_and_its_time_stays(session, world, other):
    activity = make.called(session, world)
    respond(session, world, activity, *other, text="09:40")
    respond(session, world, activity, world.team, world.leader, text="09:50")

    assert activity.state == "open"
    assert activity.first_response_at == make.moment("09:40", EVE)
    live = responses.list_live(session, ledger_id=world.ledger_id, activity_id=activity.id)
    assert [each.team_id for each in live] == [other[0].id, world.team.id]


def test_responding_twice_changes_nothing(session, world):
    activity = make.called(session, world)
    respond(session, world, activity, world.team, world.leader, text="09:40")
    respond(session, world, activity, world.team, world.leader, text="09:50")

    (live,) = responses.list_live(session, ledger_id=world.ledger_id, activity_id=activity.id)
    assert live.responded_at == make.moment("09:40", EVE)


def test_only_a_leader_responds_for_a_team(session, world, other):
    activity = make.called(session, world)

    with refused(session, world, PermissionDenied):
        respond(session, world, activity, world.team, other[1])
    with refused(session, world, PermissionDenied):
        respond(session, world, activity, world.team, world.staff)


def test_c1_an_alliances_call_reaches_its_teams_only(session, world, other):
    with at("08:40", EVE):
        alliance = alliances.create(
            session,
            ledger_id=world.ledger_id,
            node_id=world.node.id,
            name="近邻志愿同盟",
            actor=SYSTEM,
        )
        alliances.join(
            session,
            ledger_id=world.ledger_id,
            alliance_id=alliance.id,
            team_id=other[0].id,
            agreed_by_id=other[1].person_id,
            actor=other[1],
        )
    stranger = make.a_member(session, world, "许知秋")
    third = make.a_team(session, world.ledger_id, world.node, stranger)
    activity = make.called(session, world, alliance_id=alliance.id)

    with refused(session, world, PermissionDenied):
        respond(session, world, activity, third, Actor(stranger.person_id))
    respond(session, world, activity, *other)
    respond(session, world, activity, world.team, world.leader)
    assert activity.state == "open"


def test_a_team_of_another_community_is_not_called(session, world, member):
    parent = community.make_node(session, None)
    team = make.a_team(session, world.ledger_id, parent, member)
    activity = make.called(session, world)

    with refused(session, world, PermissionDenied):
        respond(session, world, activity, team, Actor(member.person_id))


def test_withdrawing_the_only_response_calls_again(session, world):
    activity = make.called(session, world)
    respond(session, world, activity, world.team, world.leader)
    withdraw(session, world, activity, world.team, world.leader)
    assert activity.state == "called"
    assert activity.first_response_at == make.moment("10:00", EVE)

    respond(session, world, activity, world.team, world.leader, text="11:00")
    assert activity.state == "open"


def test_the_last_team_does_not_leave_people_who_signed_up(session, world, member, other):
    activity, (slot,) = make.opened(session, world)
    make.enrol(session, world, slot, member)
    with refused(session, world, ActivityStateConflict):
        withdraw(session, world, activity, world.team, world.leader)

    respond(session, world, activity, *other)
    withdraw(session, world, activity, world.team, world.leader)
    assert activity.state == "open"
    with refused(session, world, NotFound):
        withdraw(session, world, activity, world.team, world.leader)


def test_c5_a_call_without_an_answer_ends_as_no_response(session, world, member):
    unanswered = make.called(session, world)
    answered, _ = make.opened(session, world)
    with at("09:00", make.date(2026, 3, 3)) as deadline:
        with refused(session, world, NotInTimeWindow):
            responses.respond(
                session,
                ledger_id=world.ledger_id,
                activity_id=unanswered.id,
                team_id=world.team.id,
                actor=world.leader,
            )
        first = responses.close_unanswered(session, ledger_id=world.ledger_id, now=deadline)
        again = responses.close_unanswered(session, ledger_id=world.ledger_id, now=deadline)
    session.expire_all()

    assert (first, again) == ([unanswered.id], [])
    assert session.get(Activity, (world.ledger_id, unanswered.id)).state == "no_response"
    assert session.get(Activity, (world.ledger_id, unanswered.id)).ended_reason == "无人响应"
    assert session.get(Activity, (world.ledger_id, answered.id)).state == "open"
    (slot,) = make.slots(session, world, unanswered)
    assert slot.state == "cancelled"
    with refused(session, world, ActivityStateConflict):
        enrolment.enrol(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )
