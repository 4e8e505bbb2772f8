"""A place in figures: what was reported and what is counted stand apart."""

from decimal import Decimal
from io import BytesIO

import pytest

from app.base.actors import SYSTEM
from app.community import figure_imports, figures
from app.people import teams
from app.people.teams import NewTeam
from app.points import programmes
from app.reports import place_counts, place_figures
from app.service_orders.figures import percent
from tests.factories import people, points

HEADER = "node_code,kind_code,name,value,qualifier,unit,span,as_of_on,source\n"


@pytest.fixture
def world(session):
    return points.world(session)


def entered(session, world, text):
    file = BytesIO((HEADER + text).encode())
    found = figure_imports.import_figures(session, file, within=[world.city], actor=SYSTEM)
    assert not found.bad
    session.commit()


def drawn(session, world, node):
    picture = place_figures.draw(session, ledger_id=world.ledger_id, node=node)
    return {each.history.kind.code: each for each in picture.stated}, picture


def test_service_hours_and_a_population_of_the_same_size_are_two_things(session, world):
    entered(
        session,
        world,
        "350902200001,hours,志愿服务时长,2.1万,余,小时,累计,2025-12-31,甲\n"
        "350902200001,registered,户籍人口,2.1万,,人,,2025-12-31,乙\n",
    )
    (member,) = people.members(session, world.ledger_id, world.node, 1)
    points.grant(session, world, member.id, 480)
    session.commit()
    stated, _picture = drawn(session, world, world.node)
    assert (stated["hours"].lines[0].said, stated["hours"].exact) == ("2.1万余小时", 8)
    assert (stated["hours"].live, stated["hours"].is_as_stated) == ("8小时", False)
    assert (stated["registered"].lines[0].said, stated["registered"].live) == ("2.1万人", None)


def test_parts_that_are_no_whole_are_shown_as_they_are_and_nothing_is_computed(session, world):
    """303 书记 are no roster of 454 支部; 1,874 户 and 2,334 人 make no household size."""
    entered(
        session,
        world,
        "3509,retired_heads,退休人员担任,102,,名,,2025-12-31,甲\n"
        "3509,serving_heads,在职人员担任,52,,名,,2025-12-31,甲\n"
        "3509,resident_heads,居民担任,149,,名,,2025-12-31,甲\n"
        "3509,estate_group,小区组织,454,,个,,2025-12-31,甲\n"
        "3509,households,户数,1874,,户,,2025-12-31,乙\n"
        "3509,residents,人数,2334,,人,,2025-12-31,乙\n",
    )
    stated, picture = drawn(session, world, world.city)
    said = {each.lines[0].said for each in stated.values()}
    assert said == {"102名", "52名", "149名", "454个", "1874户", "2334人"}
    assert "303名" not in said
    assert all(each.exact is None for each in stated.values())
    assert {count.code for count in picture.counts}.isdisjoint(stated)


def test_a_rate_has_one_numerator_that_rounds_to_it_and_needs_decimals():
    assert percent(7_786, 7_869, 2) == Decimal("98.95")
    assert [percent(n, 7_869, 2) for n in (7_785, 7_787)] == [Decimal("98.93"), Decimal("98.96")]
    assert [percent(n, 1_764) for n in (1_710, 1_709, 1_708)] == [
        Decimal("96.9"), Decimal("96.9"), Decimal("96.8"),
    ]  # fmt: skip


def test_a_figure_of_another_place_or_span_is_not_this_ones(session, world):
    entered(
        session,
        world,
        "3509,volunteers,志愿者,5,,人,累计,2025-12-31,甲\n"
        "350902200001,volunteers,志愿者,3,,人,累计,2025-12-31,甲\n"
        "350902200001,volunteers,志愿者,2,,人,年均,2025-12-31,甲\n",
    )
    stated, _picture = drawn(session, world, world.node)
    assert {line.said for line in stated["volunteers"].lines} == {"3人", "2人"}
    listed = figures.list_in(session, world.city)
    assert [len(each.figures) for each in listed] == [1, 2]
    no_book = place_figures.draw(session, ledger_id=None, node=world.city)
    assert (no_book.counts, no_book.stated[0].live) == ((), None)


def test_c19_c24_kinds_of_team_are_offered_and_counted_and_the_citys_number_is_a_figure(
    session, world
):
    for kind, name in (
        ("工作室", "银雁领航"),
        ("能人服务队", "能人一队"),
        ("能人服务队", "能人二队"),
    ):
        assert kind in teams.KINDS
        teams.create(
            session,
            ledger_id=world.ledger_id,
            team=NewTeam(world.node.id, name, kind, "社区"),
            actor=SYSTEM,
        )
    entered(session, world, "3509,able_teams,能人服务队,430,,支,,2025-12-31,报道\n")
    stated, picture = drawn(session, world, world.city)
    assert (stated["able_teams"].lines[0].said, stated["able_teams"].live) == ("430支", None)
    assert {c.code: c.value for c in picture.counts}["teams"] == 3


def test_c3_every_kind_of_service_counts_towards_one_indicator_and_the_parts_make_the_whole(
    session, world
):
    listed = {each.name: each for each in programmes.list_categories(session, world.programme)}
    named = ("社区治安巡逻", "法律咨询", "邻里纠纷调解", "送医送药", "课后辅导")
    assert all(listed[name].indicator_code for name in named)
    (member,) = people.members(session, world.ledger_id, world.node, 1)
    for number, name in enumerate(named):
        points.grant(session, world, member.id, 60 + number, category_code=listed[name].code)
    session.commit()
    counts = {
        each.code: each.value
        for each in place_counts.of_place(session, ledger_id=world.ledger_id, node=world.node)
    }
    assert counts["attendances"] == len(named)
    assert counts["hours"] == sum(60 + number for number in range(len(named))) // 60
