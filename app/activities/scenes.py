"""The prebuilt statements of check-in and check-out, one round trip each.

Built once, run on the session's own connection: no ORM objects on the hot path.
Every statement fixes the book's key of every table it reads.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.crediting import NO_CHECK_OUT, Credit
from app.activities.models import (
    Activity,
    ActivitySession,
    Attendance,
    Attending,
    Enrolment,
    Response,
)
from app.base.upserts import insert_or_ignore_in
from app.people.models import Member, TeamMember

A: Any = Activity.__table__
S: Any = ActivitySession.__table__
T: Any = Attendance.__table__
E: Any = Enrolment.__table__
R: Any = Response.__table__
W: Any = Attending.__table__
M: Any = Member.__table__
TM: Any = TeamMember.__table__
"""Short only here: activity, session, attendance, enrolment, response, way, member, team member."""

LEDGER: Any = sa.bindparam("in_ledger")
SESSION: Any = sa.bindparam("in_session")
MEMBER: Any = sa.bindparam("of_member")
MEMBERS: Any = sa.bindparam("of_members", expanding=True)

_activity_of_session = sa.and_(A.c.ledger_id == S.c.ledger_id, A.c.id == S.c.activity_id)

_team = (
    sa.select(TM.c.team_id)
    .join(R, sa.and_(R.c.ledger_id == TM.c.ledger_id, R.c.team_id == TM.c.team_id))
    .where(
        TM.c.ledger_id == LEDGER,
        TM.c.member_id == M.c.id,
        TM.c.left_on.is_(None),
        R.c.activity_id == S.c.activity_id,
        R.c.withdrawn_at.is_(None),
    )
    .order_by(R.c.responded_at, TM.c.team_id)
    .limit(1)
    .correlate(S, M)
    .scalar_subquery()
)

_entering = (
    sa.select(
        M.c.id.label("member_id"),
        S.c.opens_at,
        S.c.starts_at,
        S.c.ends_at,
        S.c.quota_count,
        S.c.enrolled_count,
        S.c.state.label("session_state"),
        A.c.state.label("activity_state"),
        A.c.title,
        M.c.state.label("member_state"),
        E.c.state.label("enrolment_state"),
        sa.func.coalesce(E.c.team_id, _team).label("team_id"),
    )
    .join(A, _activity_of_session)
    .join(M, M.c.ledger_id == S.c.ledger_id)
    .outerjoin(
        E,
        sa.and_(
            E.c.ledger_id == S.c.ledger_id,
            E.c.session_id == S.c.id,
            E.c.member_id == M.c.id,
        ),
    )
    .where(S.c.ledger_id == LEDGER, S.c.id == SESSION)
)
_entering_one = _entering.where(M.c.id == MEMBER)
_entering_many = _entering.where(M.c.id.in_(MEMBERS))

_stays = (
    sa.select(
        T.c.id,
        T.c.member_id,
        T.c.session_id,
        T.c.ordinal,
        T.c.state,
        T.c.checked_in_at,
        T.c.checked_out_at,
        T.c.in_slot,
        S.c.starts_at,
        S.c.ends_at,
        A.c.title,
    )
    .join(S, sa.and_(S.c.ledger_id == T.c.ledger_id, S.c.id == T.c.session_id))
    .join(A, _activity_of_session)
    .where(
        T.c.ledger_id == LEDGER,
        sa.or_(
            T.c.session_id == SESSION,
            T.c.state == "open",
            T.c.checked_out_at > sa.bindparam("at"),
        ),
    )
)
_stays_of_one = _stays.where(T.c.member_id == MEMBER)
_stays_of_many = _stays.where(T.c.member_id.in_(MEMBERS))

_leaving = (
    sa.select(
        S.c.opens_at,
        S.c.starts_at,
        S.c.ends_at,
        A.c.title,
        A.c.node_id,
        A.c.is_paid,
        W.c.checkpoint_min_count,
        T.c.id,
        T.c.state,
        T.c.checked_in_at,
        T.c.checked_out_at,
        T.c.out_slot,
        T.c.credited_minutes,
        T.c.zero_reason,
    )
    .join(A, _activity_of_session)
    .outerjoin(W, sa.and_(W.c.ledger_id == A.c.ledger_id, W.c.activity_id == A.c.id))
    .outerjoin(
        T,
        sa.and_(
            T.c.ledger_id == S.c.ledger_id,
            T.c.session_id == S.c.id,
            T.c.member_id == MEMBER,
        ),
    )
    .where(S.c.ledger_id == LEDGER, S.c.id == SESSION)
)

_end = (
    sa.update(T)
    .where(T.c.ledger_id == LEDGER, T.c.id == sa.bindparam("which"), T.c.state == "open")
    .values(
        state="closed",
        checked_out_at=sa.bindparam("checked_out_at"),
        out_door=sa.bindparam("out_door"),
        out_slot=sa.bindparam("out_slot"),
        out_by_id=sa.bindparam("out_by_id"),
        credited_minutes=sa.bindparam("credited_minutes"),
        zero_reason=sa.bindparam("zero_reason"),
    )
    .returning(T.c.id)
)

_credit = (
    sa.update(T)
    .where(T.c.ledger_id == LEDGER, T.c.id == sa.bindparam("which"), T.c.state == "closed")
    .values(
        credited_minutes=sa.bindparam("credited_minutes"),
        zero_reason=sa.bindparam("zero_reason"),
    )
)

_forget = (
    sa.update(T)
    .where(T.c.ledger_id == LEDGER, T.c.id == sa.bindparam("which"), T.c.state == "open")
    .values(
        state="needs_confirmation",
        checked_out_at=sa.bindparam("at"),
        out_door="auto",
        credited_minutes=0,
        zero_reason=NO_CHECK_OUT,
    )
)


def find_entering(session: Session, ledger_id: int, session_id: UUID, member_id: UUID) -> Any:
    """Return what a check-in must know of session, activity, member and sign-up, or None."""
    values = {"in_ledger": ledger_id, "in_session": session_id, "of_member": member_id}
    return session.connection().execute(_entering_one, values).one_or_none()


def find_stays(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID, at: datetime
) -> list[Any]:
    """List the member's stays here, their open one anywhere, and those that ended after `at`."""
    values = {
        "in_ledger": ledger_id,
        "in_session": session_id,
        "of_member": member_id,
        "at": at,
    }
    return list(session.connection().execute(_stays_of_one, values))


def find_entering_many(
    session: Session, ledger_id: int, session_id: UUID, member_ids: Sequence[UUID]
) -> dict[UUID, Any]:
    """Return the same for many members of a roll, by member."""
    values = {"in_ledger": ledger_id, "in_session": session_id, "of_members": member_ids}
    rows = session.connection().execute(_entering_many, values)
    return {row.member_id: row for row in rows}


def find_stays_many(
    session: Session,
    ledger_id: int,
    session_id: UUID,
    member_ids: Sequence[UUID],
    at: datetime,
) -> dict[UUID, list[Any]]:
    """Return the same for many members of a roll, by member."""
    values = {
        "in_ledger": ledger_id,
        "in_session": session_id,
        "of_members": member_ids,
        "at": at,
    }
    found: dict[UUID, list[Any]] = {}
    for row in session.connection().execute(_stays_of_many, values):
        found.setdefault(row.member_id, []).append(row)
    return found


def insert_stays(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert open stays in one statement; return the members whose stay was new."""
    if not rows:
        return set()
    connection = session.connection()
    return set(connection.execute(_insert(connection.dialect.name), list(rows)).scalars())


@cache
def _insert(dialect: str) -> Any:
    return insert_or_ignore_in(dialect, T).returning(T.c.member_id)


def find_leaving(session: Session, ledger_id: int, session_id: UUID, member_id: UUID) -> list[Any]:
    """List the member's stays in a session with the session's facts; one empty row if none."""
    values = {"in_ledger": ledger_id, "in_session": session_id, "of_member": member_id}
    return list(session.connection().execute(_leaving, values))


def end_stay(
    session: Session, ledger_id: int, attendance_id: UUID, done: Mapping[str, Any]
) -> bool:
    """End an open stay; False when somebody else has ended it."""
    values = {"in_ledger": ledger_id, "which": attendance_id, **done}
    return session.connection().execute(_end, values).first() is not None


def credit_again(session: Session, ledger_id: int, credits: Mapping[UUID, Credit]) -> None:
    """Write the credit of earlier stays that a later one has changed (one statement)."""
    rows = [
        {
            "in_ledger": ledger_id,
            "which": attendance_id,
            "credited_minutes": each.minutes,
            "zero_reason": each.zero_reason,
        }
        for attendance_id, each in credits.items()
    ]
    if rows:
        session.connection().execute(_credit, rows)


def close_forgotten(session: Session, ledger_id: int, stays: Sequence[Any]) -> None:
    """Close stays whose people went on without checking out: 0 until confirmed (D16)."""
    rows = [
        {"in_ledger": ledger_id, "which": stay.id, "at": max(stay.checked_in_at, stay.ends_at)}
        for stay in stays
    ]
    if rows:
        session.connection().execute(_forget, rows)
