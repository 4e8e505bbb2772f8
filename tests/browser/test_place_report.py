"""A place's report in a browser: the way to it from the desk, its rows, and the public page."""

import re

from playwright.sync_api import expect

from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.windows import SMALL_PHONE


def test_c4_from_the_menu_to_the_rows_of_58_services_and_the_page_for_everybody(desktop, window):
    sign_in(desktop, "staff", "/staff/")
    place = re.search(r"/staff/\w+", desktop.url)[0]
    desktop.goto(f"{place}/figures")
    desktop.get_by_role("link", name="看报告").click()
    held = desktop.locator("tr", has=desktop.get_by_role("link", name="办了活动"))
    expect(held).to_contain_text("58 场")
    expect(desktop.locator("tr", has_text="到场服务")).to_contain_text("1,016 人次")
    check_page(desktop)

    held.get_by_role("link").click()
    expect(desktop.locator("tbody tr")).to_have_count(50)
    desktop.get_by_role("link", name="下一页").click()
    expect(desktop.locator("tbody tr")).to_have_count(8)
    check_page(desktop)

    desktop.go_back()
    desktop.go_back()
    desktop.locator("input[name=as_of]").fill("2025-01-01")
    desktop.get_by_role("button", name="筛选").click()
    expect(desktop.get_by_role("link", name="办了活动")).to_have_count(0)  # the first was later

    public = window(SMALL_PHONE)
    public.goto(f"/places/{place.removeprefix('/staff/')}")
    public.get_by_role("link", name="这里的报告").click()
    expect(public.get_by_text("2,001.0 小时")).to_be_visible()
    check_page(public)


def test_a_place_writes_its_own_words_and_everybody_follows_a_figure_to_its_rows(desktop, window):
    sign_in(desktop, "staff", "/staff/")
    place = re.search(r"/staff/\w+", desktop.url)[0]
    desktop.goto(f"{place}/report")
    desktop.get_by_role("link", name="改这里的话").click()
    check_page(desktop)
    desktop.get_by_label("中文，一行一句").fill("开展志愿服务{sessions}次，参与{attendances}人次。")
    desktop.get_by_label("英文，一行一句").fill("{sessions} services, {attendances} attendances.")
    desktop.get_by_role("button", name="就这样说").click()
    expect(desktop.get_by_text("开展志愿服务58次，参与1,016人次。")).to_be_visible()
    check_page(desktop)

    public = window(SMALL_PHONE)
    public.goto(f"/places/{place.removeprefix('/staff/')}/report")
    expect(public.get_by_text("开展志愿服务58次，参与1,016人次。")).to_be_visible()
    check_page(public)
    public.get_by_role("link", name="58", exact=True).click()
    expect(public.get_by_text("合计 58 场")).to_be_visible()
    public.get_by_role("link", name="下一页").click()
    rows = public.get_by_role("region", name="这个数是这些行加出来的，新的在前")
    expect(rows.get_by_role("listitem")).to_have_count(8)
    check_page(public)
