"""A real browser on a real server: Debian's Chromium, driven by Playwright, on the demo."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests import demo
from tests.browser import camera, windows
from tests.browser.street import Street

HERE = Path(__file__).resolve().parent
LONG = ("test_walks", "test_afternoon")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, and let it run last: by then the demo is loaded.

    The long walks go before the rest of it, so that no worker is left alone with them.
    """
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    ours.sort(key=lambda item: item.path.stem not in LONG)
    items[:] = [item for item in items if HERE not in item.path.parents] + ours


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=windows.WAIT_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests of a worker; every test has windows of its own."""
    if not windows.CHROMIUM.exists():
        pytest.fail("no Chromium: apt install chromium-headless-shell fonts-noto-cjk")
    browser = windows.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Street]:
    """The worker's server; ask for `street`, which puts a fresh world behind it."""
    cache = pytestconfig.cache.mkdir("demo")
    street = Street(demo.in_file(cache, tmp_path_factory.mktemp("street")))
    yield street
    street.close()


@pytest.fixture
def street(served: Street, tmp_path: Path) -> Iterator[Street]:
    """The application on a port, on a copy of the demo of this test's own."""
    with served.fresh(tmp_path):
        yield served


@pytest.fixture
def window(street: Street, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window of any size: `window(windows.PHONE)`."""
    opened: list[Page] = []

    def open_window(size: windows.Size, **more: object) -> Page:
        opened.append(windows.open_window(browser, street.url, size, **more))
        return opened[-1]

    yield open_window
    for page in opened:
        page.context.close()


@pytest.fixture
def phone(window: Callable[..., Page]) -> Page:
    return window(windows.PHONE)


@pytest.fixture
def small_phone(window: Callable[..., Page]) -> Page:
    return window(windows.SMALL_PHONE)


@pytest.fixture
def tablet(window: Callable[..., Page]) -> Page:
    return window(windows.TABLET)


@pytest.fixture
def desktop(window: Callable[..., Page]) -> Page:
    return window(windows.DESKTOP)


@pytest.fixture
def projector(window: Callable[..., Page]) -> Page:
    return window(windows.PROJECTOR)


@pytest.fixture
def filmed(playwright: Playwright, street: Street, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a window before whose camera a code is held: `filmed(text, windows.PHONE)`."""
    browsers: list[Browser] = []

    def open_filmed(text: str, size: windows.Size, **more: object) -> Page:
        clip = camera.film(text, tmp_path / f"clip{len(browsers)}.y4m")
        browsers.append(windows.launch(playwright, *camera.flags(clip)))
        return windows.open_window(browsers[-1], street.url, size, permissions=["camera"], **more)

    yield open_filmed
    for browser in browsers:
        browser.close()
