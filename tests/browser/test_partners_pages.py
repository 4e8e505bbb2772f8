"""Partners as people meet them: offers, a meal voucher, a class, goods kept; then the desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import partnered
from tests.browser.checks import check_page
from tests.browser.desk_work import DESK, PLACE
from tests.browser.people import sign_in


@pytest.fixture
def partners(street):
    return partnered.put_up(street)


def test_m1_an_offer_is_found_used_and_shown_on_a_small_phone(partners, small_phone):
    page = small_phone
    sign_in(page, "volunteer", to="/partners/offers")
    expect(page.get_by_text("素面八折")).to_be_visible()
    expect(page.get_by_text("给新就业群体的，您现在用不了")).to_be_visible()
    check_page(page)
    page.goto(f"/partners/at/{partners.merchant_id}")
    check_page(page)
    page.get_by_role("button", name="用一次").first.click()
    expect(page.get_by_text("素面八折").first).to_be_visible()
    check_page(page)


def test_m6_m7_a_voucher_and_a_place_are_bought_and_given_back_on_the_phone(partners, phone):
    page = phone
    sign_in(page, "neighbour", to="/partners/services")
    check_page(page)
    page.get_by_role("link", name=re.compile("四点半书法课")).click()
    expect(page.get_by_text("上课 24 小时前能退，积分退给您")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name=re.compile("用 5 积分订一个名额")).click()
    page.wait_for_url("**/partners/vouchers/**")
    check_page(page)
    page.get_by_role("button", name=re.compile("退")).first.click()
    expect(page.get_by_text("退了，积分退给您了")).to_be_visible()
    check_page(page)
    page.goto("/partners/mine")
    check_page(page)


def test_d38_anybody_reads_what_the_shops_gave_without_scripts(partners, browser, street):
    context = browser.new_context(
        base_url=street.url, java_script_enabled=False, viewport={"width": 375, "height": 812}
    )
    page = context.new_page()
    page.goto(f"/places/{PLACE}/shops")
    chosen = page.locator("select[name=month]")
    chosen.select_option(chosen.locator("option").first.get_attribute("value"))
    page.get_by_role("button", name="看这个月").click()
    expect(page.get_by_text("这个月还没有过完")).to_be_visible()
    expect(page.get_by_text("少 1 件")).to_be_visible()
    page.get_by_text("换出去的 2 种东西").click()
    expect(page.get_by_text("长者食堂午餐券")).to_be_visible()
    assert "少一瓶" not in page.content()
    context.close()


def test_d34_the_desk_finds_a_voucher_and_takes_it_back(partners, desktop):
    page = desktop
    sign_in(page, "staff", to=f"{DESK}/shops")
    page.get_by_role("link", name="券和预留").click()
    check_page(page)
    number = page.locator("tbody th").last.inner_text().split()[0]
    page.get_by_label("单号").fill(number[-4:])
    page.get_by_role("button", name="查找").click()
    page.wait_for_url("**number=**")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_text("替他退…").click()
    page.get_by_label("为什么退").fill("食堂这周不开")
    page.get_by_role("button", name="退，积分退回去").click()
    expect(page.get_by_text("替他退了，积分退回去了")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="看预留").click()
    expect(page.get_by_text("食用油一升装")).to_be_visible()
    check_page(page)


def test_m6_the_desk_moves_a_class_and_who_booked_hears_of_it(partners, desktop, phone):
    page = desktop
    sign_in(page, "staff", to="/staff/")
    page.goto(f"{DESK}/shops/{partners.shop_id}/goods/{partners.lesson_id}")
    page.get_by_text("改时间…").click()
    begins = page.get_by_label("几点开始")
    day = begins.input_value().split("T")[0]
    begins.fill(f"{day}T20:00")
    page.get_by_label("几点结束").fill(f"{day}T21:00")
    page.get_by_role("button", name="改时间").click()
    expect(page.get_by_text("时间改好了，告诉了约好的 1 人")).to_be_visible()
    check_page(page)
    sign_in(phone, "volunteer", to="/inbox")
    expect(phone.get_by_text("您约的课改了时间")).to_be_visible()
    check_page(phone)


def test_the_desks_pages_of_merchants_offers_settlements_and_figures_are_well(partners, desktop):
    page = desktop
    sign_in(page, "staff", to="/staff/")
    for path in (
        *("merchants", "offers", f"offers/merchants/{partners.merchant_id}", "settlements"),
        *("shop-figures", f"shops/{partners.shop_id}", f"shops/{partners.shop_id}/stalls"),
    ):
        page.goto(f"{DESK}/{path}")
        check_page(page)


def test_a_form_of_a_wide_table_that_was_refused_is_in_sight_on_a_narrow_screen(partners, phone):
    sign_in(phone, "staff", to=f"{DESK}/claimed")
    phone.get_by_text("替他退…").last.click()
    sent = phone.locator("form[action*='/return']").last
    sent.evaluate("form => { form.noValidate = true }")
    with phone.expect_navigation():
        sent.get_by_role("button").click()
    expect(phone.locator("#problem")).to_be_in_viewport()
    wrong = phone.get_by_label("为什么退").locator("visible=true")
    place = wrong.bounding_box()
    assert 0 <= place["x"] < place["x"] + place["width"] <= 375
    check_page(phone, but=("422",))
