"""Claims, wishes and neighbours' help as people meet them: two phones and a desk."""

import re

from playwright.sync_api import expect

from tests.browser import claimed, windows
from tests.browser.checks import check_page
from tests.browser.desk_work import DESK
from tests.browser.people import sign_in


def test_t3_t6_what_is_needed_nearby_is_found_claimed_and_done_on_a_small_phone(
    street, small_phone
):
    claimed.put_up(street)
    page = small_phone
    sign_in(page, "neighbour")
    page.get_by_role("link", name=re.compile("认领岗位、项目和心愿")).click()
    check_page(page)
    page.get_by_role("link", name=re.compile("理论宣传")).click()
    check_page(page)
    page.get_by_role("button", name="加入这个项目").click()
    page.get_by_text("到场签到就记时长").wait_for()
    check_page(page)
    page.goto("/claims/mine")
    check_page(page)
    page.goto("/claims")
    page.get_by_role("link", name=re.compile("文明交通劝导岗")).click()
    page.get_by_role("button", name="我来认领").click()
    page.get_by_role("link", name="做完了，去交").click()
    check_page(page)

    page.goto("/wishes")
    check_page(page)
    page.get_by_role("link", name=re.compile("一副老花镜")).click()
    assert not page.get_by_text("三号楼 201").count()
    page.get_by_role("button", name="我来认领").click()
    page.get_by_text("三号楼 201").wait_for()
    check_page(page)
    page.get_by_role("button", name="办好了，心愿实现了").click()
    page.goto("/wishes/new")
    page.get_by_label("想要什么").fill("有人陪我去医院")
    page.get_by_role("button", name="许愿").click()
    page.get_by_text("还没有人认领").wait_for()
    check_page(page)


def test_l5_l6_neighbours_ask_and_confirm_with_two_phones(street, window):
    asking, helping = window(windows.SMALL_PHONE), window(windows.PHONE)
    sign_in(asking, "volunteer", to="/neighbours")
    check_page(asking)
    asking.get_by_role("link", name="找邻居帮忙").click()
    asking.get_by_label("要帮什么").fill("代管钥匙")
    asking.get_by_label("给多少积分").fill("2")
    check_page(asking)
    asking.get_by_role("button", name="发给邻居").click()
    asking.get_by_text("2 积分托着").wait_for()
    check_page(asking)

    sign_in(helping, "neighbour", to="/neighbours")
    helping.get_by_role("link", name=re.compile("代管钥匙")).click()
    helping.get_by_role("button", name="我来帮").wait_for()
    check_page(helping)
    helping.get_by_role("button", name="我来帮").click()
    helping.get_by_text("帮好了，请邻居确认").wait_for()
    check_page(helping)

    asking.reload()
    asking.get_by_role("link", name="帮好了，出示确认码").click()
    digits = asking.locator("#digits")
    digits.filter(has_text=re.compile(r"\d{6} \d{6} \d{6}")).wait_for()
    check_page(asking)
    helping.get_by_label("几点开始").fill("00:01")
    helping.get_by_label("几点办完").fill("00:02")
    helping.get_by_label("邻居的确认码").fill(digits.inner_text())
    helping.get_by_role("button", name="确认，收积分").click()
    helping.get_by_text("要在接下以后").wait_for()
    asking.get_by_text("没有办成").wait_for()
    check_page(helping, but=("422",))


def test_l6_the_helper_scans_the_neighbours_code_with_the_camera(street, filmed):
    exchange_id, token = claimed.taken_on(street)
    helping = filmed(token, windows.PHONE)
    sign_in(helping, "neighbour", to=f"/neighbours/{exchange_id}")
    digits = helping.get_by_label("邻居的确认码")
    digits.press_sequentially("123456789012345678")
    expect(digits).to_have_value("123456 789012 345678")
    digits.fill("")
    helping.get_by_role("button", name="扫对方的确认码").tap()
    helping.get_by_text("码读到了。请填好时间再点确认").wait_for()
    check_page(helping)
    on, begins, ends = claimed.just_now()
    helping.get_by_label("哪一天").fill(on)
    helping.get_by_label("几点开始").fill(begins)
    helping.get_by_label("几点办完").fill(ends)
    helping.get_by_role("button", name="扫对方的确认码").tap()
    helping.get_by_text("办好了，积分和时长都记上了").wait_for()
    check_page(helping)


def test_t7_c22_the_desk_shows_what_is_claimed_and_what_came_true(street, desktop):
    claimed.put_up(street)
    page = desktop
    sign_in(page, "staff", to=f"{DESK}/claims")
    for tab in ("岗位和项目", "验收", "微心愿", "邻里互助", "载体", "数字"):
        page.get_by_role("navigation", name="认领", exact=True).get_by_role(
            "link", name=tab
        ).click()
        check_page(page)
    page.goto(f"{DESK}/claims")
    page.get_by_role("link", name="理论宣传").click()
    check_page(page)
    page.goto(f"{DESK}/wishes?campaign={claimed.CAMPAIGN}")
    page.get_by_role("link", name="暑假有人带孩子").click()
    page.get_by_text("有人来办…").click()
    check_page(page)
    page.goto(f"{DESK}/campaigns/{claimed.CAMPAIGN}")
    page.get_by_text(re.compile("心愿 2 个，已兑现 0 个")).wait_for()
    check_page(page)
