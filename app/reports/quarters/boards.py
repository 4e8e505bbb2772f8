"""The quarter board of a place (亮星榜): ranked by the rule of the quarter, ties share (S1)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.points import programmes
from app.points.quarters import scoring
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.models import QuarterReport
from app.reports.quarters import freezing, lines
from app.reports.quarters.lines import QuarterSum


@dataclass(frozen=True, slots=True)
class QuarterBoard:
    """A place's lines of a quarter with their shared ranks; `report` None: still open.

    `others` have nothing to be ranked for: only corrections that take hours back.
    """

    quarter: Quarter
    kind: str
    rule: Rule
    report: QuarterReport | None
    ranked: list[tuple[int, QuarterSum]]
    others: list[QuarterSum]

    @property
    def minutes(self) -> int:
        """All minutes of the place in the quarter, corrections included."""
        return sum(each.minutes for _, each in self.ranked) + sum(x.minutes for x in self.others)

    @property
    def adjustment_minutes(self) -> int:
        """Minutes of earlier quarters that this one counts, with their sign."""
        listed = [*(each for _, each in self.ranked), *self.others]
        return sum(each.adjustment_minutes for each in listed)


def draw(
    session: Session, *, ledger_id: int, node: Node, quarter: Quarter, kind: str = "member"
) -> QuarterBoard:
    """Rank a place and all below it: a closed quarter as it was frozen, an open one as it is."""
    report = freezing.find(session, ledger_id=ledger_id, quarter=quarter)
    if report is not None:
        rule = scoring.of_values(report.rule)
        chosen = freezing.read(session, ledger_id=ledger_id, quarter=quarter, kind=kind, node=node)
    else:
        rule = scoring.current(session, programmes.of_ledger(session, ledger_id).id)
        found = lines.live(session, ledger_id=ledger_id, quarter=quarter, rule=rule)
        inside = set(session.scalars(sa.select(Node.id).where(tree.within(Node.path, node))))
        chosen = [each for each in found if each.subject_kind == kind and each.node_id in inside]
    able = [each for each in chosen if each.score > 0]
    return QuarterBoard(
        quarter=quarter,
        kind=kind,
        rule=rule,
        report=report,
        ranked=rank(able),
        others=[each for each in chosen if each.score <= 0],
    )


def rank(found: list[QuarterSum]) -> list[tuple[int, QuarterSum]]:
    """Rank lines by score, best first; ties share a rank (1, 2, 2, 4) and stand by number."""
    ordered = sorted(found, key=lambda each: (-each.score, each.number))
    ranked: list[tuple[int, Any]] = []
    for position, each in enumerate(ordered, 1):
        is_tie = bool(ranked) and ranked[-1][1].score == each.score
        ranked.append((ranked[-1][0] if is_tie else position, each))
    return ranked
