"""Case numbers (案号): taken once, whatever door the case came through (A10, K4).

A manual grant, an application and a shared case take their number here first. A number is
free again when nothing of it is waiting or posted any more.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.people import audit
from app.points.errors import CaseAlreadyCounted, CaseNumberNeeded
from app.points.models import Application, Case, CaseShare, Grant, Rate
from app.points.models_household import UNSETTLED
from app.points.presences import LIVE_STATES

CASE_NAMES = UUID("5b0d1f4e-7c1a-4f0e-9d57-2f6b8a3c1e90")
"""Makes a case number into the id of its source, the same on every machine."""

CASE_NO_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A case number to be taken, and what stands behind it.

    Attributes:
        source_kind: `manual`, `application` or `case`.
        rate: What a piece gives on the day; None where nothing is rated.
    """

    case_no: str
    source_kind: str
    source_id: UUID
    node_id: int
    category_code: str
    served_on: date
    points: int
    rate: Rate | None = None


def require_one(*, measure: str, quantity: int, case_no: str | None) -> None:
    """Refuse what is counted in 件 and is not one case with its number (A10, K4).

    Raises:
        CaseNumberNeeded: It has no number, or is more than one; fact `field`.
    """
    if measure != "pieces":
        return
    if quantity != 1:
        raise CaseNumberNeeded(field="quantity")
    if case_no is None:
        raise CaseNumberNeeded(field="case_no")


def take(session: Session, *, ledger_id: int, taking: Taking, actor: Actor) -> Case:
    """Take a case number, or take it anew when nothing of it counts any more.

    Raises:
        ValidationFailed: The number is empty or too long.
        CaseAlreadyCounted: It was counted, or waits for a decision (A10).
    """
    case_no = tidy(taking.case_no)
    if _is_counted_by_hand(session, ledger_id, case_no):
        raise CaseAlreadyCounted
    values = {
        "source_kind": taking.source_kind,
        "source_id": taking.source_id,
        "node_id": taking.node_id,
        "category_code": taking.category_code,
        "indicator_code": taking.rate and taking.rate.indicator_code,
        "rate_version": taking.rate and taking.rate.version,
        "served_on": taking.served_on,
        "points": taking.points,
        "entered_by_id": actor.person_id,
        "entered_at": clock.now(),
    }
    case = _insert(session, {"ledger_id": ledger_id, "case_no": case_no, "version": 1, **values})
    if case is None:
        case = _lock(session, ledger_id, case_no)
        if is_live(session, case):
            raise CaseAlreadyCounted
        for name, value in {**values, "version": case.version + 1}.items():
            setattr(case, name, value)
        session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="case_taken",
        subject_kind="case",
        subject_id=case.source_id,
        source_kind=case.source_kind,
        points=case.points,
    )
    return case


def is_live(session: Session, case: Case) -> bool:
    """Whether something of this case waits, or is posted."""
    if case.source_kind == "application":
        return _is_applied_for(session, case)
    query = (
        sa.select(Grant.id)
        .join(
            CaseShare,
            sa.and_(CaseShare.ledger_id == Grant.ledger_id, CaseShare.grant_id == Grant.id),
        )
        .where(
            Grant.ledger_id == case.ledger_id,
            CaseShare.ledger_id == case.ledger_id,
            CaseShare.case_no == case.case_no,
            CaseShare.version == case.version,
            Grant.state.in_(LIVE_STATES),
        )
    )
    return session.scalar(query.limit(1)) is not None


def tidy(case_no: str) -> str:
    """Return a case number as it is kept: without spaces, in capitals.

    Raises:
        ValidationFailed: It is empty or too long.
    """
    kept = "".join(case_no.split()).upper()
    if not 0 < len(kept) <= CASE_NO_MAX:
        raise ValidationFailed(f"1 to {CASE_NO_MAX} characters", field="case_no")
    return kept


def source_of(ledger_id: int, case_no: str) -> UUID:
    """Return the id that a case number has as a source, for ever."""
    return uuid5(CASE_NAMES, f"{ledger_id}:{case_no.strip()}")


def _insert(session: Session, row: dict[str, object]) -> Case | None:
    insert = insert_or_ignore(session, Case).values(row).returning(Case)
    made: Case | None = session.scalars(insert).one_or_none()
    return made


def _lock(session: Session, ledger_id: int, case_no: str) -> Case:
    query = sa.select(Case).where(Case.ledger_id == ledger_id, Case.case_no == case_no)
    case = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound("no such case")
    return case


def _is_applied_for(session: Session, case: Case) -> bool:
    applied = session.get(Application, (case.ledger_id, case.source_id), populate_existing=True)
    if applied is None or applied.state in UNSETTLED:
        return applied is not None
    if applied.grant_id is None:
        return False
    state = session.scalar(
        sa.select(Grant.state).where(
            Grant.ledger_id == case.ledger_id, Grant.id == applied.grant_id
        )
    )
    return state in LIVE_STATES


def _is_counted_by_hand(session: Session, ledger_id: int, case_no: str) -> bool:
    """Whether a manual grant of the time before cases were kept counts this number."""
    query = sa.select(Grant.id).where(
        Grant.ledger_id == ledger_id,
        Grant.source_kind == "manual",
        Grant.source_id == source_of(ledger_id, case_no),
        Grant.state.in_(LIVE_STATES),
    )
    return session.scalar(query.limit(1)) is not None
