"""Day totals (points_day): posted minutes and points per member, day and cut, for rankings.

Written in the posting transaction, in one upsert; a reversal takes its part out again.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from app.base.ids import NOBODY
from app.base.upserts import insert_for
from app.points.models import Day, Grant

KEY = ("member_id", "counted_on", "node_id", "team_id", "category_code", "provenance")
NO_CATEGORY = ""
"""Stands for no category, since a key holds no NULL."""


def add(session: Session, *, ledger_id: int, grants: Collection[Grant], sign: int = 1) -> None:
    """Add posted grants to the totals, or take them out with `sign` −1.

    What is taken out counts under its own day: another one when that quarter is closed.
    """
    totals: dict[tuple[Any, ...], list[int]] = {}
    for grant in grants:
        if grant.minutes or grant.points:
            total = totals.setdefault(_key(grant, sign), [0, 0, 0])
            total[0] += sign * grant.minutes
            total[1] += sign * grant.points
            total[2] += sign
    if not totals:
        return
    rows = [
        {"ledger_id": ledger_id, **dict(zip(KEY, key, strict=True)), **_values(total)}
        for key, total in sorted(totals.items())
    ]
    insert = insert_for(session, Day.__table__)
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", *KEY],
        set_={
            "minutes": Day.minutes + insert.excluded.minutes,
            "points": Day.points + insert.excluded.points,
            "grant_count": Day.grant_count + insert.excluded.grant_count,
        },
    )
    session.execute(upsert, rows)


def _key(grant: Grant, sign: int) -> tuple[Any, ...]:
    return (
        grant.member_id,
        grant.counted_on if sign > 0 else grant.reversal_counted_on,
        grant.node_id,
        grant.team_id or NOBODY,
        grant.category_code or NO_CATEGORY,
        grant.provenance,
    )


def _values(total: list[int]) -> dict[str, int]:
    return {"minutes": total[0], "points": total[1], "grant_count": total[2]}
