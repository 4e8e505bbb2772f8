"""The servers under measure: gunicorn on loopback, and what its processes cost."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_SECONDS_MAX = 60
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A gunicorn that answers on a loopback port."""

    port: int
    pid: int


def settings(kind: str) -> list[str]:
    """Turn `sync 3` or `gthread 2x4` into gunicorn's arguments.

    Raises:
        SystemExit: It is neither.
    """
    match = re.fullmatch(r"(sync|gthread) (\d)(?:x(\d\d?))?", kind)
    if match is None or (match[1] == "gthread") != (match[3] is not None):
        raise SystemExit(f"no server {kind!r}: say `sync 3` or `gthread 2x4`")
    arguments = ["--worker-class", match[1], "--workers", match[2]]
    if match[3]:
        arguments += ["--threads", match[3], "--keep-alive", "75"]
    return arguments


@contextmanager
def serving(kind: str, *, url: str, instance: Path, tree: Path) -> Iterator[Server]:
    """Serve the code of a source tree on a database; stop the server at the end."""
    port = _free_port()
    environment = os.environ | {
        "DATABASE_URL": url,
        "TIMEBANK_INSTANCE": str(instance),
        "TIMEBANK_KEYS": str(instance / "keys.json"),
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "served:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--pythonpath", str(HERE), "--no-control-socket", "--log-level", "warning"]
    process = subprocess.Popen([*command, *settings(kind)], cwd=tree, env=environment)
    try:
        _wait_until_open(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS_MAX)


def cpu_seconds(root: int) -> float:
    """CPU time of a process and of all below it, the ended ones too (0 without /proc)."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(entry.parent.name)
        parents[pid], used[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(used.get(pid, 0) for pid in below) * TICK_SECONDS


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for an answer, not for the port: the application is built after it is bound."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS_MAX) as probe:
                probe.sendall(b"GET /hello HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if probe.recv(12) == b"HTTP/1.1 200":
                    return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
