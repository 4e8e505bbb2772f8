"""The pages of partners: phone, till and desk, as members, clerks and staff go through them."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.mall import merchants, offer_uses, offers, vouchers
from app.people import codes, groups, members
from app.people.models import Member
from app.points import programmes
from app.points.rates import Terms
from app.web.h5.partners import buying, mine
from tests.factories import mall as make
from tests.factories import pages, points
from tests.factories import till as counter
from tests.factories.doors import new_key

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
RIDERS = "新就业群体"


@pytest.fixture
def here(app, session):
    with clock.held_at(NOON):
        yield counter.at_counter(app, session)


@pytest.fixture
def member(here):
    made = make.a_member(here.session, here.mall, points=300)
    here.session.commit()
    return made


def browser(here, who: Member):
    return pages.browser(here.app, here.session, who)


def of(here, actor):
    named = {"ledger_id": here.mall.ledger_id, "person_id": actor.person_id}
    return browser(here, members.find_of_person(here.session, **named))


def digits_on(page):
    found = re.search(r'class="ax-digits">([\d ]+)<', page.text)
    assert found, page.text[-800:]
    return found[1]


def test_m7_a_voucher_goes_from_the_phone_to_the_clerk_and_is_refused_twice(here, member):
    meal = make.put_goods(here.session, here.mall, price=80, kind="service", name="长者食堂餐券")
    here.session.commit()
    phone, clerk = browser(here, member), of(here, here.mall.clerk)
    door = f"/till/partners/{here.code}/{here.mall.shop_id}"
    assert "长者食堂餐券" in phone.get("/partners/services").text
    path = f"/partners/services/{meal.id}"
    assert "用 80 积分换一张券" in phone.get(path).text
    with here.unchanged():
        assert phone.send(path, expected_points=70).status_code == 412
    sent = phone.send(path, expected_points=80)
    shown = phone.get(sent.headers["Location"])
    digits = digits_on(shown)
    assert "扫顾客的码" in clerk.get(door).text
    first = clerk.send(f"{door}/vouchers", presented=digits)
    assert "券用好了" in first.text
    second = clerk.send(f"{door}/vouchers", presented=digits)
    assert (second.status_code, "这张券用过了" in second.text) == (409, True)
    assert "用过了" in phone.get("/partners/mine").text
    assert phone.get(door).status_code == 404


def test_m6_a_place_is_booked_and_given_back_on_the_phone(here, member):
    at = NOON + timedelta(days=3)
    lesson = make.put_goods(
        here.session, here.mall, price=30, kind="service", name="四点半课堂", stock_count=1,
        starts_at=at, ends_at=at + timedelta(hours=1), return_hours=24,
    )  # fmt: skip
    here.session.commit()
    phone = browser(here, member)
    sent = phone.send(f"/partners/services/{lesson.id}", expected_points=30)
    voucher = sent.headers["Location"].split("?")[0]
    assert "名额满了" in phone.get(f"/partners/services/{lesson.id}").text
    back = phone.send(f"{voucher}/return")
    assert "退了，积分退给您了" in phone.get(back.headers["Location"]).text
    with here.unchanged():
        again = phone.send(f"{voucher}/return")
        assert again.status_code == 410


def test_d34_goods_are_set_aside_on_the_phone_and_handed_over_at_the_till(here, member):
    oil = make.put_goods(here.session, here.mall, price=60, name="食用油")
    here.session.commit()
    phone, clerk = browser(here, member), of(here, here.mall.clerk)
    path = f"/partners/reserve/{oil.id}"
    assert path in phone.get("/goods").text
    sent = phone.send(path, quantity_count=2, price_points=60)
    shown = phone.get(sent.headers["Location"])
    assert "留好了，占用 120 积分" in shown.text
    door = f"/till/partners/{here.code}/{here.mall.shop_id}"
    assert "留着 1 份" in clerk.get(door).text
    done = clerk.send(f"{door}/collections", presented=digits_on(shown))
    assert "取好了" in done.text
    other = make.put_goods(here.session, here.mall, price=10)
    here.session.commit()
    kept = phone.send(f"/partners/reserve/{other.id}", quantity_count=1, price_points=10)
    place = kept.headers["Location"].split("?")[0]
    gone = phone.send(f"{place}/cancel")
    assert "不要了，积分可以用了" in phone.get(gone.headers["Location"]).text
    with here.unchanged("risk_quota"):
        assert clerk.send(f"{door}/collections", presented="1" * 12).status_code == 404


def test_m1_an_offer_is_published_greyed_for_others_and_used_by_scan_and_by_code(here, member):
    staff, phone, clerk = (
        of(here, here.mall.staff),
        browser(here, member),
        of(here, here.mall.clerk),
    )
    place, merchant = f"/staff/{here.mall.node.code}", here.mall.merchant.id
    form = {
        "title": "素面八折", "terms": "凭码", "audience": RIDERS, "person_period_max": 2,
        "from_on": "2026-03-01",
    }  # fmt: skip
    assert staff.send(f"{place}/offers/merchants/{merchant}", **form).status_code == 303
    seen = phone.get("/partners/offers").text
    assert f"给{RIDERS}的，您现在用不了" in seen
    put = staff.send(f"{place}/offers/groups", group=RIDERS, numbers=member.volunteer_no)
    assert put.status_code == 303

    at = f"/partners/at/{merchant}"
    offer_id = re.search(r'name="offer_id" value="([^"]+)"', phone.get(at).text)[1]
    shown = phone.send(f"{at}/use", offer_id=offer_id).text
    assert "优惠用好了" in shown
    assert "素面八折" in shown
    door = f"/till/partners/{here.code}/{here.mall.shop_id}"
    named = {"ledger_id": here.mall.ledger_id, "member_id": member.id}
    code = codes.issue(here.session, **named, purpose="redeem")
    here.session.commit()
    assert (
        "优惠记好了" in clerk.send(f"{door}/offers", offer_id=offer_id, presented=code.digits).text
    )
    full = phone.send(f"{at}/use", offer_id=offer_id)
    assert (full.status_code, "这个月用完了" in full.text) == (422, True)
    listed = staff.get(f"{place}/offers").text
    assert ("素面八折" in listed, "2026-03" in listed) == (True, True)

    ended = staff.send(f"{place}/offers/{offer_id}/end")
    assert ended.status_code == 303
    assert "这家现在没有优惠" in phone.get(at).text


def test_m1_an_offer_for_points_is_made_at_the_desk_and_not_used_for_nothing(here, member):
    wash = make.put_goods(
        here.session, here.mall, price=5, kind="offer", name="洗车券", stock_count=0
    )
    here.session.commit()
    staff, phone = of(here, here.mall.staff), browser(here, member)
    place, merchant = f"/staff/{here.mall.node.code}/offers/merchants", here.mall.merchant.id
    assert "洗车券 5" in staff.get(f"{place}/{merchant}").text
    form = {"title": "洗车半价", "terms": "凭券", "from_on": "2026-03-01", "goods_id": wash.id}
    assert staff.send(f"{place}/{merchant}", **form).status_code == 303
    assert "积分换券" in staff.get(f"{place}/{merchant}").text
    at = f"/partners/at/{merchant}"
    shown = phone.get(at).text
    assert ("要用积分换券，去看看" in shown, "用一次</button>" in shown) == (True, False)
    named = {"ledger_id": here.mall.ledger_id, "merchant_id": merchant}
    (offer,) = offers.list_of_merchant(here.session, **named)
    other = f"/partners/at/{here.mall.shop_id}/use"
    with here.unchanged():
        sent = phone.send(f"{at}/use", offer_id=offer.id)
        assert (sent.status_code, "这个优惠要用积分换" in sent.text) == (409, True)
        assert phone.send(other, offer_id=offer.id).status_code == 404


def test_the_lists_of_services_and_of_mine_are_read_in_pages(here, member, monkeypatch):
    monkeypatch.setattr(buying, "PAGE_SIZE", 2)
    monkeypatch.setattr(mine, "PAGE_SIZE", 2)
    named = {"ledger_id": here.mall.ledger_id, "member_id": member.id}
    for number in range(3):
        meal = make.put_goods(
            here.session, here.mall, price=1, kind="service", name=f"餐券{number}"
        )
        vouchers.issue(
            here.session, **named, goods_id=meal.id, expected_points=1, actor=here.mall.staff
        )
    here.session.commit()
    phone = browser(here, member)
    for path, newest_first in (("/partners/services", False), ("/partners/mine", True)):
        first, second = phone.get(path).text, phone.get(f"{path}?offset=2").text
        seen = [[f"餐券{n}" in page for n in range(3)] for page in (first, second)]
        expected = [[False, True, True], [True, False, False]]
        assert seen == (expected if newest_first else [row[::-1] for row in expected])
        assert "offset=2" in first


def test_m1_a_member_is_taken_out_of_a_group_at_the_desk(here, member):
    staff, place = of(here, here.mall.staff), f"/staff/{here.mall.node.code}/offers"
    staff.send(f"{place}/groups", group=RIDERS, numbers=member.volunteer_no)
    page = staff.get(f"{place}/groups?group={RIDERS}").text
    assert (member.volunteer_no in page, "移出…" in page) == (True, True)
    member_id = member.id
    clerk = of(here, here.mall.clerk)
    with here.unchanged():
        out = {"group": RIDERS, "member_id": member_id}
        assert clerk.send(f"{place}/groups/out", **out).status_code in (403, 404)
    sent = staff.send(f"{place}/groups/out", **out)
    assert sent.status_code == 303
    assert "这个群体还没有人" in staff.get(sent.headers["Location"]).text
    named = {"ledger_id": here.mall.ledger_id, "member_ids": [member_id]}
    assert groups.of_many(here.session, **named)[member_id] == frozenset()


def test_m3_the_code_of_a_suspended_merchant_is_refused(here, member):
    named = {"ledger_id": here.mall.ledger_id, "merchant_id": here.mall.merchant.id}
    merchants.suspend(here.session, **named, actor=here.mall.staff)
    here.session.commit()
    page = browser(here, member).get(f"/partners/at/{here.mall.merchant.id}")
    assert "这家商家现在不能用" in page.text


def test_m1_a_merchants_list_is_taken_in_at_the_desk(here, member):
    staff = of(here, here.mall.staff)
    place, merchant = f"/staff/{here.mall.node.code}", here.mall.merchant.id
    form = {"title": "打印半价", "terms": "凭码", "from_on": "2026-03-01"}
    staff.send(f"{place}/offers/merchants/{merchant}", **form)
    text = (
        "优惠编号,志愿者编号,日期,次数\n"
        f"Y0001,{member.volunteer_no},2026-03-02,2\nY0001,X-1,2026-03-02,1\n"
    )
    hidden = {"csrf_token": staff.csrf(), "idempotency_key": new_key()}
    here.session.rollback()  # lets go of the database
    sent = staff.client.post(
        f"{place}/offers/merchants/{merchant}/list",
        data={**hidden, "file": (io.BytesIO(text.encode()), "list.csv")},
    )
    assert "新记 2 次" in sent.text
    assert "没有这个志愿者编号" in sent.text
    counted = offer_uses.by_month(here.session, ledger_id=here.mall.ledger_id, node=here.mall.node)
    assert counted == {"2026-03": 2}


def test_the_passbook_says_what_a_voucher_was_and_why(here, member):
    meal = make.put_goods(here.session, here.mall, price=80, kind="service", name="义剪券")
    named = {"ledger_id": here.mall.ledger_id, "member_id": member.id, "goods_id": meal.id}
    vouchers.issue(here.session, **named, expected_points=80, actor=here.mall.staff)
    here.session.commit()
    phone, staff = browser(here, member), of(here, here.mall.staff)
    assert "换券：义剪券" in phone.get("/passbook").text
    why = staff.get(f"/staff/{here.mall.node.code}/people/{member.id}/why/points").text
    assert "换 义剪券 1 件" in why


def test_p6_the_passbook_shows_service_points_what_they_bought_and_what_came_next(here, member):
    world = points.World(
        programmes.of_ledger(here.session, here.mall.ledger_id),
        here.mall.node, here.mall.node, here.mall.staff, here.mall.other_staff,
    )  # fmt: skip
    points.rate(here.session, world, "volunteering", Terms(points=1, per_quantity=60))
    points.grant(here.session, world, member.id, 120, served_on=clock.today())
    salt = make.put_goods(here.session, here.mall, price=2)
    make.redeem(here.session, here.mall, member, (salt, 1))
    here.session.commit()
    page = browser(here, member).get("/passbook").text
    for said in ("服务了 2.0 小时", "得了 2 积分", "换东西用了 2 积分", "再来一次？看看附近的活动"):
        assert said in page
    assert "再来一次" not in browser(here, member).get("/passbook?unit=minutes").text
