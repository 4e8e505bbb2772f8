"""Whoever follows the links of their menus comes to no broken page and to none that shuts them out.

Everybody begins at the page that greets them and opens every kind of page of their surface
that they can reach, once each.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.street import Street
from tests.browser.windows import witness_of

SURFACES = {
    "phone": (("h5", "board"), {"stranger": "/sign-in", "volunteer": "/", "leader": "/"}),
    "till": (("till",), {"clerk": "/till/"}),
    "desk": (
        ("staff",),
        dict.fromkeys(("staff", "second_approver", "auditor", "administrator"), "/staff/"),
    ),
}
"""A surface: how the names of its doors begin, and who walks it, beginning where."""

KINDS_MIN = {"phone": 28, "till": 4, "desk": 30}
"""Fewer kinds of pages, and the walk has lost its way."""

LINKS = """() => [
  ...[...document.querySelectorAll('a[href]:not([download])')].map((one) => one.href),
  ...[...document.querySelectorAll('form')]
    .filter((one) => one.method === 'get' && one.matches(':valid'))
    .map((one) => `${one.action.split('?')[0]}?${new URLSearchParams(new FormData(one))}`),
]"""


class Walk:
    """One person's way through the pages of their surfaces."""

    def __init__(self, street: Street, page: Page, surfaces: tuple[str, ...]) -> None:
        self._page, self._surfaces = page, surfaces
        self._host = urlsplit(street.url).netloc
        self._doors = street.app.url_map.bind(self._host)

    def go(self, start: str) -> Iterator[str]:
        """Open one page of each kind, and yield the name of its door while it is open."""
        ahead, seen = [start], set()
        while ahead:
            path = ahead.pop(0)
            kind = self._kind_of(path)
            if kind is None or kind in seen:
                continue
            seen.add(kind)
            if self._open(path):
                ahead += self._page.evaluate(LINKS)
                yield kind

    def _open(self, path: str) -> bool:
        """Open a page; what comes as a file is none."""
        try:
            self._page.goto(path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return False
        is_page: bool = self._page.evaluate("document.contentType === 'text/html'")
        return is_page

    def _kind_of(self, url: str) -> str | None:
        """Return the door that answers, or None where this walk does not lead."""
        address = urlsplit(url)
        if address.netloc not in ("", self._host) or address.scheme not in ("", "http"):
            return None
        try:
            door, _ = self._doors.match(address.path, method="GET")
        except RequestRedirect as moved:
            return self._kind_of(moved.new_url)
        except HTTPException:
            return f"nothing at {address.path}"
        return door if door.startswith(self._surfaces) else None


def open_the_till(page: Page) -> None:
    """Begin the clerk's day, so that there is a till to walk through."""
    opening = page.locator("form[action$='/till/open'] button, main form button").first
    if opening.is_visible():
        opening.click()
        page.wait_for_url(re.compile("/till/.+"))


@pytest.mark.parametrize("surface", SURFACES)
def test_every_kind_of_page_opens_and_fits_the_smallest_phone(window, street, surface):
    doors, people = SURFACES[surface]
    known: set[str] = set()
    wrong = []
    for role, start in people.items():
        page = window(windows.SMALL_PHONE)
        if role != "stranger":
            sign_in(page, role, to=start)
        if role == "clerk":
            open_the_till(page)
        for kind in Walk(street, page, doors).go(start):
            try:
                check_page(page, axe=kind not in known)
            except AssertionError as error:
                wrong.append(f"{role}: {error}")
                witness_of(page).forget()
            known.add(kind)

    assert not wrong, "\n\n".join(wrong)
    assert len(known) >= KINDS_MIN[surface], sorted(known)
