"""Identifiers made by the application: UUIDv7, known before the row is written.

They grow with time, so new rows land at the end of an index, and they need no
sequence, so books can be moved between machines. They are names, not secrets:
codes and tokens come from `secrets`.
"""

import os
import time
from uuid import UUID

NOBODY = UUID(int=0)
"""Stands where a key column has no owner, since NULLs are never equal in a unique key."""


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    high = random >> 68
    low = random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)
