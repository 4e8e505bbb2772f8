"""The statement guard: what Citus would refuse or misread fails on every database.

Any SELECT, UPDATE or DELETE that names a spread table must fix its key in the
WHERE, unless it runs with `execution_options(cross_ledger=True)` (reports).
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, Case


class UnscopedStatement(AssertionError):
    """A statement that would visit every machine, or that Citus misreads."""


def watch(engine: sa.Engine) -> None:
    """Check every statement of the engine before it runs."""
    event.listen(engine, "before_execute", _check)


def _check(
    connection: Any, clause: Any, _many: Any, _parameters: Any, options: dict[str, Any]
) -> None:
    if not isinstance(clause, sa.Select | sa.Update | sa.Delete):
        return
    if isinstance(clause, sa.Update):
        _check_update(clause)
    merged = {**connection.get_execution_options(), **clause.get_execution_options(), **options}
    if merged.get("cross_ledger"):
        return
    spread = [table for table in _tables(clause) if table.info.get("distribution") == "distributed"]
    fixed = _fixed_columns(clause)
    for table in spread:
        key = table.info["key"]
        if (table.name, key) not in fixed:
            raise UnscopedStatement(f"{table.name} is read without its {key}: {clause}")


def _tables(clause: Any) -> list[sa.Table]:
    found: dict[str, sa.Table] = {}
    for element in visitors.iterate(clause):
        if isinstance(element, sa.Table):
            found[element.name] = element
    return list(found.values())


def _fixed_columns(clause: Any) -> set[tuple[str, str]]:
    """Columns that stand in an equality or an IN somewhere in the statement."""
    fixed: set[tuple[str, str]] = set()
    for element in visitors.iterate(clause):
        if isinstance(element, BinaryExpression) and element.operator.__name__ in ("eq", "in_op"):
            for side in (element.left, element.right):
                table = getattr(side, "table", None)
                table = getattr(table, "element", table)
                if isinstance(table, sa.Table):
                    fixed.add((table.name, side.name))
    return fixed


def _check_update(clause: sa.Update) -> None:
    table = clause.table
    if isinstance(table, sa.Table):
        names = {getattr(column, "name", column) for column in (clause._values or {})}
        if table.info.get("key") in names:
            raise UnscopedStatement(f"{table.name}: the key is never updated")
    for element in visitors.iterate(clause):
        if isinstance(element, Case) and element.value is not None:
            raise UnscopedStatement(f"{table}: a simple CASE breaks on Citus; use case((.., ..))")
