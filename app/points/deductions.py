"""Deductions (扣分): a minus indicator takes points back to issuance, by two people (P7, D29).

The points leave the household's account where the programme pools, else the member's own:
the soonest to expire first, and what is not there becomes 待追回. The base is never touched.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import NEVER
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import posting
from app.ledger.posting import JournalDraft
from app.people import audit, inbox, members
from app.people.errors import AlreadyDecided
from app.points import holders, programmes, rates, second_person, wallets
from app.points.models import Decision, Deduction

KIND = "deduction"
LEVEL = 2
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
    _audit(session, entered, actor, "deduction_entered")
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
    """Approve or refuse a deduction; approved, the points go at once and the member is told.

    Raises:
        NotFound: There is no such deduction.
        ValidationFailed: No verdict, or no reason to refuse.
        AlreadyDecided: It was decided before.
        SecondPersonRequired: The actor entered it, or it is theirs or their household's.
        LedgerReadOnly: The book is stopped.
    """
    if verdict not in ("approved", "refused") or (verdict == "refused" and not reason):
        raise ValidationFailed("a verdict, and a reason to refuse", field="reason")
    found = _lock(session, ledger_id, deduction_id)
    if found.state != "waiting":
        raise AlreadyDecided(state=found.state)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.entered_by_id],
        member_ids=[found.member_id],
    )
    found.state = verdict
    if verdict == "approved":
        _post(session, found, actor)
    session.add(_decision(found, verdict, reason, actor))
    session.flush()
    _audit(session, found, actor, f"deduction_{verdict}")
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


def list_waiting(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Deduction]:
    """List what waits for a second person in a subtree, oldest first."""
    query = (
        sa.select(Deduction)
        .join(Node, Node.id == Deduction.node_id)
        .where(
            Deduction.ledger_id == ledger_id,
            Deduction.state == "waiting",
            tree.within(Node.path, node),
        )
        .order_by(Deduction.entered_at, Deduction.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50
) -> list[Deduction]:
    """List what was taken from a member, latest first."""
    query = (
        sa.select(Deduction)
        .where(
            Deduction.ledger_id == ledger_id,
            Deduction.member_id == member_id,
            Deduction.state == "approved",
        )
        .order_by(Deduction.entered_at.desc(), Deduction.id)
    )
    return list(session.scalars(query.limit(limit)))


def _post(session: Session, found: Deduction, actor: Actor) -> None:
    """Take the points from the purse that the member's earnings go to."""
    ledger_id = found.ledger_id
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=[found.member_id], lock=True)
    holder_id = holder_of[found.member_id]
    purse = wallets.earning_purse(session, ledger_id=ledger_id, holder_id=holder_id)
    home = purse.shared if purse.is_pooled else None
    pot = home or purse
    found.household_id = purse.home_id
    soonest = min((vintage for vintage, points in pot.lots.items() if points > 0), default=NEVER)
    draft = JournalDraft(
        key=f"deduction:{found.id}",
        kind=KIND,
        lines=tuple(pot.claw_back(found.points, soonest, to=wallets.POINTS_ISSUANCE)),
        actor=actor,
        reason=found.reason,
        source_id=found.id,
        occurred_at=clock.local_instant(found.happened_on),
    )
    found.journal_id = posting.post_one(session, ledger_id=ledger_id, draft=draft)
    facts = {
        "points": found.points,
        "happened_on": found.happened_on.isoformat(),
        "reason": found.reason,
    }
    note = inbox.Note(holder_id, "deducted", facts, natural_key=f"deducted:{found.id}")
    inbox.tell(session, ledger_id=ledger_id, notes=[note])


def _lock(session: Session, ledger_id: int, deduction_id: UUID) -> Deduction:
    query = sa.select(Deduction).where(
        Deduction.ledger_id == ledger_id, Deduction.id == deduction_id
    )
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such deduction")
    return found


def _decision(found: Deduction, verdict: str, reason: str | None, actor: Actor) -> Decision:
    return Decision(
        ledger_id=found.ledger_id,
        subject_id=found.id,
        level=LEVEL,
        subject_kind="deduction",
        verdict=verdict,
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
        reason=reason,
    )


def _audit(session: Session, found: Deduction, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="deduction",
        subject_id=found.id,
        points=found.points,
    )
