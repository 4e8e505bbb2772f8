"""Back-fills (补录): past service as honorary or historical minutes, never points (D24-D26).

Applicant, entrant and approver are two people at least: who approves neither
applied nor entered. Found false, everything is taken back and the member is
barred from back-filling until the ban's days have passed and its minutes are served.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, workdays
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community import settings, tree
from app.community.models import Node
from app.people import audit, inbox, members
from app.people.duty_pay import Stint
from app.people.errors import AlreadyDecided
from app.points import bans, grants, paid_work, second_person, verdicts
from app.points.deeds import Deed
from app.points.models import Backfill, Decision

WINDOW = "backfill.window_workdays"
LEVEL_IN_WINDOW, LEVEL_AFTER = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillClaim:
    """Service that was not recorded in its time.

    Attributes:
        provenance: `honorary` or `historical`.
        minutes_planned: Planned length of the session, when it is tied to one.
        applied_by_id: The person who asks; the entrant is the actor.
    """

    member_id: UUID
    node_id: int
    category_code: str | None
    provenance: str
    minutes: int
    served_on: date
    evidence: str
    applied_by_id: UUID
    session_id: UUID | None = None
    minutes_planned: int | None = None


def request(session: Session, *, ledger_id: int, claim: BackfillClaim, actor: Actor) -> Backfill:
    """Enter a back-fill; it waits for level 2, or for level 3 once the window has passed.

    Raises:
        ValidationFailed: No evidence, longer than planned, in the future, or of another kind.
        BackfillBarred: A back-fill of this member was found false (D26).
        DutyEarnsNothing: It was their paid duty (X1, O8, K2).
        NotFound: The member or the place does not exist.

    Rule: D24, D25, D26.
    """
    members.get(session, ledger_id=ledger_id, member_id=claim.member_id)
    node = tree.get(session, claim.node_id)
    _require_sense(claim)
    bans.require_none(session, ledger_id=ledger_id, node=node, member_id=claim.member_id)
    window = settings.read(session, node, WINDOW)[WINDOW]
    stint = Stint(claim.member_id, claim.node_id, claim.served_on)
    paid_work.require_none(session, ledger_id=ledger_id, stints=[stint])
    is_in_window = clock.today() <= workdays.add_workdays(session, claim.served_on, window)
    entered = Backfill(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=claim.member_id,
        session_id=claim.session_id,
        node_id=claim.node_id,
        category_code=claim.category_code,
        provenance=claim.provenance,
        minutes=claim.minutes,
        minutes_planned=claim.minutes_planned,
        served_on=claim.served_on,
        evidence=claim.evidence,
        applied_by_id=claim.applied_by_id,
        entered_by_id=actor.person_id,
        state="waiting",
        required_level=LEVEL_IN_WINDOW if is_in_window else LEVEL_AFTER,
        entered_at=clock.now(),
    )
    session.add(entered)
    session.flush()
    _audit(session, entered, actor, "backfill_requested")
    return entered


def decide(
    session: Session,
    *,
    ledger_id: int,
    backfill_id: UUID,
    level: int,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> Backfill:
    """Approve or refuse a back-fill; approved minutes are posted without points (E7).

    A day's total beyond what `level` may pass waits for a further decision (D17).

    Raises:
        NotFound: There is no such back-fill.
        AlreadyDecided: It was decided before.
        PermissionDenied: It needs a higher level (D25).
        SecondPersonRequired: The actor applied, entered, or would get it (D23, D24).
    """
    verdicts.require(verdict, reason)
    backfill = _lock(session, ledger_id, backfill_id)
    if backfill.state != "waiting":
        raise AlreadyDecided(state=backfill.state)
    if level < backfill.required_level:
        raise PermissionDenied(level_needed=backfill.required_level)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=(backfill.applied_by_id, backfill.entered_by_id),
        member_ids=[backfill.member_id],
    )
    backfill.state = verdict
    if verdict == "approved":
        made = grants.grant(
            session,
            ledger_id=ledger_id,
            deeds=[_deed(backfill)],
            actor=actor,
            cleared_level=level,
        )
        backfill.grant_id = made[0].id
    session.add(_decision(backfill, level, reason, actor))
    session.flush()
    _tell(session, backfill, reason)
    _audit(session, backfill, actor, f"backfill_{verdict}")
    return backfill


def find_false(
    session: Session, *, ledger_id: int, backfill_id: UUID, reason: str, actor: Actor
) -> Backfill:
    """Take back an approved back-fill that was found false, and bar its member (D26).

    Raises:
        NotFound: There is no such back-fill.
        AlreadyDecided: It is not approved; fact `state`.
        GrantStateConflict: Its minutes wait still; refuse them instead.
        ValidationFailed: No reason is given.
    """
    backfill = _lock(session, ledger_id, backfill_id)
    if backfill.state != "approved" or backfill.grant_id is None:
        raise AlreadyDecided(state=backfill.state)
    grants.reverse(
        session, ledger_id=ledger_id, grant_id=backfill.grant_id, reason=reason, actor=actor
    )
    backfill.state = "reversed"
    session.flush()
    _tell_barred(session, backfill)
    _audit(session, backfill, actor, "backfill_found_false")
    return backfill


def get(session: Session, *, ledger_id: int, backfill_id: UUID) -> Backfill:
    """Return a back-fill of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Backfill, (ledger_id, backfill_id))
    if found is None:
        raise NotFound("no such back-fill")
    return found


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Backfill]:
    """List a member's back-fills of every state, latest first."""
    query = sa.select(Backfill).where(
        Backfill.ledger_id == ledger_id, Backfill.member_id == member_id
    )
    return list(session.scalars(query.order_by(Backfill.served_on.desc(), Backfill.id)))


def list_waiting(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Backfill]:
    """List the back-fills that wait in the node's subtree, oldest first."""
    below = sa.select(Node.id).where(tree.within(Node.path, node))
    query = (
        sa.select(Backfill)
        .where(
            Backfill.ledger_id == ledger_id,
            Backfill.state == "waiting",
            Backfill.node_id.in_(below),
        )
        .order_by(Backfill.entered_at, Backfill.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _require_sense(claim: BackfillClaim) -> None:
    if claim.provenance not in ("honorary", "historical"):
        raise ValidationFailed("back-fill is honorary or historical", field="provenance")
    if claim.minutes <= 0 or claim.served_on > clock.today():
        raise ValidationFailed("no minutes, or of the future", field="minutes")
    if not claim.evidence.strip():
        raise ValidationFailed("back-fill needs evidence", field="evidence")
    if claim.session_id is not None and claim.minutes_planned is None:
        raise ValidationFailed("a session has a planned length", field="minutes_planned")
    if claim.minutes_planned is not None and claim.minutes > claim.minutes_planned:
        raise ValidationFailed("longer than planned", field="minutes")


def _lock(session: Session, ledger_id: int, backfill_id: UUID) -> Backfill:
    query = (
        sa.select(Backfill)
        .where(Backfill.ledger_id == ledger_id, Backfill.id == backfill_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("no such back-fill")
    return found


def _deed(backfill: Backfill) -> Deed:
    return Deed(
        member_id=backfill.member_id,
        source_kind="backfill",
        source_id=backfill.id,
        provenance=backfill.provenance,
        minutes=backfill.minutes,
        category_code=backfill.category_code,
        served_on=backfill.served_on,
        node_id=backfill.node_id,
        evidence=backfill.evidence,
    )


def _decision(backfill: Backfill, level: int, reason: str | None, actor: Actor) -> Decision:
    return Decision(
        ledger_id=backfill.ledger_id,
        subject_id=backfill.id,
        level=level,
        subject_kind="backfill",
        verdict=backfill.state,
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
        reason=reason,
    )


def _tell(session: Session, backfill: Backfill, reason: str | None) -> None:
    facts = {"verdict": backfill.state, "minutes": backfill.minutes, "reason": reason}
    note = inbox.Note(
        backfill.member_id, "backfill_decided", facts, f"backfill_decided:{backfill.id}"
    )
    inbox.tell(session, ledger_id=backfill.ledger_id, notes=[note])


def _tell_barred(session: Session, backfill: Backfill) -> None:
    """Tell the member until when, and for how many hours, they may not back-fill (D26)."""
    node = tree.get(session, backfill.node_id)
    ban = settings.read(session, node, bans.BAN_DAYS, bans.BAN_MINUTES)
    until_on = clock.today() + timedelta(days=ban[bans.BAN_DAYS])
    facts = {"until_on": until_on.isoformat(), "minutes": ban[bans.BAN_MINUTES]}
    note = inbox.Note(
        backfill.member_id, "backfill_barred", facts, f"backfill_barred:{backfill.id}"
    )
    inbox.tell(session, ledger_id=backfill.ledger_id, notes=[note])


def _audit(session: Session, backfill: Backfill, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=backfill.ledger_id,
        actor=actor,
        action=action,
        subject_kind="backfill",
        subject_id=backfill.id,
        minutes=backfill.minutes,
    )
