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


CHANGES = ("board.choices",)
"""Doors that would change the language or the size of the rest of the walk."""


class Walk:
    """One person's way through the pages of their surfaces."""

    def __init__(self, street: Street, page: Page, surfaces: tuple[str, ...]) -> None:
        self._page, self._surfaces = page, surfaces
        self._host = urlsplit(street.url).netloc
        self._doors = street.app.url_map.bind(self._host)

    def go(self, start: str, past: set[str]) -> Iterator[str]:
        """Open one page of each kind, and yield the name of its door while it is open.

        Kinds to go past are not opened, but for the first page: its links show the way.
        """
        ahead, seen = [start], set[str]()
        while ahead:
            path = ahead.pop(0)
            kind = self._kind_of(path)
            if kind is None or kind in seen or (kind in past and path != start):
                continue
            seen.add(kind)
            if not self._open(path):
                continue
            landed = self._kind_of(self._page.url)  # a stranger is sent to sign in
            if landed != kind and (landed is None or landed in seen | past):
                continue
            seen.add(landed)
            ahead += self._page.evaluate(LINKS)
            yield landed

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
        if door.startswith(CHANGES):
            return None
        return door if door.startswith(self._surfaces) else None


def open_the_till(page: Page) -> None:
    """Begin the clerk's day, so that there is a till to walk through."""
    opening = page.locator("form[action$='/till/open'] button, main form button").first
    if opening.is_visible():
        opening.click()
        page.wait_for_url(re.compile("/till/.+"))


@pytest.mark.parametrize("surface", SURFACES)
def test_every_kind_of_page_opens_for_everybody_and_fits_the_smallest_phone(
    window, street, surface
):
    _, people = SURFACES[surface]
    known = set[str]()

    wrong = [
        fault
        for role in people
        for fault in faults_of(window(windows.SMALL_PHONE), street, surface, role, known)
    ]

    assert not wrong, "\n\n".join(wrong)
    assert len(known) >= KINDS_MIN[surface], sorted(known)


@pytest.mark.parametrize(
    ("surface", "size", "choice"),
    [
        ("phone", windows.SMALL_PHONE, "/size/large"),
        ("phone", windows.SMALL_PHONE, "/language/en"),
        ("till", windows.TABLET, "/language/en"),
        ("desk", windows.DESKTOP, "/language/en"),
    ],
    ids=["phone-large", "phone-english", "till-english", "desk-english"],
)
def test_every_kind_of_page_is_for_all_in_large_letters_and_in_english(
    window, street, surface, size, choice
):
    _, people = SURFACES[surface]
    known = set[str]()
    has_colours = choice == "/size/large" or size == windows.DESKTOP

    wrong = []
    for role in people:
        page = window(size)
        page.goto(f"{choice}?back=/sign-in")
        wrong += faults_of(page, street, surface, role, known, colours=has_colours)

    assert not wrong, "\n\n".join(wrong)


def faults_of(
    page: Page, street: Street, surface: str, role: str, known: set[str], *, colours: bool = True
) -> list[str]:
    """Walk as somebody and tell what is wrong, past the kinds that somebody before has seen.

    That each office may open its pages is asked without a browser (`test_staff_pages`).
    """
    doors, people = SURFACES[surface]
    if role != "stranger":
        sign_in(page, role, to=people[role])
    if role == "clerk":
        open_the_till(page)
    wrong = []
    for kind in Walk(street, page, doors).go(people[role], past=set(known)):
        known.add(kind)
        try:
            check_page(page, colours=colours)
        except AssertionError as error:
            wrong.append(f"{role}: {error}")
            witness_of(page).forget()
    return wrong
