"""Grants: deeds become minutes and points, once, whatever door they came through.

A batch is a few statements; a grant is posted or waits (`approvals`), once for each source.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import NEVER
from app.base.errors import IdempotencyMismatch, NotFound, ValidationFailed
from app.base.ids import new_id
from app.people import inbox
from app.points import crediting, holders, judging, paid_work, programmes, rates
from app.points.deeds import Deed
from app.points.judging import Clash
from app.points.models import Category, Grant, Indicator, Programme
from app.points.models_grant import PROVENANCES, SOURCE_KINDS
from app.points.paid_work import Source
from app.points.rates import RateCard
from app.points.reversals import reverse
from app.points.stars import returning
from app.risk import signals
from app.risk.signals import Finding

__all__ = ["Deed", "get", "get_many", "grant", "list_of_member", "reverse"]

NO_HOURS = "none"
OVERLAP_SCORE = 60


@dataclass(frozen=True)
class _Rules:
    """What a programme says of the deeds of one batch."""

    programme: Programme
    categories: Mapping[str, Category]
    indicators: Mapping[str, Indicator]
    card: RateCard


def grant(
    session: Session,
    *,
    ledger_id: int,
    deeds: Sequence[Deed],
    actor: Actor,
    cleared_level: int = 1,
) -> list[Grant]:
    """Turn deeds into grants, in their order: posted, or waiting for level 2 or 3.

    Args:
        cleared_level: Up to which level of D17 these deeds were approved already.

    Raises:
        ValidationFailed: A deed makes no sense: in the future, of negative size.
        NotFound: A member, a category or the book's programme does not exist.
        IdempotencyMismatch: A source was granted before with other content.
        LedgerReadOnly: The book is stopped.

    Who is paid on duty earns nothing by it: such a deed is kept, and is worth nothing.

    Rule: D17, D19, D24, D27, A3, A5, O8, E5-E7, L1, L2.
    """
    if not deeds:
        return []
    for deed in deeds:
        _require_sense(deed)
    members = {deed.member_id for deed in deeds}
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=members, lock=True)
    known = _known(session, ledger_id, deeds)
    fresh = {_source(deed): deed for deed in deeds if _source(deed) not in known}
    fresh, paid = paid_work.set_apart(session, ledger_id=ledger_id, deeds=fresh)
    rules = _read_rules(session, ledger_id, list(fresh.values()))
    made = [_new(rules, deed, actor, cleared_level) for deed in fresh.values()]
    clashes = judging.judge(session, ledger_id=ledger_id, grants=made, cleared_level=cleared_level)
    ready = [each for each in made if each.state == "posted"]
    crediting.credit(
        session, programme=rules.programme, grants=ready, holder_of=holder_of, actor=actor
    )
    session.add_all(made)
    session.flush()
    returning.give_back(session, ledger_id=ledger_id, grants=ready, holder_of=holder_of)
    _tell_waiting(session, ledger_id, made)
    paid_work.tell(session, ledger_id=ledger_id, made=made, paid=paid)
    _flag(session, ledger_id, clashes)
    known |= {paid_work.source_of(each): each for each in made}
    for deed in deeds:
        _require_same(known[_source(deed)], deed)
    return [known[_source(deed)] for deed in deeds]


def get(session: Session, *, ledger_id: int, grant_id: UUID) -> Grant:
    """Return a grant of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Grant, (ledger_id, grant_id))
    if found is None:
        raise NotFound("no such grant")
    return found


def get_many(session: Session, *, ledger_id: int, grant_ids: Collection[UUID]) -> dict[UUID, Grant]:
    """Return grants by id in one statement; unknown ids are left out."""
    query = sa.select(Grant).where(Grant.ledger_id == ledger_id, Grant.id.in_(set(grant_ids)))
    return {each.id: each for each in session.scalars(query)}


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Grant]:
    """List a member's grants, latest day first."""
    query = (
        sa.select(Grant)
        .where(Grant.ledger_id == ledger_id, Grant.member_id == member_id)
        .order_by(Grant.served_on.desc(), Grant.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _require_sense(deed: Deed) -> None:
    if deed.source_kind not in SOURCE_KINDS or deed.provenance not in PROVENANCES:
        raise ValidationFailed("unknown source or provenance", field="source_kind")
    if deed.minutes < 0 or deed.quantity < 0:
        raise ValidationFailed("a deed is not of negative size", field="minutes")
    if deed.served_on > clock.today():
        raise ValidationFailed("a deed of the future", field="served_on")


def _source(deed: Deed) -> Source:
    return (deed.source_kind, deed.source_id, deed.source_version)


def _known(session: Session, ledger_id: int, deeds: Sequence[Deed]) -> dict[Source, Grant]:
    query = sa.select(Grant).where(
        Grant.ledger_id == ledger_id,
        Grant.source_kind.in_({deed.source_kind for deed in deeds}),
        Grant.source_id.in_({deed.source_id for deed in deeds}),
    )
    return {paid_work.source_of(each): each for each in session.scalars(query)}


def _read_rules(session: Session, ledger_id: int, deeds: Sequence[Deed]) -> _Rules:
    programme = programmes.of_ledger(session, ledger_id)
    codes = {deed.category_code for deed in deeds if deed.category_code is not None}
    listed = programmes.list_indicators(session, programme)
    return _Rules(
        programme,
        programmes.categories(session, programme, codes),
        {indicator.code: indicator for indicator in listed},
        rates.card(session, programme.id),
    )


def _new(rules: _Rules, deed: Deed, actor: Actor, cleared_level: int) -> Grant:
    provenance, minutes = _hours(rules, deed)
    indicator_code, version, quantity = _rated(rules, deed, provenance)
    return Grant(
        ledger_id=rules.programme.ledger_id,
        id=new_id(),
        member_id=deed.member_id,
        source_kind=deed.source_kind,
        source_id=deed.source_id,
        source_version=deed.source_version,
        provenance=provenance,
        minutes=minutes,
        quantity=quantity,
        points=0,
        carry_before=0,
        carry_after=0,
        programme_id=rules.programme.id,
        indicator_code=indicator_code,
        rate_version=version,
        vintage_on=NEVER,
        served_on=deed.served_on,
        counted_on=deed.served_on,
        starts_at=deed.starts_at,
        ends_at=deed.ends_at,
        node_id=deed.node_id,
        team_id=deed.team_id,
        category_code=deed.category_code,
        state="posted",
        hold_reasons=",".join(_holds(rules, deed, indicator_code, cleared_level)) or None,
        reason=deed.reason,
        evidence=deed.evidence,
        made_by_id=actor.person_id,
        made_at=clock.now(),
    )


def _hours(rules: _Rules, deed: Deed) -> tuple[str, int]:
    """Return the provenance and the minutes that count: meetings and paid posts have none (A5)."""
    earns_hours = deed.category_code is None or rules.categories[deed.category_code].earns_hours
    if deed.provenance == NO_HOURS or not earns_hours:
        return NO_HOURS, 0
    return deed.provenance, deed.minutes


def _rated(rules: _Rules, deed: Deed, provenance: str) -> tuple[str | None, int | None, int]:
    """Return indicator, rate version and the quantity that the rate counts (P7, D24).

    Without a rate in force on the day, hours are hours and make no points.
    """
    if deed.source_kind == "opening":
        return None, None, deed.quantity
    if deed.source_kind == "case":
        return rules.categories[deed.category_code or ""].indicator_code, None, deed.quantity
    if provenance not in ("credited", NO_HOURS) or deed.source_kind == "exchange":
        return None, None, 0
    category = rules.categories.get(deed.category_code or "")
    if category is None or category.indicator_code is None:
        return None, None, 0
    rate = rules.card.find_on(category.indicator_code, deed.served_on)
    if rate is None:
        return None, None, 0
    indicator = rules.indicators[category.indicator_code]
    return indicator.code, rate.version, _quantity(indicator.measure, deed, provenance)


def _quantity(measure: str, deed: Deed, provenance: str) -> int:
    """Count by the indicator's measure. An attendance is one 次 if it is credited, and no 件.

    Nor is the work of one of several at an order or a post: a 件 has a case number (C33).
    """
    if measure == "minutes":
        return deed.minutes if provenance == "credited" else 0
    if measure == "pieces" and deed.source_kind in ("order", "claim"):
        return 0
    if deed.source_kind != "attendance":
        return deed.quantity
    is_one = measure == "times" and provenance == "credited" and deed.minutes > 0
    return 1 if is_one else 0


def _holds(
    rules: _Rules, deed: Deed, indicator_code: str | None, cleared_level: int
) -> tuple[str, ...]:
    """Why a deed waits: the door's reasons, and an indicator that names its approver (P7)."""
    indicator = rules.indicators.get(indicator_code or "")
    is_named = indicator is not None and indicator.approver_role is not None
    is_cleared = cleared_level > 1
    if is_named and not is_cleared:
        return (*deed.hold_reasons, judging.APPROVER)
    return tuple(deed.hold_reasons)


def _require_same(earlier: Grant, deed: Deed) -> None:
    same = earlier.member_id == deed.member_id and earlier.served_on == deed.served_on
    same = same and earlier.category_code == deed.category_code
    if earlier.provenance != NO_HOURS:
        same = same and earlier.minutes == deed.minutes
        same = same and earlier.provenance == deed.provenance
    if not same:
        raise IdempotencyMismatch("this source was granted with other content")


def _tell_waiting(session: Session, ledger_id: int, made: Sequence[Grant]) -> None:
    # An application tells its own: it is held up after its notice.
    notes = [
        inbox.Note(
            each.member_id,
            "grant_waiting",
            {
                "minutes": each.minutes,
                "served_on": each.served_on.isoformat(),
                "reason": each.hold_reasons,
            },
            natural_key=f"grant_waiting:{each.id}",
        )
        for each in made
        if each.state != "posted" and each.source_kind != "application"
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _flag(session: Session, ledger_id: int, clashes: Sequence[Clash]) -> None:
    """Flag both deeds of an overlap, for a person to look at (D19, E14)."""
    findings = [
        Finding(
            "presence_overlap",
            "member",
            clash.grant.member_id,
            OVERLAP_SCORE,
            {
                "source": f"{clash.grant.source_kind}:{clash.grant.source_id}",
                "other_source": f"{clash.other.source_kind}:{clash.other.source_id}",
            },
        )
        for clash in clashes
    ]
    signals.raise_many(session, ledger_id=ledger_id, findings=findings)
