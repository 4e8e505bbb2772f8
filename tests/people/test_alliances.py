"""The alliance: ten teams by agreement, one pool; leaving keeps the history (C1, C2)."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import tree
from app.people import alliances, teams
from app.people.errors import NameTaken, TeamClosed
from app.people.models import AllianceTeam
from tests.factories.teams import STAFF, a_place, a_team, at_once, members

NAMES = [
    *("旗帜先锋", "讲习骑兵", "畲乡枫警", "律动先锋", "蔚蓝星空"),
    *("科言科语", "星火夕阳", "医心医意", "绿洲课后", "金邻一家"),
]


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def alliance(session, place):
    alliance = alliances.create(
        session,
        ledger_id=place.ledger_id,
        node_id=place.node_id,
        name="近邻志愿同盟",
        actor=STAFF,
    )
    session.commit()
    return alliance


def join(session, alliance, team, agreed_by_id=STAFF.person_id):
    return alliances.join(
        session,
        ledger_id=alliance.ledger_id,
        alliance_id=alliance.id,
        team_id=team.id,
        agreed_by_id=agreed_by_id,
        actor=STAFF,
    )


def stored(session, ledger_id):
    session.expire_all()
    query = sa.select(AllianceTeam.team_id, AllianceTeam.joined_on, AllianceTeam.left_on)
    return sorted(map(str, session.execute(query.where(AllianceTeam.ledger_id == ledger_id))))


def test_c2_the_alliance_lists_exactly_ten_teams(session, place, alliance):
    for name in NAMES:
        join(session, alliance, a_team(session, place, name))
    a_team(session, place, "未结盟队")
    listed = alliances.list_teams(session, ledger_id=place.ledger_id, alliance_id=alliance.id)
    assert sorted(team.name for team in listed) == sorted(NAMES)
    home = tree.get(session, place.node_id)
    assert alliances.list_in(session, ledger_id=place.ledger_id, node=home) == [alliance]


def test_a_stay_says_who_agreed(session, place, alliance):
    leader = members(session, place)[0]
    stay = join(session, alliance, a_team(session, place), leader.person_id)
    assert stay.agreed_by_id == leader.person_id


def test_joining_twice_is_one_stay(app, session, place, alliance):
    team = a_team(session, place)
    at_once(app, [lambda own: join(own, alliance, team)] * 5)
    assert len(stored(session, place.ledger_id)) == 1


def test_c1_leaving_keeps_the_history(session, place, alliance):
    team = a_team(session, place)
    day = datetime(2026, 3, 2, 4, tzinfo=UTC)
    ids = {"ledger_id": place.ledger_id, "alliance_id": alliance.id}
    with clock.held_at(day):
        join(session, alliance, team)
    with clock.held_at(day + timedelta(days=30)):
        alliances.leave(session, **ids, team_id=team.id, actor=STAFF)
        assert alliances.list_teams(session, **ids) == []
        assert alliances.list_teams(session, **ids, on=day.date()) == [team]
        join(session, alliance, team)
        alliances.leave(session, **ids, team_id=team.id, actor=STAFF)
        join(session, alliance, team)
        assert alliances.list_teams(session, **ids) == [team]
    assert len(alliances.history(session, **ids)) == 2


def test_c1_a_team_sees_the_pool_of_its_allies(session, place, alliance):
    one, two, alone = (a_team(session, place, name) for name in NAMES[:3])
    join(session, alliance, one)
    join(session, alliance, two)
    left = a_team(session, place, NAMES[3])
    join(session, alliance, left)
    alliances.leave(
        session,
        ledger_id=place.ledger_id,
        alliance_id=alliance.id,
        team_id=left.id,
        actor=STAFF,
    )

    def pool(team):
        return alliances.pool_of(session, ledger_id=place.ledger_id, team_id=team.id)

    assert pool(one) == pool(two) == {one.id, two.id}
    assert pool(alone) == {alone.id}
    assert pool(left) == {left.id}


def test_a_team_of_another_community_does_not_join(session, place, alliance):
    elsewhere = a_place(session, 2)
    team = a_team(session, place, node_id=elsewhere.node_id)
    foreign = a_team(session, elsewhere)
    with pytest.raises(ValidationFailed), attempt(session):
        join(session, alliance, team)
    with pytest.raises(NotFound), attempt(session):
        join(session, alliance, foreign)
    assert stored(session, place.ledger_id) == []
    assert join(session, alliance, a_team(session, place, node_id=place.grid_id))


def test_a_closed_team_does_not_join(session, place, alliance):
    team = a_team(session, place)
    teams.close(session, ledger_id=place.ledger_id, team_id=team.id, actor=STAFF)
    session.commit()
    with pytest.raises(TeamClosed), attempt(session):
        join(session, alliance, team)
    assert stored(session, place.ledger_id) == []


def test_who_is_not_in_it_does_not_leave(session, place, alliance):
    team = a_team(session, place)
    with pytest.raises(NotFound), attempt(session):
        alliances.leave(
            session,
            ledger_id=place.ledger_id,
            alliance_id=alliance.id,
            team_id=team.id,
            actor=STAFF,
        )
    with pytest.raises(NotFound), attempt(session):
        alliances.get(session, ledger_id=place.ledger_id, alliance_id=team.id)
    assert stored(session, place.ledger_id) == []


def test_a_community_has_one_alliance_of_a_name(session, place, alliance):
    found = {"ledger_id": place.ledger_id, "node_id": place.node_id}
    for name, refusal in (("近邻志愿同盟 ", NameTaken), (" ", ValidationFailed)):
        with pytest.raises(refusal), attempt(session):
            alliances.create(session, **found, name=name, actor=STAFF)
    home = tree.get(session, place.node_id)
    assert alliances.list_in(session, ledger_id=place.ledger_id, node=home) == [alliance]
    assert alliances.find_by_name(session, **found, name="近邻志愿同盟") == alliance
