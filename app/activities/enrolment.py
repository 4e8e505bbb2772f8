"""Enrolment: signing up for a session, its quota, and the waiting list by place.

The session's row is locked first, so sign-ups of one session take turns. The place
itself is taken by a conditional update of the counter, and a CHECK keeps the quota
whatever happens. Who has no team may sign up as well (C36).
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import Activity, ActivitySession, Attendance, Enrolment, Response
from app.activities.standing import of
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.people import inbox
from app.people.errors import MemberNotActive
from app.people.models import Member, TeamMember


@dataclass(frozen=True, slots=True)
class _Place:
    """A session, its activity and the member that a sign-up is about."""

    slot: ActivitySession
    activity: Activity
    member: Member


def enrol(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, actor: Actor
) -> Enrolment:
    """Sign a member up; over the quota they wait, in order of coming. Again changes nothing.

    Raises:
        ActivityStateConflict: No team has responded yet (C5), or the session is no more.
        NotInTimeWindow: The session is over.
        MemberNotActive: The membership was merged, left or erased.
        PermissionDenied: The actor is neither the member, nor acts for them, nor leads here.
    """
    place = _find(session, ledger_id, session_id, member_id)
    _require_may(session, place, actor)
    _require_open(place)
    if place.member.state != "active":
        raise MemberNotActive(state=place.member.state)
    enrolment = _of_member(session, ledger_id, session_id, member_id)
    if enrolment is not None and enrolment.state != "withdrawn":
        return enrolment
    if enrolment is None:
        enrolment = Enrolment(ledger_id=ledger_id, session_id=session_id, member_id=member_id)
    enrolment.state = "enrolled" if _take_place(session, place.slot) else "waiting"
    enrolment.place = _next_place(session, ledger_id, session_id)
    enrolment.team_id = team_of(session, activity=place.activity, member_id=member_id)
    enrolment.enrolled_at = clock.now()
    enrolment.enrolled_by_id = actor.person_id
    enrolment.withdrawn_at = None
    session.add(enrolment)
    session.flush()
    _tell(session, place, enrolment)
    return enrolment


def withdraw(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, actor: Actor
) -> Enrolment:
    """Take a sign-up back; the first of the waiting list moves up and is told.

    Raises:
        NotFound: The member has not signed up.
        ActivityStateConflict: They are there already, or the session is no more.
        NotInTimeWindow: The session is over.
        PermissionDenied: As for `enrol`.
    """
    place = _find(session, ledger_id, session_id, member_id)
    _require_may(session, place, actor)
    _require_open(place)
    enrolment = _of_member(session, ledger_id, session_id, member_id)
    if enrolment is None or enrolment.state not in ("enrolled", "waiting"):
        raise NotFound("not signed up")
    _require_not_there(session, place)
    had_place = enrolment.state == "enrolled"
    enrolment.state = "withdrawn"
    enrolment.withdrawn_at = clock.now()
    session.flush()
    if not had_place:
        _count(session, place.slot, enrolled=0, waiting=-1)
    elif not _promote_first(session, place):
        _count(session, place.slot, enrolled=-1, waiting=0)
    return enrolment


def team_of(session: Session, *, activity: Activity, member_id: UUID) -> UUID | None:
    """Return the responding team a member comes with, the first to respond; None without."""
    return session.scalar(
        sa.select(TeamMember.team_id)
        .join(
            Response,
            sa.and_(
                Response.ledger_id == TeamMember.ledger_id,
                Response.team_id == TeamMember.team_id,
            ),
        )
        .where(
            TeamMember.ledger_id == activity.ledger_id,
            TeamMember.member_id == member_id,
            TeamMember.left_on.is_(None),
            Response.activity_id == activity.id,
            Response.withdrawn_at.is_(None),
        )
        .order_by(Response.responded_at, TeamMember.team_id)
        .limit(1)
    )


def list_of_session(session: Session, *, ledger_id: int, session_id: UUID) -> list[Enrolment]:
    """List who signed up for a session: with a place first, then waiting, in order."""
    return list(
        session.scalars(
            sa.select(Enrolment)
            .where(
                Enrolment.ledger_id == ledger_id,
                Enrolment.session_id == session_id,
                Enrolment.state != "withdrawn",
            )
            .order_by(Enrolment.state == "waiting", Enrolment.place)
        )
    )


def _find(session: Session, ledger_id: int, session_id: UUID, member_id: UUID) -> _Place:
    """Lock the activity against its planners, then the session, so that sign-ups take turns."""
    activity = session.scalars(
        sa.select(Activity)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.id
            == sa.select(ActivitySession.activity_id)
            .where(ActivitySession.ledger_id == ledger_id, ActivitySession.id == session_id)
            .scalar_subquery(),
        )
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    slot = session.scalars(
        sa.select(ActivitySession)
        .where(ActivitySession.ledger_id == ledger_id, ActivitySession.id == session_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    member = session.scalars(
        sa.select(Member).where(Member.ledger_id == ledger_id, Member.id == member_id)
    ).one_or_none()
    if activity is None or slot is None or member is None:
        raise NotFound("no such session or member")
    return _Place(slot, activity, member)


def _require_may(session: Session, place: _Place, actor: Actor) -> None:
    if actor.is_involved(place.member.person_id):
        return
    if not of(session, activity=place.activity, actor=actor).may_lead:
        raise PermissionDenied("sign up yourself, or ask a leader")


def _require_open(place: _Place) -> None:
    if place.activity.state != "open" or place.slot.state != "planned":
        raise ActivityStateConflict(state=place.activity.state)
    if place.slot.ends_at <= clock.now():
        raise NotInTimeWindow(closes_at=place.slot.ends_at.isoformat())


def _require_not_there(session: Session, place: _Place) -> None:
    found = session.execute(
        sa.select(Attendance.id)
        .where(
            Attendance.ledger_id == place.slot.ledger_id,
            Attendance.session_id == place.slot.id,
            Attendance.member_id == place.member.id,
        )
        .limit(1)
    )
    if found.first() is not None:
        raise ActivityStateConflict("they are there already", state="attended")


def _of_member(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID
) -> Enrolment | None:
    return session.scalars(
        sa.select(Enrolment)
        .where(
            Enrolment.ledger_id == ledger_id,
            Enrolment.session_id == session_id,
            Enrolment.member_id == member_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _take_place(session: Session, slot: ActivitySession) -> bool:
    """Take a place if one is free, a seat on the waiting list if not."""
    has_room = sa.or_(
        ActivitySession.quota_count.is_(None),
        ActivitySession.enrolled_count < ActivitySession.quota_count,
    )
    if _count(session, slot, enrolled=1, waiting=0, condition=has_room):
        return True
    _count(session, slot, enrolled=0, waiting=1)
    return False


def _count(
    session: Session,
    slot: ActivitySession,
    *,
    enrolled: int,
    waiting: int,
    condition: sa.ColumnElement[bool] | None = None,
) -> bool:
    changed = session.execute(
        sa.update(ActivitySession)
        .where(ActivitySession.ledger_id == slot.ledger_id, ActivitySession.id == slot.id)
        .where(condition if condition is not None else sa.true())
        .values(
            enrolled_count=ActivitySession.enrolled_count + enrolled,
            waiting_count=ActivitySession.waiting_count + waiting,
        )
        .returning(ActivitySession.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def _next_place(session: Session, ledger_id: int, session_id: UUID) -> int:
    """Places only grow; the session's row is locked, so no two are the same."""
    last = session.scalar(
        sa.select(sa.func.max(Enrolment.place)).where(
            Enrolment.ledger_id == ledger_id, Enrolment.session_id == session_id
        )
    )
    return (last or 0) + 1


def _promote_first(session: Session, place: _Place) -> bool:
    first = session.scalars(
        sa.select(Enrolment)
        .where(
            Enrolment.ledger_id == place.slot.ledger_id,
            Enrolment.session_id == place.slot.id,
            Enrolment.state == "waiting",
        )
        .order_by(Enrolment.place)
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if first is None:
        return False
    first.state = "enrolled"
    session.flush()
    _count(session, place.slot, enrolled=0, waiting=-1)
    facts = {"title": place.activity.title, "starts_at": place.slot.starts_at}
    inbox.tell(
        session,
        ledger_id=place.slot.ledger_id,
        notes=[inbox.Note(first.member_id, "promoted", facts)],
    )
    return True


def _tell(session: Session, place: _Place, enrolment: Enrolment) -> None:
    facts = {"title": place.activity.title, "starts_at": place.slot.starts_at}
    if enrolment.state == "enrolled":
        note = inbox.Note(enrolment.member_id, "enrolled", facts)
    else:
        note = inbox.Note(
            enrolment.member_id, "waiting_list", {**facts, "place": place.slot.waiting_count + 1}
        )
    inbox.tell(session, ledger_id=enrolment.ledger_id, notes=[note])
