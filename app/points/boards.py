"""Star boards (亮星榜): whether a place's board is public, and what it ranks. Off by default.

The figures are for `reports` to make; names are masked there unless their owners agreed (D43).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, VersionStale
from app.base.upserts import insert_or_ignore
from app.people import audit
from app.points.models import Board

ROW_MAX = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """What a board ranks: `period` month, quarter or year; `counts` all or credited hours."""

    is_open: bool = False
    period: str = "quarter"
    counts: str = "all"
    row_max: int = ROW_MAX


def find(session: Session, *, ledger_id: int, node_id: int) -> Board | None:
    """Return a place's board, public or not; None where staff never set one up."""
    return session.get(Board, (ledger_id, node_id))


def get_open(session: Session, *, ledger_id: int, node_id: int) -> Board:
    """Return a place's board for everybody.

    Raises:
        NotFound: It is not switched on.
    """
    board = find(session, ledger_id=ledger_id, node_id=node_id)
    if board is None or not board.is_open:
        raise NotFound("no public board here")
    return board


def write(
    session: Session, *, ledger_id: int, node_id: int, terms: Terms, version: int, actor: Actor
) -> Board:
    """Set a place's board; `version` is the one that was read, 0 where there is none.

    Raises:
        VersionStale: Somebody set it since.
    """
    values = {
        "is_open": terms.is_open,
        "period": terms.period,
        "counts": terms.counts,
        "row_max": terms.row_max,
        "version": version + 1,
        "changed_by_id": actor.person_id,
        "changed_at": clock.now(),
    }
    board = _put(session, ledger_id, node_id, version, values)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="board_switched",
        subject_kind="node",
        node_id=node_id,
        is_open=terms.is_open,
        period=terms.period,
    )
    return board


def period_of(kind: str, day: date) -> tuple[date, date]:
    """Return the first day of the day's month, quarter or year, and the day itself."""
    first_month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[kind]
    return date(day.year, first_month, 1), day


def _put(
    session: Session, ledger_id: int, node_id: int, version: int, values: Mapping[str, object]
) -> Board:
    if version == 0:
        row = {"ledger_id": ledger_id, "node_id": node_id, **values}
        statement = insert_or_ignore(session, Board).values(row).returning(Board)
    else:
        statement = (
            sa.update(Board)
            .where(Board.ledger_id == ledger_id, Board.node_id == node_id, Board.version == version)
            .values(**values)
            .returning(Board)
            .execution_options(populate_existing=True)
        )
    board: Board | None = session.scalars(statement).one_or_none()
    if board is None:
        raise VersionStale
    return board
