"""The alliance's funnel: each step counted once, each team's share beside it (C1, C4, C5)."""

from datetime import timedelta

import pytest

from app.activities import closing, responses
from app.activities.funnel import Cohort
from app.base.actors import SYSTEM, Actor
from app.people import alliances
from app.reports import alliance_funnels
from tests.factories import activities as make
from tests.factories.activities import EVE, at
from tests.ledger.statements_counted import counted


@pytest.fixture
def world(session):
    return make.a_world(session)


@pytest.fixture
def alliance(session, world):
    """The world's team and one more, with a leader of its own."""
    key = {"ledger_id": world.ledger_id}
    other = make.a_member(session, world, "任清和")
    team = make.a_team(session, world.ledger_id, world.node, other)
    with at("08:40", EVE):
        made = alliances.create(
            session, **key, node_id=world.node.id, name="近邻志愿同盟", actor=SYSTEM
        )
        for each in (world.team, team):
            alliances.join(
                session,
                **key,
                alliance_id=made.id,
                team_id=each.id,
                agreed_by_id=other.person_id,
                actor=SYSTEM,
            )
    session.commit()
    world_other = (team, Actor(other.person_id))
    return made, world_other


def count(session, world, made, **span):
    return alliance_funnels.count(
        session,
        ledger_id=world.ledger_id,
        node=world.node,
        alliance_id=made.id,
        cohort=Cohort(**span),
    )


def test_each_step_of_the_funnel_counts_what_came_of_the_one_before(session, world, alliance):
    made, (team, leader) = alliance
    opened, (slot,) = make.opened(session, world, ("09:00", "11:00"), alliance_id=made.id)
    with at("08:45", EVE):
        responses.respond(
            session, ledger_id=world.ledger_id, activity_id=opened.id, team_id=team.id, actor=leader
        )
    make.called(session, world, ("14:00", "15:00"), alliance_id=made.id)
    make.called(session, world, ("16:00", "17:00"))
    wen = make.a_member(session, world)
    make.been(session, world, slot, wen, "08:50", "11:00")
    make.confirm(session, world, slot)
    with at("12:10"):
        closing.close(
            session,
            ledger_id=world.ledger_id,
            activity_id=opened.id,
            beneficiary_count=9,
            actor=world.leader,
        )
    session.commit()

    found = count(session, world, made)

    assert (found.team_count, found.called_count, found.responded_count) == (2, 2, 1)
    assert (found.held_count, found.people_count, found.visit_count) == (1, 1, 1)
    assert found.minutes == 120
    shares = {each.team.id: each for each in found.shares}
    assert shares[team.id].response_count == shares[world.team.id].response_count == 1
    assert sum(each.minutes for each in found.shares) <= found.minutes
    later = make.moment("09:00") + timedelta(days=30)
    assert count(session, world, made, begins_at=later).called_count == 0


def test_the_statements_do_not_grow_with_the_teams(session, world, alliance):
    made, _ = alliance
    counts = []
    for _ in range(2):
        with counted(session) as statements:
            count(session, world, made)
        counts.append(len(statements))
        for number in range(4):
            leader = make.a_member(session, world, f"领队{number}{len(counts)}")
            team = make.a_team(session, world.ledger_id, world.node, leader)
            alliances.join(
                session,
                ledger_id=world.ledger_id,
                alliance_id=made.id,
                team_id=team.id,
                agreed_by_id=leader.person_id,
                actor=SYSTEM,
            )
    assert counts[0] == counts[1]


def test_an_alliance_without_calls_counts_nothing(session, world, alliance):
    found = count(session, world, alliance[0])
    assert (found.called_count, found.people_count, found.minutes) == (0, 0, 0)
    assert found.median_response_seconds is None


def test_c1_c5_a_team_that_left_keeps_its_share_and_sign_ups_stand_beside_who_came(
    session, world, alliance
):
    made, (team, leader) = alliance
    opened, (slot,) = make.opened(session, world, ("09:00", "11:00"), alliance_id=made.id)
    with at("08:45", EVE):
        responses.respond(
            session, ledger_id=world.ledger_id, activity_id=opened.id, team_id=team.id, actor=leader
        )
    came, missing = (make.a_member(session, world, name) for name in ("温如许", "没来的"))
    for each in (came, missing):
        make.enrol(session, world, slot, each)
    make.been(session, world, slot, came, "08:50", "11:00")
    make.confirm(session, world, slot)
    with at("12:10"):
        key = {"ledger_id": world.ledger_id, "activity_id": opened.id}
        closing.close(session, **key, beneficiary_count=9, actor=world.leader)
        session.commit()
        span = {"begins_at": make.moment("00:00"), "ends_at": make.moment("23:59")}
        before = count(session, world, made, **span)
    later = make.DAY + timedelta(days=10)
    with at("09:00", later):
        key = {"ledger_id": world.ledger_id, "alliance_id": made.id, "team_id": team.id}
        alliances.leave(session, **key, actor=SYSTEM)
        session.commit()
        after = count(session, world, made, **span)

    assert (after.enrolled_count, after.visit_count, after.absent_count) == (2, 1, 1)
    assert after.team_count == before.team_count == 2
    said = {each.team.id: (each.standing, each.response_count) for each in after.shares}
    assert said == {team.id: ("left", 1), world.team.id: ("member", 1)}
    next_month = {"begins_at": make.moment("00:00", later + timedelta(days=1))}
    assert [each.team.id for each in count(session, world, made, **next_month).shares] == [
        world.team.id
    ]
