"""The quarter's pack, and how many redeemers came back: numerator, denominator, rows."""

import io
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.ids import new_id
from app.mall import shops
from app.people import cards, teams
from app.points import manual, programmes
from app.points.manual import ManualClaim
from app.points.quarters.calendar import Quarter
from app.points.rates import Terms
from app.reports import exports, returns, verification
from app.reports.exports import Ordered
from app.reports.quarters import pack_rows, pack_signals, packs
from app.risk import signals
from tests.factories import mall as counter
from tests.factories import points as make

DAY = date(2026, 3, 10)
Q1 = Quarter(2026, 1)
LATER = DAY + timedelta(days=120)


@pytest.fixture
def street(session):
    """A shop where 甲 and 乙 redeemed on one day, both with hours of a week before."""
    with clock.held_at(make.at(DAY, 10)):
        shelf = counter.a_mall(session)
        programme = programmes.of_ledger(session, shelf.ledger_id)
        world = make.World(programme, shelf.node, shelf.node, shelf.staff, shelf.other_staff)
        goods = counter.put_goods(session, shelf, price=1)
        found = []
        for name in ("甲一心", "乙二心"):
            member = counter.a_member(session, shelf, name, points=5)
            make.grant(session, world, member.id, 120, served_on=DAY - timedelta(days=7))
            counter.redeem(session, shelf, member, (goods, 1))
            found.append(member)
        session.commit()
    return world, found


def count(session, world, day):
    with clock.held_at(make.at(day, 10)):
        return returns.count(
            session,
            ledger_id=world.ledger_id,
            node=world.node,
            begins_on=Q1.begins_on,
            ends_on=Q1.ends_on,
        )


def test_p6_who_served_again_within_90_days_is_counted_with_the_rows(session, street):
    world, (first, other) = street
    found = count(session, world, DAY)
    assert (found.counted, found.rate, len(found.waiting)) == (0, None, 2)
    with clock.held_at(make.at(LATER, 9)):
        again = make.grant(session, world, first.id, 60, served_on=DAY + timedelta(days=90))
        make.grant(session, world, other.id, 60, served_on=DAY + timedelta(days=91))
    found = count(session, world, LATER)
    assert (len(found.came), found.counted, found.rate) == (1, 2, Decimal("50.0"))
    (row,) = found.came
    assert (row.spending.member_id, row.grant_id, row.served_on) == (
        first.id,
        again.id,
        again.served_on,
    )
    assert [each.spending.member_id for each in found.stayed_away] == [other.id]


def test_p6_who_came_back_early_waits_for_the_90_days_like_everybody_else(session, street):
    world, (first, other) = street
    with clock.held_at(make.at(DAY + timedelta(days=3), 9)):
        make.grant(session, world, first.id, 60, served_on=DAY + timedelta(days=2))
    young = count(session, world, DAY + timedelta(days=90))
    assert (young.rate, young.counted) == (None, 0)
    assert [each.spending.member_id for each in young.back_early] == [first.id]
    assert {each.spending.member_id for each in young.waiting} == {first.id, other.id}
    ripe = count(session, world, DAY + timedelta(days=91))
    assert (ripe.rate, ripe.counted, ripe.waiting) == (Decimal("50.0"), 2, [])


def test_p6_a_service_that_counts_by_times_is_a_return_without_minutes(session, street):
    world, (first, _other) = street
    programmes.measure_by(
        session, programme=world.programme, indicator_code="mediation", measure="pieces",
        actor=SYSTEM,
    )  # fmt: skip
    make.rate(session, world, "mediation", Terms(points=10, per_quantity=1))
    with clock.held_at(make.at(LATER, 9)):
        made = make.grant(
            session, world, first.id, 0, served_on=DAY + timedelta(days=2), quantity=1,
            category_code="neighbour_mediation", source_kind="manual", provenance="none",
        )  # fmt: skip
    assert (made.minutes, made.points) == (0, 10)
    (row,) = count(session, world, LATER).came
    assert (row.spending.member_id, row.grant_id) == (first.id, made.id)


def test_m5_p9_shops_give_each_kind_by_itself_and_only_open_stores_are_idle(session):
    with clock.held_at(make.at(DAY, 11)):
        mall = counter.a_mall(session)
        salt = counter.put_goods(session, mall, price=1)
        for _ in range(2):
            counter.redeem(session, mall, counter.a_member(session, mall, points=1), (salt, 1))
        meal = counter.put_goods(session, mall, price=2, kind="service", name="理发")
        counter.buy_voucher(session, counter.a_member(session, mall, points=2), meal)
        shop_named(session, mall, "商户", kind="partner")
        shop_named(session, mall, "还没有人来的")
        closed = shop_named(session, mall, "关了的")
        for step in (shops.suspend, shops.close):
            step(session, ledger_id=mall.ledger_id, shop_id=closed.id, actor=mall.staff)
        listed = {"ledger_id": mall.ledger_id, "node": mall.node, "quarter": Q1}
        found = pack_rows.shops(session, **listed)
        idle = [each.shop.name for each in found if each.is_idle]
        counter.redeem(session, mall, counter.a_member(session, mall, points=1), (salt, 1))
        later = [each.shop.name for each in pack_rows.shops(session, **listed) if each.is_idle]
    given = found[0].counts
    assert (given["goods"].times_count, given["goods"].points) == (2, 2)
    assert (given["service"].times_count, given["service"].points) == (1, 2)
    assert (len(found), idle, later) == (2, ["积分超市", "还没有人来的"], ["还没有人来的"])


def shop_named(session, mall, name, **more):
    named = {"ledger_id": mall.ledger_id, "node_id": mall.node.id, "actor": mall.staff}
    return shops.open_shop(session, **named, merchant_id=mall.merchant.id, name=name, **more)


def pack(session, world, quarter=Q1):
    ordered = Ordered(world.staff, "沈同舟")
    named = {"ledger_id": world.ledger_id, "node": world.node, "quarter": quarter}
    return packs.make(session, **named, ordered=ordered)


def test_s11_the_pack_has_hours_points_redemptions_idle_shops_and_grants_by_hand(session, street):
    world, (first, _other) = street
    with clock.held_at(make.at(DAY, 11)):
        claim = ManualClaim(
            member_id=first.id,
            category_code="other",
            **make.stay(DAY, 6, 7),
            node_id=world.node.id,
            reason="停电没有扫上",
        )
        manual.request(session, ledger_id=world.ledger_id, claim=claim, actor=world.staff)
        session.commit()
        content = pack(session, world)
    book = zipfile.ZipFile(io.BytesIO(content))
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == [
        "总表",
        "各地时长和积分",
        "兑换",
        "闲置超市",
        "异常",
        "人工授予",
        "兑换后再服务",
    ]
    text = book.read("xl/sharedStrings.xml").decode()
    for said in ("停电没有扫上", "闲置超市", "甲*心", "还没有结账，会变"):
        assert said in text
    assert "甲一心" not in text
    assert "#'各地时长和积分'!A1" in book.read("xl/worksheets/sheet1.xml").decode().replace(
        'location="', 'location="#'
    )


def test_s11_signals_of_teams_sessions_and_cards_of_the_place_are_in_the_pack(session, street):
    world, (first, _other) = street
    with clock.held_at(make.at(DAY, 11)):
        named = {"ledger_id": world.ledger_id, "actor": world.staff}
        team = teams.create(
            session, team=teams.NewTeam(world.node.id, "旗帜先锋", "志愿服务队", "党委"), **named
        )
        card = cards.issue(session, member_id=first.id, **named).card
        for kind, subject_id in (("member", first.id), ("team", team.id), ("card", card.id)):
            _signal(session, world, kind, subject_id)
        _signal(session, world, "team", new_id())
        session.commit()
    found = pack_signals.oddities(session, ledger_id=world.ledger_id, node=world.node, quarter=Q1)
    assert sorted(each.subject_kind for each in found) == ["card", "member", "team"]


def _signal(session, world, kind, subject_id):
    signals.raise_signal(
        session, ledger_id=world.ledger_id, rule_code="one_device_many_people", subject_kind=kind,
        subject_id=subject_id, score=50,
    )  # fmt: skip


def test_a16_a_pack_is_verified_by_its_code_and_its_hash(session, street):
    world, (first, _other) = street
    with clock.held_at(make.at(DAY, 11)):
        content = pack(session, world)
        session.commit()
    code = re.search(
        r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}",
        zipfile.ZipFile(io.BytesIO(content)).read("xl/sharedStrings.xml").decode(),
    )[0]
    _export, is_unchanged = exports.verify(session, code=code, content=content)
    assert is_unchanged
    assert not exports.verify(session, code=code, content=content + b"1")[1]
    found = verification.look_up(session, code)
    assert (found.is_standing, found.said) == (True, {"people": 2, "minutes": 240})
    with clock.held_at(make.at(DAY, 12)):
        make.grant(session, world, first.id, 60)
    assert verification.look_up(session, code).is_standing is False
