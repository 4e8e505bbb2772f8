"""A street at one fixed moment, for pictures that look the same every time they are taken."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app.base import clock
from tests import demo
from tests.browser import windows
from tests.browser.street import Street

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".pytest_cache" / "d" / "demo"
MOMENT = clock.local_instant(date(2026, 3, 3), time(14, 20))
"""A Tuesday afternoon, the day after the demo's history ends."""


@contextmanager
def stage() -> Iterator[tuple[Street, Browser]]:
    """Open the demo's street and a browser, both at the moment, and close them again."""
    CACHE.mkdir(parents=True, exist_ok=True)
    real = clock.now
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        world = demo.in_file(CACHE, home / "world")
        clock.now = _moment
        street = Street(world)
        browser = windows.launch(playwright)
        try:
            (home / "copy").mkdir()
            with street.fresh(home / "copy"):
                yield street, browser
        finally:
            browser.close()
            street.close()
            clock.now = real


def open_still(browser: Browser, street: Street, size: windows.Size) -> Page:
    """Open a window in which it is the moment, and nothing moves."""
    page = windows.open_window(browser, street.url, size, reduced_motion="reduce")
    page.context.clock.set_fixed_time(MOMENT)
    return page


def _moment() -> datetime:
    return clock._held.get() or MOMENT
