"""Settling a shop's month over HTTP and at the desk; what shops gave, kind by kind (D39, M5)."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.base import clock
from app.community import settings
from app.ledger.posting import Line
from app.mall import shops
from app.people import members
from tests.factories import ledger as book
from tests.factories import mall as make
from tests.factories import pages, points
from tests.factories import till as counter
from tests.web.answers import done, refused

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def here(app, session):
    """A shop that gave 60 points of goods and 80 of a service in March; now it is April."""
    with clock.held_at(NOON):
        made = counter.at_counter(app, session)
        member = make.a_member(session, made.mall, points=300)
        soap = make.put_goods(session, made.mall, price=60)
        meal = make.put_goods(session, made.mall, price=80, kind="service")
        make.redeem(session, made.mall, member, (soap, 1), (meal, 1))
        session.commit()
    with clock.held_at(NOON + timedelta(days=40)):
        yield made


def body(here, **more):
    return {"shop_id": str(here.mall.shop_id), "period": "2026-03"} | more


def test_l14_a_month_is_settled_once_and_its_statement_is_read_again(here):
    made = done(here.staff.post("/settlements", body(here)), 201)
    assert (made["total_points"], made["amount_fen"]) == (140, 14_000)
    with here.unchanged():
        refused(here.staff.post("/settlements", body(here)), "already_settled", 409)
        refused(
            here.staff.post("/settlements", body(here, period="2020-01")), "nothing_to_settle", 409
        )

    shown = done(here.staff.get(f"/settlements/{made['id']}"))
    assert shown["agrees"]
    assert [line["points"] for line in shown["lines"]] == [140]
    assert (shown["by_kind"]["shop"], shown["by_kind"]["shop_service"]) == (60, 80)
    (listed,) = done(here.staff.get("/settlements"))["items"]
    assert listed["number"] == made["number"]


def test_d40_the_value_of_a_point_is_nowhere_but_on_settlements(here):
    for path in ("/shops", f"/shops/{here.mall.shop_id}/goods"):
        assert "fen" not in str(done(here.staff.get(path)))
    refused(here.clerk.get("/settlements"), "permission_denied", 403)


VALUES = re.compile(r"(?<!\d)(1\.37|137|411\.00|219\.20)(?!\d)|[￥¥]|参考价值")
"""As numbers of their own: a masked phone may well end in 1375."""


def test_d40_a_member_sees_the_value_of_a_point_on_no_page(here, app, session):
    """A point is worth 1.37 in procurement: 300 points 411.00, what is left of them 219.20."""
    settings.put(
        session, node=here.mall.node, name="mall.reference_fen", value=137, actor=here.mall.staff
    )
    member = make.a_member(session, here.mall, "沈同舟", points=300)
    soap = make.put_goods(session, here.mall, price=140)
    make.redeem(session, here.mall, member, (soap, 1))
    session.commit()
    done(here.staff.post("/settlements", body(here)), 201)
    phone, seen = pages.browser(app, session, member), 0
    walked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("h5.") and "GET" in rule.methods and not rule.arguments
    ]
    shop = str(here.mall.shop_id)
    for path in (*walked, f"/goods?shop={shop}", "/passbook?unit=points", "/me/export"):
        answer = phone.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen += 1
            told = VALUES.search(without_marks(answer.text))
            assert told is None, (path, told)
    assert seen > 25
    assert "160" in phone.get("/").text, "their points they do see"


def without_marks(html: str) -> str:
    """What a reader sees: no tags, and so no addresses and keys of a form."""
    return re.sub(r"<(script|style|svg)[^>]*>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)


def test_p5_spending_points_lowers_no_hour(here, session):
    ledger_id = here.mall.ledger_id
    member = make.a_member(session, here.mall, points=100)
    soap = make.put_goods(session, here.mall, price=60)
    book.post(session, ledger_id, Line(book.ISSUANCE_MINUTES, book.hours(member.id), 21_531 * 60))
    before = minutes(session, ledger_id)
    assert before["hours_credited", str(member.id)] == 21_531 * 60
    make.redeem(session, here.mall, member, (soap, 1))
    session.commit()
    assert minutes(session, ledger_id) == before
    assert sum(before.values()) == 0, "every minute has its other side"
    held = points.balances(session, ledger_id)
    assert sum(v for k, v in held.items() if k[2] == str(member.id) and k[0] == "points") == 40


def minutes(session, ledger_id):
    """Every account of hours with its balance."""
    held = points.balances(session, ledger_id)
    return {(kind, owner): v for (unit, kind, owner, _), v in held.items() if unit == "minutes"}


def test_o20_the_shop_with_the_most_orders_stands_first_in_the_list(here, app, session):
    named = {"ledger_id": here.mall.ledger_id, "merchant_id": here.mall.merchant.id}
    shops.open_shop(
        session, **named, node_id=here.mall.node.id, name="一个没有卖过的店", actor=here.mall.staff
    )
    session.commit()
    listed = [one["name"] for one in done(here.staff.get("/shop-figures"))["items"]]
    assert listed == [here.mall.shop.name, "一个没有卖过的店"]


def test_m5_each_kind_is_counted_by_itself(here):
    (shop,) = done(here.staff.get("/shop-figures"))["items"]
    counts = {kind: one["times_count"] for kind, one in shop["by_kind"].items()}
    assert counts == {"goods": 1, "service": 1, "offer": 0, "honour": 0}
    assert shop["by_kind"]["service"]["points"] == 80
    assert "total" not in str(shop)


def test_p9_stores_that_gave_hardly_anything_are_found(here):
    assert [one["name"] for one in done(here.staff.get("/shop-figures", at_most=2))["items"]] == [
        here.mall.shop.name
    ]
    assert done(here.staff.get("/shop-figures", at_most=0))["items"] == []


def test_the_desk_settles_prints_and_gives_the_file(here, app, session):
    staff = members.find_of_person(
        session, ledger_id=here.mall.ledger_id, person_id=here.mall.staff.person_id
    )
    browser = pages.browser(app, session, staff)
    place = f"/staff/{here.mall.node.code}"
    period = body(here)["period"]
    page = browser.get(f"{place}/settlements?period={period}")
    assert here.mall.shop.name in page.text
    sent = browser.send(f"{place}/settlements/shops/{here.mall.shop_id}", period=period)
    assert sent.status_code == 303
    shown = browser.get(sent.headers["Location"])
    assert "按单据重新算过，和结算单一致" in shown.text
    assert "140.00" in shown.text
    sheet = load_workbook(BytesIO(browser.get(f"{sent.headers['Location']}/file").data)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["应付（元）", "140.00", None, None] in cells
    figures = browser.get(f"{place}/shop-figures?at_most=2")
    assert "有 1 家超市" in figures.text
