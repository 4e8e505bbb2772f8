"""What the whole demo world is planned to come to, before anything of it is lived.

The plans are made of the same chance on every machine; here they are added up.
"""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from app.base import clock
from app.cli.demo import wumiao_orders
from app.cli.demo.whole import (
    changan,
    duties,
    expected,
    jianyang_outings,
    jianyang_sales,
    licheng_plan,
    stories,
)
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole import jianyang_partners as partners
from app.cli.demo.whole import panji_plan as panji
from app.cli.demo.whole.jianyang import CO_ORGANISERS
from app.cli.demo.whole.places import BEIGAO, village_code
from app.people import teams
from app.reports.place_reports import words
from migrations.house import load_models


def hours(outings):
    return sum(len(one.people) * one.minutes for one in outings) / 60


def no_one_is_at_two_places(outings):
    stays = {}
    for one in outings:
        for key in (*one.people, *one.strays):
            stays.setdefault(key, []).append((one.starts_at, one.settled_at))
    return all(
        earlier[1] <= later[0]
        for each in stays.values()
        for earlier, later in pairwise(sorted(each))
    )


@pytest.fixture(scope="module")
def jianyang():
    return jianyang_outings.planned()


def test_c23_jianyang_has_4026_distinct_people_in_53_teams():
    squads = cast.squads()
    keys = [key for squad in squads for key in squad.keys]

    assert (len(squads), len(keys), len(set(keys))) == (53, 4_026, 4_026)
    assert sum(len(squad.keys) + len(squad.guests) for squad in squads) == 4_076
    assert {len(squad.keys) for squad in squads if squad.name == cast.CHUNHUA} == {30}


def test_p5_jianyang_comes_to_21531_hours_of_1158_activities(jianyang):
    titles = {one.title for one in jianyang}
    per_day = Counter((one.team, one.starts_at.date()) for one in jianyang)

    assert (len(jianyang), len(titles), hours(jianyang)) == (1_158, 1_158, 21_531.0)
    assert sum(len(one.people) for one in jianyang) == 11_368
    assert max(per_day.values()) == 1
    assert no_one_is_at_two_places(jianyang)
    assert [one.minutes for one in jianyang if one.strays] == [120] * 3


def test_c7_c8_jianyang_has_as_many_of_each_type_as_the_plan_says(jianyang):
    of_type = Counter(one.category for one in jianyang)

    assert of_type == {
        "health_clinic": 178, "haircut": 142, "policy_talk": 214, "after_school": 131,
        "parent_child": 78, "story_mothers": 54, "cleanup": 160, "neighbour_mediation": 96,
        "grid_patrol": 100, "new_year_party": 5,
    }  # fmt: skip


def test_p4_every_order_of_jianyang_can_be_paid_at_its_moment(jianyang):
    days = jianyang_sales.planned(jianyang)
    events = [(one.settled_at, key, one.minutes // 6) for one in jianyang for key in one.people]
    for day_on, sales in days.items():
        opens_at = jianyang_sales.at(day_on, jianyang_sales.OPENS_AT)
        events += [
            (opens_at, sale.buyer, -jianyang_sales.PRICES[sale.number])
            for sale in sales
            if not sale.is_cancelled
        ]
    balances = Counter()
    for _, key, points in sorted(events):
        balances[key] += points
        assert balances[key] >= 0

    sold = Counter(s.number for each in days.values() for s in each if not s.is_cancelled)
    assert sold == jianyang_sales.ORDERS
    assert sum(jianyang_sales.PRICES[number] * count for number, count in sold.items()) == 37_670
    assert sum(sale.is_cancelled for each in days.values() for sale in each) == 5


def test_p7_the_89_villages_of_panji_come_to_the_rest_of_39580_points():
    lists = panji.lists()
    deeds = Counter()
    for each in lists:
        deeds[each.category] += len(each.keys)

    assert deeds == {"cleanup": 1_860 - 50, "policy_talk": 1_240 - 80, "neighbour_mediation": 174}
    assert hours(panji.outings()) == 2_100 - 60
    assert all(one.minutes % 12 == 0 for one in panji.outings())
    assert len({one.name for one in lists}) == len(lists)


def test_p9_the_shops_of_panji_have_12_5_2_or_1_orders():
    sales = panji.sales()
    of_shop, of_goods = Counter(), Counter()
    for (number, _), each in sales.items():
        of_shop[number] += len(each)
        of_goods.update(sale.number for sale in each)
    prices = {each.number: each.price_points for each in panji.SHELF}

    assert Counter(of_shop.values()) == {12: 9, 5: 30, 2: 44, 1: 6}
    assert sum(of_goods.values()) == 392 - 40
    assert sum(prices[number] * count for number, count in of_goods.items()) == 14_480 - 1_470
    assert village_code(2) == "340406-demo-02"  # no official code has letters


def test_o20_the_shop_of_wumiao_has_40_orders_and_the_next_of_panji_12():
    of_shop = Counter()
    for (number, _), each in panji.sales().items():
        of_shop[panji.shop_name(number)] += len(each)
    of_shop[wumiao_orders.SHOP] = sum(wumiao_orders.ORDERS.values())
    ((first, orders), (_next, fewer), *_rest) = of_shop.most_common()

    assert (first, orders, fewer) == ("架河武庙村积分超市", 40, 12)
    assert len(of_shop) == 90


def test_c9_c10_licheng_holds_342_activities_22_of_them_at_beigao():
    outings = licheng_plan.planned()
    beigao = [one for one in outings if one.node_code == BEIGAO]

    assert (len(outings), hours(outings)) == (342, 6_156.0)
    assert len({one.title for one in outings}) == 342
    assert Counter(one.category for one in beigao) == {
        "policy_talk": 12, "health_clinic": 1, "flood_typhoon": 6, "cleanup": 3,
    }  # fmt: skip
    assert sum(one.served_count for one in beigao) == 512
    assert no_one_is_at_two_places(outings)


def test_c15_c19_a_patrol_of_18_and_a_studio_are_not_among_the_81_teams():
    squads = {squad.name: squad for squad in licheng_plan.squads()}
    patrol, studio = squads[licheng_plan.PATROL], squads[licheng_plan.STUDIO]

    assert (len(patrol.keys), patrol.kind, studio.kind) == (18, "巡逻队", "工作室")
    plain = [each for each in squads.values() if each.kind in teams.PLAIN_KINDS]
    assert (len(squads), len(plain)) == (83, 81)
    assert {each.kind for each in squads.values()} <= set(teams.KINDS)
    assert not any("parking" in name for name in load_models().tables)


def test_c12_the_new_years_party_has_a_day_a_place_and_two_co_organisers(jianyang):
    (party,) = (one for one in jianyang if one.title == jianyang_outings.PARTY_TITLE)

    assert clock.local_date(party.starts_at) == date(2026, 2, 8)
    assert "瑞云苑广场" in party.address
    assert [name for _, name in CO_ORGANISERS] == ["汇采物业", "瑞云苑小区业主委员会"]


def test_m1_48_merchants_have_21_uses_a_month_each_and_nobody_passes_the_limit():
    planned = partners.planned()
    names = {each.name for each in planned}
    uses = [(each.name, m, *use) for each in planned for m in partners.MONTHS
            for use in partners.users_of(each, m)]  # fmt: skip
    of_month = Counter(month for _, month, _, _ in uses)
    of_person = Counter((name, month, key) for name, month, key, _ in uses)

    assert (len(names), len(uses)) == (48, 12_096)
    assert set(of_month.values()) == {partners.USES_A_MONTH}
    assert len(of_month) == 12
    assert max(of_person.values()) <= partners.PERSON_MAX
    assert {key for _, _, key, _ in uses} == set(duties.roving())
    assert all(f"{day_on:%Y-%m}" == month for _, month, _, day_on in uses)
    assert (len(duties.roving()), partners.KEPT in names) == (124, True)


def test_c32_baoli_has_a_law_lecture_every_month():
    lectures = [one for one in licheng_plan.planned() if one.category == "legal_talk"]

    assert sorted(one.starts_at.month for one in lectures) == list(range(1, 13))


def test_p1_changan_serves_410_hours_before_neighbours_ask():
    outings = changan.planned()

    assert (sum(len(one.people) for one in outings), hours(outings)) == (205, 410.0)
    assert no_one_is_at_two_places(outings)


def test_every_figure_that_a_place_tells_is_one_that_is_reconciled():
    planned = {(each.node_code, each.line) for each in expected.FIGURES}
    told = {
        (named.node_code or code, named.code)
        for code, sentences in stories.planned().items()
        for sentence in sentences
        for named in words.split(sentence.text_zh)
        if isinstance(named, words.Named) and not named.is_imported
    }
    written = "".join(
        part
        for sentences in stories.planned().values()
        for sentence in sentences
        for text in (sentence.text_zh, sentence.text_en)
        for part in words.split(text)
        if isinstance(part, str)
    )

    assert told - planned == set()
    assert len(told) == 58
    assert [letter for letter in written if letter.isdigit()] == ["1"]  # one centre, in Chinese


def test_the_table_adds_up_to_32254_hours_and_279000_points():
    rows = expected.PROGRAMMES

    assert sum(row.minutes for row in rows) == 32_254 * 60
    totals = [
        sum(getattr(row, name) or 0 for row in rows)
        for name in ("issued", "redeemed", "held", "escrow")
    ]
    assert totals == [279_000, 52_150, 226_850, 20]
    assert all(row.issued == row.redeemed + row.held for row in rows if row.issued is not None)
