"""The demo's shop in the browser: its clerk at an open till, a volunteer with a code to show."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.base.actors import SYSTEM
from app.ledger import books
from app.mall import goods, listings
from app.mall.models import Goods, Redemption, Till
from app.people import codes, credentials, members
from app.people.models import Member
from app.points import wallets
from tests.browser.people import sign_in
from tests.browser.street import Street
from tests.factories import ledger

KEY_MS = 4
"""How long a scanner takes for a key."""


@dataclass(frozen=True)
class Counter:
    """The book behind a till, to look into and to make codes from."""

    street: Street
    code: str
    till_id: UUID

    @property
    def path(self) -> str:
        return f"/till/{self.code}/{self.till_id}"

    def ledger_id(self) -> int:
        with self.street.session() as session:
            return books.by_code(session, self.code).id

    def pay_code(self, name: str = "温如许") -> str:
        """A fresh pay code of a member of the demo."""
        with self.street.session() as session:
            ledger_id = books.by_code(session, self.code).id
            member = self._member(session, ledger_id, name)
            made = codes.issue(session, ledger_id=ledger_id, member_id=member.id, purpose="redeem")
            session.commit()
            return made.token

    def points(self, name: str = "温如许") -> int:
        """What a member may spend."""
        with self.street.session() as session:
            ledger_id = books.by_code(session, self.code).id
            member = self._member(session, ledger_id, name)
            held = wallets.holding(session, ledger_id=ledger_id, member_id=member.id)
            return held.spendable_points

    def give(self, name: str, *, points: int, pin: str) -> None:
        """Let a member have so many points more, and a PIN of their own."""
        with self.street.session() as session:
            ledger_id = books.by_code(session, self.code).id
            member = self._member(session, ledger_id, name)
            ledger.issue(session, ledger_id, member.id, points)
            credentials.set_pin(session, person_id=member.person_id, pin=pin, actor=SYSTEM)
            session.commit()

    def stock(self, number: str) -> int:
        """Pieces of some goods that the shop owns."""
        return self._goods(number).stock_count

    def barcode(self, number: str) -> str:
        """The barcode of some goods, as a label has it."""
        return self._goods(number).barcode or ""

    def sales(self) -> list[Redemption]:
        """What was redeemed on the till, the newest first."""
        with self.street.session() as session:
            ledger_id = books.by_code(session, self.code).id
            return listings.list_of_till(session, ledger_id=ledger_id, till_id=self.till_id)

    def _goods(self, number: str) -> Goods:
        with self.street.session() as session:
            ledger_id = books.by_code(session, self.code).id
            query = sa.select(Till.shop_id).where(
                Till.ledger_id == ledger_id, Till.id == self.till_id
            )
            shop_id = session.scalars(query).one()
            shelf = goods.list_of_shop(session, ledger_id=ledger_id, shop_id=shop_id)
            return next(one for one in shelf if one.number == number)

    def _member(self, session, ledger_id: int, name: str) -> Member:
        query = sa.select(Member).where(Member.ledger_id == ledger_id)
        return next(one for one in session.scalars(query) if members.full_name(one) == name)


def open_till(street: Street, page: Page, button: str = "开台") -> Counter:
    """Sign the clerk in and open the till, by the keyboard alone."""
    sign_in(page, "clerk", "/till/")
    page.get_by_role("button", name=button, exact=True).first.press("Enter")
    expect(page.locator("#shelf li").first).to_be_visible()
    code, till_id = page.url.split("/till/")[1].split("/")[:2]
    return Counter(street, code, UUID(till_id))


def scan(page: Page, text: str) -> None:
    """Scan with a scanner: a keyboard that types fast and ends with Enter."""
    page.keyboard.type(text, delay=KEY_MS)
    page.keyboard.press("Enter")
