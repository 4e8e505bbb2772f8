"""Request limits per address, in memory: a brake on guessing, not a money limit."""

import threading
import time

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage

SWEEP_SECONDS = 60


class SweptMemory(MemoryStorage):
    """Counters in memory, swept now and then by a hit: the library starts a thread at each."""

    STORAGE_SCHEME = ["swept-memory"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str):
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._counting = threading.Lock()
        self._swept_at = time.monotonic()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a hit; a counter begins anew `expiry` seconds after its first."""
        with self._counting:
            if time.monotonic() - self._swept_at > SWEEP_SECONDS:
                self._swept_at = time.monotonic()
                for known in list(self.expirations):
                    self.get(known)  # forgets what has ended
            self.get(key)
            self.storage[key] += amount
            if self.storage[key] == amount:
                self.expirations[key] = time.time() + expiry
            return self.storage[key]


limiter = Limiter(
    key_func=get_remote_address,
    default_limits=[],
    storage_uri="swept-memory://",
    headers_enabled=False,
)

GUESSING = "10 per minute; 60 per hour"
"""Sign-in, one-time codes, typed short codes: each address, each door."""

SCANNING = "120 per minute"
"""Scans: a crowd behind one address must get through."""


def init_app(app: Flask) -> None:
    """Attach the limits; tests may switch them off."""
    app.config.setdefault("RATELIMIT_ENABLED", not app.config.get("TESTING"))
    limiter.init_app(app)
