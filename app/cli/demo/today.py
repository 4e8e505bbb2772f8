"""One activity of today to scan, so that a first visitor can try the whole way at once."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import enrolment, plans, responses
from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.base.transactions import unit_of_work
from app.cli.demo.jinxi_people import find_team, ledger_of
from app.cli.demo.places import COMMUNITY
from app.cli.demo.world import everyone
from app.community import tree

TEAM = "绿洲课后"
LASTS = timedelta(hours=2)
LEFT_MIN = timedelta(minutes=15)


def add() -> str | None:
    """Plan, approve and answer an activity that has just begun; None if one is under way.

    Its check-in is open from an hour before now, and however late in the day this is
    asked, there is one to scan for a quarter of an hour at least. Planning lies in the
    past of the held clock, as an activity is never planned for a time that has gone (D20).
    """
    now = clock.now()
    begins = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    day_on = clock.local_date(now)
    hour = begins.astimezone(clock.SHANGHAI)
    title = f"课后辅导（{day_on.month}月{day_on.day}日{hour:%H:%M}）"

    def work(session: Session) -> str | None:
        ledger_id = ledger_of(session)
        if _is_under_way(session, ledger_id, now):
            return None
        people = everyone(session, ledger_id)
        leader, staff = people["zhong"].actor, people["zhuo"].actor
        team = find_team(session, ledger_id, TEAM)
        plan = Plan(
            node_id=tree.by_code(session, COMMUNITY).id,
            title=title,
            category_code="tutoring",
            address="金溪社区党群服务中心一楼活动室",
            sessions=[PlannedSession(begins, begins + LASTS, quota_count=30)],
            team_id=team.id,
        )
        with clock.held_at(begins - timedelta(hours=3)):
            draft = plans.draft(session, ledger_id=ledger_id, plan=plan, actor=leader)
            plans.submit(session, ledger_id=ledger_id, activity_id=draft.id, actor=leader)
            plans.approve(session, ledger_id=ledger_id, activity_id=draft.id, actor=staff)
            responses.respond(
                session, ledger_id=ledger_id, activity_id=draft.id, team_id=team.id, actor=leader
            )
        (slot,) = plans.list_sessions(session, ledger_id=ledger_id, activity_id=draft.id)
        for key in ("wen", "lin"):
            enrolment.enrol(
                session,
                ledger_id=ledger_id,
                session_id=slot.id,
                member_id=people[key].member_id,
                actor=people[key].actor,
            )
        return draft.number

    return unit_of_work(work)


def _is_under_way(session: Session, ledger_id: int, now: datetime) -> bool:
    """Whether an activity that this command added can still be scanned for a while."""
    running = (
        sa.select(ActivitySession.id)
        .join(
            Activity,
            (Activity.ledger_id == ActivitySession.ledger_id)
            & (Activity.id == ActivitySession.activity_id),
        )
        .where(
            ActivitySession.ledger_id == ledger_id,
            Activity.ledger_id == ledger_id,
            Activity.title.like("课后辅导（%月%日%"),
            Activity.state == "open",
            ActivitySession.starts_at <= now,
            ActivitySession.ends_at > now + LEFT_MIN,
        )
    )
    return session.scalar(running.limit(1)) is not None
