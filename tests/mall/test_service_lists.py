"""What members buy as vouchers: the nearest first, nothing that nobody sells, few statements."""

from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.community import tree
from app.mall import goods, merchants, offers, service_lists, shops
from app.mall.goods import GoodsTerms
from app.mall.offers import OfferTerms
from tests.factories import community
from tests.factories import mall as make
from tests.ledger.statements_counted import counted

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def a_shop(session, mall, node, name):
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    return shops.open_shop(session, **named, node_id=node.id, name=name, kind="partner")


def a_service(session, mall, shop, name, **terms):
    said = GoodsTerms(f"S{name}", name, 10, **{"kind": "service", **terms})
    named = {"ledger_id": mall.ledger_id, "shop_id": shop.id, "actor": mall.staff}
    return goods.add(session, **named, terms=said)


def near(session, mall, node, limit=50, offset=0):
    around = tree.ancestors(session, node)
    found = service_lists.near(
        session, ledger_id=mall.ledger_id, around=around, limit=limit, offset=offset
    )
    return [each.name for each, _shop in found]


def test_the_nearest_place_comes_first_and_classes_by_their_time(session, mall):
    mine, other = (community.make_node(session, mall.node) for _ in range(2))
    estate = community.make_node(session, mine, kind_code="community")
    here = a_shop(session, mall, mine, "近的店")
    there = a_shop(session, mall, other, "远的店")
    a_service(session, mall, there, "远的餐券")
    a_service(session, mall, here, "理发券")
    for name, days in (("后天的课", 2), ("明天的课", 1)):
        at = MARCH + timedelta(days=days)
        a_service(session, mall, here, name, starts_at=at, ends_at=at + timedelta(hours=1))
    found = near(session, mall, estate)
    assert found == ["明天的课", "后天的课", "理发券", "远的餐券"]
    assert near(session, mall, estate, limit=2, offset=2) == ["理发券", "远的餐券"]
    assert near(session, mall, other)[0] == "远的餐券"


def test_what_nobody_sells_today_is_not_listed(session, mall):
    shop = a_shop(session, mall, mall.node, "合伙店")
    at = MARCH - timedelta(hours=1)
    a_service(session, mall, shop, "上过的课", starts_at=at, ends_at=MARCH)
    make.put_goods(session, mall, name="食盐")
    paid = a_service(session, mall, shop, "洗车券", kind="offer")
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    terms = OfferTerms("洗车", "凭券", clock.today() + timedelta(days=1), goods_id=paid.id)
    early = offers.publish(session, **named, terms=terms)
    assert near(session, mall, mall.node) == []
    with clock.held_at(MARCH + timedelta(days=1)):
        assert near(session, mall, mall.node) == ["洗车券"]
        offers.end(session, ledger_id=mall.ledger_id, offer_id=early.id, actor=mall.staff)
        assert near(session, mall, mall.node) == []
    a_service(session, mall, shop, "餐券")
    assert near(session, mall, mall.node) == ["餐券"]
    merchants.suspend(session, **named)
    assert near(session, mall, mall.node) == []


def test_m1_a_paid_offer_of_another_group_is_told_with_the_reason(session, mall):
    shop = a_shop(session, mall, mall.node, "合伙店")
    paid = a_service(session, mall, shop, "洗车券", kind="offer")
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    terms = OfferTerms("洗车", "凭券", clock.today(), audience="新就业群体", goods_id=paid.id)
    offers.publish(session, **named, terms=terms)
    member = make.a_member(session, mall)
    (found,) = service_lists.for_member(
        session, ledger_id=mall.ledger_id, member_id=member.id, found=[(paid, shop)]
    )
    assert (found.why_not, found.audience) == ("offer_not_for_you", "新就业群体")
    assert found.left_count is None


def test_the_statements_do_not_grow_with_the_shops(session, mall):
    counts = []
    for batch in range(2):
        for number in range(5):
            shop = a_shop(session, mall, mall.node, f"店{batch}{number}")
            a_service(session, mall, shop, f"券{batch}{number}")
        session.flush()
        with counted(session) as statements:
            assert len(near(session, mall, mall.node)) == 5 * (batch + 1)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 3
