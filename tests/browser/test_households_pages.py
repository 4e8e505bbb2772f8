"""Household points as people meet them: applied for on the phone, reviewed at the desk."""

import os
import re
from datetime import timedelta

from playwright.sync_api import expect

from app.base import clock
from tests.browser import homes
from tests.browser.checks import check_page
from tests.browser.desk_work import DESK
from tests.browser.people import sign_in

CHOSEN = "垃圾分类"


def test_d30_somebody_applies_on_the_phone_and_another_reviews_it_at_the_desk(small_phone, desktop):
    phone = small_phone
    sign_in(phone, "volunteer", "/household")
    check_page(phone)
    phone.goto("/applications/new")
    check_page(phone)
    code = phone.locator("option", has_text=CHOSEN).first.get_attribute("value")
    phone.locator("[name=category_code]").select_option(code)
    phone.locator("[name=served_on]").fill((clock.today() - timedelta(days=1)).isoformat())
    phone.locator("[name=starts_at]").fill("09:00")
    phone.locator("[name=ends_at]").fill("10:00")
    phone.locator("[name=text]").fill("清理 3 号楼楼道")
    phone.get_by_role("button", name="交上去").tap()
    expect(phone.get_by_text("交上去了")).to_be_visible()
    expect(phone.get_by_text("等审核").first).to_be_visible()
    check_page(phone)

    sign_in(desktop, "staff", "/staff/")
    place = re.search(r"/staff/\w+", desktop.url)[0]
    desktop.goto(f"{place}/applications")
    check_page(desktop)
    desktop.get_by_role("button", name="通过").first.click()
    expect(desktop.get_by_text("期满才入账")).to_be_visible()
    desktop.get_by_role("link", name="发公示").click()
    expect(desktop.locator("[name=kind]")).to_have_value("applied")


def test_d32_kin_the_pool_and_the_desks_pages_fit_and_can_be_read(small_phone, desktop):
    sign_in(small_phone, "volunteer", "/relatives")
    for path in ("/relatives", "/pool", "/household", "/honour/ningde"):
        small_phone.goto(path)
        check_page(small_phone)
    sign_in(desktop, "staff", "/staff/")
    place = re.search(r"/staff/\w+", desktop.url)[0]
    for page in ("cases", "deductions", "pool", "programme"):
        desktop.goto(f"{place}/{page}")
        check_page(desktop)


def test_p7_d29_every_page_of_a_household_fits_a_phone_and_reads_its_story(street, phone):
    homes.move_in(street)
    sign_in(phone, "volunteer", "/household")
    for path, words in (
        ("/household", "扣分退回"),
        ("/deductions", "不对，我要提异议"),
        ("/applications", "等审核"),
        ("/relatives", "赠过的和收到的"),
        ("/pool", "收回"),
        ("/neighbours", "找邻居帮忙"),
        ("/neighbours/ask", "要帮什么"),
        ("/inbox", "有一笔扣分正在公示"),
    ):
        phone.goto(path)
        expect(phone.get_by_text(words).first).to_be_visible()
        check_page(phone)
        look(phone, path)
    phone.goto("/deductions")
    phone.get_by_role("link", name="不对，我要提异议").tap()
    phone.locator("[name=claim]").fill("那是楼下的")
    check_page(phone)
    look(phone, "objecting")


def test_d29_d30_the_desks_pages_of_deductions_and_empty_homes_fit_and_work(street, desktop):
    homes.move_in(street)
    sign_in(desktop, "staff", f"{DESK}/deductions")
    for path, words in (
        ("/deductions", "要退回：那是楼下的"),
        ("/empty-homes", "过了这天进公共池"),
        ("/applications", "帮三号楼的老人买菜"),
        ("/pool", "等决定的帮扶"),
        ("/neighbours", "互助"),
        ("/notices/new?kind=applied", "今天发，今天起就能提异议"),
        ("/people/expiring", "到期"),
        ("/", "没有人的户，还有积分"),
    ):
        desktop.goto(DESK + path)
        expect(desktop.get_by_text(words).first).to_be_visible()
        check_page(desktop)
        look(desktop, f"desk{path}")
    desktop.goto(f"{DESK}/deductions")
    desktop.get_by_role("link", name="正在公示").click()
    expect(desktop.get_by_text("扣分，不写名字").first).to_be_visible()
    check_page(desktop)
    look(desktop, "desk-notice")
    desktop.goto(f"{DESK}/deductions")
    desktop.get_by_role("button", name="确认退回").click()
    expect(desktop.get_by_text("原来那行还在")).to_be_visible()
    desktop.goto(f"{DESK}/empty-homes")
    desktop.get_by_label("原因").first.fill("找不到家人")
    desktop.get_by_role("button", name="录入，等同事决定").first.click()
    expect(desktop.get_by_text("您录入的，请同事决定")).to_be_visible()
    check_page(desktop)


def look(page, name):
    """Keep a picture for whoever wants to look: SHOTS names the folder."""
    folder = os.environ.get("SHOTS")
    if folder:
        file = re.sub(r"\W+", "-", name).strip("-") or "home"
        page.screenshot(path=f"{folder}/{file}.png", full_page=True)
