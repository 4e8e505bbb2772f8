"""The rules that raise signals: code, version, action and parameters, in one registry.

A rule's numbers change by a new version here; an old signal keeps the version that
raised it. `flag` puts a case before a person, `hold` makes the posting wait for one.
No rule refuses by itself: what must refuse is a limit or a freeze (PIPL 24).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.upserts import insert_or_ignore
from app.risk.models import Rule


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule; `parameters` are read by the room that looks for the case."""

    code: str
    version: int
    action: str
    valid_from_on: date
    parameters: dict[str, Any] = field(default_factory=dict)


_FROM_THE_START = date(2000, 1, 1)

REGISTRY: tuple[RuleVersion, ...] = (
    # F8, T3: one phone signs several people in or out at one session
    RuleVersion("one_device_many_people", 1, "flag", _FROM_THE_START, {"people_max": 2}),
    # F1: presence entered by hand within minutes of the activity's creation
    RuleVersion("fast_entry", 1, "flag", _FROM_THE_START, {"within_minutes": 10}),
    # F6: most of a session taken in by roll or card instead of by code
    RuleVersion("roll_share", 1, "flag", _FROM_THE_START, {"percent_max": 30, "people_min": 5}),
    # F9, T1: a person's scans are refused again and again
    RuleVersion(
        "repeated_refused_scans", 1, "flag", _FROM_THE_START, {"count_max": 5, "within_minutes": 10}
    ),
    # F12, A3, E14: two presences of one person at one time, whatever the doors
    RuleVersion("presence_overlap", 1, "hold", _FROM_THE_START),
    # A3, C18: one person at one time in two books
    RuleVersion("presence_across_books", 1, "flag", _FROM_THE_START),
    # F17, F18, D37: one clerk serves one member unusually often
    RuleVersion("clerk_same_member", 1, "flag", _FROM_THE_START, {"count_max_day": 3}),
    # one photo as the evidence of two services
    RuleVersion("photo_used_twice", 1, "flag", _FROM_THE_START),
    # A12, F14: A serves B and B serves A, repeated
    RuleVersion("exchange_ring", 1, "flag", _FROM_THE_START, {"count_max": 5, "within_days": 7}),
)


def ensure(session: Session) -> None:
    """Write the registry's versions that the database does not hold; safe to repeat."""
    rows = [
        {
            "code": rule.code,
            "version": rule.version,
            "action": rule.action,
            "parameters": rule.parameters,
            "valid_from_on": rule.valid_from_on,
        }
        for rule in REGISTRY
    ]
    session.execute(insert_or_ignore(session, Rule.__table__), rows)


def current(code: str, on: date | None = None) -> RuleVersion:
    """Return the version of a rule that is valid on a day (today). Reads no database."""
    day = on or clock.today()
    valid = [rule for rule in REGISTRY if rule.code == code and rule.valid_from_on <= day]
    assert valid, f"no rule {code!r} valid on {day} in app.risk.rules"
    return max(valid, key=lambda rule: rule.version)


def list_all(session: Session) -> list[Rule]:
    """List every version that the database holds, for the staff's page of rules."""
    return list(session.scalars(sa.select(Rule).order_by(Rule.code, Rule.version)))
