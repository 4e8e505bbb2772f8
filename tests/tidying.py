"""One PostgreSQL database of a worker, brought back to how it was after every test.

Worlds that many tests stand on are kept beside it, a schema each, and put back as rows: the forms
of the desk and the orders' room took 138 s so, where a world built for every test made it 392 s.
"""

import os
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tests import postgres

ROWS_MAX = 5_000
"""A test that left more rows gets its successor a fresh copy, not thousands of dead rows."""

PLAIN = "kept"
"""The schema of what the migrations wrote."""

KEEP = """
CREATE SCHEMA kept;
CREATE FUNCTION kept.keep(world text) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE name text; is_filled boolean;
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('CREATE UNLOGGED TABLE %I.%I AS TABLE public.%I', world, name, name);
    END IF;
  END LOOP;
END $body$;
CREATE FUNCTION kept.put_back(world text) RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE name text; is_filled boolean; here bigint; total bigint := 0;
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('DELETE FROM public.%I', name);
      GET DIAGNOSTICS here = ROW_COUNT;
      total := total + here;
    END IF;
  END LOOP;
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = world::regnamespace LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM %I.%I', name, world, name);
  END LOOP;
  RETURN total;
END $body$;
SELECT kept.keep('kept');
"""

SHAPE = """
WITH ours AS (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT 't' || oid || ':' || xmin AS part FROM pg_trigger
  UNION ALL SELECT 'c' || oid || ':' || xmin FROM pg_constraint
  UNION ALL SELECT 'p' || oid || ':' || xmin FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'i' || indexrelid || ':' || xmin FROM pg_index
    WHERE indrelid IN (SELECT oid FROM ours)
  UNION ALL SELECT 'a' || attrelid || '.' || attnum || ':' || xmin FROM pg_attribute
    WHERE attnum > 0 AND attrelid IN (SELECT oid FROM ours)) AS parts
"""


BUSY = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = '{name}' AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
"""
"""Ends what a test left in the middle of something; what is idle serves the next test."""


class Bench:
    """The database: one migrated copy, and the worlds kept beside it.

    A copy of the template costs some 80 ms, tidying 6 ms. A test that changed the
    schema (dropped a guard, say) or left many rows costs the next one a new copy.
    """

    def __init__(self, template: str) -> None:
        """Remember the template; the copy is made when the first test asks."""
        self.template = template
        self.name = f"bench_{os.getpid()}"
        self.connection: sa.Connection | None = None
        self.shape: str | None = None
        self.engine: sa.Engine | None = None
        self.worlds: set[str] = set()

    def url(self) -> str:
        """URL of the clean database."""
        if self.connection is None:
            self._copy()
        return postgres.named(self.template, self.name)

    def open(self, opener: Callable[[str], sa.Engine]) -> sa.Engine:
        """Return the engine of the tests: one for as long as the database is the same.

        Two files of 48 tests took 27 to 32 s so, and 31 to 40 s with new connections for each.
        """
        if self.engine is None:
            self.engine = opener(self.url())
        return self.engine

    def keep(self, world: str) -> None:
        """Keep what stands in the database now, until the next copy."""
        if self._shape() == self.shape:
            self._run(f"CREATE SCHEMA {world}")
            self._run(f"SELECT kept.keep('{world}')")
            self.worlds.add(world)

    def put_back(self, world: str) -> None:
        """Put a world back that was kept."""
        self._run(f"SELECT kept.put_back('{world}')")

    def tidy(self) -> None:
        """Take back whatever the last test did."""
        if self._run(BUSY.format(name=self.name)):
            self._close()
        is_whole = self._shape() == self.shape
        if not is_whole or self._run(f"SELECT kept.put_back('{PLAIN}')") > ROWS_MAX:
            self.drop()

    def drop(self) -> None:
        """Drop the database, at the end or to have it copied again."""
        self._close()
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            self.worlds.clear()
            postgres.drop(self.template, self.name)

    def _close(self) -> None:
        if self.engine is not None:
            self.engine.dispose()
            self.engine = None

    def _copy(self) -> None:
        template = sa.make_url(self.template).database
        self.connection = postgres.connect(postgres.create(self.template, self.name, template))
        self._run(KEEP.replace("%", "%%"))
        self._run("SET session_replication_role = replica")
        self.shape = self._shape()

    def _run(self, statement: str) -> Any:
        """Run a statement; return the first value it gives, if any."""
        assert self.connection is not None
        result = self.connection.exec_driver_sql(statement)
        return result.scalar() if result.returns_rows else None

    def _shape(self) -> str:
        return str(self._run(SHAPE))
