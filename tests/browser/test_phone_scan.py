"""Scanning on the phone: the camera in the page checks in and out, digits do, a stale code not."""

import re
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import expect

from app.activities import codes
from app.activities.models import ActivitySession, Attendance
from app.base import clock
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in

EVERYWHERE = {"cross_ledger": True}
LATELY = timedelta(hours=1)


def screen(street, direction="in"):
    """What the leader's screen of the session of now shows."""
    now = clock.now()
    with street.session() as session:
        slot = session.scalars(
            sa.select(ActivitySession)
            .where(ActivitySession.opens_at <= now, ActivitySession.ends_at > now)
            .order_by(ActivitySession.starts_at.desc()),
            execution_options=EVERYWHERE,
        ).first()
    assert slot is not None
    return codes.current(slot, direction)


def stays(street):
    with street.session() as session:
        now = clock.now()
        query = sa.select(Attendance.state).where(Attendance.checked_in_at > now - LATELY)
        return list(session.scalars(query, execution_options=EVERYWHERE))


def test_the_camera_in_the_page_reads_the_screen_and_checks_in(filmed, street):
    page = filmed(f"{street.url}/q#{screen(street).token}", windows.PHONE)
    sign_in(page, "volunteer", "/scan")
    page.get_by_role("button", name="打开相机扫码").tap()
    page.wait_for_url(re.compile("/q"))
    page.get_by_role("button", name="签到").tap()

    expect(page.get_by_role("heading", name="签到成功")).to_be_visible()
    expect(page.get_by_text("走的时候扫签退码")).to_be_visible()
    assert stays(street) == ["open"]
    check_page(page)


def test_the_digits_under_the_code_check_in_and_then_out(phone, street):
    sign_in(phone, "volunteer")
    for direction, said in (("in", "签到成功"), ("out", "签退成功")):
        phone.goto("/scan")
        phone.locator("summary", has_text="6 位数字").tap()
        phone.locator("input[name=digits]").fill(screen(street, direction).short_code)
        phone.locator("form:has(input[name=digits]) button").tap()
        expect(phone.get_by_role("heading", name=said)).to_be_visible()

    expect(phone.get_by_text("确认后到账").or_(phone.get_by_text("等领队")).first).to_be_visible()
    assert phone.locator("[data-cue=ok]").get_attribute("data-say")
    assert stays(street) == ["closed"]
    check_page(phone)


def test_a_stale_code_is_refused_with_what_to_do_next(phone, street):
    sign_in(phone, "volunteer")
    token = screen(street).token
    phone.goto(f"/q#{token[:-4]}AAAA")

    expect(phone.get_by_role("heading", name="没有签上")).to_be_visible()
    expect(phone.get_by_role("link", name="再扫一次")).to_be_visible()
    assert stays(street) == []
    check_page(phone, but=("422", "410", "400", "Failed to load resource"))


def test_wrong_digits_are_refused_and_what_was_typed_stays(phone, street):
    sign_in(phone, "volunteer", "/scan")
    shown = {screen(street, each).short_code for each in ("in", "out")}
    wrong = next(text for text in ("000001", "000002", "000003") if text not in shown)
    phone.locator("summary", has_text="6 位数字").tap()
    phone.locator("input[name=digits]").fill(wrong)
    phone.locator("form:has(input[name=digits]) button").tap()

    expect(phone.get_by_role("alert").first).to_contain_text("积分没有变")
    expect(phone.locator("input[name=digits]")).to_have_value(wrong)
    assert stays(street) == []
    check_page(phone, but=("410", "Failed to load resource"))


def test_a_camera_that_is_not_allowed_leads_to_the_other_ways(phone):
    sign_in(phone, "volunteer", "/scan")
    phone.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    phone.get_by_role("button", name="打开相机扫码").tap()

    expect(phone.locator("#problem")).to_contain_text("没有让用相机")
    expect(phone.get_by_role("button", name="打开相机扫码")).to_be_visible()
