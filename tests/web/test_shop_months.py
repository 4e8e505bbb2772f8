"""The public month of the shops, as anybody without an account reads it."""

from datetime import UTC, datetime

import pytest

from app.base import clock
from app.mall import shops, stock
from tests.factories import mall as make
from tests.factories import pages
from tests.factories import till as counter

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def here(app, session):
    with clock.held_at(MARCH):
        yield counter.at_counter(app, session)


@pytest.fixture
def anybody(here):
    return pages.browser(here.app, here.session)


def test_d38_the_public_month_names_nobody_by_name_phone_or_card(here, anybody):
    salt = make.put_goods(here.session, here.mall, price=20, name="食盐")
    buyer = make.a_member(here.session, here.mall, "欧阳如许", points=100)
    card = make.a_card(here.session, here.mall, buyer)
    phone = counter.phone_of(here.session, buyer.person_id)
    make.redeem(here.session, here.mall, buyer, (salt, 2))
    said = f"{buyer.volunteer_no} 欧阳如许 {phone} {card.card.card_no}"
    stock.count(
        here.session, ledger_id=here.mall.ledger_id, counted={salt.id: 7},
        reason=said[:120], actor=here.mall.clerk,
    )  # fmt: skip
    here.session.commit()
    text = anybody.get(f"/places/{here.mall.node.code}/shops?month=2026-03").text
    assert "1 人次·2 件" in text
    assert "少 1 件" in text
    secret = {"欧阳如许", "沈店员", "任清和", phone, card.card.card_no, buyer.volunteer_no}
    assert {each for each in secret if each in text} == set()
    assert "欧" not in text


def test_d38_the_last_whole_month_is_shown_first_and_others_are_a_choice(here, anybody):
    salt = make.put_goods(here.session, here.mall, name="食盐")
    make.redeem(
        here.session, here.mall, make.a_member(here.session, here.mall, points=90), (salt, 1)
    )
    here.session.commit()
    path = f"/places/{here.mall.node.code}/shops"
    first = anybody.get(path).text
    assert "2026年2月" in first
    assert "这个月没有换出去东西" in first
    now = anybody.get(f"{path}?month=2026-03").text
    assert "这个月还没有过完" in now
    assert now.count("<option") == 12
    for wrong in ("2026-04", "2024-01", "2026-13", "x"):
        assert anybody.get(f"{path}?month={wrong}").status_code == 404


def test_a_month_of_many_shops_goes_on_with_the_month_that_was_asked_for(
    here, anybody, monkeypatch
):
    mall = here.mall
    own = shops.get(here.session, ledger_id=mall.ledger_id, shop_id=mall.shop_id)
    shops.open_shop(
        here.session, ledger_id=mall.ledger_id, merchant_id=own.merchant_id, node_id=own.node_id,
        name="第二家", actor=mall.staff,
    )  # fmt: skip
    here.session.commit()
    monkeypatch.setattr("app.web.board.partners.months.SHOPS_A_PAGE", 1)
    path = f"/places/{mall.node.code}/shops?month=2026-03"
    first, last = anybody.get(path).text, anybody.get(f"{path}&offset=1").text
    assert (f"{path.replace('&', '&amp;')}&amp;offset=1" in first, "上一页" in first) == (
        True,
        False,
    )
    assert ("上一页" in last, "下一页" in last) == (True, False)
    assert ("第二家" in first) + ("第二家" in last) == 1


def test_the_month_is_found_from_the_place_and_reads_in_english(here, anybody):
    path = f"/places/{here.mall.node.code}"
    assert f'href="{path}/shops"' in anybody.get(path).text
    anybody.get("/language/en")
    text = anybody.get(f"{path}/shops").text
    assert "What the shops gave" in text
    assert "Feb 2026" in text


def test_p2_a_programme_of_hours_only_has_no_month_of_shops(app, session):
    _book, node = make.a_programme(session, has_points=False)
    session.commit()
    answer = pages.browser(app, session).get(f"/places/{node.code}/shops")
    assert answer.status_code == 404
