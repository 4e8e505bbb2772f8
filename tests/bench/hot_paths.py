"""How fast are check-in and redemption, beside a hello-world of the same server?

    .venv/bin/python -m tests.bench.hot_paths --database postgresql --server "sync 3"

Starts a database and gunicorn on loopback, prepares one member for each request, and
sends blocks of hello, check-in, hello, redemption by 16 closed-loop clients. Each start
gives a pair of ratios; read the median of several. `--against` also starts the code of
another source tree, turn by turn. Stops by itself. See docs/performance.md.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from app.base.db import db
from tests import postgres
from tests.bench import servers, town
from tests.bench.load import Run, send_all
from tests.bench.servers import Server
from tests.conftest import build_app, migrate

ROOT = Path(__file__).resolve().parents[2]
PATHS = ("check-in", "redemption")
STARTS_MAX, ROUNDS_MAX, REQUESTS_MAX = 20, 5, 500
COUNTED = 2
HELLOS_PER_REQUEST = 4
"""A hello is some five times faster than a path: blocks of like length."""


@dataclass
class Figures:
    """What one source tree showed, a number for each start."""

    ratios: dict[str, list[float]] = field(default_factory=dict)
    cpu_ratios: dict[str, list[float]] = field(default_factory=dict)
    latencies: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """What is measured, and how."""

    town: town.Town
    round_count: int
    request_count: int
    client_count: int
    cpu_seconds: Callable[[Server], float]

    @property
    def warming_count(self) -> int:
        """Requests before the measure: every worker prepares every statement."""
        return 4 * self.client_count

    def requests(self, path: str, count: int) -> list[bytes]:
        """The next requests of a path."""
        makers = {"check-in": self.town.check_ins, "redemption": self.town.redemptions}
        return makers.get(path, town.hellos)(count)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return 1 if the books do not prove themselves afterwards."""
    asked = _parser().parse_args(arguments)
    trees = [ROOT, *([Path(asked.against).resolve()] if asked.against else [])]
    per_start = asked.rounds * asked.requests + 4 * asked.clients
    count = per_start * asked.starts * len(trees) + COUNTED
    if count > town.COUNT_MAX:
        raise SystemExit(f"{count} requests of each path, at most {town.COUNT_MAX}: ask for fewer")
    with (
        tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder,
        _database(asked.database, Path(folder)) as (url, extra_pid),
    ):
        app = build_app(url, Path(folder))
        migrate(app)
        people = town.prepare(app, count)
        for _ in range(COUNTED):  # the first one opens accounts and series
            costs = {path: _statements(app, people, path) for path in PATHS}
        bench = Bench(
            people,
            asked.rounds,
            asked.requests,
            asked.clients,
            lambda server: sum(map(servers.cpu_seconds, (server.pid, *extra_pid))),
        )
        figures = {tree: Figures() for tree in trees}
        for _ in range(asked.starts):
            for tree in trees:
                named = {"url": url, "instance": Path(folder), "tree": tree}
                with servers.serving(asked.server, **named) as server:
                    _measure(server, bench, figures[tree])
        faults = town.faults(app, people, check_ins=count, redemptions=count)
        with app.app_context():
            db.engine.dispose()
    _report(asked, figures, costs, faults)
    return 1 if faults else 0


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """An empty database that keeps what it commits, and its process if it has one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}", ()
        return
    with postgres.server(is_durable=True) as server:
        url = postgres.create(server, "hot_paths")
        with postgres.connect(server) as connection:
            pid = connection.exec_driver_sql(
                "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
            ).scalar_one()
        yield url, (int(pid),)


def _statements(app: Flask, people: town.Town, path: str) -> list[str]:
    """Send one request inside this process and list its statements, savepoints too."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(" ".join(statement.split())[:110])

    maker = people.check_ins if path == "check-in" else people.redemptions
    head, _, body = maker(1)[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = app.test_client().post(first.split(" ")[1], data=body, headers=headers)
    event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 201, answer.data
    return seen


def _measure(server: Server, bench: Bench, figures: Figures) -> None:
    """Take the ratios of one start: each path's blocks between two blocks of hello."""
    for path in ("hello", *PATHS):
        _block(server, bench, path, bench.warming_count)
    hello_count = HELLOS_PER_REQUEST * bench.request_count
    hello = _block(server, bench, "hello", hello_count)
    rates: dict[str, list[float]] = {path: [] for path in PATHS}
    costs: dict[str, list[float]] = {path: [] for path in PATHS}
    for _ in range(bench.round_count):
        for path in PATHS:
            run, cost = _block(server, bench, path, bench.request_count)
            after = _block(server, bench, "hello", hello_count)
            beside = (hello[0].per_second + after[0].per_second) / 2
            rates[path].append(run.per_second / beside)
            costs[path].append((hello[1] + after[1]) / 2 / cost if cost else 0)
            figures.latencies.setdefault(path, []).extend(run.latencies)
            hello = after
    for path in PATHS:
        figures.ratios.setdefault(path, []).append(statistics.fmean(rates[path]))
        figures.cpu_ratios.setdefault(path, []).append(statistics.fmean(costs[path]))


def _block(server: Server, bench: Bench, path: str, count: int) -> tuple[Run, float]:
    """Send a block; return what came of it and its CPU seconds per request."""
    requests = bench.requests(path, count)
    before = bench.cpu_seconds(server)
    run = send_all(server.port, requests, client_count=bench.client_count)
    expected = {200 if path == "hello" else 201: count}
    assert run.statuses == expected, f"{path}: {run.statuses}"
    return run, (bench.cpu_seconds(server) - before) / count


def _report(
    asked: argparse.Namespace,
    figures: dict[Path, Figures],
    costs: dict[str, list[str]],
    faults: list[str],
) -> None:
    lines = [f"{asked.database}, gunicorn {asked.server}, {asked.clients} clients"]
    for tree, found in figures.items():
        lines.append(f"{'this tree' if tree == ROOT else tree}, {asked.starts} starts")
        for path in PATHS:
            quantiles = statistics.quantiles(found.latencies[path], n=100)
            lines.append(
                f"  {path:<11} / hello  {_spread(found.ratios[path])}"
                f"   by CPU {_spread(found.cpu_ratios[path])}"
                f"   p50 {quantiles[49] * 1000:.0f} ms  p99 {quantiles[98] * 1000:.0f} ms"
            )
    for path in PATHS:
        lines.append(f"{path}: {len(costs[path])} statements, savepoints counted")
        if asked.statements:
            lines += [f"    {each}" for each in costs[path]]
    lines.append("proof clean" if not faults else "NOT CLEAN: " + "; ".join(faults))
    sys.stdout.write("\n".join(lines) + "\n")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f}-{max(values):.3f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.bench.hot_paths", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--server", default="sync 3", help="`sync 3` or `gthread 2x4`")
    parser.add_argument("--clients", type=int, default=16, choices=range(1, 65), metavar="1-64")
    for name, default, most, text in (
        ("starts", 5, STARTS_MAX, "server starts of each tree"),
        ("rounds", 2, ROUNDS_MAX, "blocks of each path in a start"),
        ("requests", 120, REQUESTS_MAX, "requests in a block"),
    ):
        span = range(1, most + 1)
        parser.add_argument(
            f"--{name}", type=int, default=default, choices=span, metavar=f"1-{most}", help=text
        )
    parser.add_argument("--against", help="another source tree to measure turn by turn")
    parser.add_argument("--statements", action="store_true", help="list the statements")
    return parser


if __name__ == "__main__":
    sys.exit(main())
