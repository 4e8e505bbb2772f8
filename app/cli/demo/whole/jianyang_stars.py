"""建阳's 亮星榜: stars at 10, 20, 40, 60 and 80 hours, reviewed once after the year (D41).

Who reached a star by the end of 2025 is reviewed, put up for five working days, and granted.
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.cli.demo.whole.outings import Stage
from app.cli.demo.whole.places import JIANYANG
from app.cli.demo.world import Moment, at
from app.community import tree
from app.points import boards, programmes
from app.points.boards import Terms
from app.points.models import StarRise
from app.points.stars import granting, rises, tables
from app.points.stars.tables import Table

HOURS = (10, 20, 40, 60, 80)
REVIEWED_ON, GRANTED_ON = date(2026, 1, 5), date(2026, 1, 14)
REVIEWED, GRANTED = "stars:reviewed", "stars:granted"


def decide(session: Session, stage: Stage) -> None:
    """Decide from how many hours on there are how many stars, and open the board."""
    programme = programmes.of_ledger(session, stage.ledger_id)
    if tables.list_versions(session, programme.id):
        return
    steps = tuple(hours * 60 for hours in HOURS)
    wanted = Table(steps=steps, valid_from_on=clock.today())
    actor = stage.staff.actor
    tables.add_version(session, programme=programme, wanted=wanted, actor=actor)
    boards.write(
        session,
        ledger_id=stage.ledger_id,
        node_id=tree.by_code(session, JIANYANG).id,
        terms=Terms(is_open=True, period="year"),
        version=0,
        actor=actor,
    )


def moments(stage: Stage) -> list[Moment]:
    """Return the review with its notice, and the day on which the stars are granted."""

    def review(session: Session) -> None:
        _review(session, stage)

    def grant(session: Session) -> None:
        granting.grant_due(session, ledger_id=stage.ledger_id)

    return [
        Moment(at(REVIEWED_ON, 16), REVIEWED, review),
        Moment(at(GRANTED_ON, 0, 20), GRANTED, grant),
    ]


def lived(session: Session, ledger_id: int) -> set[str]:
    """Return the names of the moments that the book has."""
    query = sa.select(StarRise.state).where(StarRise.ledger_id == ledger_id).distinct()
    states = set(session.scalars(query))
    done = {REVIEWED} if states else set()
    return done | ({GRANTED} if "granted" in states else set())


def _review(session: Session, stage: Stage) -> None:
    ledger_id, actor = stage.ledger_id, stage.staff.actor
    node = tree.by_code(session, JIANYANG)
    due = rises.list_due(session, ledger_id=ledger_id, node=node, limit=granting.AT_ONCE_MAX)
    member_ids = [each.member_id for each in due]
    rises.review(
        session, ledger_id=ledger_id, member_ids=member_ids, verdict="approved", actor=actor
    )
    granting.put_up(
        session,
        ledger_id=ledger_id,
        node_id=node.id,
        contact="建阳区志愿服务窗口，有意见请在公示期内来说",
        title="2025年度志愿者亮星公示",
        actor=actor,
    )
