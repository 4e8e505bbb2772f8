"""Rows handed to one statement as a table, so that a batch costs what one row costs.

PostgreSQL takes one array per column (`unnest`), SQLite one JSON text (`json_each`).
The statement's text does not depend on the number of rows: it is built and
prepared once.

Rows are best found by `IN (SELECT …)`: SQLite's planner then goes to each row by
its whole key, while for a join it would rather walk all rows of the book.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

Kind = Literal["id", "whole", "text", "day"]

_TYPES: dict[Kind, Any] = {
    "id": sa.Uuid(),
    "whole": sa.BigInteger(),
    "text": sa.Text(),
    "day": sa.Date(),
}


def dialect_of(session: Session) -> str:
    """Return the name of the session's database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


@dataclass(frozen=True, slots=True)
class Batch:
    """A table that exists for one statement: its name and its columns with their kinds."""

    name: str
    columns: tuple[tuple[str, Kind], ...]

    def table(self, dialect: str) -> Any:
        """Return the FROM element; its bind values come from `bind`."""
        return self._json_table() if dialect == "sqlite" else self._array_table()

    def keys(self, dialect: str) -> Any:
        """Return the rows as a SELECT, for `IN`."""
        return sa.select(*self.table(dialect).c)

    def bind(self, dialect: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        """Return the bind values of the rows, each in the order of the columns."""
        if dialect == "sqlite":
            return {self.name: json.dumps(rows, default=_as_json)}
        columns = zip(*rows, strict=True) if rows else ((),) * len(self.columns)
        return {
            self._parameter(column): list(values)
            for (column, _), values in zip(self.columns, columns, strict=True)
        }

    def _parameter(self, column: str) -> str:
        return f"{self.name}_{column}"

    def _json_table(self) -> Any:
        each = sa.func.json_each(sa.bindparam(self.name)).table_valued("value")
        cells = []
        for place, (column, kind) in enumerate(self.columns):
            cell: Any = sa.func.json_extract(each.c.value, sa.literal_column(f"'$[{place}]'"))
            cells.append((sa.func.unhex(cell) if kind == "id" else cell).label(column))
        # LIMIT -1 keeps SQLite from merging the rows into the statement around them.
        return sa.select(*cells).limit(sa.literal_column("-1")).subquery(self.name)

    def _array_table(self) -> Any:
        arrays = []
        for column, kind in self.columns:
            array = sa.ARRAY(_TYPES[kind])
            arrays.append(sa.cast(sa.bindparam(self._parameter(column), type_=array), array))
        names = [column for column, _ in self.columns]
        return sa.func.unnest(*arrays).table_valued(*names).render_derived(name=self.name)


def _as_json(value: object) -> str:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no cell of a batch: {value!r}")
