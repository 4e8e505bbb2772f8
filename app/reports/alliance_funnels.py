"""The funnel of an alliance: 队伍 → 发起 → 响应 → 举办 → 报名 → 到场 → 小时 (C1, C4, C5).

Counted are the activities called for the alliance whose first session begins in the
span. Each step may only be as wide as the one before; what a team did of it stands
beside it, so that a community sees who carries the alliance. A team that has left since
keeps its share of the time it was in.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import funnel
from app.activities.funnel import Cohort
from app.activities.models import ActivitySession, Attendance, Response
from app.activities.states import HELD
from app.base import clock
from app.community.models import Node
from app.people import alliances, teams
from app.people.models import AllianceTeam, Team


@dataclass(frozen=True, slots=True)
class TeamShare:
    """What one team did: answered calls, people who came, their minutes.

    `standing` is member, left, or guest: of no stay in the alliance, but helped.
    """

    team: Team
    standing: str
    response_count: int
    people_count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class AllianceFunnel:
    """The steps of an alliance over a span; `responded_count` counts calls, not answers.

    `team_count` counts the teams that were in it in the span.
    """

    team_count: int
    called_count: int
    responded_count: int
    held_count: int
    enrolled_count: int
    absent_count: int
    people_count: int
    visit_count: int
    minutes: int
    median_response_seconds: int | None
    shares: tuple[TeamShare, ...]


def count(
    session: Session, *, ledger_id: int, node: Node, alliance_id: UUID, cohort: Cohort
) -> AllianceFunnel:
    """Count an alliance's funnel and each team's share; statements do not grow with either.

    Args:
        node: The alliance's place.
        cohort: Its span; the alliance is set here.
    """
    whole = Cohort(cohort.begins_at, cohort.ends_at, alliance_id=alliance_id)
    counted = funnel.count(session, ledger_id=ledger_id, node=node, cohort=whole)
    called = funnel.activities_of(ledger_id, node, whole).subquery()
    answers = _answers(session, ledger_id, called)
    stays = _stays(session, ledger_id, called)
    joined = alliances.history(session, ledger_id=ledger_id, alliance_id=alliance_id)
    during = {each.team_id for each in joined if _overlaps(each, whole)}
    now = {each.team_id for each in joined if each.left_on is None}
    concerned = during | now | answers.keys() | stays.keys()
    found = teams.get_many(session, ledger_id=ledger_id, team_ids=tuple(concerned))
    past = {each.team_id for each in joined}
    people, minutes = _whole(session, ledger_id, called)
    return AllianceFunnel(
        team_count=len(during),
        called_count=counted.called_count,
        responded_count=_responded(session, ledger_id, called),
        held_count=counted.held_count,
        enrolled_count=counted.enrolled_count,
        absent_count=counted.absent_count,
        people_count=people,
        visit_count=counted.attended_count,
        minutes=minutes,
        median_response_seconds=counted.median_response_seconds,
        shares=tuple(
            TeamShare(
                team,
                "member" if team.id in now else "left" if team.id in past else "guest",
                answers.get(team.id, 0),
                *stays.get(team.id, (0, 0)),
            )
            for team in sorted(found.values(), key=lambda team: team.name)
        ),
    )


def _overlaps(stay: AllianceTeam, cohort: Cohort) -> bool:
    """Whether a stay has a day in the span; the day of leaving is no longer one."""
    begins_at = clock.day_bounds(stay.joined_on)[0]
    ends_at = clock.day_bounds(stay.left_on)[0] if stay.left_on else None
    if ends_at == begins_at:
        return False
    is_begun = cohort.ends_at is None or begins_at < cohort.ends_at
    return is_begun and (ends_at is None or cohort.begins_at is None or ends_at > cohort.begins_at)


def _live(ledger_id: int, called: Any) -> list[sa.ColumnElement[bool]]:
    return [
        Response.ledger_id == ledger_id,
        Response.withdrawn_at.is_(None),
        Response.activity_id.in_(sa.select(called.c.id)),
    ]


def _answers(session: Session, ledger_id: int, called: Any) -> dict[UUID, int]:
    query = (
        sa.select(Response.team_id, sa.func.count())
        .where(*_live(ledger_id, called))
        .group_by(Response.team_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _responded(session: Session, ledger_id: int, called: Any) -> int:
    query = sa.select(sa.func.count(sa.distinct(Response.activity_id)))
    return session.scalar(query.where(*_live(ledger_id, called))) or 0


def _present(ledger_id: int, called: Any) -> list[sa.ColumnElement[bool]]:
    """Condition: confirmed presences at the sessions that were held."""
    held = sa.select(called.c.id).where(called.c.state.in_(HELD))
    slots = sa.select(ActivitySession.id).where(
        ActivitySession.ledger_id == ledger_id,
        ActivitySession.state == "closed",
        ActivitySession.activity_id.in_(held),
    )
    return [
        Attendance.ledger_id == ledger_id,
        Attendance.state == "confirmed",
        Attendance.session_id.in_(slots),
    ]


def _whole(session: Session, ledger_id: int, called: Any) -> tuple[int, int]:
    query = sa.select(
        sa.func.count(sa.distinct(Attendance.member_id)),
        sa.func.coalesce(sa.func.sum(Attendance.credited_minutes), 0),
    )
    row: Any = session.execute(query.where(*_present(ledger_id, called))).one()
    return int(row[0]), int(row[1])


def _stays(session: Session, ledger_id: int, called: Any) -> dict[UUID, tuple[int, int]]:
    query = (
        sa.select(
            Attendance.team_id,
            sa.func.count(sa.distinct(Attendance.member_id)),
            sa.func.coalesce(sa.func.sum(Attendance.credited_minutes), 0),
        )
        .where(*_present(ledger_id, called), Attendance.team_id.is_not(None))
        .group_by(Attendance.team_id)
    )
    rows: list[Any] = list(session.execute(query))
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}
