"""A shop with its people signed in at the real doors, and a basket on its way through them."""

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.crypto import unseal
from app.ledger import books
from app.mall.models import Goods
from app.people import codes
from app.people.models import Member, Person
from tests.factories import mall as make
from tests.factories import people, points

PASSWORD = "苹果香蕉-2026"
PIN = "480913"


def phone_of(session: Session, person_id: UUID) -> str:
    """The phone of a person made by the builders."""
    person = session.get(Person, person_id)
    assert person is not None
    assert person.phone_cipher is not None
    return unseal(person.phone_cipher, person_id)


def new_key() -> str:
    """A fresh idempotency key, as a till makes it."""
    return secrets.token_urlsafe(24)


@dataclass
class Caller:
    """A program at the doors of one book, signed in as one person."""

    client: FlaskClient
    token: str
    root: str

    def get(self, path: str, **query):
        return self.client.get(self.root + path, headers=self.headers(), query_string=query)

    def post(self, path: str, body: dict | None = None, *, key: str | None = None, **headers):
        sent = self.headers() | {"Idempotency-Key": key or new_key()} | headers
        return self.client.post(self.root + path, json=body or {}, headers=sent)

    def patch(self, path: str, body: dict, *, key: str | None = None, **headers):
        sent = self.headers() | {"Idempotency-Key": key or new_key()} | headers
        return self.client.patch(self.root + path, json=body, headers=sent)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Counter:
    """A mall whose people can be called by their part."""

    app: Flask
    session: Session
    mall: make.Mall
    code: str
    callers: dict[UUID, Caller] = field(default_factory=dict)

    def of(self, person_id: UUID) -> Caller:
        """The person at the doors; signed in by password the first time."""
        if person_id not in self.callers:
            self.callers[person_id] = sign_in(self.app, self.session, person_id, self.code)
        return self.callers[person_id]

    @property
    def clerk(self) -> Caller:
        return self.of(self.mall.clerk.person_id)

    @property
    def staff(self) -> Caller:
        return self.of(self.mall.staff.person_id)

    def basket(self, *items: tuple[Goods, int], till: int = 0, **more) -> dict:
        """The body of a redemption; the expected total is right unless given."""
        total = sum(one.price_points * pieces for one, pieces in items)
        return {
            "till_id": str(self.mall.tills[till].id),
            "items": [{"goods_id": str(one.id), "quantity_count": n} for one, n in items],
            "expected_total_points": total,
            **more,
        }

    def code_of(self, member: Member) -> str:
        """A fresh one-time code of a member."""
        made = codes.issue(
            self.session, ledger_id=self.mall.ledger_id, member_id=member.id, purpose="redeem"
        )
        self.session.commit()
        return made.token

    def show(self, member: Member, *, till: int = 0) -> dict:
        """Show a fresh code of the member at a till; returns the answer's body."""
        shown = {"till_id": str(self.mall.tills[till].id), "presented": self.code_of(member)}
        answer = self.of(self.mall.clerks[till].person_id).post("/presentations", shown)
        assert answer.status_code == 201, answer.json
        return answer.json

    def phone_of(self, person_id: UUID) -> str:
        """The phone of a person, as they would type it."""
        phone = phone_of(self.session, person_id)
        self.fresh()
        return phone

    def spendable(self, member: Member) -> int:
        """What the member may spend now."""
        self.fresh()
        found = points.spendable(self.session, member)
        self.fresh()
        return found

    def fresh(self) -> None:
        """Let go of the database; what was read before stays as it was read."""
        self.session.expunge_all()
        self.session.rollback()

    def snapshot(self, *leave_out: str) -> dict:
        """All that is kept now, but a code used in vain; that a sale was refused is told anyway."""
        self.fresh()
        found = make.snapshot(self.session, self.mall)
        self.fresh()
        found["people_message"] = [
            row for row in found["people_message"] if "redemption_refused" not in row
        ]
        out = {"people_code", *leave_out}
        return {name: rows for name, rows in found.items() if name not in out}

    @contextmanager
    def unchanged(self, *leave_out: str):
        """The block changes nothing but the tables left out."""
        before = self.snapshot(*leave_out)
        yield
        after = self.snapshot(*leave_out)
        changed = [name for name in before if before[name] != after[name]]
        assert not changed, changed


def sign_in(app: Flask, session: Session, person_id: UUID, code: str) -> Caller:
    """Let a person in, who is known by a password."""
    token = people.let_in(session, person_id, PASSWORD)
    session.commit()
    return Caller(app.test_client(), token, f"/api/v1/books/{code}")


def at_counter(app: Flask, session: Session, *, clerk_count: int = 1) -> Counter:
    """A shop with clerks at their open tills, ready for callers."""
    mall = make.a_mall(session, clerk_count=clerk_count)
    code = books.get(session, mall.ledger_id).code
    session.commit()
    return Counter(app, session, mall, code)
