"""Manual grants: what no door recorded, with a reason, by two people (A17).

A request waits at level 2 whatever its size; `approvals.decide` by another person
posts it. Counted by the category's indicator: 次 and 件 make points without
minutes, and a case number pays once (A10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.base.ids import new_id
from app.community import settings, tree
from app.people import audit
from app.people.duty_pay import Stint
from app.points import (
    case_numbers,
    cases,
    free_time,
    grants,
    paid_work,
    presences,
    programmes,
    rates,
)
from app.points.case_numbers import Taking
from app.points.cases import Share
from app.points.deeds import Deed
from app.points.errors import CaseAlreadyCounted, EvidenceNeeded
from app.points.models import Case, Grant, Indicator, Programme
from app.points.presences import LIVE_STATES
from app.risk.errors import LimitExceeded

MAX_POINTS = "grant.manual_max_points"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClaim:
    """What should be granted by hand.

    Attributes:
        minutes: For indicators counted in minutes; else 0.
        quantity: 次 or 件; else 0.
        reason: Why by hand; shown to the member and in the quarter's pack.
        case_no: Number of a mediation case or the like: counted once (A10).
        starts_at: With `ends_at`, from when to when: hours are not granted without (A3).
    """

    member_id: UUID
    category_code: str
    minutes: int = 0
    quantity: int = 0
    served_on: date
    node_id: int
    reason: str
    evidence: str | None = None
    case_no: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def request(session: Session, *, ledger_id: int, claim: ManualClaim, actor: Actor) -> Grant:
    """Enter a manual grant; it waits for a second person.

    Raises:
        As `request_many`.

    Rule: A17, A10, P7.
    """
    return request_many(session, ledger_id=ledger_id, claims=[claim], actor=actor)[0]


def request_many(
    session: Session, *, ledger_id: int, claims: Sequence[ManualClaim], actor: Actor
) -> list[Grant]:
    """Enter a whole list, as from a village's register: all of it or nothing (A17).

    Raises:
        ValidationFailed: No reason, nothing to grant, or hours without their time of day.
        LimitExceeded: More than one manual grant may give; facts `used`, `maximum`.
        CaseNumberNeeded: A 件 is one case with its number (A10); fact `field`.
        EvidenceNeeded: The indicator asks for a number, or for where its photo is (P7).
        OverlapWithOtherActivity: The time is credited, or applied for, already (A3, C18).
        CaseAlreadyCounted: A case number was granted, waits, or stands here twice.
        DutyEarnsNothing: It was somebody's paid duty (X1, O8, K2); fact `line`.
        NotFound: A member, a place or a category does not exist.

    Rule: A17, A10, P7.
    """
    programme = programmes.of_ledger(session, ledger_id)
    sizes = {_size_of(claim): claim for claim in claims}
    points = {size: _require_size(session, programme, claim) for size, claim in sizes.items()}
    numbers = [case_numbers.tidy(claim.case_no) for claim in claims if claim.case_no is not None]
    if len(set(numbers)) < len(numbers):
        raise CaseAlreadyCounted
    stints = [Stint(each.member_id, each.node_id, each.served_on) for each in claims]
    paid_work.require_none(session, ledger_id=ledger_id, stints=stints)
    deeds = [_deed(session, ledger_id, claim) for claim in claims]
    stays = [stay for deed in deeds if (stay := presences.stay_of(deed)) is not None]
    free_time.require(session, ledger_id=ledger_id, stays=stays)
    taken = {
        deed.source_id: _take(session, ledger_id, claim, points[_size_of(claim)], actor)
        for deed, claim in zip(deeds, claims, strict=True)
        if claim.case_no is not None
    }
    entered = grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=actor)
    _share(session, taken, entered)
    acts = [
        audit.Act(
            "manual_grant_requested",
            "grant",
            grant.id,
            {"minutes": claim.minutes, "quantity": claim.quantity},
        )
        for grant, claim in zip(entered, claims, strict=True)
    ]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    return entered


def _size_of(claim: ManualClaim) -> tuple[object, ...]:
    """Name what the size of a claim depends on: a list asks once for each of these."""
    return (
        claim.category_code,
        claim.minutes,
        claim.quantity,
        claim.served_on,
        claim.node_id,
        bool(claim.reason.strip()),
        claim.case_no is None,
        bool((claim.evidence or "").strip()),
        claim.starts_at,
        claim.ends_at,
    )


def _deed(session: Session, ledger_id: int, claim: ManualClaim) -> Deed:
    source_id, version = _source(session, ledger_id, claim.case_no)
    return Deed(
        member_id=claim.member_id,
        source_kind="manual",
        source_id=source_id,
        source_version=version,
        provenance="credited" if claim.minutes else grants.NO_HOURS,
        minutes=claim.minutes,
        quantity=claim.quantity,
        category_code=claim.category_code,
        served_on=claim.served_on,
        node_id=claim.node_id,
        hold_reasons=("manual",),
        reason=claim.reason,
        evidence=_evidence(claim),
        starts_at=claim.starts_at,
        ends_at=claim.ends_at,
    )


def _take(session: Session, ledger_id: int, claim: ManualClaim, points: int, actor: Actor) -> Case:
    """Take the case number that the claim names (A10)."""
    case_no = case_numbers.tidy(claim.case_no or "")
    taking = Taking(
        case_no=case_no,
        source_kind="manual",
        source_id=case_numbers.source_of(ledger_id, case_no),
        node_id=claim.node_id,
        category_code=claim.category_code,
        served_on=claim.served_on,
        points=points,
    )
    return case_numbers.take(session, ledger_id=ledger_id, taking=taking, actor=actor)


def _share(session: Session, taken: Mapping[UUID, Case], entered: Sequence[Grant]) -> None:
    """Write whose case each is: all of it is one member's."""
    for each in entered:
        case = taken.get(each.source_id)
        if case is not None:
            part = Share(each.member_id, case.points)
            cases.share(session, case=case, part=part, grant_id=each.id)


def _require_size(session: Session, programme: Programme, claim: ManualClaim) -> int:
    """Return what the rate would give, if that may be given by hand."""
    if not claim.reason.strip():
        raise ValidationFailed("a manual grant says why", field="reason")
    category = programmes.category(session, programme, claim.category_code)
    quantity = claim.quantity
    points = 0
    if category.indicator_code is not None:
        indicator = programmes.indicator(session, programme, category.indicator_code)
        quantity = claim.minutes if indicator.measure == "minutes" else claim.quantity
        if claim.quantity:
            case_numbers.require_one(
                measure=indicator.measure, quantity=quantity, case_no=claim.case_no
            )
        _require_evidence(indicator, claim)
        rate = rates.card(session, programme.id).find_on(indicator.code, claim.served_on)
        points = rates.earn(rate, carry=0, quantity=quantity).points if rate else 0
    if quantity <= 0 and claim.minutes <= 0:
        raise ValidationFailed("nothing to grant", field="quantity")
    node = tree.get(session, claim.node_id)
    maximum = settings.read(session, node, MAX_POINTS)[MAX_POINTS]
    if points > maximum:
        raise LimitExceeded(rule_code=MAX_POINTS, used=points, maximum=maximum)
    free_time.require_span(
        starts_at=claim.starts_at,
        ends_at=claim.ends_at,
        served_on=claim.served_on,
        minutes=claim.minutes,
    )
    return points


def _require_evidence(indicator: Indicator, claim: ManualClaim) -> None:
    """By hand a photo is on file elsewhere: the claim says where (P7)."""
    if indicator.evidence == "case_number" and claim.case_no is None:
        raise EvidenceNeeded(evidence=indicator.evidence, field="case_no")
    if indicator.evidence == "photo" and not (claim.evidence or "").strip():
        raise EvidenceNeeded(evidence=indicator.evidence, field="evidence")


def _source(session: Session, ledger_id: int, case_no: str | None) -> tuple[UUID, int]:
    """Return the source's id and version: a case has one id for ever, and counts once."""
    if case_no is None:
        return new_id(), 1
    source_id = case_numbers.source_of(ledger_id, case_numbers.tidy(case_no))
    query = sa.select(Grant.state, Grant.source_version).where(
        Grant.ledger_id == ledger_id, Grant.source_kind == "manual", Grant.source_id == source_id
    )
    earlier = session.execute(query).all()
    if any(row.state in LIVE_STATES for row in earlier):
        raise CaseAlreadyCounted
    return source_id, 1 + max((row.source_version for row in earlier), default=0)


def _evidence(claim: ManualClaim) -> str | None:
    parts = [claim.case_no and f"案号 {claim.case_no.strip()}", claim.evidence]
    return "；".join(part for part in parts if part) or None
