"""Rates: how many points a quantity earns, as a versioned rational number (D27).

A rate gives `points` for each `per_quantity` minutes, 次 or 件, kept in lowest
terms (10 an hour is 1 for 6 minutes). What does not make a whole point is carried
to the member's next grant, or dropped, as the rate says. Old grants
keep the version they used.

The carry is counted in 1/`points` of the measure: plain minutes wherever a rate
gives 1 point. It may be negative after a reversal, never while nothing was reversed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import gcd
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.people import audit
from app.points import indicators
from app.points.errors import NoRate, RateConflict
from app.points.models import Grant, Programme, Rate

REMAINDERS = ("carried", "dropped")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rate says: `points` for each `per_quantity` of the indicator's measure.

    Attributes:
        remainder: `carried` to the next grant, or `dropped`.
        cap_points_day: Most points of this indicator for one member's day; None: no cap.
    """

    points: int
    per_quantity: int
    remainder: str = "carried"
    cap_points_day: int | None = None


class Earned(NamedTuple):
    """What a quantity makes: whole points, and the rest that is kept for the next grant."""

    points: int
    carry_after: int


def earn(rate: Rate, *, carry: int, quantity: int, points_left: int | None = None) -> Earned:
    """Turn a quantity into points (D27, E2, E4).

    Args:
        carry: The rest of earlier grants, in 1/`points` of the measure.
        points_left: What the day's cap still allows; what is above it is lost.
    """
    before = carry if rate.remainder == "carried" else 0
    total = before + quantity * rate.points
    points = max(0, total // rate.per_quantity)
    rest = total - points * rate.per_quantity
    allowed = points if points_left is None else min(points, max(0, points_left))
    return Earned(allowed, rest if rate.remainder == "carried" else 0)


class RateCard:
    """Every rate of a programme, read once, for a batch of deeds of any days."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._rates = sorted(rates, key=lambda rate: rate.valid_from_on, reverse=True)
        self._versions = {(rate.indicator_code, rate.version): rate for rate in self._rates}

    def find_on(self, indicator_code: str, day: date) -> Rate | None:
        """Return the rate in force on a Shanghai day, or None."""
        for rate in self._rates:
            if rate.indicator_code == indicator_code and rate.valid_from_on <= day:
                return rate
        return None

    def version(self, indicator_code: str, version: int) -> Rate:
        """Return a version that a grant was pinned to."""
        return self._versions[indicator_code, version]


def card(session: Session, programme_id: int) -> RateCard:
    """Read the whole rate card of a programme, in one statement."""
    return RateCard(session.scalars(sa.select(Rate).where(Rate.programme_id == programme_id)))


def on(session: Session, programme_id: int, indicator_code: str, day: date) -> Rate:
    """Return the rate of an indicator in force on a Shanghai day (P7).

    Raises:
        NoRate: None is in force.
    """
    found = card(session, programme_id).find_on(indicator_code, day)
    if found is None:
        raise NoRate(indicator_code=indicator_code, on=day.isoformat())
    return found


def list_versions(session: Session, programme_id: int, indicator_code: str) -> list[Rate]:
    """List the versions of an indicator's rate, oldest first."""
    query = sa.select(Rate).where(
        Rate.programme_id == programme_id, Rate.indicator_code == indicator_code
    )
    return list(session.scalars(query.order_by(Rate.version)))


def add_version(
    session: Session,
    *,
    programme: Programme,
    indicator_code: str,
    terms: Terms,
    valid_from_on: date,
    actor: Actor,
) -> Rate:
    """Add the next version of a rate, valid from a Shanghai day on (D27).

    Raises:
        NotFound: The programme has no such indicator.
        ValidationFailed: The terms are no rate, or the programme keeps hours only.
        RateConflict: A later version stands already, or deeds of those days were counted.
    """
    indicators.indicator(session, programme, indicator_code)
    _require_terms(programme, terms)
    earlier = list_versions(session, programme.id, indicator_code)
    if earlier:
        _require_later(session, programme, earlier[-1], valid_from_on)
    factor = gcd(terms.points, terms.per_quantity)
    rate = Rate(
        programme_id=programme.id,
        indicator_code=indicator_code,
        version=len(earlier) + 1,
        points=terms.points // factor,
        per_quantity=terms.per_quantity // factor,
        remainder=terms.remainder,
        cap_points_day=terms.cap_points_day,
        valid_from_on=valid_from_on,
    )
    session.add(rate)
    session.flush()
    audit.write(
        session,
        ledger_id=programme.ledger_id,
        actor=actor,
        action="rate_added",
        subject_kind="programme",
        indicator_code=indicator_code,
        version=rate.version,
        points=rate.points,
        per_quantity=rate.per_quantity,
        valid_from_on=valid_from_on,
    )
    return rate


def _require_terms(programme: Programme, terms: Terms) -> None:
    if not programme.has_points:
        raise ValidationFailed("this programme keeps hours only", field="points")
    if terms.points < 0 or terms.per_quantity < 1:
        raise ValidationFailed("a rate gives 0 or more points for 1 or more", field="points")
    if terms.remainder not in REMAINDERS:
        raise ValidationFailed("the rest is carried or dropped", field="remainder")
    if terms.cap_points_day is not None and terms.cap_points_day < 1:
        raise ValidationFailed("a cap allows 1 point at least", field="cap_points_day")


def _require_later(
    session: Session, programme: Programme, latest: Rate, valid_from_on: date
) -> None:
    """A new version never changes what a day that was counted would have earned (D27)."""
    if valid_from_on <= latest.valid_from_on:
        raise RateConflict(latest_on=latest.valid_from_on.isoformat())
    counted = session.scalar(
        sa.select(sa.func.max(Grant.served_on)).where(
            Grant.ledger_id == programme.ledger_id,
            Grant.indicator_code == latest.indicator_code,
            Grant.rate_version == latest.version,
            Grant.served_on >= valid_from_on,
        )
    )
    if counted is not None:
        raise RateConflict(earliest_on=(counted + timedelta(days=1)).isoformat())
