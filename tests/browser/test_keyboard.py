"""Without a mouse: from the door to a place in an activity."""

import sqlalchemy as sa

from app.activities.models import Enrolment
from app.cli.demo.jinxi_cast import PASSWORD
from tests.browser.checks import check_page
from tests.browser.keyboard import press_on, type_in
from tests.browser.people import DOOR, phone_of


def enrolled_count(street):
    with street.session() as session:
        count = sa.select(sa.func.count()).where(Enrolment.state == "enrolled")
        return session.scalar(count, execution_options={"cross_ledger": True})


def test_signing_in_and_enrolling_need_no_mouse(desktop, street):
    before = enrolled_count(street)

    desktop.goto("/sign-in")
    type_in(desktop, desktop.locator("input[name=phone]"), phone_of("clerk"))
    if not desktop.locator("input[name=password]").is_visible():
        press_on(desktop, desktop.locator("details:has(input[name=password]) > summary"))
    type_in(desktop, desktop.locator("input[name=password]"), PASSWORD)
    press_on(desktop, desktop.locator(DOOR).last)
    desktop.wait_for_url("/")
    press_on(desktop, desktop.locator("a[href^='/activities']").first)
    desktop.wait_for_url("/activities*")
    press_on(desktop, desktop.locator("main a[href^='/activities/']").first)
    desktop.wait_for_url("/activities/*")
    press_on(desktop, desktop.locator("form[action$='/enrol'] button").first)
    desktop.locator("form[action$='/withdraw']").first.wait_for()

    assert enrolled_count(street) == before + 1
    check_page(desktop)
