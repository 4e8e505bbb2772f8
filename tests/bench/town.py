"""Who comes and who buys: one member for each request, since no act can be repeated.

Check-in happens in one book, redemption in another: sixteen clerks at sixteen tills
of one shop with forty kinds of goods, two kinds in every basket.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.activities.models import Attendance
from app.activities.plan_rules import PlannedSession
from app.activities.tickets import SeenTicket
from app.base import clock
from app.base.db import db
from app.base.transactions import unit_of_work
from app.ledger import books, proof
from app.mall import proof_checks
from app.mall.models import Redemption
from app.people import codes, sign_in
from app.web import tickets
from tests.factories import activities, ledger, mall, people

CLERK_COUNT = 16
GOODS_COUNT = 40
PRICE_POINTS = 3
KINDS_IN_BASKET = 2
COUNT_MAX = 4_000
"""Members of each book: the clerks may serve 300 each a day."""


@dataclass(frozen=True)
class Buyer:
    """A member with points, the code they show, and whose till they stand at."""

    member_id: UUID
    code_hash: bytes
    goods: tuple[UUID, ...]
    till_id: UUID
    clerk_token: str


@dataclass(frozen=True)
class Town:
    """Everybody who waits for the doors to open."""

    session_id: UUID
    comers_ledger: int
    comers: Iterator[str]
    shop_ledger: int
    shop_code: str
    buyers: Iterator[Buyer]

    def check_ins(self, count: int) -> list[bytes]:
        """Requests of the next members who come; their code was seen just now."""
        slot = int(clock.now().timestamp()) // 15
        ticket = SeenTicket(self.comers_ledger, self.session_id, "in", slot, clock.now()).sign()
        body = {"ticket": ticket}
        return [_post("/api/v1/checkins", next(self.comers), body) for _ in range(count)]

    def redemptions(self, count: int) -> list[bytes]:
        """Requests of the next members who buy; their code was read just now."""
        return [self._redemption(next(self.buyers)) for _ in range(count)]

    def _redemption(self, buyer: Buyer) -> bytes:
        shown = tickets.presentation(
            ledger_id=self.shop_ledger,
            till_id=buyer.till_id,
            member_id=buyer.member_id,
            code_hash=buyer.code_hash,
        )
        body = {
            "till_id": str(buyer.till_id),
            "ticket": tickets.sign(shown),
            "items": [{"goods_id": str(one), "quantity_count": 1} for one in buyer.goods],
            "expected_total_points": PRICE_POINTS * len(buyer.goods),
        }
        path = f"/api/v1/books/{self.shop_code}/redemptions"
        return _post(path, buyer.clerk_token, body)


def hellos(count: int) -> list[bytes]:
    """So many hello-world requests."""
    return [b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"] * count


def prepare(app: Flask, count: int) -> Town:
    """Let so many members join either book."""
    with app.app_context():
        return unit_of_work(lambda session: _prepare(session, count))


def faults(app: Flask, town: Town, *, check_ins: int, redemptions: int) -> list[str]:
    """List what is not as it must be after so many check-ins and redemptions."""
    with app.app_context(), Session(db.engine) as session:
        found = {
            "check-ins": (_count(session, Attendance, town.comers_ledger), check_ins),
            "redemptions": (_count(session, Redemption, town.shop_ledger), redemptions),
        }
        checks = [
            *proof.checks(session, ledger_id=town.shop_ledger),
            *proof_checks.checks(session, ledger_id=town.shop_ledger),
        ]
    wrong = [f"{is_} {name}, not {due}" for name, (is_, due) in found.items() if is_ != due]
    return wrong + [f"{check.name}: {check.detail}" for check in checks if not check.is_ok]


def _count(session: Session, model: Any, ledger_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(model).where(model.ledger_id == ledger_id)
    return int(session.execute(query).scalar_one())


def _prepare(session: Session, count: int) -> Town:
    world = activities.a_world(session)
    begins_at = clock.now() + timedelta(minutes=30)
    planned = PlannedSession(begins_at, begins_at + timedelta(hours=2), None)
    _, slots = activities.opened(session, world, sessions=(planned,))
    came = people.members(session, world.ledger_id, world.node, count)
    shop = mall.a_mall(session, clerk_count=CLERK_COUNT)
    return Town(
        session_id=slots[0].id,
        comers_ledger=world.ledger_id,
        comers=iter([sign_in.open_session(session, person_id=one.person_id) for one in came]),
        shop_ledger=shop.ledger_id,
        shop_code=books.get(session, shop.ledger_id).code,
        buyers=iter(_buyers(session, shop, count)),
    )


def _buyers(session: Session, shop: mall.Mall, count: int) -> list[Buyer]:
    terms: dict[str, Any] = {"price": PRICE_POINTS, "stock_count": 10_000}
    shelf = cycle([mall.put_goods(session, shop, **terms).id for _ in range(GOODS_COUNT)])
    tokens = [sign_in.open_session(session, person_id=one.person_id) for one in shop.clerks]
    tills = cycle([(till.id, token) for till, token in zip(shop.tills, tokens, strict=True)])
    found = []
    for member in people.members(session, shop.ledger_id, shop.node, count):
        ledger.issue(session, shop.ledger_id, member.id, 50)
        named: dict[str, Any] = {"ledger_id": shop.ledger_id, "member_id": member.id}
        code = codes.issue(session, **named, purpose="redeem")
        goods = tuple(next(shelf) for _ in range(KINDS_IN_BASKET))
        found.append(Buyer(member.id, code.code_hash, goods, *next(tills)))
    return found


def _post(path: str, token: str, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {secrets.token_urlsafe(24)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
