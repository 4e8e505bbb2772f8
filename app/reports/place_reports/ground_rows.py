"""Rows of the ground that a place stands on: its grids, its venues, what it agreed with units."""

from typing import Any

import sqlalchemy as sa

from app.community.models import Agreement, Node, Unit, Venue
from app.reports.place_reports.scope import Rows, Scope, rows

WARM = "暖蜂驿站"


def grids(scope: Scope) -> sa.Select[Any]:
    """Every open grid (O6)."""
    return rows(Node.code, sa.null()).where(
        scope.is_here(Node.path),
        Node.kind_code == "grid",
        sa.or_(Node.closed_on.is_(None), Node.closed_on > scope.as_of_on),
    )


def venues(scope: Scope) -> sa.Select[Any]:
    """Every venue that is not closed (阵地)."""
    return rows(Venue.name, sa.null()).where(
        Venue.node_id.in_(scope.places()),
        sa.or_(Venue.closed_on.is_(None), Venue.closed_on > scope.as_of_on),
    )


def warm_stations(scope: Scope) -> sa.Select[Any]:
    """Stations for couriers and drivers (M2)."""
    return venues(scope).where(Venue.kind == WARM)


def stations(scope: Scope) -> sa.Select[Any]:
    """Venues that are stations of a centre: the N of 1 + N (O15)."""
    return venues(scope).where(Venue.parent_id.is_not(None))


def agreements(kind: str, unit_kind: str | None = None) -> Rows:
    """Return the rows of agreements that run on the day; with one kind of units, if named (T20)."""

    def select(scope: Scope) -> sa.Select[Any]:
        found = (
            rows(Unit.name, Agreement.begins_on)
            .join(Unit, Unit.id == Agreement.unit_id)
            .where(
                Agreement.kind == kind,
                Agreement.node_id.in_(scope.places()),
                Agreement.begins_on <= scope.as_of_on,
                _not_over(Agreement.ends_on, Agreement.ends_on >= scope.as_of_on),
                _not_over(Agreement.ended_on, Agreement.ended_on > scope.as_of_on),
            )
        )
        return found if unit_kind is None else found.where(Unit.kind == unit_kind)

    return select


def _not_over(column: Any, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.or_(column.is_(None), condition)
