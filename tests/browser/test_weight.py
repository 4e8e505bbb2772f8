"""An old phone on a slow line: few requests, few bytes, and something to read soon."""

import gzip

import pytest
from playwright.sync_api import Page

from tests.browser import windows
from tests.browser.people import sign_in

BYTES_MAX = 150_000
REQUESTS_MAX = 3
SLOWER = 4
"""How many times slower than this machine the phone is."""
PAINT_MS_MAX = 4_000
"""Generous: the machine runs other tests at the same time."""

PAGES = {"sign-in": "/sign-in", "home": "/", "activities": "/activities"}
BEFORE_USABLE = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  return [page, ...performance.getEntriesByType('resource')]
    .filter((one) => one.startTime <= page.domContentLoadedEventEnd).map((one) => one.name);
}"""
LARGEST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  resolve(list.getEntries().at(-1).startTime);
}).observe({type: 'largest-contentful-paint', buffered: true}))"""


@pytest.fixture
def visitor(window):
    """A phone that has just signed in, with nothing kept from the pages before."""
    page = window(windows.PHONE)
    sign_in(page, "volunteer")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    return page


def weights_of(page: Page, path: str) -> dict[str, int]:
    """Open a page and return what each answer weighs when it comes compressed."""
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url))
    page.goto(path, wait_until="networkidle")
    fetch = page.context.request.get  # again: a browser may have let go of what it showed
    return {url: len(gzip.compress(fetch(url).body())) for url in dict.fromkeys(asked)}


@pytest.mark.parametrize("name", PAGES)
def test_a_first_page_is_light_and_usable_after_three_requests(visitor, name, record_property):
    weights = weights_of(visitor, PAGES[name])
    before = visitor.evaluate(BEFORE_USABLE)

    record_property("measured", f"{name}: {sum(weights.values()):,} bytes, {len(before)} requests")
    assert sum(weights.values()) <= BYTES_MAX, weights
    assert len(before) <= REQUESTS_MAX, before
    assert not [url for url in weights if "zxing" in url]


@pytest.mark.parametrize("name", PAGES)
def test_there_is_something_to_read_soon_on_a_slow_phone(visitor, name, record_property):
    slowed = visitor.context.new_cdp_session(visitor)
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    visitor.goto(PAGES[name], wait_until="load")

    paint_ms = visitor.evaluate(LARGEST_PAINT)

    record_property("measured", f"{name}: largest paint {paint_ms:.0f} ms on CPU/{SLOWER}")
    assert paint_ms <= PAINT_MS_MAX
