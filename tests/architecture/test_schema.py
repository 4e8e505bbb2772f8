"""What Citus asks of a schema holds for every table, on every database (decision 0002)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from migrations.house import load_models

pytestmark = pytest.mark.static

KEYS = {"ledger_id", "person_id", "login_hash"}
NAME_LENGTH_MAX = 60
PORTABLE = {
    *("BIGINTEGER", "BOOLEAN", "DATE", "ID", "INTEGER", "JSON", "LARGEBINARY", "NUMERIC"),
    *("SMALLINTEGER", "STRING", "TEXT", "UTCDATETIME"),
}
"""Column types that mean the same on SQLite, PostgreSQL and Citus (no enum types, no arrays)."""

METADATA = load_models()
TABLES = sorted(METADATA.tables.values(), key=lambda table: table.name)
SPREAD = [table for table in TABLES if table.info.get("distribution") == "distributed"]


def violations(table: sa.Table) -> Iterator[str]:
    """Name every rule that the table breaks."""
    yield from _of_distribution(table)
    yield from _of_names(table)
    yield from _of_columns(table)
    for foreign_key in table.foreign_key_constraints:
        yield from _of_foreign_key(table, foreign_key)
    if table.info.get("distribution") == "distributed":
        yield from _of_key(table, table.info.get("key", ""))


def _of_distribution(table: sa.Table) -> Iterator[str]:
    if table.info.get("distribution") not in {"distributed", "reference"}:
        yield "does not say how it is spread"
    if (table.info.get("distribution") == "distributed") != (table.info.get("key") in KEYS):
        yield f"is spread by one of {KEYS}, a reference table by none"


def _of_key(table: sa.Table, name: str) -> Iterator[str]:
    if next(iter(table.primary_key.columns)).name != name:
        yield f"its primary key does not begin with {name}"
    key = table.c[name]
    if key.nullable or key.server_default is not None or key.onupdate is not None:
        yield f"{name} is given by the application, always, and never changes"
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint) and name not in constraint.columns:
            yield f"{constraint.name} is unique without {name}"
    for index in table.indexes:
        columns = [column.name for column in index.columns]
        if index.unique and name not in columns:
            yield f"{index.name} is unique without {name}"
        if columns[:1] != [name]:
            yield f"{index.name} does not begin with {name}"


def _of_foreign_key(table: sa.Table, constraint: sa.ForeignKeyConstraint) -> Iterator[str]:
    here, there = table.info, constraint.referred_table.info
    if constraint.deferrable or constraint.initially:
        yield f"{constraint.name} is deferred"
    if {constraint.ondelete, constraint.onupdate} - {None, "RESTRICT", "NO ACTION"}:
        yield f"{constraint.name} acts by itself when its target changes"
    if there["distribution"] == "reference":
        return
    if here["distribution"] == "reference":
        yield f"{constraint.name} leads from a reference table to a spread one"
        return
    pairs = [(each.parent.name, each.column.name) for each in constraint.elements]
    if here["key"] != there["key"] or pairs[0] != (here["key"], there["key"]):
        yield f"{constraint.name} does not pair the keys, first on both sides"


def _of_names(table: sa.Table) -> Iterator[str]:
    for item in (*table.constraints, *table.indexes):
        if not isinstance(item.name, str):
            yield f"{item} has no name"
        elif len(item.name) > NAME_LENGTH_MAX:
            yield f"{item.name}: {len(item.name)} characters; name it yourself"


def _of_columns(table: sa.Table) -> Iterator[str]:
    for column in table.columns:
        kind = type(column.type).__name__
        if kind.upper() not in PORTABLE:
            yield f"{column.name} is a {kind}, which not every database has"
        if column.identity is not None or column.autoincrement is True:
            yield f"{column.name} counts by itself; ids are made by the application"
        default = column.server_default
        if default is not None and "(" in str(getattr(default, "arg", "")):
            yield f"{column.name}: the database computes its default"
        if column.name.endswith("_at") and kind != "UTCDateTime":
            yield f"{column.name} is an instant: UTCDateTime"
        if column.name.endswith("_on") and kind.upper() != "DATE":
            yield f"{column.name} is a day: Date"
        if column.name.startswith(("is_", "has_", "may_")) and kind.upper() != "BOOLEAN":
            yield f"{column.name} is a yes or no: Boolean"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_can_be_spread_over_machines(table):
    assert list(violations(table)) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_named_by_its_room(table):
    room, _, noun = table.name.partition("_")
    models = {mapper.local_table: mapper.class_.__module__ for mapper in _mappers()}

    assert noun
    assert table in models, "every table is a model"
    assert table.name.startswith(models[table].split(".")[1] + "_"), f"not {room}'s table"


def test_the_tables_do_not_need_one_another_in_a_circle():
    assert len(METADATA.sorted_tables) == len(TABLES)


def test_d1_amounts_are_whole_numbers():
    for table in TABLES:
        for column in table.columns:
            is_flag = column.name.startswith(("is_", "has_", "may_"))
            if not is_flag and column.name.endswith(
                ("_points", "_minutes", "_amount", "_fen", "_count")
            ):
                assert isinstance(column.type, sa.Integer), f"{table.name}.{column.name}"


def test_the_rules_see_what_breaks_them():
    reference = {"distribution": "reference"}
    by_book = {"distribution": "distributed", "key": "ledger_id"}
    broken = sa.MetaData()
    sa.Table("kind", broken, sa.Column("code", sa.String, primary_key=True), info=reference)
    grant = sa.Table(
        "grant",
        broken,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("ledger_id", sa.BigInteger, nullable=True),
        sa.Column("granted_at", sa.Date),
        sa.UniqueConstraint("granted_at", name="x" * 61),
        sa.Index("ix_grant", "granted_at"),
        info=by_book,
    )
    lost = sa.Table("lost", broken, sa.Column("id", sa.ARRAY(sa.Text), primary_key=True))

    found = " / ".join([*violations(grant), *violations(lost)])

    for expected in ("primary key does not begin", "never changes", "unique without", "61 char",
                     "does not begin with", "is an instant", "has no name", "how it is spread",
                     "is a ARRAY"):  # fmt: skip
        assert expected in found


def _mappers():
    from app.base.db import Base

    return Base.registry.mappers
