"""Rings: the same neighbours help each other again and again, or in a circle (A12, F14).

Helping is good, so nothing is refused: the case is put before a person.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.risk import rules, signals
from app.service_orders.models import Exchange

RULE = "exchange_ring"
SCORE_PAIR, SCORE_CIRCLE = 60, 70
CIRCLE_MAX = 5


def look(session: Session, *, exchange: Exchange) -> None:
    """Look at the days before a confirmed exchange, and put what is odd before a person."""
    parameters = rules.current(RULE).parameters
    since = clock.now() - timedelta(days=parameters["within_days"])
    edges = _edges(session, exchange.ledger_id, since)
    pair = {exchange.asker_id, exchange.helper_id}
    count = sum(1 for edge in edges if set(edge) == pair)
    if count >= parameters["count_max"]:
        _flag(session, exchange, SCORE_PAIR, exchange_count=count)
    circle = _circle(edges, exchange)
    if circle:
        _flag(session, exchange, SCORE_CIRCLE, people_count=circle)


def _edges(session: Session, ledger_id: int, since: Any) -> list[tuple[UUID, UUID]]:
    """Who was helped by whom since an instant."""
    query = sa.select(Exchange.asker_id, Exchange.helper_id).where(
        Exchange.ledger_id == ledger_id, Exchange.state == "done", Exchange.ended_at > since
    )
    return [(row.asker_id, row.helper_id) for row in session.execute(query)]


def _circle(edges: list[tuple[UUID, UUID]], exchange: Exchange) -> int:
    """How many people the shortest circle through this exchange has, from 3 up; 0 without one."""
    helps: dict[UUID, set[UUID]] = {}
    for asker, helper in edges:
        helps.setdefault(helper, set()).add(asker)
    reached, people = {exchange.asker_id}, 1
    while reached and people < CIRCLE_MAX:
        reached = set().union(*(helps.get(each, set()) for each in reached))
        people += 1
        if exchange.helper_id in reached:
            return people if people > 2 else 0
    return 0


def _flag(session: Session, exchange: Exchange, score: int, **facts: int) -> None:
    assert exchange.helper_id is not None, "a confirmed exchange has a helper"
    signals.raise_signal(
        session,
        ledger_id=exchange.ledger_id,
        rule_code=RULE,
        subject_kind="member",
        subject_id=exchange.helper_id,
        score=score,
        exchange_number=exchange.number,
        **facts,
    )
