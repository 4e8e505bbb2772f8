"""What a database itself says of its tables, as text that can be compared.

Alembic's comparison sees neither a dropped CHECK nor a changed condition of a
partial index; the catalogue does.
"""

import re

import sqlalchemy as sa

COLUMNS = """
SELECT c.relname || '.' || a.attname,
  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)
    || ' ' || format_type(a.atttypid, a.atttypmod) || ' notnull=' || a.attnotnull::text
    || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
    || ' identity=' || a.attidentity::text || ' collation=' || coalesce(l.collname, '-')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
"""
INDEXES = """
SELECT tablename || '.' || indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
OPTIONS = """
SELECT relname, coalesce(array_to_string(reloptions, ','), '-') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
SQLITE = """
SELECT type || ' ' || name, sql FROM sqlite_master
WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name <> 'alembic_version'
"""


def catalogue(engine: sa.Engine) -> dict[str, str]:
    """Every table, column, constraint and index by name, with its definition."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(SQLITE).all()
            return {name: _normalised(text) for name, text in rows}
        found: dict[str, str] = {}
        for query in (COLUMNS, CONSTRAINTS, INDEXES, OPTIONS):
            found |= dict(connection.exec_driver_sql(query).all())
        return found


def _normalised(sql: str) -> str:
    """One line; a table's columns in their order, then its constraints sorted."""
    text = re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")")
    if not text.startswith("CREATE TABLE"):
        return text
    head, body = text.split("(", 1)
    head = head.replace('"', "")  # SQLite quotes the name of a table that was written anew
    body, tail = body.rsplit(")", 1)
    parts = _split(body)
    columns = [part for part in parts if not part.startswith("CONSTRAINT ")]
    constraints = sorted(part for part in parts if part.startswith("CONSTRAINT "))
    return f"{head}({', '.join(columns + constraints)}){tail}"


def _split(body: str) -> list[str]:
    """Split at the commas outside brackets and quotes."""
    parts, depth, is_quoted, start = [], 0, False, 0
    for position, letter in enumerate(body):
        if letter == "'":
            is_quoted = not is_quoted
        elif not is_quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                parts.append(body[start:position].strip())
                start = position + 1
    return [*parts, body[start:].strip()]
