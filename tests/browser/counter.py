"""A clerk of the demo at the till's HTTP doors, while somebody holds a phone before it."""

import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import APIRequestContext, Playwright

from app.cli.demo.jinxi_cast import PASSWORD
from app.ledger.models import Book
from app.mall.models import Goods, Shop
from tests.browser.people import phone_of
from tests.browser.street import Street


@dataclass
class Counter:
    """A shop with its till open."""

    doors: APIRequestContext
    root: str
    till_id: str
    goods: list[Goods]

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post to a door of the book, and return its answer."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(24)}
        answer = self.doors.post(self.root + path, data=body, headers=headers)
        assert answer.ok, answer.text()
        found: dict[str, Any] = answer.json() if answer.status != 204 else {}
        return found

    def show(self, presented: str) -> dict[str, Any]:
        """Scan what is held before the till."""
        return self.send("/presentations", {"till_id": self.till_id, "presented": presented})

    def redeem(self, ticket: str, goods: Goods) -> dict[str, Any]:
        """Sell one piece to whoever showed the code."""
        basket = {
            "till_id": self.till_id,
            "ticket": ticket,
            "items": [{"goods_id": str(goods.id), "quantity_count": 1}],
            "expected_total_points": goods.price_points,
        }
        return self.send("/redemptions", basket)


def opened(playwright: Playwright, street: Street) -> Counter:
    """Sign the clerk in and open a till of their shop."""
    doors = playwright.request.new_context(base_url=street.url)
    sent = {"phone": phone_of("clerk"), "password": PASSWORD}
    token = doors.post("/api/v1/sessions", data=sent).json()["token"]
    everywhere = {"cross_ledger": True}
    with street.session() as session:
        shop = session.scalars(
            sa.select(Shop).where(Shop.name.contains("金溪")), execution_options=everywhere
        ).one()
        book = session.get_one(Book, shop.ledger_id)
        found = session.scalars(
            sa.select(Goods)
            .where(Goods.shop_id == shop.id, Goods.is_on_sale)
            .order_by(Goods.price_points),
            execution_options=everywhere,
        ).all()
    doors = playwright.request.new_context(
        base_url=street.url, extra_http_headers={"Authorization": f"Bearer {token}"}
    )
    counter = Counter(doors, f"/api/v1/books/{book.code}", "", list(found))
    counter.till_id = counter.send(f"/shops/{shop.id}/tills", {})["id"]
    return counter
