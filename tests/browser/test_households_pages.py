"""Household points as people meet them: applied for on the phone, reviewed at the desk."""

import re

from playwright.sync_api import expect

from app.base import clock
from tests.browser.checks import check_page
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
    phone.locator("[name=served_on]").fill(clock.today().isoformat())
    phone.locator("[name=amount]").fill("1")
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
