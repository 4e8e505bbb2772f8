"""Without a finger on the phone's pages: checking in by digits, and objecting, by Tab and Enter."""

import sqlalchemy as sa
from playwright.sync_api import expect

from app.people.models import Objection
from tests.browser.keyboard import press_on, tab_to, type_in
from tests.browser.people import sign_in
from tests.browser.test_phone_scan import screen


def test_digits_check_in_without_a_finger(desktop, street):
    sign_in(desktop, "volunteer")
    press_on(desktop, desktop.locator("main a[href='/scan']"))
    desktop.wait_for_url("/scan")
    press_on(desktop, desktop.locator("summary").last)
    type_in(desktop, desktop.locator("input[name=digits]"), screen(street).short_code)
    press_on(desktop, desktop.locator("form:has(input[name=digits]) button"))

    expect(desktop.get_by_role("heading", name="签到成功")).to_be_visible()


def test_a_photo_is_picked_without_a_finger(desktop):
    sign_in(desktop, "volunteer", "/scan")
    desktop.locator("#photo-way").wait_for()
    press_on(desktop, desktop.locator("#photo-way > summary"))
    desktop.keyboard.press("Tab")

    assert desktop.evaluate("document.activeElement.id") == "photo"
    style = desktop.locator(".ax-pick").evaluate("one => getComputedStyle(one).outlineStyle")
    assert style == "solid"


def test_an_objection_is_raised_without_a_finger(desktop, street):
    sign_in(desktop, "volunteer", "/passbook")
    press_on(desktop, desktop.locator("a.ax-why").first)
    desktop.wait_for_url("/passbook/lines/*")
    press_on(desktop, desktop.get_by_role("link", name="这一笔不对，要说明"))
    desktop.wait_for_url("/objections/new/*/*")
    type_in(desktop, desktop.locator("textarea"), "我 16:30 才走")
    tab_to(desktop, desktop.get_by_role("button", name="提上去"))
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_text("已经提上去了")).to_be_visible()
    with street.session() as session:
        count = sa.select(sa.func.count()).select_from(Objection)
        assert session.scalar(count, execution_options={"cross_ledger": True}) == 1
