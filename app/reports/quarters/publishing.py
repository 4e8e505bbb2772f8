"""What everybody sees of quarters: closed ones alone, volunteers where a board is on (S1, D43).

Teams and projects are not people, and are listed everywhere.
"""

from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.community.models import Node
from app.points import boards as walls
from app.points.quarters.calendar import Quarter
from app.reports.models_quarter import SUBJECT_KINDS
from app.reports.quarters import boards, freezing
from app.reports.quarters.boards import QuarterBoard


def has_people(session: Session, *, ledger_id: int, node: Node) -> bool:
    """Whether a place's staff switched its board on, so that volunteers are listed."""
    board = walls.find(session, ledger_id=ledger_id, node_id=node.id)
    return board is not None and board.is_open


def kinds(session: Session, *, ledger_id: int, node: Node) -> list[str]:
    """Return whom a place's public boards list: `member` only where its board is on."""
    is_on = has_people(session, ledger_id=ledger_id, node=node)
    return [each for each in SUBJECT_KINDS if is_on or each != "member"]


def draw(
    session: Session, *, ledger_id: int, node: Node, quarter: Quarter, kind: str
) -> QuarterBoard:
    """Return a closed quarter's board of a place and all below it, as it was frozen.

    Raises:
        NotFound: The quarter is not closed, or this kind is not public here.
    """
    if kind not in kinds(session, ledger_id=ledger_id, node=node):
        raise NotFound("no such board in public")
    if freezing.find(session, ledger_id=ledger_id, quarter=quarter) is None:
        raise NotFound("the quarter is not closed")
    return boards.draw(session, ledger_id=ledger_id, node=node, quarter=quarter, kind=kind)
