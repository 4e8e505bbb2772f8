"""Identifiers made by the application: UUIDv7, known before the row is written.

They grow with time, so new rows land at the end of an index, and they need no
sequence, so books can be moved between machines. They are names, not secrets:
codes and tokens come from `secrets`.
"""

import os
import threading
import time
from uuid import UUID

TAIL = (1 << 74) - 1
LOW = (1 << 62) - 1
NOBODY = UUID(int=0)
"""Stands where a key column has no owner, since NULLs are never equal in a unique key."""


_one_at_a_time = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562) greater than every one before it in this process.

    48 bits of milliseconds, then 74 random bits; of the same millisecond, or after the clock
    went back, a random step on from the last (its section 6.2, method 2). So rows made in one
    go are read as they were made by whoever orders them by id.
    """
    global _last
    random = int.from_bytes(os.urandom(14))
    fresh = (time.time_ns() // 1_000_000) << 74 | random & TAIL
    with _one_at_a_time:
        if fresh >> 74 <= _last >> 74:
            fresh = _last + 1 + (random >> 80)
        _last = fresh
    high, low = fresh & TAIL, fresh & LOW
    return UUID(int=(fresh >> 74) << 80 | 7 << 76 | (high >> 62) << 64 | 2 << 62 | low)
