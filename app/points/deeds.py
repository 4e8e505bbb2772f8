"""A deed: what a door says that a member did. `grants` turns it into minutes and points."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that one member did, from any door, named once by its source.

    Attributes:
        source_kind: attendance, manual, backfill, opening, order, claim, exchange,
            application or case.
        source_id: The row of the door's own that proves it.
        source_version: Grows when a reversed deed is granted anew; 1 at first.
        provenance: credited, honorary, historical, or none (no hours: a 件, a paid post).
        minutes: Credited time after the attendance rules, in whole minutes.
        quantity: 次 or 件 for indicators that count those; ignored where minutes count.
            Of a case: the share's points.
        served_on: The Shanghai date of the deed; daily limits and rates go by it.
        node_id: Where it was done, for rankings.
        starts_at: With `ends_at`, the time it took: one time is credited once (A3).
        hold_reasons: Why a person must look at it first (`roll`, `edited`, `own`,
            `family`, `bad_rating`, `emergency`); any makes it wait for level 2.
        is_paid_duty: The door knows that they were paid to do it (O8); else it is asked
            by place and day.
    """

    member_id: UUID
    source_kind: str
    source_id: UUID
    source_version: int = 1
    provenance: str
    minutes: int
    quantity: int = 0
    category_code: str | None
    served_on: date
    node_id: int
    team_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hold_reasons: tuple[str, ...] = ()
    reason: str | None = None
    evidence: str | None = None
    is_paid_duty: bool = False
