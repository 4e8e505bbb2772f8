"""Venues with what they have, 1 + N; agreements of units with places."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import agreements, tree, units, venues
from app.community.agreements import Terms
from app.community.errors import PlaceClaimed
from app.community.models import Agreement, VenueTag
from tests.factories.community import make_jinxi, make_node

DAY = date(2026, 3, 1)


def station(session, node, name, kind="近邻驿站", **more):
    return venues.add(session, node=node, kind=kind, name=name, actor=SYSTEM, **more)


def test_o15_one_centre_and_four_stations_are_a_tree_of_their_own(session):
    community = make_jinxi(session)[-1]
    centre = station(session, community, "拱辰党群服务中心", "党群服务中心")
    names = ("近邻之家", "睦邻之家", "亲邻之家", "友邻之家")
    four = [station(session, community, name, parent_id=centre.id) for name in names]
    assert {each.parent_id for each in four} == {centre.id}
    assert len(venues.list_in(session, community)) == 5
    for wrong in (four[0].id, centre.id, 999_999):
        with pytest.raises(ValidationFailed) as caught, attempt(session):
            venues.change(session, venue=centre, actor=SYSTEM, parent_id=wrong)
        assert caught.value.facts == {"field": "parent_id"}
        assert centre.parent_id is None
    elsewhere = station(session, make_node(session, None), "外地中心")
    with pytest.raises(ValidationFailed), attempt(session):
        venues.change(session, venue=four[1], actor=SYSTEM, parent_id=elsewhere.id)


def test_m2_m7_v8_a_venue_has_a_kind_facilities_and_other_names(session):
    community = make_jinxi(session)[-1]
    bees = [
        station(
            session,
            community,
            f"暖蜂驿站{nth}号",
            "暖蜂驿站",
            tags=("应急药箱", "饮水", "充电", "热饭"),
        )
        for nth in range(1, 15)
    ]
    desk = station(
        session, community, "志愿者服务站", "志愿者服务站", aliases=("近邻红色驿站", " ")
    )
    station(session, community, "长者食堂", "长者食堂", tags=("老年食堂", "协商议事"))
    assert {"暖蜂驿站", "志愿者服务站", "长者食堂", "日间照料中心"} <= set(venues.KINDS)

    tags = venues.tags_of(session, [bees[0].id, desk.id])
    assert tags == {bees[0].id: ["饮水", "充电", "热饭", "应急药箱"]}, "as forms offer them"
    near = venues.list_near(session, community, tag="饮水")
    assert len(near) == 14
    assert venues.find_by_name(session, community, "近邻红色驿站") == [desk]
    assert venues.aliases_of(session, [desk.id]) == {desk.id: ["近邻红色驿站"]}

    venues.change(session, venue=bees[0], actor=SYSTEM, tags=("饮水",), opening="8:30–21:00")
    assert venues.tags_of(session, [bees[0].id]) == {bees[0].id: ["饮水"]}
    for field, wrong in (
        ("tags", {"tags": [str(nth) for nth in range(31)]}),
        ("tags", {"tags": ["长" * 17]}),
        ("aliases", {"aliases": [str(nth) for nth in range(11)]}),
        ("opening", {"opening": "很" * 81}),
    ):
        with pytest.raises(ValidationFailed) as caught, attempt(session):
            venues.change(session, venue=bees[0], actor=SYSTEM, **wrong)
        assert caught.value.facts == {"field": field}
    assert session.query(VenueTag).filter_by(venue_id=bees[0].id).count() == 1

    venues.close(session, venue=bees[1], actor=SYSTEM)
    assert bees[1] not in venues.list_in(session, community)
    assert bees[1] in venues.list_in(session, community, with_closed=True)


def test_the_nearest_venues_come_first(session):
    *_, county, town, community = make_jinxi(session)
    neighbour = make_node(session, town)
    far = make_node(session, county)
    grid = make_node(session, community)
    names = {"四": far, "三": neighbour, "二": town, "一": community, "〇": grid}
    for name, node in names.items():
        station(session, node, f"{name}号驿站")
    found = [venue.name[0] for venue, _node in venues.list_near(session, grid)]
    assert found[:2] == ["〇", "一"]
    assert found.index("一") < found.index("二")


def test_t18_t19_a_building_is_claimed_by_one_unit_until_its_claim_ends(session):
    community = make_jinxi(session)[-1]
    estate = make_node(session, community, name="金涵小区二期")
    building = make_node(session, estate, name="B区17号楼")
    first = units.add(session, node=community, kind="职能部门", name="市委宣传部", actor=SYSTEM)
    second = units.add(session, node=community, kind="企事业单位", name="供电公司", actor=SYSTEM)
    terms = Terms("claim", "认领楼栋", DAY, standard="五星楼道")
    made = agreements.sign(session, unit=first, node=building, terms=terms, actor=SYSTEM)
    assert (made.standard, agreements.holder_of(session, building)) == ("五星楼道", first)
    assert tree.breadcrumb(session, building).endswith("金溪社区 / 金涵小区二期 / B区17号楼")

    with pytest.raises(PlaceClaimed) as caught, attempt(session):
        agreements.sign(session, unit=second, node=building, terms=terms, actor=SYSTEM)
    assert caught.value.facts == {"unit": "市委宣传部"}
    assert session.query(Agreement).count() == 1

    for reason in ("", "长" * 201):
        with pytest.raises(ValidationFailed), attempt(session):
            agreements.end(session, agreement_id=made.id, reason=reason, actor=SYSTEM)
    agreements.end(session, agreement_id=made.id, reason="换一栋", actor=SYSTEM)
    with pytest.raises(NotFound), attempt(session):
        agreements.end(session, agreement_id=made.id, reason="再来", actor=SYSTEM)
    agreements.sign(session, unit=second, node=building, terms=terms, actor=SYSTEM)
    assert agreements.holder_of(session, building) == second


def test_t18_t20_a_claim_whose_last_day_has_passed_blocks_nobody(session):
    community = make_jinxi(session)[-1]
    building = make_node(session, community, name="1号楼")
    first, second = (
        units.add(session, node=community, kind="机关", name=name, actor=SYSTEM)
        for name in ("市委宣传部", "供电公司")
    )
    march = date(2026, 3, 1)
    terms = Terms("claim", "认领1号楼", march, ends_on=date(2026, 3, 31))
    with clock.held_at(clock.local_instant(march)):
        old = agreements.sign(session, unit=first, node=building, terms=terms, actor=SYSTEM)
        session.commit()
    next_year = Terms("claim", "认领1号楼", march, ends_on=date(2026, 12, 31))
    with (
        clock.held_at(clock.local_instant(date(2026, 3, 31))),
        pytest.raises(PlaceClaimed),
        attempt(session),
    ):
        agreements.sign(session, unit=second, node=building, terms=next_year, actor=SYSTEM)
    with clock.held_at(clock.local_instant(date(2026, 4, 1))):
        assert agreements.holder_of(session, building) is None
        agreements.sign(session, unit=second, node=building, terms=next_year, actor=SYSTEM)
        session.commit()
        assert agreements.holder_of(session, building).name == "供电公司"
        before = Terms("claim", "补记", date(2026, 1, 1), ends_on=date(2026, 2, 28))
        agreements.sign(session, unit=first, node=building, terms=before, actor=SYSTEM)
    kept = agreements.get(session, old.id)
    assert (kept.ended_on, kept.ended_reason) == (date(2026, 3, 31), "到期")


def test_t17_t20_agreements_have_a_begin_and_an_end_and_are_counted_by_kind_of_unit(session):
    community = make_jinxi(session)[-1]
    kinds = ["企事业单位"] * 7 + ["“两新”组织"] * 3
    whose = [
        units.add(session, node=community, kind=kind, name=f"单位{nth}", actor=SYSTEM)
        for nth, kind in enumerate(kinds)
    ]
    with clock.held_at(clock.local_instant(date(2026, 6, 1))):
        for unit in whose:
            terms = Terms("joint", "共建协议", DAY, DAY + timedelta(days=365))
            agreements.sign(session, unit=unit, node=community, terms=terms, actor=SYSTEM)
        over = Terms("joint", "旧协议", date(2024, 1, 1), date(2024, 12, 31))
        agreements.sign(session, unit=whose[0], node=community, terms=over, actor=SYSTEM)
        pairing = Terms("pairing", "结对共建", DAY)
        agreements.sign(session, unit=whose[1], node=community, terms=pairing, actor=SYSTEM)
        counted = agreements.count_by_kind_of_unit(session, community, kind="joint")
        assert counted == {"企事业单位": 7, "“两新”组织": 3}
        assert len(agreements.list_in(session, community)) == 12
        assert len(agreements.list_in(session, community, kind="pairing")) == 1
    for field, wrong in (
        ("kind", Terms("gift", "礼物", DAY)),
        ("title", Terms("joint", " ", DAY)),
        ("ends_on", Terms("joint", "倒着", DAY, DAY - timedelta(days=1))),
        ("standard", Terms("claim", "认领", DAY, standard="长" * 33)),
    ):
        with pytest.raises(ValidationFailed) as caught, attempt(session):
            agreements.sign(session, unit=whose[0], node=community, terms=wrong, actor=SYSTEM)
        assert caught.value.facts == {"field": field}
