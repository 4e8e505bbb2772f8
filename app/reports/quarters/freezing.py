"""Freezing: what a quarter says is written down in the transaction that closes it (S2, A15)."""

from dataclasses import asdict, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.community import tree
from app.community.models import Node
from app.ledger.proof import Check
from app.points import programmes
from app.points.quarters import closing, scoring
from app.points.quarters.calendar import Quarter
from app.reports.models import QuarterLine, QuarterReport
from app.reports.quarters import lines
from app.reports.quarters.lines import QuarterSum

NAME = "quarters_frozen"
AT_ONCE = 1_000
NAMES = tuple(each.name for each in fields(QuarterSum))


def close(session: Session, *, ledger_id: int, quarter: Quarter, actor: Actor) -> QuarterReport:
    """Close a quarter that another person proposed to close, and freeze what it says.

    Raises:
        PeriodConflict: Nobody proposed it, it is closed, or not the next in turn.
        SecondPersonRequired: The actor proposed it.
    """
    closing.close(session, ledger_id=ledger_id, quarter=quarter, actor=actor)
    rule = scoring.current(session, programmes.of_ledger(session, ledger_id).id)
    found = lines.live(session, ledger_id=ledger_id, quarter=quarter, rule=rule)
    report = QuarterReport(
        ledger_id=ledger_id,
        period=quarter.name,
        rule=rule.as_values(),
        line_count=len(found),
        sha256=lines.digest(found),
        frozen_by_id=actor.person_id,
        frozen_at=clock.now(),
    )
    session.add(report)
    session.flush()
    key = {"ledger_id": ledger_id, "period": quarter.name}
    for at in range(0, len(found), AT_ONCE):
        rows = [{**key, **asdict(each)} for each in found[at : at + AT_ONCE]]
        session.execute(sa.insert(QuarterLine), rows)
    return report


def find(session: Session, *, ledger_id: int, quarter: Quarter) -> QuarterReport | None:
    """Return a closed quarter's report; None while it is open."""
    return session.get(QuarterReport, (ledger_id, quarter.name))


def list_closed(session: Session, *, ledger_id: int) -> list[QuarterReport]:
    """List the book's closed quarters, the latest first."""
    query = sa.select(QuarterReport).where(QuarterReport.ledger_id == ledger_id)
    return list(session.scalars(query.order_by(QuarterReport.period.desc())))


def read(
    session: Session,
    *,
    ledger_id: int,
    quarter: Quarter,
    kind: str | None = None,
    node: Node | None = None,
) -> list[QuarterSum]:
    """Return the frozen lines of a closed quarter, in their fixed order; or some of them."""
    columns = [getattr(QuarterLine, name) for name in NAMES]
    query = sa.select(*columns).where(
        QuarterLine.ledger_id == ledger_id, QuarterLine.period == quarter.name
    )
    if kind is not None:
        query = query.where(QuarterLine.subject_kind == kind)
    if node is not None:
        query = query.join(Node, Node.id == QuarterLine.node_id).where(tree.within(Node.path, node))
    found = [QuarterSum(*row) for row in session.execute(query)]
    return sorted(found, key=lambda each: (each.subject_kind, each.subject_id.bytes))


def is_unchanged(session: Session, report: QuarterReport) -> bool:
    """Whether the frozen lines are still those that were frozen."""
    quarter = Quarter.named(report.period)
    found = read(session, ledger_id=report.ledger_id, quarter=quarter)
    return len(found) == report.line_count and lines.digest(found) == report.sha256


def checks(session: Session, *, ledger_id: int) -> list[Check]:
    """Prove that every closed quarter still says what it said when it was closed (A15)."""
    listed = list_closed(session, ledger_id=ledger_id)
    changed = [each.period for each in listed if not is_unchanged(session, each)]
    detail = f"lines differ from their hash: {', '.join(changed)}" if changed else ""
    return [Check(NAME, not changed, detail or f"{len(listed)} closed quarters are as they were")]
