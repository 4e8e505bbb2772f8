"""Browsers at the phone pages: a cookie, and with every form its CSRF token and a key."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.people import sign_in
from app.people.models import Member
from app.web.session import COOKIE
from tests.factories.doors import new_key


@dataclass
class Browser:
    """A phone; signed in if it was opened for somebody."""

    session: Session
    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        self._let_go()
        return self.client.get(path, **options)

    def send(self, path: str, *, key: str | None = None, **fields: Any) -> TestResponse:
        """Send a form."""
        self._let_go()
        hidden = {"csrf_token": self.csrf(), "idempotency_key": key or new_key()}
        return self.client.post(path, data=hidden | fields)

    def csrf(self) -> str:
        """The token that this phone's forms carry."""
        page = self.client.get("/sign-in")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found
        return found[1]

    def _let_go(self) -> None:
        self.session.commit()  # a test that only read holds SQLite's write lock too
        self.session.expire_all()


def browser(app: Flask, session: Session, member: Member | None = None) -> Browser:
    """A phone of its own, on which the member signed in now."""
    client = app.test_client()
    if member is not None:
        token = sign_in.open_session(session, person_id=member.person_id)
        session.commit()
        client.set_cookie(COOKIE, token)
    return Browser(session, client)


def id_of(path: str) -> str:
    """The id at the end of an API path."""
    return path.rsplit("/", 1)[-1]
