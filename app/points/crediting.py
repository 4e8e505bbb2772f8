"""Crediting: what a grant posts, once nobody has to wait for anybody.

One journal per grant with its minutes and its points (L1), computed in the
order of the grants: the carry, the day's cap and what is 待追回 move from one to
the next. The members' rows are locked before (`holders.of`), so what is read here
stands still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.posting import JournalDraft, Line
from app.people import inbox
from app.points import carries, day_totals, pooling, rates, vintages, wallets
from app.points.carries import CarryKey
from app.points.models import Grant, Programme
from app.points.quarters.counting import counted_on
from app.points.wallets import Purse

UNRATED = ("opening", "case")
"""Sources that say their points themselves: a paper's, or a share of a case's (L12, K4)."""

DayKey = tuple[UUID, str, date]
"""Member, indicator and day: what a rate's daily cap counts."""


@dataclass
class _Work:
    """What a batch reads once and moves on from grant to grant."""

    programme: Programme
    card: rates.RateCard
    today: date
    counted_on: Mapping[date, date]
    holder_of: Mapping[UUID, UUID]
    purses: dict[UUID, Purse]
    carries: dict[CarryKey, int]
    day_points: dict[DayKey, int]


def credit(
    session: Session,
    *,
    programme: Programme,
    grants: Sequence[Grant],
    holder_of: Mapping[UUID, UUID],
    actor: Actor,
) -> None:
    """Post grants: their journals, carries, day totals and inbox lines; set their outcome.

    Sets on each grant: state, points, carry before and after, vintage, journal, household,
    and the day under which it counts.
    The grants are not in the session: the caller writes them. Statements do not
    grow with the batch.

    Raises:
        LedgerReadOnly: The book is stopped.
    """
    if not grants:
        return
    ledger_id = programme.ledger_id
    work = _begin(session, programme, grants, holder_of)
    drafts = [(grant, _draft(work, grant, actor)) for grant in grants]
    posted = [(grant, draft) for grant, draft in drafts if draft is not None]
    journal_ids = posting.post(session, ledger_id=ledger_id, drafts=[draft for _, draft in posted])
    for (grant, _), journal_id in zip(posted, journal_ids, strict=True):
        grant.journal_id = journal_id
    carries.write(session, ledger_id=ledger_id, carries=work.carries)
    day_totals.add(session, ledger_id=ledger_id, grants=grants)
    notes = [_note(grant, holder_of[grant.member_id]) for grant, _ in posted]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _begin(
    session: Session, programme: Programme, grants: Sequence[Grant], holder_of: Mapping[UUID, UUID]
) -> _Work:
    ledger_id = programme.ledger_id
    today = clock.today()
    days = {grant.served_on for grant in grants}
    counted = counted_on(session, ledger_id=ledger_id, days=days)
    work = _Work(programme, rates.RateCard([]), today, counted, holder_of, {}, {}, {})
    earning = [grant for grant in grants if grant.quantity]
    if not earning:
        return work
    holder_ids = {holder_of[grant.member_id] for grant in earning}
    work.purses = wallets.purses(session, ledger_id=ledger_id, holder_ids=holder_ids, lock=True)
    pooling.pool(session, programme=programme, purses=work.purses)
    rated = [grant for grant in earning if grant.rate_version is not None]
    if rated:
        work.card = rates.card(session, programme.id)
        held = carries.read(session, ledger_id=ledger_id, holder_ids=holder_ids)
        touched = {_carry_key(work, grant) for grant in rated}
        work.carries = {key: held.get(key, 0) for key in touched}
        work.day_points = _day_points(session, work, rated)
    return work


def _draft(work: _Work, grant: Grant, actor: Actor) -> JournalDraft | None:
    """Compute one grant, move the work on, and return its journal; None if it moves nothing."""
    _rate(work, grant)
    grant.state, grant.counted_on = "posted", work.counted_on[grant.served_on]
    grant.vintage_on = vintages.vintage_on(work.programme.expiry_policy, work.today)
    holder_id = work.holder_of[grant.member_id]
    lines: list[Line] = []
    if grant.minutes:
        hours = wallets.hours_ref(holder_id, grant.provenance)
        lines.append(Line(source_of(grant, "minutes"), hours, grant.minutes))
    if grant.points:
        purse, source = work.purses[holder_id], source_of(grant, "points")
        grant.household_id = purse.home_id
        lines += purse.earn(grant.points, grant.vintage_on, source=source)
    if not lines:
        return None
    return JournalDraft(
        key=f"grant:{grant.source_kind}:{grant.source_id}:{grant.source_version}",
        kind="opening" if grant.source_kind == "opening" else "grant",
        lines=tuple(lines),
        actor=actor,
        reason=grant.reason or "",
        source_id=grant.id,
        occurred_at=grant.ends_at or clock.local_instant(grant.served_on),
    )


def source_of(grant: Grant, unit: str) -> AccountRef:
    """Name the account a grant's minutes or points come from: issuance, or the opening (L12)."""
    return AccountRef(unit, "opening" if grant.source_kind == "opening" else "issuance")


def _rate(work: _Work, grant: Grant) -> None:
    """Set the points and the carry of a grant by its pinned rate (D27)."""
    grant.points, grant.carry_before, grant.carry_after = 0, 0, 0
    if grant.source_kind in UNRATED:
        grant.points = grant.quantity
    if grant.rate_version is None or not grant.quantity:
        return
    key = _carry_key(work, grant)
    rate = work.card.version(key.indicator_code, key.rate_version)
    day = (grant.member_id, key.indicator_code, grant.served_on)
    used = work.day_points.get(day, 0)
    left = None if rate.cap_points_day is None else rate.cap_points_day - used
    before = work.carries[key] if rate.remainder == "carried" else 0
    earned = rates.earn(rate, carry=before, quantity=grant.quantity, points_left=left)
    grant.points, grant.carry_before, grant.carry_after = earned.points, before, earned.carry_after
    work.carries[key] = earned.carry_after
    work.day_points[day] = used + earned.points


def _carry_key(work: _Work, grant: Grant) -> CarryKey:
    assert grant.indicator_code is not None
    assert grant.rate_version is not None
    return CarryKey(work.holder_of[grant.member_id], grant.indicator_code, grant.rate_version)


def _day_points(session: Session, work: _Work, rated: Sequence[Grant]) -> dict[DayKey, int]:
    """What the days of capped rates have earned already; firm, since the members are locked."""
    capped = [grant for grant in rated if _is_capped(work, grant)]
    if not capped:
        return {}
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(Grant.member_id, Grant.indicator_code, Grant.served_on, sa.func.sum(Grant.points))
        .where(
            Grant.ledger_id == work.programme.ledger_id,
            Grant.member_id.in_({grant.member_id for grant in capped}),
            Grant.served_on.in_({grant.served_on for grant in capped}),
            Grant.state == "posted",
            Grant.rate_version.is_not(None),
        )
        .group_by(Grant.member_id, Grant.indicator_code, Grant.served_on)
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in session.execute(query)}


def _is_capped(work: _Work, grant: Grant) -> bool:
    key = _carry_key(work, grant)
    return work.card.version(key.indicator_code, key.rate_version).cap_points_day is not None


def _note(grant: Grant, holder_id: UUID) -> inbox.Note:
    facts: dict[str, Any] = {"minutes": grant.minutes, "points": grant.points}
    topic = "opening_balance"
    if grant.source_kind != "opening":
        topic, facts = "granted", {**facts, "served_on": grant.served_on.isoformat()}
    return inbox.Note(holder_id, topic, facts, natural_key=f"granted:{grant.id}")
