"""Five people work the five doors in one afternoon: activity, claim, wish, order, neighbours.

Each hour and each point comes by a page that somebody pressed; nothing is put in behind them.
"""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from app.base.actors import SYSTEM
from app.community import tree
from app.people import duties
from app.reports import proofs
from app.service_orders import categories
from app.service_orders.categories import Kind
from tests.browser import afternoon, desk_work, till, windows
from tests.browser.afternoon import Afternoon
from tests.browser.desk_work import DESK, PLACE, WEN, ZHONG

LIN = "NINGDE-000002"


@pytest.fixture
def day(street, window, monkeypatch) -> Afternoon:
    with street.session() as session:
        ledger_id, node = desk_work.book_of(session), tree.by_code(session, PLACE)
        kind = Kind(code="errands", name="跑腿代办", credit_category_code="other")
        categories.put(session, ledger_id=ledger_id, kind=kind)
        duties.give(
            session,
            ledger_id=ledger_id,
            member_id=desk_work.member_of(session, ZHONG).id,
            node=node,
            kind_code="steward",
            actor=SYSTEM,
        )
        session.commit()
    return afternoon.begin(street, window, monkeypatch)


def test_five_people_work_five_doors_in_one_afternoon(day):
    before = {who: (day.points_of(who), day.minutes_of(who)) for who in (WEN, LIN, ZHONG)}

    plan_and_answer(day)
    offer_a_post(day)
    make_a_wish(day)
    ask_for_a_hand(day)
    come_and_go(day)
    do_the_post(day)
    grant_the_wish(day)
    help_a_neighbour(day)
    lend_a_hand(day)
    buy_with_what_was_earned(day)

    after = {who: (day.points_of(who), day.minutes_of(who)) for who in before}
    gained = {
        who: tuple(now - then for now, then in zip(after[who], before[who], strict=True))
        for who in before
    }
    assert gained == {WEN: (10 - 20, 60), LIN: (10 + 20 - 20, 120), ZHONG: (5, 30)}
    day.close_the_day()
    with day.street.session() as session:
        found = proofs.prove(session, ledger_id=desk_work.book_of(session))
        assert [check.name for check in found.checks if not check.is_ok] == []
        session.commit()


def plan_and_answer(day: Afternoon) -> None:
    """13:00–13:20: the leader plans, staff approve, the team answers, a volunteer signs up."""
    leader = day.at("leader", "/lead/plan")
    leader.get_by_label("活动名称").fill("义诊秩序")
    leader.get_by_label("详细地点").fill("党群服务中心一楼大厅")
    for name, value in (("on_1", str(day.hand.day)), ("begins_1", "14:00"), ("ends_1", "15:10")):
        leader.locator(f"[name={name}]").fill(value)
    leader.get_by_role("button", name="交社区批").tap()
    staff = day.at("staff", DESK + "/")
    staff.get_by_role("link", name="活动等批准：去看看").click()
    staff.get_by_role("link", name="看并决定").first.click()
    staff.get_by_role("button", name="批准", exact=True).click()
    expect(staff.get_by_text("已批准，队伍可以响应了")).to_be_visible()
    leader = day.at("leader", "/lead")
    leader.get_by_text("义诊秩序").first.click()
    leader.locator("form[action$='/respond'] button").first.click()
    leader.wait_for_url("**said=responded**")
    volunteer = day.at("volunteer", "/activities")
    volunteer.get_by_text("义诊秩序").first.click()
    volunteer.get_by_role("button", name="我要报名").tap()
    expect(volunteer.get_by_text("已报名").first).to_be_visible()


def offer_a_post(day: Afternoon) -> None:
    """13:20: staff offer a post, a neighbour claims it."""
    day.it_is("13:20")
    staff = day.at("staff", f"{DESK}/claims")
    staff.get_by_label("做什么").fill("文明交通劝导岗")
    staff.get_by_label("什么时候做完").fill(f"{day.hand.day}T18:00")
    staff.get_by_role("button", name="发出去").click()
    expect(staff.get_by_role("heading", name="文明交通劝导岗")).to_be_visible()
    neighbour = day.at("neighbour", "/claims")
    neighbour.get_by_role("link", name=re.compile("文明交通劝导岗")).click()
    neighbour.get_by_role("button", name="我来认领").click()
    neighbour.get_by_role("link", name="做完了，去交").wait_for()


def make_a_wish(day: Afternoon) -> None:
    """13:30: the neighbour wishes; the leader, who does not see whose wish it is, claims it."""
    day.it_is("13:30")
    neighbour = day.at("neighbour", "/wishes/new")
    neighbour.get_by_label("想要什么").fill("一副老花镜")
    neighbour.get_by_role("button", name="许愿").click()
    neighbour.get_by_text("还没有人认领").wait_for()
    leader = day.at("leader", "/wishes")
    leader.get_by_role("link", name=re.compile("一副老花镜")).click()
    expect(leader.get_by_text("谁的心愿", exact=True)).to_have_count(0)
    leader.get_by_role("button", name="我来认领").click()
    expect(leader.get_by_text("谁的心愿", exact=True)).to_be_visible()


def ask_for_a_hand(day: Afternoon) -> None:
    """13:40: the neighbour asks for a hand (点单), staff give it to the 红管家 (派单)."""
    day.it_is("13:40")
    neighbour = day.at("neighbour", "/")
    neighbour.locator("main").get_by_role("link", name="找志愿者").first.tap()
    neighbour.get_by_label("跑腿代办").tap()
    neighbour.get_by_label("一句话说清楚").fill("帮忙到卫生站取药")
    neighbour.get_by_role("button", name="交给社区").tap()
    neighbour.get_by_text("记下了").wait_for()
    staff = day.at("staff", f"{DESK}/orders")
    staff.get_by_role("link", name="帮忙到卫生站取药").click()
    hands = staff.locator("select[name=hands]")
    steward = hands.locator("option", has_text="红管家").first
    hands.select_option(steward.get_attribute("value"))
    staff.get_by_role("button", name="派单").click()
    staff.get_by_text("派出去了").wait_for()


def lend_a_hand(day: Afternoon) -> None:
    """17:05: the 红管家 tells of half an hour (办结), the neighbour is content (评单)."""
    day.it_is("17:05")
    leader = day.at("leader", "/tasks")
    leader.get_by_role("link", name="帮忙到卫生站取药").tap()
    for step in ("接单", "办理"):
        leader.get_by_role("button", name=step).tap()
    leader.get_by_label("从几点").fill("15:45")
    leader.get_by_label("到几点").fill("16:15")
    leader.get_by_role("button", name="办结").tap()
    leader.get_by_text("办结了，等对方来评").wait_for()
    neighbour = day.at("neighbour", "/orders")
    neighbour.get_by_role("link", name=re.compile("帮忙到卫生站取药")).first.click()
    neighbour.get_by_label("很满意").tap()
    neighbour.get_by_role("button", name="评好了").tap()
    neighbour.get_by_text("您评了 5 星").wait_for()


def come_and_go(day: Afternoon) -> None:
    """14:00–15:12: the volunteer types the screen's digits, in and out; the leader confirms."""
    for hour, code, said in (("13:58", "签到码", "签到成功"), ("15:00", "签退码", "签退成功")):
        day.it_is(hour)
        leader = day.at("leader", "/lead")
        leader.get_by_text("义诊秩序").first.click()
        leader.get_by_role("link", name="出示签到码").click()
        leader.get_by_role("link", name=code, exact=True).click()
        digits = leader.locator("[data-field=short]").inner_text()
        volunteer = day.at("volunteer", "/scan")
        volunteer.locator("summary", has_text="6 位数字").tap()
        volunteer.locator("input[name=digits]").fill(digits)
        volunteer.locator("form:has(input[name=digits]) button").tap()
        expect(volunteer.get_by_role("heading", name=said)).to_be_visible()
    day.it_is("15:12")
    leader = day.at("leader", "/lead")
    leader.get_by_text("义诊秩序").first.click()
    leader.get_by_role("link", name=re.compile("确认")).first.click()
    leader.locator("#go").tap()
    expect(leader.get_by_text("已确认 1 人")).to_be_visible()


def do_the_post(day: Afternoon) -> None:
    """15:15: the neighbour hands in an hour at the crossing; staff look, and accept it."""
    day.it_is("15:15")
    neighbour = day.at("neighbour", "/claims")
    neighbour.get_by_role("link", name="我认领的").click()
    neighbour.get_by_role("link", name=re.compile("文明交通劝导岗")).click()
    neighbour.get_by_role("link", name="做完了，去交").click()
    neighbour.get_by_label("几点开始").fill("14:00")
    neighbour.get_by_label("几点做完").fill("15:00")
    neighbour.get_by_role("button", name="交给社区验收").click()
    staff = day.at("staff", f"{DESK}/claims/work")
    staff.get_by_role("button", name="验收通过").click()
    expect(staff.get_by_text("没有等验收的")).to_be_visible()


def grant_the_wish(day: Afternoon) -> None:
    """15:30: the wish comes true, and whose it was is content."""
    day.it_is("15:30")
    leader = day.at("leader", "/wishes/mine")
    leader.get_by_role("link", name=re.compile("一副老花镜")).click()
    leader.get_by_role("button", name="办好了，心愿实现了").click()
    neighbour = day.at("neighbour", "/wishes/mine")
    neighbour.get_by_role("link", name=re.compile("一副老花镜")).click()
    neighbour.get_by_role("radio").first.check()
    neighbour.get_by_role("button", name="交评价").click()
    neighbour.get_by_text("评价").first.wait_for()


def help_a_neighbour(day: Afternoon) -> None:
    """15:40–17:00: the volunteer asks for 20 points, the neighbour helps, a code confirms it."""
    day.it_is("15:40")
    asking = day.at("volunteer", "/neighbours")
    asking.get_by_role("link", name="找邻居帮忙").click()
    asking.get_by_label("要帮什么").fill("代看施工")
    asking.get_by_label("给多少积分").fill("20")
    asking.get_by_role("button", name="发给邻居").click()
    asking.get_by_text("20 积分托着").wait_for()
    helping = day.at("neighbour", "/neighbours")
    helping.get_by_role("link", name=re.compile("代看施工")).click()
    helping.get_by_role("button", name="我来帮").click()
    helping.get_by_text("帮好了，请邻居确认").wait_for()
    day.it_is("17:00")
    asking = day.at("volunteer", "/neighbours")
    asking.get_by_role("link", name=re.compile("代看施工")).first.click()
    asking.get_by_role("link", name="帮好了，出示确认码").click()
    digits = asking.locator("#digits")
    digits.filter(has_text=re.compile(r"\d{6} \d{6} \d{6}")).wait_for()
    helping = day.at("neighbour", "/neighbours")
    helping.get_by_role("link", name=re.compile("代看施工")).first.click()
    helping.get_by_label("几点开始").fill("15:45")
    helping.get_by_label("几点办完").fill("16:45")
    helping.get_by_label("邻居的确认码").fill(digits.inner_text())
    helping.get_by_role("button", name="确认，收积分").click()
    helping.get_by_text("两家存折上都是这个互助单号").wait_for()


def buy_with_what_was_earned(day: Afternoon) -> None:
    """17:10: the neighbour shows a pay code, the clerk sells a roll of bags for 20 points."""
    day.it_is("17:10")
    desk = day.window(windows.DESKTOP)
    desk.context.clock.install(time=day.hand.moment)
    counter = till.open_till(day.street, desk)
    day.pages["clerk"] = desk
    neighbour = day.at("neighbour", "/my-code/redeem")
    neighbour.locator("#svg svg").wait_for()
    picture = Image.open(io.BytesIO(neighbour.locator("#svg").screenshot()))
    (shown,) = zxingcpp.read_barcodes(picture)
    till.scan(desk, shown.text)
    expect(desk.locator("#person")).to_have_text("林*风")
    till.scan(desk, counter.barcode("G08"))
    expect(desk.locator("#basket tr", has_text="G08").locator("output")).to_have_text("1")
    desk.keyboard.press("F8")
    expect(desk.locator("#notice-title")).to_contain_text("换好了")
