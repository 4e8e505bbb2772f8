"""金溪社区's 61 calls and 58 activities, each lived through from plan to archive.

Volunteers scan the codes that the leader's screen shows at that moment; nothing is
typed in. 61 called → 58 held → 1,104 enrolled → 1,016 present → 2,001.0 hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import attendance, checkin, closing, codes, enrolment, plans, responses
from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.cli.demo import names
from app.cli.demo.jinxi_cast import ABSENT_COUNT, ALLIANCE, TEAMS, UNANSWERED, TeamPlan
from app.cli.demo.jinxi_people import find_team, keys_of
from app.cli.demo.places import COMMUNITY
from app.cli.demo.world import Someone, at, step, withdraw_proofs
from app.community import tree
from app.people.models import Alliance

FIRST_ON, LAST_ON = date(2025, 1, 11), date(2026, 2, 21)
ADDRESS = "金溪社区党群服务中心一楼活动室"
WEN_SKIPS = 6
"""温如许 misses the seventh of 绿洲课后: six times two hours are her 120 points."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One activity of the plan: whose, which time, on which day, and whether it was held."""

    team: TeamPlan
    ordinal: int
    held_on: date
    is_answered: bool
    absent_count: int

    @property
    def title(self) -> str:
        """What the activity is called; a title is unique in the demo."""
        return f"{self.team.title}（{self.team.name}第{self.ordinal + 1}场）"

    @property
    def starts_at(self) -> datetime:
        """When it begins: patrols in the evening, everything else in the afternoon."""
        return at(self.held_on, 19 if self.team.category == "security_patrol" else 14)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the book, its people, the staff member who approves."""

    ledger_id: int
    people: dict[str, Someone]

    def leader(self, team: TeamPlan) -> Someone:
        """Return the leader of a team."""
        return self.people[keys_of(team)[0]]


def occasions() -> list[Occasion]:
    """Return all 61 in the order of their days."""
    planned = [(team, ordinal, True) for team in TEAMS for ordinal in range(team.held_count)]
    unanswered = [(team, team.held_count, False) for team in TEAMS if team.name in UNANSWERED]
    extra = ABSENT_COUNT - len(planned)
    found = [
        Occasion(team, ordinal, _day(team, ordinal), True, 2 if place < extra else 1)
        for place, (team, ordinal, _) in enumerate(planned)
    ]
    found += [
        Occasion(team, number, _day(team, number), False, 0) for team, number, _ in unanswered
    ]
    return sorted(found, key=lambda one: (one.held_on, TEAMS.index(one.team)))


def _day(team: TeamPlan, ordinal: int) -> date:
    """Spread a team's activities over the fourteen months, each team on days of its own."""
    places = team.held_count + (team.name in UNANSWERED)
    span = (LAST_ON - FIRST_ON).days - len(TEAMS)
    return FIRST_ON + timedelta(days=span * ordinal // max(places - 1, 1) + TEAMS.index(team))


def live(ledger_id: int, people: dict[str, Someone]) -> Iterator[Occasion]:
    """Live through every activity that the book does not have yet, yielding each."""
    cast = Cast(ledger_id, people)
    for occasion in occasions():
        step(occasion.starts_at, lambda session, one=occasion: _live_one(session, cast, one))  # type: ignore[misc]
        yield occasion


def _live_one(session: Session, cast: Cast, occasion: Occasion) -> None:
    known = sa.select(Activity.id).where(
        Activity.ledger_id == cast.ledger_id, Activity.title == occasion.title
    )
    if session.scalar(known):
        return
    withdraw_proofs(session, cast.ledger_id)
    activity_id = _call(session, cast, occasion)
    if not occasion.is_answered:
        ended_at = occasion.starts_at - timedelta(days=10)
        with clock.held_at(ended_at):
            responses.close_unanswered(session, ledger_id=cast.ledger_id, now=ended_at)
        return
    (slot,) = plans.list_sessions(session, ledger_id=cast.ledger_id, activity_id=activity_id)
    present, absent = _choose(occasion)
    _enrol(session, cast, occasion, slot, [*present, *absent])
    _attend(session, cast, slot, present)
    _settle(session, cast, occasion, slot)


def _call(session: Session, cast: Cast, occasion: Occasion) -> UUID:
    """Plan, submit, approve, and let the team respond (发起—响应)."""
    leader, begins = cast.leader(occasion.team).actor, occasion.starts_at
    team = find_team(session, cast.ledger_id, occasion.team.name)
    alliance_id = session.scalar(
        sa.select(Alliance.id).where(
            Alliance.ledger_id == cast.ledger_id, Alliance.name == ALLIANCE
        )
    )
    plan = Plan(
        node_id=tree.by_code(session, COMMUNITY).id,
        title=occasion.title,
        category_code=occasion.team.category,
        address=ADDRESS,
        sessions=[PlannedSession(begins, begins + timedelta(minutes=occasion.team.minutes))],
        team_id=team.id,
        alliance_id=alliance_id,
    )
    with clock.held_at(begins - timedelta(days=14)):
        draft = plans.draft(session, ledger_id=cast.ledger_id, plan=plan, actor=leader)
        ledger_id, activity_id = cast.ledger_id, draft.id
        plans.submit(session, ledger_id=ledger_id, activity_id=activity_id, actor=leader)
    with clock.held_at(begins - timedelta(days=13)):
        staff = cast.people["zhuo"].actor
        plans.approve(session, ledger_id=ledger_id, activity_id=activity_id, actor=staff)
    if occasion.is_answered:
        with clock.held_at(begins - timedelta(days=13) + timedelta(hours=3)):
            responses.respond(
                session,
                ledger_id=ledger_id,
                activity_id=activity_id,
                team_id=team.id,
                actor=leader,
            )
    return activity_id


def _choose(occasion: Occasion) -> tuple[list[str], list[str]]:
    """Choose who comes (of the team) and who signs up and stays away (of the alliance)."""
    chance = names.random_of(f"jinxi:{occasion.title}")
    members = [key for key in keys_of(occasion.team)[1:] if key != "wen"]
    present = chance.sample(members, occasion.team.people_count)
    if occasion.team.name == "绿洲课后" and occasion.ordinal != WEN_SKIPS:
        present[0] = "wen"
    others = [key for team in TEAMS if team is not occasion.team for key in keys_of(team)[1:]]
    return present, chance.sample([key for key in others if key != "wen"], occasion.absent_count)


def _enrol(
    session: Session, cast: Cast, occasion: Occasion, slot: ActivitySession, keys: list[str]
) -> None:
    for place, key in enumerate(keys):
        someone = cast.people[key]
        with clock.held_at(occasion.starts_at - timedelta(days=6, minutes=-3 * place)):
            enrolment.enrol(
                session,
                ledger_id=cast.ledger_id,
                session_id=slot.id,
                member_id=someone.member_id,
                actor=someone.actor,
            )


def _attend(session: Session, cast: Cast, slot: ActivitySession, keys: list[str]) -> None:
    """Everybody scans the screen's code on coming and on going."""
    moments = (("in", slot.starts_at - timedelta(minutes=12)), ("out", slot.ends_at))
    for direction, first_at in moments:
        for place, key in enumerate(keys):
            with clock.held_at(first_at + timedelta(seconds=20 * place)):
                _scan(session, cast, slot, direction, cast.people[key])


def _scan(
    session: Session, cast: Cast, slot: ActivitySession, direction: str, someone: Someone
) -> None:
    shown = codes.current(slot, direction)
    ticket = codes.redeem(session, token=shown.token)
    scan = checkin.check_in if direction == "in" else checkin.check_out
    scan(
        session,
        ledger_id=cast.ledger_id,
        member_id=someone.member_id,
        ticket=ticket,
        actor=someone.actor,
    )


def _settle(session: Session, cast: Cast, occasion: Occasion, slot: ActivitySession) -> None:
    """The leader confirms, closes with the number of people served, and files it away."""
    leader = cast.leader(occasion.team).actor
    chance = names.random_of(f"served:{occasion.title}")
    with clock.held_at(slot.ends_at + timedelta(minutes=20)):
        attendance.confirm(session, ledger_id=cast.ledger_id, session_id=slot.id, actor=leader)
        closing.close(
            session,
            ledger_id=cast.ledger_id,
            activity_id=slot.activity_id,
            beneficiary_count=chance.randint(20, 80),
            actor=leader,
        )
        closing.archive(
            session, ledger_id=cast.ledger_id, activity_id=slot.activity_id, actor=leader
        )
