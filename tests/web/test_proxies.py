"""Behind our own proxies, people are who the proxy says; without one nobody is believed."""

import pytest
from flask import request

from config import Config
from tests.conftest import build_app, lent

FORGED = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "address", "is_https"), [(0, "127.0.0.1", False), (1, "198.51.100.7", True)]
)
def test_only_our_own_proxies_are_believed(tmp_path, monkeypatch, proxies, address, is_https):
    monkeypatch.setattr(Config, "PROXY_COUNT", proxies)
    app = build_app(f"sqlite:///{tmp_path / 'book.db'}", tmp_path)
    seen: list[tuple[str | None, bool]] = []

    @app.before_request
    def look() -> None:
        seen.append((request.remote_addr, request.is_secure))

    with lent(app):
        answer = app.test_client().get("/language/en", headers=FORGED)

    assert seen == [(address, is_https)]
    assert ("Secure" in answer.headers["Set-Cookie"]) is is_https
    assert ("Strict-Transport-Security" in answer.headers) is is_https
