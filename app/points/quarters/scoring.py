"""The rule of the quarter board: hours, 群众评单 and 三方评议, each with its weight (S1).

Whole numbers throughout, so that whoever has the rows comes to the same order. What
somebody has none of (no rated order, no assessment) is left out, and the rest weighs more.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.people import audit
from app.points.models import BoardRule, Programme

WHOLE = 10_000
"""A full score: 100.00."""
STARS_FULL = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """How a quarter is ranked; version 0: by hours alone.

    Attributes:
        full_minutes: So many minutes in a quarter are the full score of hours.
    """

    version: int = 0
    hours_weight: int = 100
    rating_weight: int = 0
    review_weight: int = 0
    full_minutes: int = 2_400
    valid_from_on: date = date.min

    @property
    def is_plain(self) -> bool:
        """Whether hours alone decide: then minutes are the score."""
        return self.hours_weight == 100

    def score(self, minutes: int, rating: tuple[int, int], review: int | None) -> int:
        """Return the score by which a line is ranked: minutes, or hundredths up to 10,000.

        Args:
            rating: The sum of stars and how many orders were rated.
            review: The assessments' average in hundredths; None without any.
        """
        if self.is_plain:
            return minutes
        counted = min(max(minutes, 0), self.full_minutes)
        parts = [(self.hours_weight, counted * WHOLE // self.full_minutes)]
        stars, count = rating
        if count:
            parts.append((self.rating_weight, stars * WHOLE // (STARS_FULL * count)))
        if review is not None:
            parts.append((self.review_weight, review))
        return sum(weight * part for weight, part in parts) // sum(weight for weight, _ in parts)

    def as_values(self) -> dict[str, Any]:
        """The rule as plain values, as it is frozen and printed."""
        return {
            "version": self.version,
            "hours_weight": self.hours_weight,
            "rating_weight": self.rating_weight,
            "review_weight": self.review_weight,
            "full_minutes": self.full_minutes,
        }


PLAIN = Rule()


def of_values(values: dict[str, Any]) -> Rule:
    """Return the rule that `Rule.as_values` wrote down."""
    return Rule(**values)


def current(session: Session, programme_id: int) -> Rule:
    """Return the rule that a programme goes by today."""
    query = (
        sa.select(BoardRule)
        .where(BoardRule.programme_id == programme_id, BoardRule.valid_from_on <= clock.today())
        .order_by(BoardRule.version.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return _read(found) if found else PLAIN


def add_version(session: Session, *, programme: Programme, wanted: Rule, actor: Actor) -> Rule:
    """Add the next version of the rule; a quarter is ranked by the one of the day it closes.

    Raises:
        ValidationFailed: The weights are not 100 together, or hours weigh nothing.
    """
    weights = (wanted.hours_weight, wanted.rating_weight, wanted.review_weight)
    if sum(weights) != 100 or min(weights) < 0 or not wanted.hours_weight:
        raise ValidationFailed("weights are 100 together", field="hours_weight")
    if wanted.full_minutes <= 0:
        raise ValidationFailed("a full score needs minutes", field="full_minutes")
    session.execute(
        sa.select(Programme.id).where(Programme.id == programme.id).with_for_update(key_share=True)
    )
    last = session.scalar(
        sa.select(sa.func.max(BoardRule.version)).where(BoardRule.programme_id == programme.id)
    )
    row = BoardRule(
        programme_id=programme.id,
        **{**wanted.as_values(), "version": int(last or 0) + 1},
        valid_from_on=clock.today(),
        made_by_id=actor.person_id,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.write(
        session,
        ledger_id=programme.ledger_id,
        actor=actor,
        action="board_rule_added",
        subject_kind="programme",
        version=row.version,
    )
    return _read(row)


def _read(row: BoardRule) -> Rule:
    names = ("version", "hours_weight", "rating_weight", "review_weight", "full_minutes")
    return Rule(**{name: getattr(row, name) for name in names}, valid_from_on=row.valid_from_on)
