"""Identifiers made by the application: UUIDv7, known before the row is written.

They grow with time, so new rows land at the end of an index, and they need no
sequence, so books can be moved between machines. They are names, not secrets:
codes and tokens come from `secrets`.
"""

import os
import threading
import time
from uuid import UUID

NOBODY = UUID(int=0)
"""Stands where a key column has no owner, since NULLs are never equal in a unique key."""

RANDOM_BITS, STEP_BITS, LOW_BITS = 74, 32, 62
"""Bits after the milliseconds; of them those that a step may add, and those after the variant."""

_one_at_a_time = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562) greater than every one before it in this process.

    So whoever orders rows by id reads them as they were made, those of one millisecond too.
    """
    global _last
    milliseconds, random = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    with _one_at_a_time:
        _last = number = number_after(_last, milliseconds, random)
    high, low = divmod(number, 1 << LOW_BITS)
    milliseconds, high = divmod(high, 1 << RANDOM_BITS - LOW_BITS)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << LOW_BITS | low)


def number_after(last: int, milliseconds: int, random: int) -> int:
    """Return the number of the id that follows `last`: 48 bits of milliseconds, 74 of `random`.

    In the same millisecond, or after the clock went back, it is a random step on from the last
    (RFC 9562 §6.2, method 2).
    """
    if milliseconds > last >> RANDOM_BITS:
        return milliseconds << RANDOM_BITS | random % (1 << RANDOM_BITS)
    return last + 1 + random % (1 << STEP_BITS)
