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
CREATE TABLE kept.changed (tag text);
CREATE FUNCTION kept.note_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
  INSERT INTO kept.changed SELECT tg_tag FROM pg_event_trigger_ddl_commands()
    WHERE coalesce(schema_name, 'public') = 'public' AND object_type <> 'schema' LIMIT 1;
END $body$;
CREATE FUNCTION kept.note_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
  INSERT INTO kept.changed SELECT tg_tag FROM pg_event_trigger_dropped_objects()
    WHERE coalesce(schema_name, 'public') = 'public' AND object_type <> 'schema' LIMIT 1;
END $body$;
CREATE FUNCTION kept.keep(world text) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE name text; is_filled boolean; lines text := '';
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('CREATE UNLOGGED TABLE %I.%I AS TABLE public.%I', world, name, name);
      lines := lines || format(
        'INSERT INTO public.%I SELECT * FROM %I.%I; ', name, world, name);
    END IF;
  END LOOP;
  EXECUTE format('CREATE FUNCTION %I.put_back() RETURNS void LANGUAGE plpgsql AS '
    || '$do$ BEGIN %s END $do$', world, lines);
END $body$;
DO $body$
DECLARE name text; lines text := '';
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    lines := lines || format('IF EXISTS (SELECT 1 FROM public.%I) THEN DELETE FROM public.%I; '
      || 'GET DIAGNOSTICS here = ROW_COUNT; total := total + here; END IF; ', name, name);
  END LOOP;
  EXECUTE format('CREATE FUNCTION kept.clear() RETURNS bigint LANGUAGE plpgsql AS $do$ '
    || 'DECLARE here bigint; total bigint := 0; BEGIN %s RETURN total; END $do$', lines);
END $body$;
SELECT kept.keep('kept');
CREATE EVENT TRIGGER kept_change ON ddl_command_end EXECUTE FUNCTION kept.note_change();
CREATE EVENT TRIGGER kept_drop ON sql_drop EXECUTE FUNCTION kept.note_drop();
ALTER EVENT TRIGGER kept_change ENABLE ALWAYS;
ALTER EVENT TRIGGER kept_drop ENABLE ALWAYS;
"""
"""Functions of plain statements, so that a connection plans them once. Triggers that
fire whatever a test does note a change of the schema: asking the catalogue took 8 ms a test."""


BUSY = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = '{name}' AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
"""
"""Ends what a test left in the middle of something; what is idle serves the next test."""


class Bench:
    """The database: one migrated copy, and the worlds kept beside it.

    A copy of the template costs some 150 ms, tidying 4 ms. A test that changed the
    schema (dropped a guard, say) or left many rows costs the next one a new copy.
    """

    def __init__(self, template: str) -> None:
        """Remember the template; the copy is made when the first test asks."""
        self.template = template
        self.name = f"bench_{os.getpid()}"
        self.connection: sa.Connection | None = None
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
        if not self.is_changed():
            self._run(f"CREATE SCHEMA {world}")
            self._run(f"SELECT kept.keep('{world}')")
            self.worlds.add(world)

    def put_back(self, world: str) -> None:
        """Put a world back that was kept, in place of what stands there."""
        self._run("SELECT kept.clear()")
        self._run(f"SELECT {world}.put_back()")

    def tidy(self) -> None:
        """Take back whatever the last test did."""
        if self._run(BUSY.format(name=self.name)):
            self._close()
        if self.is_changed() or self._run("SELECT kept.clear()") > ROWS_MAX:
            self.drop()
        else:
            self._run(f"SELECT {PLAIN}.put_back()")

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

    def _run(self, statement: str) -> Any:
        """Run a statement; return the first value it gives, if any."""
        assert self.connection is not None
        result = self.connection.exec_driver_sql(statement)
        return result.scalar() if result.returns_rows else None

    def is_changed(self) -> bool:
        """Whether a test has changed the schema."""
        return bool(self._run("SELECT EXISTS (SELECT 1 FROM kept.changed)"))
