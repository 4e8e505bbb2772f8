"""Judging: which deeds are credited at once, and which wait for whom (D17, D18, A3, A4).

The day's counter of each member is raised by one upsert, whose row stays locked
until the transaction ends: two parallel deeds cannot both pass the line.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import settings
from app.community.models import Node
from app.points import presences
from app.points.models import Day, Grant
from app.points.presences import Stay
from app.risk import limits
from app.risk.limits import Counter, Use

DAY_MINUTES_RULE = "minutes_day"
"""Counter of a member's minutes of one day, posted and waiting (D17)."""

OVERLAP, DAY_LEVEL_2, DAY_LEVEL_3, OVER_CAP = "overlap", "day_level_2", "day_level_3", "over_cap"
"""Reasons that this room adds: the first three hold a grant, the last only trims its points."""
APPROVER = "approver"
"""The indicator names who must approve, whatever the door (P7)."""

LEVEL_2, LEVEL_3 = 2, 3
_LEVEL_2_LINE = "attendance.level_2_minutes_day"
_LEVEL_3_LINE = "attendance.level_3_minutes_day"
_CAP_DAY = "attendance.cap_minutes_day"
_CAP_TOTAL = "attendance.cap_minutes_total"


class Clash(NamedTuple):
    """A grant whose time another source of the same member took as well."""

    grant: Grant
    other: Stay


def counter_of(grant: Grant) -> Counter:
    """Name the day's counter that a grant's minutes are in."""
    return Counter(grant.member_id, DAY_MINUTES_RULE, limits.daily(grant.served_on))


def is_counted(grant: Grant) -> bool:
    """Whether a grant's minutes are in the day's counter: an opening balance is no day's work."""
    return grant.minutes > 0 and grant.source_kind != "opening"


def give_back(session: Session, *, ledger_id: int, grants: Sequence[Grant]) -> None:
    """Take refused or reversed grants out of their days' counters."""
    uses = [Use(*counter_of(grant), grant.minutes, None) for grant in grants if is_counted(grant)]
    limits.give_back_many(session, ledger_id=ledger_id, uses=uses)


def judge(
    session: Session, *, ledger_id: int, grants: Sequence[Grant], cleared_level: int = 1
) -> list[Clash]:
    """Set each new grant's state and hold reasons, and occupy its time; return overlaps.

    A grant that needs nobody has state `posted`: the caller posts it. Caps of D18
    trim the rated quantity. `cleared_level`: who approved already, 1 for nobody.
    """
    level_of = {grant.id: LEVEL_2 if grant.hold_reasons else 1 for grant in grants}
    reasons_of = {grant.id: _split(grant.hold_reasons) for grant in grants}
    _judge_days(session, ledger_id, grants, (level_of, reasons_of), cleared_level)
    clashes = _find_clashes(session, ledger_id, grants)
    for clash in clashes:
        level_of[clash.grant.id] = max(LEVEL_2, level_of[clash.grant.id])
        reasons_of[clash.grant.id].append(OVERLAP)
    for grant in grants:
        level = level_of[grant.id]
        grant.state = "posted" if level < LEVEL_2 else f"waiting_level_{level}"
        grant.hold_reasons = ",".join(dict.fromkeys(reasons_of[grant.id])) or None
    return clashes


Verdicts = tuple[dict[UUID, int], dict[UUID, list[str]]]


def _judge_days(
    session: Session,
    ledger_id: int,
    grants: Sequence[Grant],
    verdicts: Verdicts,
    cleared_level: int,
) -> None:
    counted = [grant for grant in grants if is_counted(grant)]
    if not counted:
        return
    level_of, reasons_of = verdicts
    uses = [Use(*counter_of(grant), grant.minutes, None) for grant in counted]
    before = limits.use_many(session, ledger_id=ledger_id, uses=uses)
    for use in uses:
        before[use.counter] -= use.amount
    rules = _rules(session, {grant.node_id for grant in counted})
    served = _served_minutes(session, ledger_id, counted, rules)
    for grant in counted:
        rule, counter = rules[grant.node_id], counter_of(grant)
        if _trim(grant, rule, before[counter], served.get(grant.member_id, 0)):
            reasons_of[grant.id].append(OVER_CAP)
        before[counter] += grant.minutes
        served[grant.member_id] = served.get(grant.member_id, 0) + grant.minutes
        level = _level_of_day(rule, before[counter])
        if level > cleared_level:
            level_of[grant.id] = max(level, level_of[grant.id])
            reasons_of[grant.id].append(DAY_LEVEL_3 if level == LEVEL_3 else DAY_LEVEL_2)


def _level_of_day(rule: Mapping[str, Any], day_minutes: int) -> int:
    """Only the posting that crosses a line waits, not the whole day (D17, E5, E6)."""
    if day_minutes > rule[_LEVEL_3_LINE]:
        return LEVEL_3
    return LEVEL_2 if day_minutes > rule[_LEVEL_2_LINE] else 1


def _trim(grant: Grant, rule: Mapping[str, Any], day_minutes: int, all_minutes: int) -> bool:
    """Beyond the caps of D18 hours are honour: rate only what is below them (off by default)."""
    if grant.quantity != grant.minutes or grant.provenance != "credited":
        return False
    left = grant.minutes
    if rule[_CAP_DAY] is not None:
        left = min(left, max(0, rule[_CAP_DAY] - day_minutes))
    if rule[_CAP_TOTAL] is not None:
        left = min(left, max(0, rule[_CAP_TOTAL] - all_minutes))
    is_trimmed = left < grant.quantity
    grant.quantity = left
    return is_trimmed


def _rules(session: Session, node_ids: set[int]) -> dict[int, dict[str, Any]]:
    """Read the settings of each place; a batch is of one place, or of a few."""
    nodes = session.scalars(sa.select(Node).where(Node.id.in_(node_ids)))
    names = (_LEVEL_2_LINE, _LEVEL_3_LINE, _CAP_DAY, _CAP_TOTAL)
    return {node.id: settings.read(session, node, *names) for node in nodes}


def _served_minutes(
    session: Session,
    ledger_id: int,
    grants: Sequence[Grant],
    rules: Mapping[int, Mapping[str, Any]],
) -> dict[UUID, int]:
    """Sum each member's credited minutes where a cap on all of them is set (D18)."""
    if all(rule[_CAP_TOTAL] is None for rule in rules.values()):
        return {}
    query = (
        sa.select(Day.member_id, sa.func.sum(Day.minutes))
        .where(
            Day.ledger_id == ledger_id,
            Day.member_id.in_({grant.member_id for grant in grants}),
            Day.provenance == "credited",
        )
        .group_by(Day.member_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _find_clashes(session: Session, ledger_id: int, grants: Sequence[Grant]) -> list[Clash]:
    """Occupy the time of each grant; name those whose time was taken, also within the batch."""
    stays = [(grant, stay) for grant in grants if (stay := presences.stay_of(grant))]
    near = presences.list_near(session, ledger_id=ledger_id, stays=[stay for _, stay in stays])
    taken: dict[UUID, list[Stay]] = {}
    for stay in near:
        taken.setdefault(stay.member_id, []).append(stay)
    clashes = []
    for grant, stay in stays:
        others = taken.setdefault(stay.member_id, [])
        clashes += [Clash(grant, other) for other in others if stay.overlaps(other)]
        others.append(stay)
    presences.occupy(session, ledger_id=ledger_id, stays=[stay for _, stay in stays])
    return clashes


def _split(reasons: str | None) -> list[str]:
    return reasons.split(",") if reasons else []
