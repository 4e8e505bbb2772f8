"""What a record of presence stands on: its session, its activity, the terms of its credit.

And what it is worth: a deed for `points.grants`, with the reasons why a person must
look at it first (ruling §3: roll, edited, one's own and emergency wait for staff).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.crediting import ON_DUTY, Terms, Times, overlap
from app.activities.models import Activity, ActivitySession, Attendance
from app.activities.models_shift import Attending
from app.activities.shifts import walked
from app.activities.terms import AUTOCLOSE, MIN_PRESENCE, minutes
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.community import settings, tree
from app.people import duty_pay
from app.people.duty_pay import Stint
from app.points import approvals, grants
from app.points.deeds import Deed
from app.points.models import Grant

ROLL_DOORS = ("card", "roll")
WAITING_LEVEL_MAX = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """A session with its activity and the numbers of its place.

    Attributes:
        attending: How one attends; None: by the screen's code alone.
        walkers: Who walked enough of the route; None where there is no route.
    """

    slot: ActivitySession
    activity: Activity
    terms: Terms
    autoclose_minutes: int
    attending: Attending | None = None
    walkers: frozenset[UUID] | None = None

    @property
    def times(self) -> Times:
        """From when to when the session was planned."""
        return self.terms.session

    def terms_of(self, member_id: UUID) -> Terms:
        """Return the terms of one member's credit: a route must have been walked (C13)."""
        if self.walkers is None:
            return self.terms
        return replace(self.terms, is_walked=member_id in self.walkers)

    def covers(self, stay: Times) -> bool:
        """Whether a stay lies in the time the doors were open (D12, D16)."""
        closes_at = self.slot.ends_at + minutes(self.autoclose_minutes)
        return self.slot.opens_at <= stay.begins_at <= stay.ends_at <= closes_at


def find(session: Session, *, ledger_id: int, session_id: UUID) -> Ground:
    """Return what the records of a session stand on.

    Raises:
        NotFound: No such session in this book.
    """
    row = session.execute(
        sa.select(ActivitySession, Activity, Attending)
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .outerjoin(
            Attending,
            sa.and_(
                Attending.ledger_id == Activity.ledger_id, Attending.activity_id == Activity.id
            ),
        )
        .where(ActivitySession.ledger_id == ledger_id, ActivitySession.id == session_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("no such session")
    slot, activity, attending = row
    node = tree.get(session, activity.node_id)
    rules = settings.read(session, node, MIN_PRESENCE, AUTOCLOSE)
    terms = Terms(Times(slot.starts_at, slot.ends_at), activity.is_paid, rules[MIN_PRESENCE])
    walkers = _walkers(session, slot, attending)
    return Ground(slot, activity, terms, rules[AUTOCLOSE], attending, walkers)


def _walkers(
    session: Session, slot: ActivitySession, attending: Attending | None
) -> frozenset[UUID] | None:
    if attending is None or attending.checkpoint_min_count is None:
        return None
    return walked.members_who_walked(
        session,
        ledger_id=slot.ledger_id,
        session_id=slot.id,
        min_count=attending.checkpoint_min_count,
    )


def hold_reasons(ground: Ground, stay: Attendance, own_circle: Collection[UUID]) -> tuple[str, ...]:
    """Say why staff must look at a record before it counts; () if nobody must."""
    doors = (stay.in_door, stay.out_door)
    reasons = {
        "own": stay.member_id in own_circle,
        "roll": any(door in ROLL_DOORS for door in doors),
        "edited": "correction" in doors,
        "emergency": ground.activity.is_emergency,
    }
    return tuple(reason for reason, is_so in reasons.items() if is_so)


def deed_of(
    ground: Ground, stay: Attendance, *, provenance: str, holds: tuple[str, ...]
) -> Deed | None:
    """Return the deed that a confirmed stay is; None when nothing is credited."""
    if not stay.credited_minutes or stay.checked_out_at is None:
        return None
    inside = overlap(Times(stay.checked_in_at, stay.checked_out_at), ground.times)
    assert inside is not None, "credited minutes lie inside the session"
    return Deed(
        member_id=stay.member_id,
        source_kind="attendance",
        source_id=stay.id,
        source_version=stay.version,
        provenance=provenance,
        minutes=stay.credited_minutes,
        category_code=ground.activity.category_code,
        served_on=clock.local_date(inside.begins_at),
        node_id=ground.activity.node_id,
        team_id=stay.team_id,
        starts_at=inside.begins_at,
        ends_at=inside.ends_at,
        hold_reasons=holds,
    )


def set_on_duty(session: Session, ground: Ground, stays: Sequence[Attendance]) -> None:
    """Let the presence of who is paid on duty here count nothing; it is kept (O8, A5)."""
    on = clock.local_date(ground.slot.starts_at)
    stint_of = {
        stay.id: Stint(stay.member_id, ground.activity.node_id, on)
        for stay in stays
        if stay.credited_minutes
    }
    paid = duty_pay.paid_among(
        session, ledger_id=ground.slot.ledger_id, stints=set(stint_of.values())
    )
    for stay in stays:
        if stint_of.get(stay.id) in paid:
            stay.credited_minutes, stay.zero_reason = 0, ON_DUTY


def find_grant(session: Session, stay: Attendance) -> Grant | None:
    """Return the grant of a record's present version, if it made one."""
    return session.scalars(
        sa.select(Grant)
        .where(
            Grant.ledger_id == stay.ledger_id,
            Grant.source_kind == "attendance",
            Grant.source_id == stay.id,
            Grant.source_version == stay.version,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def take_back_grant(session: Session, stay: Attendance, *, reason: str, actor: Actor) -> None:
    """Take back what a record's present version earned: reversed if posted, refused if it waits.

    Raises:
        SecondPersonRequired: It waits, and the actor made it: another person decides.
    """
    grant = find_grant(session, stay)
    if grant is None:
        return
    if grant.state == "posted":
        grants.reverse(
            session, ledger_id=stay.ledger_id, grant_id=grant.id, reason=reason, actor=actor
        )
    elif grant.state.startswith("waiting"):
        approvals.decide(
            session,
            ledger_id=stay.ledger_id,
            grant_ids=[grant.id],
            level=WAITING_LEVEL_MAX,
            verdict="refused",
            reason=reason,
            actor=actor,
        )
