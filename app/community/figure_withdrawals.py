"""Withdrawals (撤下) of figures: a wrong one is taken down by two people, never changed.

One person asks with a reason, another decides. What was withdrawn leaves every page and
report at once and stays in the history with who did it and why; the right number may then
be entered for the same place, kind, day, span and source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import AlreadyRequested, NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.community.models_figure import Figure, FigureKind, FigureWithdrawal

REASON_MAX = 200
VERDICTS = {"approved": "withdrawn", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A withdrawal with the figure that it is about."""

    withdrawal: FigureWithdrawal
    figure: Figure
    kind: FigureKind
    node: Node


def ask(
    session: Session, *, figure_id: int, within: Node, reason: str, actor: Actor
) -> FigureWithdrawal:
    """Ask that a figure of a place or below it be taken down.

    Raises:
        NotFound: There is no such figure there, or it is withdrawn already.
        ValidationFailed: No reason.
        AlreadyRequested: Somebody has asked, and it waits for a decision.
    """
    said = reason.strip()
    if not 0 < len(said) <= REASON_MAX:
        raise ValidationFailed("a withdrawal says why", field="reason")
    figure = session.get(Figure, figure_id)
    if figure is None or not tree.contains(within, tree.get(session, figure.node_id)):
        raise NotFound("no such figure")
    row = {
        "id": new_id(),
        "figure_id": figure_id,
        "reason": said,
        "state": "waiting",
        "asked_by_id": actor.person_id,
        "asked_at": clock.now(),
    }
    insert = insert_or_ignore(session, FigureWithdrawal).values(**row)
    made = session.scalar(insert.returning(FigureWithdrawal.id))
    if made is None:
        _refuse_another(session, figure_id)
    return session.get_one(FigureWithdrawal, made)


def decide(
    session: Session, *, withdrawal_id: UUID, within: Node, verdict: str, actor: Actor
) -> FigureWithdrawal:
    """Take a figure down (`approved`), or leave it (`refused`).

    Raises:
        NotFound: Nobody asked for it at this place, or it was decided already.
        ValidationFailed: No such verdict.
        SecondPersonRequired: The actor asked for it.
    """
    if verdict not in VERDICTS:
        raise ValidationFailed("approved or refused", field="verdict")
    found = session.get(FigureWithdrawal, withdrawal_id, with_for_update=True)
    if found is None or found.state != "waiting":
        raise NotFound("no such withdrawal")
    figure = session.get_one(Figure, found.figure_id)
    if not tree.contains(within, tree.get(session, figure.node_id)):
        raise NotFound("no such withdrawal")
    if actor.is_involved(found.asked_by_id):
        raise SecondPersonRequired
    found.state, found.decided_by_id = VERDICTS[verdict], actor.person_id
    found.decided_at = clock.now()
    session.flush()
    return found


def list_in(session: Session, node: Node, *states: str) -> Sequence[Listed]:
    """List the withdrawals of a place and below it in some states, the latest first."""
    query = (
        sa.select(FigureWithdrawal, Figure, FigureKind, Node)
        .join(Figure, Figure.id == FigureWithdrawal.figure_id)
        .join(FigureKind, FigureKind.code == Figure.kind_code)
        .join(Node, Node.id == Figure.node_id)
        .where(FigureWithdrawal.state.in_(states), tree.within(Node.path, node))
        .order_by(FigureWithdrawal.asked_at.desc(), FigureWithdrawal.id)
    )
    return [Listed(*row) for row in session.execute(query)]


def _refuse_another(session: Session, figure_id: int) -> NoReturn:
    """Refuse to ask about a figure that is withdrawn, or that somebody asked about before."""
    query = sa.select(FigureWithdrawal.id).where(
        FigureWithdrawal.figure_id == figure_id, FigureWithdrawal.state == "withdrawn"
    )
    if session.scalar(query) is not None:
        raise NotFound("no such figure")
    raise AlreadyRequested
