"""Vouchers and reservations at the desk: found by number and state, taken back for others."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app.base import clock
from app.mall import goods, reservations, voucher_returns
from app.people import members
from app.web.texts import TEXTS
from tests.factories import mall as make
from tests.factories import pages
from tests.factories import till as counter
from tests.web.forms_seen import only_this

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def here(app, session):
    with clock.held_at(NOON):
        yield counter.at_counter(app, session)


def staff(here):
    named = {"ledger_id": here.mall.ledger_id, "person_id": here.mall.staff.person_id}
    whose = members.find_of_person(here.session, **named)
    return pages.browser(here.app, here.session, whose)


def a_voucher(here, **terms):
    member = make.a_member(here.session, here.mall, points=100)
    meal = make.put_goods(
        here.session, here.mall, **{"price": 80, "kind": "service", "name": "餐券", **terms}
    )
    made = make.buy_voucher(here.session, member, meal)
    here.session.commit()
    return member, made


def a_reservation(here):
    member = make.a_member(here.session, here.mall, points=100)
    oil = make.put_goods(here.session, here.mall, price=60, name="食用油")
    made = make.reserve(here.session, member, oil)
    here.session.commit()
    return member, made.reservation


def test_d34_vouchers_are_found_by_a_part_of_the_number_and_by_state(here):
    _member, first = a_voucher(here)
    _other, second = a_voucher(here)
    place, desk = f"/staff/{here.mall.node.code}/claimed", staff(here)
    assert all(each.number in desk.get(place).text for each in (first, second))
    found = desk.get(f"{place}?number={first.number[-4:]}").text
    assert (first.number in found, second.number in found) == (True, False)
    assert first.number not in desk.get(f"{place}?state=used").text
    paged = desk.get(f"{place}?limit=1&offset=1").text
    assert "共 2 条" in paged
    assert (first.number in paged) != (second.number in paged)


def test_d34_staff_take_a_voucher_back_for_its_member_once(here):
    _member, voucher = a_voucher(here)
    voucher_id, number = voucher.id, voucher.number
    root, desk = f"/staff/{here.mall.node.code}/claimed", staff(here)
    with here.unchanged():
        assert desk.send(f"{root}/vouchers/{voucher_id}/return").status_code == 422
    _other, earlier = a_voucher(here)
    with here.unchanged():
        listed = desk.get(f"{root}?limit=1&offset=1").text
        (path,) = re.findall(r'action="([^"]+/return[^"]*)"', listed)
        why = {"reason": "长" * 201}
        refused = desk.send(html.unescape(path), **why)
    assert refused.status_code == 422
    only_this(refused.text, urlsplit(path).path, ["reason"], **why)
    why = {"reason": "食堂停了"}
    assert desk.send(f"{root}/vouchers/{voucher_id}/return", **why).status_code == 303
    assert "退了" in desk.get(f"{root}?number={number}").text
    here.session.commit()
    with here.unchanged():
        again = desk.send(f"{root}/vouchers/{voucher_id}/return", **why)
    assert again.status_code == 410
    make.require_clean(here.session, here.mall.ledger_id)


def test_d34_staff_free_a_reservation_for_its_member_and_clerks_do_not(here):
    _member, kept = a_reservation(here)
    kept_id, number = kept.id, kept.number
    root, desk = f"/staff/{here.mall.node.code}/claimed", staff(here)
    named = {"ledger_id": here.mall.ledger_id, "person_id": here.mall.clerk.person_id}
    clerk = pages.browser(here.app, here.session, members.find_of_person(here.session, **named))
    with here.unchanged():
        assert clerk.send(f"{root}/reservations/{kept_id}/cancel").status_code in (403, 404)
    assert number in desk.get(f"{root}?kind=reservation&state=held").text
    assert desk.send(f"{root}/reservations/{kept_id}/cancel").status_code == 303
    here.session.expire_all()
    found = reservations.get(here.session, ledger_id=here.mall.ledger_id, reservation_id=kept_id)
    assert found.state == "cancelled"
    make.require_clean(here.session, here.mall.ledger_id)


def test_m6_a_class_is_added_and_moved_by_the_desks_own_forms(here):
    desk, shop = staff(here), f"/staff/{here.mall.node.code}/shops/{here.mall.shop_id}"
    sent = desk.send(
        f"{shop}/goods", number="K1", name="书法课", kind="service", price_points="30",
        starts_at="2026-03-13T16:30", ends_at="2026-03-13T17:30", return_hours="24",
    )  # fmt: skip
    assert sent.status_code == 303
    address = sent.headers["Location"]
    assert "改时间…" in desk.get(address).text
    moved = desk.send(
        f"{address}/move", version="1", starts_at="2026-03-14T09:00", ends_at="2026-03-14T10:00"
    )
    assert moved.status_code == 303
    (lesson,) = goods.list_of_shop(
        here.session, ledger_id=here.mall.ledger_id, shop_id=here.mall.shop_id
    )
    assert lesson.starts_at == datetime(2026, 3, 14, 1, tzinfo=UTC)
    with clock.held_at(NOON + timedelta(days=10)):
        late = staff(here).send(
            f"{address}/move", version="2", starts_at="2026-04-01T09:00",
            ends_at="2026-04-01T10:00",
        )  # fmt: skip
        said = TEXTS["class_begun"].zh.split("，")[0]
        assert (late.status_code, said in late.text) == (409, True)


def test_m6_staff_return_a_missed_place_and_cancel_a_class_at_the_desk(here):
    at = NOON + timedelta(days=2)
    times = {"starts_at": at, "ends_at": at + timedelta(hours=1), "return_hours": 24}
    _member, place = a_voucher(here, name="四点半课堂", stock_count=2, **times)
    desk, root = staff(here), f"/staff/{here.mall.node.code}/claimed"
    lesson = f"/staff/{here.mall.node.code}/shops/{here.mall.shop_id}/goods/{place.goods_id}"
    place_id = place.id
    assert "取消这节课…" in desk.get(lesson).text
    with here.unchanged():
        assert desk.send(f"{lesson}/cancel", version="1", reason="").status_code == 422
    with clock.held_at(at + timedelta(days=1)):
        desk = staff(here)
        voucher_returns.lapse_due(here.session, ledger_id=here.mall.ledger_id, today=clock.today())
        here.session.commit()
        why = {"reason": "老师没有来"}
        assert "替他退…" in desk.get(f"{root}?state=missed").text
        assert desk.send(f"{root}/vouchers/{place_id}/return", **why).status_code == 303
        assert desk.send(f"{lesson}/cancel", version="1", **why).status_code == 303
        page = desk.get(lesson).text
        assert ("不换了" in page, "停换了，没有人还约着" in page) == (True, True)
        assert ("取消这节课…" in page, "改时间…" in page, "已经开始了" in page) == (False,) * 3
    make.require_clean(here.session, here.mall.ledger_id)


def test_m3_the_desks_first_page_reminds_of_agreements_that_end(here):
    place, desk = f"/staff/{here.mall.node.code}/", staff(here)
    reminder = "商家协议 30 天内到期，或已经到期"
    assert reminder not in desk.get(place).text
    with clock.held_at(NOON + timedelta(days=340)):
        page = staff(here).get(place).text
        assert (reminder in page, "金溪社区居委会" in page) == (True, True)
