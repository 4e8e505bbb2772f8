"""A town with people who are signed in and send requests.

金溪社区 has staff of every kind, a volunteer, a clerk and a leader; another community of
the same book has staff of its own, and another book has a member of its own.
"""

import secrets
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.base.actors import SYSTEM
from app.community.models import Node
from app.people import roles
from app.people.models import Member
from tests.factories import community as places
from tests.factories import people, points

PASSWORD = "小河弯弯向东流88"
OFFICES = {
    "staff": ("staff", "node"),
    "colleague": ("staff", "node"),
    "second": ("second_approver", "node"),
    "auditor": ("auditor", "node"),
    "administrator": ("administrator", "node"),
    "clerk": ("clerk", "node"),
    "leader": ("leader", "node"),
    "foreign_staff": ("staff", "elsewhere"),
    "city_auditor": ("auditor", "city"),
    "city_administrator": ("administrator", "city"),
}


@dataclass(frozen=True)
class Caller:
    """A signed-in program. Writes carry a fresh key unless one is given."""

    session: Session
    client: FlaskClient
    token: str
    member: Member

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self._send("POST", path, json=body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self._send("PUT", path, json=body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self._send("PATCH", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self._send("DELETE", path, **options)

    def upload(self, path: str, text: str | bytes, **fields: Any) -> TestResponse:
        content = text.encode() if isinstance(text, str) else text
        key = fields.pop("key", None)
        file = FileStorage(BytesIO(content), "list.csv", content_type="text/csv")
        boundary, data = encode_multipart({**fields, "file": file})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self._send("POST", path, data=data, content_type=kind, key=key)

    def _send(self, method: str, path: str, **options: Any) -> TestResponse:
        self.session.commit()  # a test that only read holds SQLite's write lock too
        self.session.expire_all()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": options.pop("key", None) or new_key(),
            **options.pop("headers", {}),
        }
        if options.get("json") is None:
            options.pop("json", None)
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)


@dataclass
class Town:
    """A book over two communities, and a door for everybody in it."""

    session: Session
    client: FlaskClient
    world: points.World
    elsewhere: Node
    callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def book(self) -> str:
        return "/books/ningde"

    @property
    def ledger_id(self) -> int:
        return self.world.ledger_id

    @property
    def node(self) -> Node:
        return self.world.node

    def caller(self, who: str, node: Node | None = None) -> Caller:
        """Let somebody in: one of the offices, or a volunteer of any name."""
        if who not in self.callers:
            self.callers[who] = self._enter(who, node or self.node)
        return self.callers[who]

    def member(self, name: str = "温如许", node: Node | None = None) -> Member:
        """A member without a phone."""
        made = people.member(self.session, self.ledger_id, node or self.node, name)
        self.session.commit()
        return made

    def _enter(self, who: str, home: Node) -> Caller:
        phone = people.phone()
        member = people.member(self.session, self.ledger_id, home, f"人{who}"[:20], phone)
        if who in OFFICES:
            role, where = OFFICES[who]
            node = {"node": self.node, "elsewhere": self.elsewhere, "city": self.world.city}[where]
            roles.grant(
                self.session,
                person_id=member.person_id,
                node_id=node.id,
                role=role,
                actor=SYSTEM,
            )
        token = sign_in(self.session, member.person_id)
        return Caller(self.session, self.client, token, member)


def new_key() -> str:
    return secrets.token_urlsafe(24)


def sign_in(session: Session, person_id: UUID) -> str:
    """Give a person a password and let them in; return their token."""
    token = people.let_in(session, person_id, PASSWORD)
    session.commit()
    return token


def town(session: Session, client: FlaskClient) -> Town:
    """Start the book, and the two communities under it."""
    world = points.world(session)
    parent = places.make_jinxi(session)[-2]
    elsewhere = places.make_node(session, parent, code="350902200002", name="上洋村民委员会")
    session.commit()
    return Town(session, client, world, elsewhere)
