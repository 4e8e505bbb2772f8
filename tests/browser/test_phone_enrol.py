"""Signing up where it is full: one waits, moves up when somebody withdraws, and is told."""

import sqlalchemy as sa
from playwright.sync_api import expect

from app.activities.models import ActivitySession, Enrolment
from app.base import clock
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in

EVERYWHERE = {"cross_ledger": True}


def fill_up(street):
    """Let the session of today take no more than who has signed up, and free one of them."""
    now = clock.now()
    with street.session() as session:
        slot = session.scalars(
            sa.select(ActivitySession).where(
                ActivitySession.ends_at > now, ActivitySession.opens_at <= now
            ),
            execution_options=EVERYWHERE,
        ).one()
        slot.quota_count = slot.enrolled_count
        session.commit()


def states(street):
    with street.session() as session:
        found = session.scalars(
            sa.select(Enrolment.state).where(Enrolment.state.in_(("waiting", "withdrawn"))),
            execution_options=EVERYWHERE,
        )
        return sorted(found)


def test_where_it_is_full_one_waits_and_moves_up_when_somebody_withdraws(window, street):
    fill_up(street)
    page, other = window(windows.PHONE), window(windows.PHONE)
    sign_in(page, "leader", "/activities")
    expect(page.get_by_text("人满了，可候补")).to_be_visible()
    page.locator("main a[href^='/activities/']").first.tap()
    page.get_by_role("button", name="人满了，排候补").tap()
    expect(page.get_by_text("先排候补")).to_be_visible()
    check_page(page)
    assert states(street) == ["waiting"]

    sign_in(other, "volunteer", "/activities")
    other.locator("main a[href^='/activities/']").first.tap()
    other.get_by_role("button", name="来不了，取消报名").tap()
    expect(other.get_by_text("已取消报名").first).to_be_visible()

    assert states(street) == ["withdrawn"]
    page.goto("/inbox")
    expect(page.get_by_text("候补转正了")).to_be_visible()


def test_an_enrolment_pressed_without_network_is_not_sent(phone, street):
    sign_in(phone, "leader", "/activities")
    phone.locator("main a[href^='/activities/']").first.tap()
    phone.get_by_role("button", name="我要报名").wait_for()
    before = states(street)
    phone.context.set_offline(True)
    with phone.expect_event("requestfailed"):
        phone.get_by_role("button", name="我要报名").tap()
    later = phone.context.new_page()
    phone.close()  # back on the network, Chromium itself may load a failed page again
    later.context.set_offline(False)

    assert states(street) == before
    later.goto("/activities")
    expect(later.locator("main a[href^='/activities/']").first).to_be_visible()
    expect(later.get_by_text("已报名")).to_have_count(0)
