"""What a place's report looks at: a book, a place with all below it, up to the end of a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node


@dataclass(frozen=True, slots=True)
class Scope:
    """The book, the place, and the first instant that no longer counts."""

    ledger_id: int
    node: Node
    as_of_on: date

    @property
    def until_at(self) -> datetime:
        """The end of the day."""
        return clock.day_bounds(self.as_of_on)[1]

    def is_here(self, path_column: Any) -> sa.ColumnElement[bool]:
        """Condition: the path is of the place or below it."""
        return tree.within(path_column, self.node)

    def places(self) -> sa.Select[int]:
        """Select the ids of the place and all below it."""
        return sa.select(Node.id).where(self.is_here(Node.path))


class Row(NamedTuple):
    """One row behind a figure: what it is called, when it was, and how much of the unit it is."""

    label: str
    at: Any
    amount: int


Selected = sa.Select[Any] | sa.CompoundSelect[Any]
Rows = Callable[[Scope], Selected]
"""Selects `label`, `at` and `amount` of everything that a line counts."""


def scope_of(
    session: Session, *, ledger_id: int, node: Node, as_of_on: date | None = None
) -> Scope:
    """Look at a place as of a day, today if none is named."""
    return Scope(ledger_id, node, as_of_on or clock.today())


def rows(label: Any, at: Any, amount: Any = None) -> sa.Select[Any]:
    """Begin a select of rows; without an amount each counts as one."""
    one = sa.literal(1) if amount is None else amount
    return sa.select(label.label("label"), at.label("at"), one.label("amount"))
