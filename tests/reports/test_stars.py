"""The star board: masked unless agreed, shared places, the steps of stars, the last place whole."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.people import consents, team_members, teams
from app.people.models import Person
from app.points import boards
from app.points.boards import Terms
from app.points.stars import counting, granting, rises, tables
from app.points.stars.tables import Table
from app.reports import stars
from tests.factories import points as make

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_an_autumn_day():
    with clock.held_at(make.at(DAY, 10)):
        yield


@pytest.fixture
def world(session):
    made = make.world(session)
    switch(session, made)
    return made


def switch(session, world, version=0, **terms):
    boards.write(
        session,
        ledger_id=world.ledger_id,
        node_id=world.node.id,
        terms=Terms(**{"is_open": True, **terms}),
        version=version,
        actor=world.staff,
    )
    session.commit()


def draw(session, world):
    return stars.draw(session, ledger_id=world.ledger_id, node=world.node)


def rows(session, world):
    return [(row.rank, row.name, row.minutes) for row in draw(session, world).rows]


def serve(session, world, name, minutes, **more):
    member = make.member(session, world, name)
    make.grant(session, world, member.id, minutes, **more)
    return member


def agree(session, member, purpose="board"):
    consents.give(
        session, person_id=member.person_id, purpose=purpose, text_version="1", actor=SYSTEM
    )


def test_a19_d43_names_are_masked_unless_their_owner_agreed(session, world):
    agree(session, serve(session, world, "温如许", 120))
    serve(session, world, "任清和", 60)
    assert rows(session, world) == [(1, "温如许", 120), (2, "任*和", 60)]


def test_d43_a_consent_taken_back_masks_the_name_at_once(session, world):
    member = serve(session, world, "温如许", 120)
    agree(session, member)
    consents.withdraw(session, person_id=member.person_id, purpose="board", actor=SYSTEM)
    assert rows(session, world) == [(1, "温*许", 120)]


def test_d43_a_child_is_named_only_if_a_guardian_agreed_too(session, world):
    member = serve(session, world, "温如许", 120)
    session.get(Person, member.person_id).birth_year = DAY.year - 14
    agree(session, member)
    assert rows(session, world) == [(1, "温*许", 120)]
    agree(session, member, "guardian")
    assert rows(session, world) == [(1, "温如许", 120)]


def test_d42_ties_share_a_place(session, world):
    for name, minutes in (("甲一", 300), ("乙二", 120), ("丙三", 120), ("丁四", 60)):
        serve(session, world, name, minutes)
    assert [row[0] for row in rows(session, world)] == [1, 2, 2, 4]


def test_a_shared_last_place_is_shown_whole(session, world):
    switch(session, world, 1, row_max=10)
    for _ in range(9):
        serve(session, world, "甲一", 120)
    for _ in range(3):
        serve(session, world, "乙二", 60)
    serve(session, world, "丁四", 6)
    found = draw(session, world)
    assert [row.rank for row in found.rows] == [1] * 9 + [10] * 3
    assert found.left_out_count == 0
    assert (found.people_count, found.total_minutes) == (13, 9 * 120 + 3 * 60 + 6)


def test_of_a_last_place_that_too_many_share_the_rest_are_counted(session, world):
    switch(session, world, 1, row_max=10)
    for _ in range(23):
        serve(session, world, "甲一", 60)
    found = draw(session, world)
    assert (len(found.rows), found.left_out_count) == (20, 3)


def granted(session, world, member, stars):
    """Stars as the job after the notice leaves them."""
    table = Table(steps=(60, 120, 180), valid_from_on=DAY)
    act = {"actor": world.staff}
    tables.add_version(session, programme=world.programme, wanted=table, **act)
    named = {"ledger_id": world.ledger_id}
    rises.review(session, **named, member_ids=[member.id], verdict="approved", **act)
    said = {"node_id": world.node.id, "title": "星级公示", "contact": "社区一楼"}
    notice = granting.put_up(session, **named, **said, **act)
    with clock.held_at(make.at(notice.closes_on + timedelta(days=1), 1)):
        assert granting.grant_due(session, **named) == 1
    assert counting.granted(session, **named, member_ids=[member.id]) == {member.id: stars}


def test_only_the_hours_of_the_period_count_and_stars_are_those_that_were_granted(session, world):
    member = serve(session, world, "温如许", 60)
    for back in range(13):
        served_on = date(2026, 3, 2) + timedelta(days=back)
        make.grant(session, world, member.id, 480, served_on=served_on)
    (row,) = draw(session, world).rows
    assert (row.minutes, row.stars) == (60, 0)
    granted(session, world, member, 3)
    assert [each.stars for each in draw(session, world).rows] == [3]
    assert draw(session, world).table.hours == (1, 2, 3)
    switch(session, world, 1, period="year")
    assert draw(session, world).rows[0].minutes == 60 + 13 * 480


def test_a_board_of_credited_hours_leaves_the_others_out(session, world):
    serve(session, world, "温如许", 60, provenance="honorary")
    serve(session, world, "任清和", 30)
    assert len(rows(session, world)) == 2
    switch(session, world, 1, counts="credited")
    assert rows(session, world) == [(1, "任*和", 30)]


def test_a_row_names_the_team_a_member_has_been_in_longest(session, world):
    member = serve(session, world, "温如许", 60)
    for days, name in ((9, "医心医意"), (30, "旗帜先锋")):
        new = teams.NewTeam(world.node.id, name, "志愿服务队", "社区党委")
        act = {"ledger_id": world.ledger_id, "actor": SYSTEM}
        with clock.held_at(make.at(DAY - timedelta(days=days), 9)):
            team = teams.create(session, team=new, **act)
            team_members.join(session, team_id=team.id, member_id=member.id, **act)
    assert draw(session, world).rows[0].team == "旗帜先锋"


def test_a_board_that_is_off_is_not_there(session, world):
    switch(session, world, 1, is_open=False)
    with pytest.raises(NotFound):
        draw(session, world)


def test_an_empty_board_has_no_rows_and_says_so(session, world):
    found = draw(session, world)
    assert (found.rows, found.people_count, found.total_minutes) == ([], 0, 0)
