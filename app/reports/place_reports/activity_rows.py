"""Rows of activities: sessions held, by type, who came, whom they served, hours."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.activities import funnel
from app.activities.models import Activity, ActivitySession, Attendance, Enrolment
from app.activities.states import HELD
from app.people.models import Member
from app.points.models import Grant
from app.reports.place_reports.scope import Rows, Scope, rows


def hours(scope: Scope) -> sa.Select[Any]:
    """Posted minutes of every grant; what was taken back is not among them (P5)."""
    return _grants(scope, rows(Member.volunteer_no, Grant.served_on, Grant.minutes)).where(
        Grant.minutes > 0
    )


def deeds(indicator_code: str) -> Rows:
    """Return the rows of an indicator that is counted by 次 or 件 (P7)."""

    def select(scope: Scope) -> sa.Select[Any]:
        start = rows(Member.volunteer_no, Grant.served_on, Grant.quantity)
        return _grants(scope, start).where(
            Grant.indicator_code == indicator_code, Grant.minutes == 0
        )

    return select


def calls(scope: Scope) -> sa.Select[Any]:
    """Activities that were called (发起): approved, whether a team answered or not (C5)."""
    return rows(Activity.title, Activity.approved_at).where(
        Activity.ledger_id == scope.ledger_id,
        Activity.state.in_(funnel.CALLED),
        Activity.approved_at < scope.until_at,
        Activity.node_id.in_(scope.places()),
    )


def signed_up(*states: str) -> Rows:
    """Return the rows of sign-ups for sessions held: `enrolled` came, `absent` did not (C5)."""

    def select(scope: Scope) -> sa.Select[Any]:
        return (
            _held(scope, rows(Activity.title, Enrolment.enrolled_at))
            .join(
                Enrolment,
                (Enrolment.ledger_id == ActivitySession.ledger_id)
                & (Enrolment.session_id == ActivitySession.id),
            )
            .where(Enrolment.ledger_id == scope.ledger_id, Enrolment.state.in_(states))
        )

    return select


def sessions(*categories: str) -> Rows:
    """Return the rows of sessions held, of these types (all, if none is named) (C4, C7, C8)."""

    def select(scope: Scope) -> sa.Select[Any]:
        found = _held(scope, rows(Activity.title, ActivitySession.starts_at))
        return found.where(_is_of(categories))

    return select


def attendances(scope: Scope) -> sa.Select[Any]:
    """Every confirmed stay of somebody at a session (人次)."""
    start = rows(Activity.title, Attendance.checked_in_at)
    return (
        _held(scope, start)
        .join(
            Attendance,
            (Attendance.ledger_id == ActivitySession.ledger_id)
            & (Attendance.session_id == ActivitySession.id),
        )
        .where(Attendance.ledger_id == scope.ledger_id, Attendance.state == "confirmed")
    )


def people_served(scope: Scope) -> sa.Select[Any]:
    """People served, as the leader wrote at the close; they are no volunteers' hours (C10)."""
    first = sa.func.min(ActivitySession.starts_at)
    return (
        _held(scope, rows(Activity.title, first, Activity.beneficiary_count))
        .where(Activity.beneficiary_count > 0)
        .group_by(Activity.id, Activity.title, Activity.beneficiary_count)
    )


def _held(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return (
        start.select_from(Activity)
        .join(
            ActivitySession,
            (ActivitySession.ledger_id == Activity.ledger_id)
            & (ActivitySession.activity_id == Activity.id),
        )
        .where(
            Activity.ledger_id == scope.ledger_id,
            ActivitySession.ledger_id == scope.ledger_id,
            Activity.state.in_(HELD),
            ActivitySession.state == "closed",
            ActivitySession.ends_at < scope.until_at,
            Activity.node_id.in_(scope.places()),
        )
    )


def _is_of(categories: Collection[str]) -> sa.ColumnElement[bool]:
    return Activity.category_code.in_(categories) if categories else sa.true()


def _grants(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return (
        start.select_from(Grant)
        .join(Member, (Member.ledger_id == Grant.ledger_id) & (Member.id == Grant.member_id))
        .where(
            Grant.ledger_id == scope.ledger_id,
            Member.ledger_id == scope.ledger_id,
            Grant.state == "posted",
            Grant.served_on <= scope.as_of_on,
            Grant.node_id.in_(scope.places()),
        )
    )
