"""Request limits per address, in memory: a brake on guessing, not a money limit."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    key_func=get_remote_address, default_limits=[], storage_uri="memory://", headers_enabled=False
)

GUESSING = "10 per minute; 60 per hour"
"""Sign-in, one-time codes, typed short codes: each address, each door."""

SCANNING = "120 per minute"
"""Scans: a crowd behind one address must get through."""


def init_app(app: Flask) -> None:
    """Attach the limits; tests may switch them off."""
    app.config.setdefault("RATELIMIT_ENABLED", not app.config.get("TESTING"))
    limiter.init_app(app)
