"""The star board on a wall: read from five metres, masked, calm, and healed by itself."""

import pytest
from playwright.sync_api import Page

from app.base.actors import SYSTEM
from app.people import consents, members
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.public import switch

SMALLEST = """() => [...document.querySelectorAll('main *')]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => one.getClientRects().length && !one.closest('.ax-hide'))
  .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent.trim().slice(0, 30)])
  .filter(([size]) => size < 36)"""
SCROLLS = """() => [...document.querySelectorAll('html, body, body *')].filter((one) =>
  ['auto', 'scroll', 'visible'].includes(getComputedStyle(one).overflowY) && one.clientHeight
  && (one === document.documentElement
    && (one.scrollHeight > innerHeight || one.scrollWidth > innerWidth))
  ).map((one) => one.tagName)"""
OUTSIDE = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const box = one.getBoundingClientRect();
  const isOut = box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.top < -1;
  return box.width > 1 && isOut;
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def place(street):
    """The code of the demo's community, whose board is switched on for the year."""
    return switch(street, is_open=True)


def agree(street, volunteer_no):
    with street.session() as session:
        member = members.by_number(session, volunteer_no)
        consents.give(
            session, person_id=member.person_id, purpose="board", text_version="1", actor=SYSTEM
        )
        session.commit()


def names(page: Page) -> list[str]:
    return page.locator(".ax-name").all_text_contents()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_on_the_wall_is_smaller_than_36_px_and_nothing_scrolls(projector, place, language):
    projector.goto(f"/language/{language}?back=/wall/{place}")

    assert projector.evaluate(SMALLEST) == []
    assert projector.evaluate(SCROLLS) == []
    assert projector.evaluate(OUTSIDE) == []
    check_page(projector)


def test_names_are_masked_and_ties_share_a_place(projector, place):
    projector.goto(f"/wall/{place}")

    assert len(names(projector)) >= 10
    assert all("*" in name for name in names(projector))
    places = projector.locator(".ax-rank [aria-hidden]").all_text_contents()
    hours = projector.locator(".ax-stars .ax-n").all_text_contents()
    assert len(set(places)) < len(places), "the demo has ties"
    for above in range(len(places) - 1):
        assert (places[above] == places[above + 1]) is (hours[above] == hours[above + 1])


def let_a_minute_pass(page, until):
    """Let one minute pass, within which the wall has asked once more."""
    page.clock.run_for(65_000)
    page.locator(until).first.wait_for()


def test_the_wall_keeps_its_picture_without_network_and_heals(projector, place):
    projector.clock.install()
    projector.goto(f"/wall/{place}")
    before = names(projector)

    projector.context.set_offline(True)
    let_a_minute_pass(projector, until=".is-lost")
    assert names(projector) == before
    assert "网络断了" in projector.locator("[data-state]").inner_text()
    assert projector.evaluate(SMALLEST) == []

    projector.context.set_offline(False)  # it asks at once; a held clock would break that off
    projector.locator("[data-wall]:not(.is-lost)").wait_for()
    assert names(projector) == before
    assert "更新" in projector.locator("[data-state]").inner_text()
    check_page(projector, but=("ERR_INTERNET_DISCONNECTED", "Failed to load"))


def test_a_board_that_is_switched_off_shows_no_name_a_minute_later(projector, place, street):
    projector.clock.install()
    projector.goto(f"/wall/{place}")
    assert names(projector)

    switch(street, is_open=False)
    let_a_minute_pass(projector, until="text=这块榜还没有打开")
    assert names(projector) == []

    switch(street, is_open=True)
    let_a_minute_pass(projector, until=".ax-name")
    check_page(projector, but=("404",))


def test_pages_turn_calmly_and_stop_when_asked(projector, place):
    projector.clock.install()
    projector.goto(f"/wall/{place}")
    first = projector.locator("[data-page]").nth(0)
    assert first.is_visible()

    projector.clock.run_for(16_000)
    assert projector.locator("[data-page]").nth(1).is_visible()
    assert not first.is_visible()

    projector.locator("[data-pause]").press("Enter")
    projector.clock.run_for(40_000)
    assert projector.locator("[data-page]").nth(1).is_visible()


def test_a_board_that_nobody_switched_on_names_nobody(projector, street):
    projector.goto("/wall/no-such-place")
    assert projector.get_by_text("这块榜还没有打开").is_visible()
    assert projector.evaluate(SMALLEST) == []
    check_page(projector, but=("404",))


@pytest.mark.parametrize("size", [windows.SMALL_PHONE, windows.TABLET], ids=["phone", "tablet"])
def test_the_same_address_is_a_list_to_scroll_on_a_phone(window, place, size):
    page = window(size)
    page.goto(f"/wall/{place}")
    assert page.locator(".ax-name").last.is_visible()
    check_page(page)
