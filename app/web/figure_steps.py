"""What is done to figures from elsewhere at either door, each step with its audit (D49)."""

from collections.abc import Sequence
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.community import figure_imports, figure_withdrawals, figures
from app.community.figure_imports import Imported
from app.community.models import FigureKind, FigureWithdrawal, Node
from app.people import audit


def take_in(
    session: Session,
    file: BinaryIO,
    *,
    within: Sequence[Node],
    actor: Actor,
    named_by: Sequence[Node] | None = None,
) -> Imported:
    """Enter the good rows of a file; the places are the operator's. Raises as `import_figures`."""
    found = figure_imports.import_figures(
        session, file, within=within, named_by=named_by, actor=actor
    )
    if found.new:
        codes = [each.code for each in within]
        _note(session, actor, "figures_imported", new_count=found.new, node_codes=codes)
    return found


def ask_withdrawal(
    session: Session, *, figure_id: int, within: Node, reason: str, actor: Actor
) -> FigureWithdrawal:
    """Ask that a wrong figure be taken down. Raises as `figure_withdrawals.ask`."""
    named: dict[str, Any] = {"figure_id": figure_id, "within": within}
    found = figure_withdrawals.ask(session, **named, reason=reason, actor=actor)
    facts: dict[str, Any] = {"figure_id": figure_id, "node_code": within.code}
    _note(session, actor, "figure_withdrawal_asked", **facts)
    return found


def decide_withdrawal(
    session: Session, *, withdrawal_id: UUID, within: Node, verdict: str, actor: Actor
) -> FigureWithdrawal:
    """Take a figure down, or leave it. Raises as `figure_withdrawals.decide`."""
    named: dict[str, Any] = {"withdrawal_id": withdrawal_id, "within": within}
    found = figure_withdrawals.decide(session, **named, verdict=verdict, actor=actor)
    facts: dict[str, Any] = {"figure_id": found.figure_id, "node_code": within.code}
    _note(session, actor, f"figure_withdrawal_{verdict}", **facts)
    return found


def rename_kind(
    session: Session, *, code: str, name: str, unit: str, at: Node, actor: Actor
) -> FigureKind:
    """Put right what a kind is called and counted in, everywhere.

    Raises:
        PermissionDenied: The place is no city or above: a kind is everybody's.
        NotFound, ValidationFailed: As `figures.rename_kind`.
    """
    if not figure_imports.may_name(at):
        raise PermissionDenied
    kind = figures.rename_kind(session, code=code, name=name, unit=unit)
    facts = {"code": kind.code, "name": kind.name, "unit": kind.unit, "node_code": at.code}
    _note(session, actor, "figure_kind_renamed", **facts)
    return kind


def _note(session: Session, actor: Actor, action: str, **facts: Any) -> None:
    named: dict[str, Any] = {"ledger_id": audit.HOUSE, "subject_kind": "node"}
    audit.write(session, **named, actor=actor, action=action, **facts)
