"""An afternoon that is not over in a minute: the house's clock, moved by hand, and who is about.

Tomorrow of the day on which the test runs: what the demo did today lies behind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page

from app.base import clock
from app.ledger import balances
from app.people import members
from app.points import wallets
from tests.browser import desk_work, people, windows
from tests.browser.checks import check_page
from tests.browser.street import Street

SIZES = {"staff": windows.DESKTOP, "second_staff": windows.DESKTOP, "clerk": windows.DESKTOP}


class Hand:
    """The hand of the clock: `clock.now` for every request until it is moved on."""

    def __init__(self) -> None:
        self.day = clock.today() + timedelta(days=1)
        self.moment = self._at("13:00")

    def now(self) -> datetime:
        return clock._held.get() or self.moment

    def move(self, text: str) -> datetime:
        """Move the hand on, never back."""
        assert self._at(text) >= self.moment, "an afternoon does not run backwards"
        self.moment = self._at(text)
        return self.moment

    def _at(self, text: str) -> datetime:
        return clock.local_instant(self.day, time.fromisoformat(text))


@dataclass
class Afternoon:
    """Everybody's window, and the hour that it is for all of them."""

    street: Street
    window: Callable[..., Page]
    hand: Hand
    pages: dict[str, Page] = field(default_factory=dict)

    def it_is(self, text: str) -> None:
        """Let it be a later hour, for the house and in every window."""
        moment = self.hand.move(text)
        for page in self.pages.values():
            page.context.clock.set_system_time(moment)

    def at(self, role: str, path: str) -> Page:
        """Somebody's own window at a page; they sign in again if they were away too long."""
        page = self.pages.get(role)
        if page is None:
            page = self.pages[role] = self.window(SIZES.get(role, windows.PHONE))
            page.context.clock.install(time=self.hand.moment)
            people.sign_in(page, role, to=path)
            return page
        page.goto(path)
        if "/sign-in" in page.url:
            people.sign_in(page, role, to=path)
        return page

    def close_the_day(self) -> None:
        """Look at every window once more: nothing failed, nobody left the host."""
        for page in self.pages.values():
            check_page(page)

    def points_of(self, number: str) -> int:
        """What a member may spend now."""
        with self.street.session() as session:
            who = desk_work.member_of(session, number)
            return wallets.holding(
                session, ledger_id=who.ledger_id, member_id=who.id
            ).spendable_points

    def minutes_of(self, number: str) -> int:
        """What a member served in all."""
        with self.street.session() as session:
            who = members.by_volunteer_no(
                session, ledger_id=desk_work.book_of(session), volunteer_no=number
            )
            found = balances.of_owner(session, ledger_id=who.ledger_id, owner_id=who.id)
            return sum(each.posted for each in found if each.ref.unit == "minutes")


def begin(
    street: Street, window: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> Afternoon:
    """Begin tomorrow's afternoon at one o'clock."""
    hand = Hand()
    monkeypatch.setattr(clock, "now", hand.now)
    return Afternoon(street, window, hand)
