"""Browser windows of the sizes people have, and a witness of what went over the wire."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

SHELL, FULL = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = SHELL if SHELL.exists() else FULL
"""The same engine without windows of its own takes about half the time."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OUR_OWN_WORDS = {"Service Worker registration blocked by Playwright"}
WAIT_MS = 15_000
"""How long a step may take on a machine that is busy with other tests."""


@dataclass(frozen=True)
class Size:
    """A screen in CSS pixels, and whether fingers touch it."""

    width: int
    height: int
    is_touched: bool = False


PHONE = Size(375, 812, is_touched=True)
SMALL_PHONE = Size(320, 640, is_touched=True)
TABLET = Size(768, 1024, is_touched=True)
DESKTOP = Size(1280, 800)
PROJECTOR = Size(1920, 1080)


@dataclass
class Witness:
    """What a window asked for and complained of since somebody last looked."""

    host: str
    requests: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew."""
        for noted in (self.requests, self.strangers, self.complaints, self.failures):
            noted.clear()

    def asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        self.requests.append(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.host:
            self.strangers.append(request.url)

    def answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.status} {response.request.method} {response.url}")

    def lost(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself went on to the next
            self.failures.append(f"{request.failure} {request.method} {request.url}")

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text not in OUR_OWN_WORDS:
            self.complaints.append(f"{message.type}: {message.text}")


_witnesses: "WeakKeyDictionary[BrowserContext, Witness]" = WeakKeyDictionary()


def witness_of(page: Page) -> Witness:
    """Return what has been noted of the page's window."""
    return _witnesses[page.context]


def launch(playwright: Any, *more_flags: str) -> Browser:
    """Start Debian's Chromium."""
    browser: Browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, *more_flags]
    )
    return browser


def open_window(browser: Browser, url: str, size: Size, **more: Any) -> Page:
    """Open a window of its own on the street, with a witness beside it.

    Without a service worker unless asked for (`service_workers="allow"`): what goes through
    one, `page.route` does not see.
    """
    more.setdefault("service_workers", "block")
    context = browser.new_context(
        base_url=url,
        viewport={"width": size.width, "height": size.height},
        has_touch=size.is_touched,
        is_mobile=size.is_touched,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        **more,
    )
    context.set_default_timeout(WAIT_MS)
    witness = _witnesses[context] = Witness(urlsplit(url).netloc)
    context.on("request", witness.asked)
    context.on("response", witness.answered)
    context.on("requestfailed", witness.lost)
    context.on("console", witness.heard)
    context.on("weberror", lambda error: witness.complaints.append(f"uncaught: {error.error}"))
    return context.new_page()
