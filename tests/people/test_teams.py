"""Teams: found by every name, with a lead body; stays begin, end and are remembered."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.community import tree
from app.people import audit, led_teams, team_members, teams
from app.people.errors import MemberNotActive, NameTaken, TeamClosed
from app.people.models import Member, Team, TeamMember
from tests.factories.teams import STAFF, a_place, a_team, at_once, members

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def place(session):
    return a_place(session)


def on_day(number):
    return clock.held_at(MONDAY + timedelta(days=number))


def stored(session, ledger_id):
    session.expire_all()
    founded = session.execute(
        sa.select(Team.name, Team.closed_on).where(Team.ledger_id == ledger_id)
    ).all()
    stays = session.execute(
        sa.select(
            TeamMember.member_id, TeamMember.role, TeamMember.joined_on, TeamMember.left_on
        ).where(TeamMember.ledger_id == ledger_id)
    ).all()
    return sorted(map(str, founded)), sorted(map(str, stays))


def names(found):
    return [team.name for team in found]


def join(session, team, member, **more):
    return team_members.join(
        session,
        ledger_id=team.ledger_id,
        team_id=team.id,
        member_id=member.id,
        actor=STAFF,
        **more,
    )


def test_c2_a_team_is_found_by_its_name_and_by_the_seeds_spelling(session, place):
    team = a_team(session, place, "畲乡枫警", aliases=("畚乡枫警",))
    a_team(session, place, "讲习骑兵")
    for text in ("畲乡枫警", "畚乡枫警", "枫警", " 畚乡 "):
        assert names(teams.search(session, ledger_id=place.ledger_id, text=text)) == ["畲乡枫警"]
    assert teams.aliases_of(session, ledger_id=place.ledger_id, team_id=team.id) == ["畚乡枫警"]


def test_a_search_takes_its_text_literally(session, place):
    a_team(session, place)
    for text in ("%", "_", "", "  ", "不存在"):
        assert teams.search(session, ledger_id=place.ledger_id, text=text) == []


def test_an_alias_can_be_added_later_and_twice(session, place):
    team = a_team(session, place, "畲乡枫警")
    for _ in range(2):
        teams.add_alias(
            session, ledger_id=place.ledger_id, team_id=team.id, alias="畚乡枫警", actor=STAFF
        )
    assert names(teams.search(session, ledger_id=place.ledger_id, text="畚")) == ["畲乡枫警"]


def test_c30_teams_of_a_subtree_are_listed_by_lead_body(session, place):
    a_team(session, place, "旗帜先锋", lead_body="金溪社区党委")
    a_team(session, place, "医心医意", lead_body="社区卫生站", node_id=place.grid_id)
    home, grid = tree.get(session, place.node_id), tree.get(session, place.grid_id)

    def listed(node, **more):
        return names(teams.list_in(session, ledger_id=place.ledger_id, node=node, **more))

    assert set(listed(home)) == {"旗帜先锋", "医心医意"}
    assert listed(grid) == ["医心医意"]
    assert listed(home, sought=teams.Sought(lead_body="社区卫生站")) == ["医心医意"]
    assert listed(home, sought=teams.Sought(text="旗帜")) == ["旗帜先锋"]


def test_a_team_of_another_book_is_not_found(session, place):
    team, other = a_team(session, place), a_place(session, 2)
    assert teams.search(session, ledger_id=other.ledger_id, text="旗帜") == []
    with pytest.raises(NotFound), attempt(session):
        teams.get(session, ledger_id=other.ledger_id, team_id=team.id)


def test_a_node_has_one_team_of_a_name(session, place):
    a_team(session, place)
    before = stored(session, place.ledger_id)
    with pytest.raises(NameTaken), attempt(session):
        a_team(session, place, " 旗帜先锋 ", aliases=("另",))
    assert stored(session, place.ledger_id) == before
    assert a_team(session, place, node_id=place.grid_id)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "长" * 65}, {"kind": ""}, {"lead_body": ""}, {"aliases": ("",)}],
)
def test_a_team_has_names_within_bounds(session, place, wrong):
    with pytest.raises(ValidationFailed), attempt(session):
        a_team(session, place, **wrong)
    assert stored(session, place.ledger_id) == ([], [])


def test_a_member_is_in_several_teams(session, place):
    member = members(session, place)[0]
    one, two = a_team(session, place), a_team(session, place, "讲习骑兵")
    join(session, one, member)
    join(session, two, member, role="leader")
    found = team_members.teams_of(session, ledger_id=place.ledger_id, member_id=member.id)
    assert set(names(found)) == {"旗帜先锋", "讲习骑兵"}
    assert team_members.is_leader(
        session, ledger_id=place.ledger_id, team_id=two.id, person_id=member.person_id
    )
    assert not team_members.is_leader(
        session, ledger_id=place.ledger_id, team_id=one.id, person_id=member.person_id
    )


def test_joining_twice_is_one_stay(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    join(session, team, member, role="leader")
    session.commit()
    before = stored(session, place.ledger_id)
    with on_day(90):
        assert join(session, team, member).role == "leader"
    assert stored(session, place.ledger_id) == before


def test_parallel_joins_are_one_stay(app, session, place):
    team, member = a_team(session, place), members(session, place)[0]
    at_once(app, [lambda own: join(own, team, member)] * 6)
    assert len(stored(session, place.ledger_id)[1]) == 1


def test_leaving_keeps_the_stay_and_coming_back_adds_one(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    ids = {"ledger_id": place.ledger_id, "team_id": team.id}
    with on_day(0):
        join(session, team, member)
    with on_day(10):
        team_members.leave(session, **ids, member_id=member.id, actor=STAFF)
        assert team_members.list_members(session, **ids) == []
        assert team_members.list_members(session, **ids, on=MONDAY.date())
    with on_day(20):
        join(session, team, member)
        assert len(team_members.list_members(session, **ids)) == 1
        days = [
            (stay.joined_on.day, stay.left_on) for _, stay in team_members.history(session, **ids)
        ]
    assert days == [(2, (MONDAY + timedelta(days=10)).date()), (22, None)]


def test_coming_back_on_the_day_of_leaving_opens_the_same_stay(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    ids = {"ledger_id": place.ledger_id, "team_id": team.id}
    with on_day(0):
        join(session, team, member)
        team_members.leave(session, **ids, member_id=member.id, actor=STAFF)
        join(session, team, member, role="leader")
        assert [(stay.role, stay.left_on) for _, stay in team_members.history(session, **ids)] == [
            ("leader", None)
        ]


def test_leaders_come_first_and_can_change(session, place):
    team = a_team(session, place)
    first, second = members(session, place, 2)
    ids = {"ledger_id": place.ledger_id, "team_id": team.id}
    team_members.join_many(session, **ids, member_ids=[first.id, second.id], actor=STAFF)
    assert team_members.leaders_of(session, **ids) == []
    team_members.set_role(session, **ids, member_id=second.id, role="leader", actor=STAFF)
    assert [each.id for each in team_members.leaders_of(session, **ids)] == [second.id]
    listed = [member.id for member, _ in team_members.list_members(session, **ids)]
    assert listed == [second.id, first.id]
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=second.id)
    assert {each.action for each in acts} == {"team_joined", "team_role_set"}


def test_somebodys_teams_are_those_that_they_lead_today_by_name(session, place):
    me = members(session, place)[0]
    for name, role in (("C 队", "leader"), ("A 队", "member"), ("B 队", "leader")):
        join(session, a_team(session, place, name), me, role=role)
    left = a_team(session, place, "D 队")
    join(session, left, me, role="leader")
    ids = {"ledger_id": place.ledger_id, "team_id": left.id, "member_id": me.id}
    team_members.leave(session, **ids, actor=STAFF)
    whose = {"ledger_id": place.ledger_id, "person_id": me.person_id}
    found = led_teams.list_led(session, **whose)
    assert [each.name for each in found] == ["B 队", "C 队"]
    assert set(led_teams.led_by(session, **whose)) == {each.id for each in found}
    assert led_teams.list_led(session, **whose | {"person_id": new_id()}) == []


def test_a_batch_joins_and_reports_the_new_ones(session, place):
    team = a_team(session, place)
    ids = [each.id for each in members(session, place, 4)]
    join_many = {"ledger_id": place.ledger_id, "team_id": team.id, "actor": STAFF}
    assert team_members.join_many(session, **join_many, member_ids=ids[:2]) == ids[:2]
    assert team_members.join_many(session, **join_many, member_ids=ids) == ids[2:]
    session.commit()
    before = stored(session, place.ledger_id)
    late, stranger = members(session, place)[0], members(session, a_place(session, 2))[0]
    with pytest.raises(NotFound), attempt(session):
        team_members.join_many(session, **join_many, member_ids=[late.id, stranger.id])
    assert stored(session, place.ledger_id) == before


def test_a_closed_team_takes_nobody_and_keeps_its_history(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    join(session, team, member)
    teams.close(session, ledger_id=place.ledger_id, team_id=team.id, actor=STAFF)
    session.commit()
    before, late = stored(session, place.ledger_id), members(session, place)[0]
    with pytest.raises(TeamClosed), attempt(session):
        join(session, team, late)
    with pytest.raises(TeamClosed), attempt(session):
        teams.close(session, ledger_id=place.ledger_id, team_id=team.id, actor=STAFF)
    assert stored(session, place.ledger_id) == before
    assert teams.search(session, ledger_id=place.ledger_id, text="旗帜") == []
    assert team_members.history(session, ledger_id=place.ledger_id, team_id=team.id)


def test_who_is_not_in_a_team_neither_leaves_nor_leads_it(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    before = stored(session, place.ledger_id)
    ids = {"ledger_id": place.ledger_id, "team_id": team.id, "member_id": member.id}
    with pytest.raises(NotFound), attempt(session):
        team_members.leave(session, **ids, actor=STAFF)
    with pytest.raises(NotFound), attempt(session):
        team_members.set_role(session, **ids, role="leader", actor=STAFF)
    with pytest.raises(NotFound), attempt(session):
        team_members.join(session, **ids | {"team_id": new_id()}, actor=STAFF)
    assert stored(session, place.ledger_id) == before


def test_a_member_who_left_the_book_joins_no_team(session, place):
    team, member = a_team(session, place), members(session, place)[0]
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == place.ledger_id, Member.id == member.id)
        .values(state="left")
    )
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(MemberNotActive), attempt(session):
        join(session, team, member)
    assert stored(session, place.ledger_id) == before
