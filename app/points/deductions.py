"""Deductions (扣分): a minus indicator is entered by one, approved by another (P7, D29).

What is approved is put up (公示, `deduction_notices`) and taken only afterwards, by the
verb of `deduction_posting`; one that was wrong is reversed there by two people.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import audit, households, members
from app.people.errors import AlreadyDecided
from app.points import programmes, rates, second_person, verdicts
from app.points.models import Decision, Deduction
from app.points.models_household import UNSETTLED

LEVEL = 2
TOLD = ("reviewed", "noticed", "posted", "reversed")
"""What the member sees: what a second person approved, not what was only entered."""
QUANTITY_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What should be taken away: how much of a minus indicator, when, and why."""

    member_id: UUID
    node_id: int
    indicator_code: str
    quantity: int
    happened_on: date
    reason: str


def enter(session: Session, *, ledger_id: int, asked: Asked, actor: Actor) -> Deduction:
    """Enter a deduction; it waits for a second person.

    Raises:
        ValidationFailed: No reason, nothing to take, in the future, or the indicator gives.
        NoRate: No rate of this indicator is in force on that day.
        NotFound: The member, the place or the indicator does not exist.
    """
    if not asked.reason.strip():
        raise ValidationFailed("a deduction says why", field="reason")
    if not 0 < asked.quantity <= QUANTITY_MAX or asked.happened_on > clock.today():
        raise ValidationFailed("so much, and not in the future", field="quantity")
    programme = programmes.of_ledger(session, ledger_id)
    indicator = programmes.indicator(session, programme, asked.indicator_code)
    if indicator.direction != "minus":
        raise ValidationFailed("this indicator gives points", field="indicator_code")
    rate = rates.on(session, programme.id, indicator.code, asked.happened_on)
    points = rates.earn(rate, carry=0, quantity=asked.quantity).points
    if points <= 0:
        raise ValidationFailed("less than one point", field="quantity")
    members.get(session, ledger_id=ledger_id, member_id=asked.member_id)
    tree.get(session, asked.node_id)
    entered = Deduction(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=asked.member_id,
        node_id=asked.node_id,
        programme_id=programme.id,
        indicator_code=indicator.code,
        rate_version=rate.version,
        quantity=asked.quantity,
        points=points,
        happened_on=asked.happened_on,
        reason=asked.reason.strip(),
        state="waiting",
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
    )
    session.add(entered)
    session.flush()
    write_audit(session, entered, actor, "deduction_entered")
    return entered


def decide(
    session: Session,
    *,
    ledger_id: int,
    deduction_id: UUID,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> Deduction:
    """Approve or refuse a deduction; approved, it waits for its public notice (D30).

    Raises:
        NotFound: There is no such deduction.
        ValidationFailed: No verdict, or no reason to refuse.
        AlreadyDecided: It was decided before.
        SecondPersonRequired: The actor entered it, or it is theirs or their household's.
    """
    verdicts.require(verdict, reason)
    found = lock(session, ledger_id=ledger_id, deduction_id=deduction_id)
    if found.state != "waiting":
        raise AlreadyDecided(state=found.state)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.entered_by_id],
        member_ids=[found.member_id],
    )
    found.state = "reviewed" if verdict == "approved" else "refused"
    found.reviewed_by_id = actor.person_id
    found.refusal_reason = (reason or "").strip() or None if verdict == "refused" else None
    session.add(decision(found, LEVEL, verdict, reason, actor))
    session.flush()
    write_audit(session, found, actor, f"deduction_{verdict}")
    return found


def get(session: Session, *, ledger_id: int, deduction_id: UUID) -> Deduction:
    """Return a deduction of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Deduction, (ledger_id, deduction_id))
    if found is None:
        raise NotFound("no such deduction")
    return found


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Collection[str] = ("waiting",),
    limit: int = 50,
    offset: int = 0,
) -> list[Deduction]:
    """List the deductions of a subtree in these states, oldest first."""
    query = (
        _in(ledger_id, node)
        .where(Deduction.state.in_(states))
        .order_by(Deduction.entered_at, Deduction.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_live(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count a subtree's deductions that are not taken yet, by state."""
    query = (
        _in(ledger_id, node)
        .where(Deduction.state.in_(UNSETTLED))
        .with_only_columns(Deduction.state, sa.func.count())
        .group_by(Deduction.state)
    )
    return dict.fromkeys(UNSETTLED, 0) | {row[0]: int(row[1]) for row in session.execute(query)}


def list_taken(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Deduction]:
    """List what was taken in a subtree: asked back first, then the latest."""
    query = (
        _in(ledger_id, node)
        .where(Deduction.state.in_(("posted", "reversed")))
        .order_by(is_asked_back().desc(), Deduction.entered_at.desc(), Deduction.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50
) -> list[Deduction]:
    """List what a member, or the household they share points with, is to lose or lost."""
    query = _of_member(session, ledger_id, member_id)
    query = query.order_by(Deduction.entered_at.desc(), Deduction.id)
    return list(session.scalars(query.limit(limit)))


def get_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, deduction_id: UUID
) -> Deduction:
    """Return one of the deductions that `list_of_member` lists.

    Raises:
        NotFound: There is none, or it is others'.
    """
    query = _of_member(session, ledger_id, member_id).where(Deduction.id == deduction_id)
    found: Deduction | None = session.scalar(query)
    if found is None:
        raise NotFound("no such deduction of yours")
    return found


def _of_member(session: Session, ledger_id: int, member_id: UUID) -> sa.Select[Any]:
    whose: sa.ColumnElement[bool] = Deduction.member_id == member_id
    home = households.household_of(session, ledger_id=ledger_id, member_id=member_id)
    if home is not None and programmes.of_ledger(session, ledger_id).pooling == "household":
        kin = households.list_members(session, ledger_id=ledger_id, household_id=home.id)
        whose = sa.or_(
            Deduction.member_id.in_([each.id for each in kin]), Deduction.household_id == home.id
        )
    is_told = sa.or_(Deduction.state.in_(TOLD), Deduction.notice_id.is_not(None))
    return sa.select(Deduction).where(Deduction.ledger_id == ledger_id, whose, is_told)


def is_asked_back() -> sa.ColumnElement[bool]:
    """Somebody asked to reverse it, and nobody else has answered yet."""
    return sa.and_(Deduction.state == "posted", Deduction.reversal_asked_by_id.is_not(None))


def lock(session: Session, *, ledger_id: int, deduction_id: UUID) -> Deduction:
    """Return a deduction and hold it still.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(Deduction).where(
        Deduction.ledger_id == ledger_id, Deduction.id == deduction_id
    )
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such deduction")
    return found


def decision(
    found: Deduction, level: int, verdict: str, reason: str | None, actor: Actor
) -> Decision:
    """Make the row of somebody's verdict on a deduction, or on its reversal."""
    return Decision(
        ledger_id=found.ledger_id,
        subject_id=found.id,
        level=level,
        subject_kind="deduction",
        verdict=verdict,
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
        reason=reason,
    )


def write_audit(session: Session, found: Deduction, actor: Actor, action: str) -> None:
    """Write who did what to a deduction."""
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="deduction",
        subject_id=found.id,
        points=found.points,
    )


def _in(ledger_id: int, node: Node) -> sa.Select[Any]:
    return (
        sa.select(Deduction)
        .join(Node, Node.id == Deduction.node_id)
        .where(Deduction.ledger_id == ledger_id, tree.within(Node.path, node))
    )
