"""A quarter's lines by the board's rule: live ones are computed, frozen ones are read."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.quarters import inputs
from app.reports.quarters.inputs import Hours


@dataclass(frozen=True, slots=True)
class QuarterSum:
    """What one volunteer, team or project has; minutes by provenance, corrections in them."""

    subject_kind: str
    subject_id: UUID
    number: str
    node_id: int
    credited_minutes: int
    honorary_minutes: int
    historical_minutes: int
    adjustment_minutes: int
    points: int
    grant_count: int
    rating_stars: int
    rating_count: int
    review_hundredths: int | None
    score: int

    @property
    def minutes(self) -> int:
        """All minutes of the quarter."""
        return self.credited_minutes + self.honorary_minutes + self.historical_minutes


def live(session: Session, *, ledger_id: int, quarter: Quarter, rule: Rule) -> list[QuarterSum]:
    """Return a quarter's lines as the books say now, in a fixed order."""
    named: dict[str, Any] = {"ledger_id": ledger_id, "quarter": quarter}
    hours = inputs.hours(session, **named)
    changed = inputs.adjustments(session, **named)
    rated = inputs.ratings(session, **named)
    reviewed = inputs.reviews(session, **named)
    others = {*rated, *reviewed, *changed} - hours.keys()
    hours |= inputs.places(session, ledger_id=ledger_id, keys=others)
    found = [
        _sum(rule, key, one, changed[key], rated.get(key, (0, 0)), reviewed.get(key))
        for key, one in hours.items()
    ]
    return sorted(found, key=lambda each: (each.subject_kind, each.subject_id.bytes))


def digest(lines: Iterable[QuarterSum]) -> bytes:
    """Return the SHA-256 over lines in their fixed order: whoever has them can do the same."""
    whole = hashlib.sha256()
    for line in lines:
        values = {**asdict(line), "subject_id": str(line.subject_id)}
        whole.update(json.dumps(values, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return whole.digest()


def _sum(
    rule: Rule,
    key: tuple[str, UUID],
    one: Hours,
    adjustment_minutes: int,
    rating: tuple[int, int],
    review: int | None,
) -> QuarterSum:
    kinds = ("credited", "honorary", "historical")
    parts = {f"{kind}_minutes": one.minutes[kind] for kind in kinds}
    return QuarterSum(
        subject_kind=key[0],
        subject_id=key[1],
        number=one.number,
        node_id=one.node_id,
        **parts,
        adjustment_minutes=adjustment_minutes,
        points=one.points,
        grant_count=one.grant_count,
        rating_stars=rating[0],
        rating_count=rating[1],
        review_hundredths=review,
        score=rule.score(sum(parts.values()), rating, review),
    )
