"""Cases by number (案号): one case pays once, and its shares sum to its points (A10, C33, K4).

Several people share what one 件 gives; each share waits for a second person. Officials on
duty stand on the case with 0. The number itself is `case_numbers`' matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import tree
from app.community.models import Node
from app.people import duty_pay
from app.people.duty_pay import Stint
from app.points import case_numbers, grants, programmes, rates
from app.points.case_numbers import Taking
from app.points.deeds import Deed
from app.points.errors import CaseSharesDiffer, DutyEarnsNothing, NoRate
from app.points.models import Case, CaseShare, Rate

HOLD = "case"


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part of a case; whoever was there on paid duty has 0 (C33)."""

    member_id: UUID
    points: int
    is_on_duty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A case that several people worked on together (联合调解)."""

    case_no: str
    category_code: str
    node_id: int
    served_on: date
    shares: Sequence[Share]
    reason: str


def open_case(session: Session, *, ledger_id: int, entry: Entry, actor: Actor) -> Case:
    """Enter a shared case; each share waits for a second person like a manual grant.

    Raises:
        ValidationFailed: No number, reason or shares, somebody twice, or not counted in 件.
        CaseSharesDiffer: The shares do not sum to what one 件 gives.
        DutyEarnsNothing: Somebody on duty would get points.
        CaseAlreadyCounted: The number was counted, or waits (A10).
        NoRate: No rate of this indicator is in force on that day.
        NotFound: A member, the place or the category does not exist.

    Rule: A10, C33, K4.
    """
    _require_sense(entry)
    _require_off_duty(session, ledger_id, entry)
    rate = _rate(session, ledger_id, entry)
    total = rates.earn(rate, carry=0, quantity=1).points
    shared = sum(each.points for each in entry.shares)
    if shared != total:
        raise CaseSharesDiffer(total_points=total, shared_points=shared)
    case = case_numbers.take(
        session,
        ledger_id=ledger_id,
        taking=Taking(
            case_no=entry.case_no,
            source_kind="case",
            source_id=case_numbers.source_of(ledger_id, case_numbers.tidy(entry.case_no)),
            node_id=entry.node_id,
            category_code=entry.category_code,
            served_on=entry.served_on,
            points=total,
            rate=rate,
        ),
        actor=actor,
    )
    deeds = [_deed(case, entry, each) for each in entry.shares if each.points]
    made = grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=actor)
    granted = {each.member_id: each.id for each in made}
    for each in entry.shares:
        share(session, case=case, part=each, grant_id=granted.get(each.member_id))
    return case


def share(session: Session, *, case: Case, part: Share, grant_id: UUID | None) -> None:
    """Write one person's part of a case as it stands now."""
    session.add(
        CaseShare(
            ledger_id=case.ledger_id,
            case_no=case.case_no,
            version=case.version,
            member_id=part.member_id,
            points=part.points,
            is_on_duty=part.is_on_duty,
            grant_id=grant_id,
        )
    )
    session.flush()


def list_in(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Case]:
    """List the cases of a subtree, latest first."""
    query = (
        sa.select(Case)
        .join(Node, Node.id == Case.node_id)
        .where(Case.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Case.entered_at.desc(), Case.case_no)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def shares_of(
    session: Session, *, ledger_id: int, cases: Sequence[Case]
) -> dict[str, list[CaseShare]]:
    """Return who shares each of these cases now, in one statement."""
    query = (
        sa.select(CaseShare)
        .where(
            CaseShare.ledger_id == ledger_id,
            CaseShare.case_no.in_([each.case_no for each in cases]),
        )
        .order_by(CaseShare.case_no, CaseShare.points.desc(), CaseShare.member_id)
    )
    versions = {each.case_no: each.version for each in cases}
    found: dict[str, list[CaseShare]] = {}
    for each in session.scalars(query):
        if versions[each.case_no] == each.version:
            found.setdefault(each.case_no, []).append(each)
    return found


def points_of_one(session: Session, *, ledger_id: int, category_code: str, on: date) -> int:
    """Return what one 件 of a category gives on a day, to be shared.

    Raises:
        NotFound: The book has no such category.
        NoRate: No rate is in force on that day.
        ValidationFailed: This category is not counted in 件.
    """
    return rates.earn(_rate_of(session, ledger_id, category_code, on), carry=0, quantity=1).points


def _require_sense(entry: Entry) -> None:
    members = [each.member_id for each in entry.shares]
    if not entry.reason.strip():
        raise ValidationFailed("a case says what was done", field="reason")
    if not members or len(set(members)) < len(members):
        raise ValidationFailed("everybody once", field="shares")
    if any(each.points < 0 for each in entry.shares):
        raise ValidationFailed("a share is not negative", field="shares")
    if any(each.is_on_duty and each.points for each in entry.shares):
        raise DutyEarnsNothing
    if entry.served_on > clock.today():
        raise ValidationFailed("a case of the future", field="served_on")


def _require_off_duty(session: Session, ledger_id: int, entry: Entry) -> None:
    """Nobody gets a share of a case that was their paid duty, ticked or not (O8, K2, C33)."""
    stints = [
        Stint(each.member_id, entry.node_id, entry.served_on)
        for each in entry.shares
        if each.points
    ]
    if duty_pay.paid_among(session, ledger_id=ledger_id, stints=stints):
        raise DutyEarnsNothing


def _rate(session: Session, ledger_id: int, entry: Entry) -> Rate:
    return _rate_of(session, ledger_id, entry.category_code, entry.served_on)


def _rate_of(session: Session, ledger_id: int, category_code: str, on: date) -> Rate:
    programme = programmes.of_ledger(session, ledger_id)
    category = programmes.category(session, programme, category_code)
    if category.indicator_code is None:
        raise NoRate(indicator_code="", on=on.isoformat())
    indicator = programmes.indicator(session, programme, category.indicator_code)
    if indicator.measure != "pieces":
        raise ValidationFailed("not counted in 件", field="category_code")
    return rates.on(session, programme.id, indicator.code, on)


def _deed(case: Case, entry: Entry, part: Share) -> Deed:
    return Deed(
        member_id=part.member_id,
        source_kind="case",
        source_id=uuid5(case.source_id, part.member_id.hex),
        source_version=case.version,
        provenance=grants.NO_HOURS,
        minutes=0,
        quantity=part.points,
        category_code=entry.category_code,
        served_on=entry.served_on,
        node_id=entry.node_id,
        hold_reasons=(HOLD,),
        reason=entry.reason.strip(),
        evidence=f"案号 {case.case_no}",
    )
