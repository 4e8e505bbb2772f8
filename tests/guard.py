"""The statement guard: what Citus would refuse or misread fails on every database.

A SELECT, UPDATE or DELETE (or the SELECT inside an INSERT) must fix the key of every
spread table that it names: by an equality with a value that always holds (joined by
AND), or by an equality with another table's key that is fixed so. Two things are let
through: `execution_options(cross_ledger=True)` (reports and the proof), and
INSERT … VALUES, whose rows carry their key.

And rows come in no order that nobody asked for: on SQLite backwards (`disorder`).
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Case, Grouping
from sqlalchemy.sql.selectable import CTE, AliasedReturnsRows, Join, SelectBase

VALUE = ("a value", "")
"""Stands for every parameter and literal among the equalities."""

BANNED_WORDS = re.compile(
    r"\b(MERGE\s+INTO|ROLLUP|WITH\s+RECURSIVE|pg_(try_)?advisory\w*|SERIALIZABLE)\b", re.IGNORECASE
)

Place = tuple[Any, str]

_passed: set[tuple[bool, Any]] = set()
"""Statements that passed, by their shape: looking once is enough."""


class UnscopedStatement(AssertionError):
    """A statement that would visit every machine, or that Citus misreads."""


def watch(engine: sa.Engine) -> None:
    """Check every statement of the engine before it runs."""
    event.listen(engine, "before_execute", _check)


def disorder(engine: sa.Engine) -> None:
    """On SQLite, give rows backwards where no order is asked for.

    PostgreSQL gives them as they lie, mostly as they came; what holds both ways asks for an order.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _turn_around)


def _turn_around(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA reverse_unordered_selects=ON")


def _check(
    connection: Any, clause: Any, _many: Any, _parameters: Any, options: dict[str, Any]
) -> None:
    if isinstance(clause, sa.TextClause):
        if found := BANNED_WORDS.search(clause.text):
            raise UnscopedStatement(f"{found[0]} does not work on Citus: {clause}")
        return
    if not isinstance(clause, SelectBase | UpdateBase):
        return
    merged = {**connection.get_execution_options(), **clause.get_execution_options(), **options}
    shape = (bool(merged.get("cross_ledger")), _shape(clause))
    if shape in _passed:
        return
    if isinstance(clause, sa.Update):
        _check_update(clause)
    if not merged.get("cross_ledger"):
        _check_scope(clause)
    if shape[1] is not None:
        _passed.add(shape)


def _shape(clause: Any) -> Any:
    """What makes two statements alike but for their values; None when that is unknown."""
    key = clause._generate_cache_key()
    return key.key if key is not None else None


def _check_update(clause: sa.Update) -> None:
    table = clause.table
    if isinstance(table, sa.Table):
        values = dict(clause._values or {})
        if table.info.get("key") in {getattr(column, "name", column) for column in values}:
            raise UnscopedStatement(f"{table.name}: the key is never updated")
    for element in visitors.iterate(clause):
        if isinstance(element, Case) and element.value is not None:
            raise UnscopedStatement(f"{table}: a simple CASE breaks on Citus; use case((.., ..))")


def _check_scope(clause: Any) -> None:
    elements = list(_walk(clause, set()))
    spread = [element for element in elements if _spread_table(element) is not None]
    if isinstance(clause, sa.Insert):
        spread = [element for element in spread if _spread_table(element) is not clause.table]
    if not spread:
        return
    if any(isinstance(element, CTE) and element.recursive for element in elements):
        raise UnscopedStatement(f"a recursive CTE over spread tables breaks on Citus: {clause}")
    fixed = _fixed_places(elements)
    for element in spread:
        table = _spread_table(element)
        if (hash(element), table.info["key"]) not in fixed:
            raise UnscopedStatement(
                f"{table.name} is read without its {table.info['key']}: {clause}"
            )


def _spread_table(element: Any) -> Any:
    """Return the spread table behind a table or its alias, or None."""
    table = element.element if _is_alias(element) else element
    if isinstance(table, sa.Table) and table.info.get("distribution") == "distributed":
        return table
    return None


def _is_alias(element: Any) -> bool:
    return isinstance(element, AliasedReturnsRows) and isinstance(element.element, sa.Table)


def _walk(element: Any, seen: set[int]) -> Iterator[Any]:
    """Visit every element once; a table behind an alias counts as the alias alone."""
    if id(element) in seen:
        return
    seen.add(id(element))
    yield element
    if not isinstance(element, sa.Table) and not _is_alias(element):
        for child in element.get_children():
            yield from _walk(child, seen)


def _fixed_places(elements: list[Any]) -> set[Place]:
    """Columns that some chain of equalities ties to a value."""
    ties: dict[Place, set[Place]] = {}
    for element in elements:
        for condition in _conditions(element):
            for one, other in _equal_places(condition):
                ties.setdefault(one, set()).add(other)
                ties.setdefault(other, set()).add(one)
    fixed, waiting = {VALUE}, [VALUE]
    while waiting:
        for place in ties.get(waiting.pop(), set()) - fixed:
            fixed.add(place)
            waiting.append(place)
    return fixed


def _conditions(element: Any) -> Iterator[Any]:
    """Conditions that every row of the element meets: WHERE and ON, split at AND."""
    if isinstance(element, Join):
        yield from _split(element.onclause)
    for criterion in getattr(element, "_where_criteria", ()):
        yield from _split(criterion)
    for _target, onclause, _left, _flags in getattr(element, "_setup_joins", ()):
        yield from _split(onclause)


def _split(condition: Any) -> Iterator[Any]:
    if isinstance(condition, Grouping):
        yield from _split(condition.element)
    elif isinstance(condition, BooleanClauseList):
        if condition.operator is operators.and_:
            for part in condition.clauses:
                yield from _split(part)
    elif condition is not None:
        yield condition


def _equal_places(condition: Any) -> Iterator[tuple[Place, Place]]:
    if not isinstance(condition, BinaryExpression):
        return
    if condition.operator not in (operators.eq, operators.in_op):
        return
    one, other = _place(condition.left), _place(condition.right)
    if one and other:
        yield one, other


def _place(side: Any) -> Place | None:
    """Name a column by its table or alias; a side without any column is a value."""
    if isinstance(side, Grouping):
        return _place(side.element)
    if isinstance(side, sa.ColumnClause):
        return _origin(side)
    parts = list(visitors.iterate(side))
    if any(isinstance(part, sa.ColumnClause | SelectBase) for part in parts):
        return None
    return VALUE


def _origin(column: Any) -> Place | None:
    """Follow a column of a subquery down to the table or alias that it comes from."""
    while True:
        table = getattr(column, "table", None)
        if isinstance(table, sa.Table) or _is_alias(table):
            return hash(table), column.name
        if len(column._proxies) != 1 or not isinstance(column._proxies[0], sa.ColumnClause):
            return None
        column = column._proxies[0]
