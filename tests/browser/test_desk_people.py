"""Staff plan, colleagues approve, teams answer; cards are replaced; an objection is answered."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.base import clock
from app.base.actors import SYSTEM
from app.community import tree, units
from app.people import cards
from tests.browser import desk_work as work
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in


def test_staff_plan_a_colleague_approves_and_a_team_answers(street, window):
    with street.session() as session:
        node = tree.by_code(session, work.PLACE)
        units.add(session, node=node, kind="医院", name="闽东医院", actor=SYSTEM)
        session.commit()
    planner, colleague = window(windows.DESKTOP), window(windows.DESKTOP)
    leader = window(windows.PHONE)
    day = (clock.today() + timedelta(days=3)).isoformat()

    work.sit_down(planner)
    planner.get_by_role("link", name="新建活动").first.click()
    planner.get_by_label("活动名称").fill("冬至包汤圆")
    planner.get_by_label("详细地点").fill("党群服务中心一楼厨房")
    planner.get_by_label("闽东医院").check()
    planner.locator("[name=on_1]").fill(day)
    planner.locator("[name=begins_1]").fill("10:00")
    planner.locator("[name=ends_1]").fill("08:00")
    planner.locator("[name=weeks]").fill("2")
    check_page(planner)
    planner.get_by_role("button", name="交上去，等同事批准").click()
    expect(planner.locator("#problem")).to_contain_text("请看：日期和时间")
    expect(planner.get_by_label("活动名称")).to_have_value("冬至包汤圆")
    expect(planner.get_by_label("闽东医院")).to_be_checked()
    planner.locator("[name=ends_1]").fill("12:00")
    planner.get_by_role("button", name="交上去，等同事批准").click()
    expect(planner.get_by_text("这是您自己计划的，请同事来批")).to_be_visible()
    expect(planner.locator("dl")).to_contain_text("闽东医院")
    expect(planner.locator("tbody tr")).to_have_count(2)

    work.sit_down(colleague, "second_staff")
    colleague.get_by_role("link", name="活动等批准：去看看").click()
    colleague.get_by_role("link", name="看并决定").first.click()
    colleague.get_by_role("button", name="批准", exact=True).click()
    expect(colleague.get_by_text("已批准，队伍可以响应了")).to_be_visible()
    address = colleague.url

    sign_in(leader, "leader", to="/lead")
    leader.get_by_text("冬至包汤圆").first.click()
    leader.locator("form[action$='/respond'] button").first.click()
    leader.wait_for_url("**said=responded**")
    colleague.goto(address)
    expect(colleague.get_by_text("可以报名")).to_be_visible()
    expect(colleague.locator("dl")).to_contain_text("绿洲课后")


def test_a_lost_card_is_stopped_and_replaced_and_the_points_stay(street, desktop):
    work.sit_down(desktop, path="/people")
    desktop.get_by_label("姓名、编号、手机号或卡号").fill(work.WEN)
    desktop.get_by_role("button", name="查找").click()
    desktop.get_by_role("link", name="温*许").click()
    points = desktop.locator(".ax-facts").inner_text()

    desktop.get_by_role("button", name="发卡").click()
    expect(desktop.get_by_text("已发卡")).to_be_visible()
    with street.session() as session:
        wen = work.member_of(session, work.WEN)
        first = cards.list_of(session, ledger_id=wen.ledger_id, member_id=wen.id)[0]
    desktop.get_by_role("button", name="打印", exact=True).click()
    expect(desktop.locator(".ax-card-print svg")).to_be_visible()
    check_page(desktop)
    desktop.go_back()

    desktop.get_by_role("button", name="挂失").click()
    expect(desktop.get_by_text("已挂失，积分还在本人名下")).to_be_visible()
    desktop.get_by_text("补发…").click()
    desktop.get_by_role("button", name="补发，旧卡作废").click()
    expect(desktop.get_by_text("已补发新卡，旧卡作废")).to_be_visible()
    assert desktop.locator(".ax-facts").inner_text() == points
    check_page(desktop)

    with street.session() as session:
        held = cards.list_of(session, ledger_id=wen.ledger_id, member_id=wen.id)
        assert {each.id: each.state for each in held}[first.id] == "replaced"
        assert sorted(each.state for each in held) == ["active", "replaced"]
    desktop.goto(work.DESK + "/cards?state=replaced")
    expect(desktop.locator("tbody")).to_contain_text(first.card_no)


def test_an_objection_answered_at_the_desk_is_read_on_the_phone(street, window):
    work.object_to_a_grant(street, "那天我做了三个小时")
    desk, phone = window(windows.TABLET), window(windows.PHONE)
    work.sit_down(desk, path="/objections")
    check_page(desk)
    desk.get_by_label("答复").fill("查过签到表，是两个小时")
    desk.get_by_role("button", name="没有记错，不改").click()
    expect(desk.get_by_text("没有等答复的异议")).to_be_visible()

    sign_in(phone, "volunteer", to="/inbox")
    expect(phone.get_by_text("查过签到表，是两个小时").first).to_be_visible()


@pytest.mark.parametrize("size", [windows.DESKTOP, windows.TABLET], ids=["1280", "768"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desks_main_pages_are_for_everybody(street, window, size, language):
    work.let_wait(street, "roll", count=3)
    page = window(size)
    page.goto(f"/language/{language}?back=/sign-in")
    work.sit_down(page)
    for path in ("/", "/activities", "/activities/new", "/review", "/people", "/cards", "/proof"):
        page.goto(work.DESK + path)
        check_page(page)
