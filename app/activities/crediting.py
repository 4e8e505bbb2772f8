"""How a presence becomes minutes: overlap with the session, a minimum share, unpaid only.

Whole numbers only: shares are compared by multiplication, minutes are floored
once. Travel, rest and meals lie outside the session or between two stays, so
they are never in the overlap (D22).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
NOTHING = timedelta(0)

PAID = "paid"
BELOW_MIN_PRESENCE = "below_min_presence"
OUTSIDE_SESSION = "outside_session"
NO_CHECK_OUT = "no_check_out"
ON_DUTY = "on_duty"
ROUTE_UNFINISHED = "route_unfinished"


@dataclass(frozen=True, slots=True)
class Times:
    """From when to when: a session, or one stay of a person."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What credit depends on beside the times.

    Attributes:
        session: The session's own times.
        is_paid: Paid work earns no hours (A5).
        min_presence_percent: Share of the session below which nothing is credited (D15).
        is_walked: Whether enough of a route was walked; of no route, always (C13).
    """

    session: Times
    is_paid: bool
    min_presence_percent: int
    is_walked: bool = True


@dataclass(frozen=True, slots=True)
class Credit:
    """Whole minutes of one stay, and why they are 0 if they are."""

    minutes: int
    zero_reason: str | None


def overlap(stay: Times, session: Times) -> Times | None:
    """Return the part of a stay that lies inside the session, or None (D14)."""
    begins_at = max(stay.begins_at, session.begins_at)
    ends_at = min(stay.ends_at, session.ends_at)
    return Times(begins_at, ends_at) if begins_at < ends_at else None


def credit(stays: Sequence[Times], terms: Terms) -> list[Credit]:
    """Credit every stay of one person in one session, in order (D13–D15, E1–E4, A5).

    The minimum share is asked of all stays together: who goes out for a meal and
    comes back has been there for the sum of both.
    """
    inside = [overlap(stay, terms.session) for stay in stays]
    lengths = [part.ends_at - part.begins_at if part else NOTHING for part in inside]
    session_length = terms.session.ends_at - terms.session.begins_at
    is_enough = sum(lengths, NOTHING) * 100 >= session_length * terms.min_presence_percent
    return [_credit_one(length, terms, is_enough) for length in lengths]


def _credit_one(length: timedelta, terms: Terms, is_enough: bool) -> Credit:
    if terms.is_paid:
        return Credit(0, PAID)
    if not terms.is_walked:
        return Credit(0, ROUTE_UNFINISHED)
    if not is_enough:
        return Credit(0, BELOW_MIN_PRESENCE)
    minutes = length // MINUTE
    return Credit(minutes, None if minutes else OUTSIDE_SESSION)
