"""The demo world as its real command loads it, kept until what loads it changes.

Loading takes ten seconds of work: the workers of a run share one, and on SQLite so do the
runs of a day. The file's folder is named by every source that has a say in what is loaded,
so a changed rule or migration loads anew.
"""

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.base.db import db
from tests import postgres
from tests.conftest import build_app, migrate

ROOT = Path(__file__).resolve().parents[1]
NO_SAY = ROOT / "app" / "web"
"""The demo is loaded by the rooms' verbs: no door has a part in it."""


@dataclass(frozen=True)
class Demo:
    """A database with the demo, and the folder with the keys that open its fields."""

    url: str
    folder: Path

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / "demo.db"


def in_file(cache: Path, folder: Path) -> Demo:
    """Return the demo in a SQLite file of the asker's own."""
    kept = cache / "sqlite" / fingerprint()
    with _alone(cache):
        if not kept.exists():
            draft = _emptied(kept.parent) / "draft"
            draft.mkdir()
            _load(f"sqlite:///{draft / 'demo.db'}", draft)
            draft.rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return Demo(f"sqlite:///{folder / 'demo.db'}", folder)


def in_postgresql(cache: Path, folder: Path, *, template: str, name: str) -> Demo:
    """Return the demo in a PostgreSQL database of the asker's own, who drops it."""
    source = source_of(template)
    kept = cache / "postgresql" / source
    with _alone(cache):
        if not (kept / "keys.json").exists() or not postgres.exists(template, source):
            _emptied(kept.parent)
            postgres.drop(template, source)
            draft = kept.with_name("draft")
            draft.mkdir()
            url = postgres.create(template, source)
            _load(url, draft)
            with postgres.connect(url) as connection:  # autovacuum, off in tests, would do it
                connection.exec_driver_sql("ANALYZE")
            draft.rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return Demo(postgres.create(template, name, source), folder)


def source_of(template: str) -> str:
    """Name the database that a run's askers copy; the run drops it with its template."""
    return f"demo_of_{sa.make_url(template).database}"


def fingerprint() -> str:
    """Name the state of all code that has a say in the demo."""
    read = hashlib.sha256(sys.version.encode())
    for file in sorted(_sources()):
        read.update(str(file.relative_to(ROOT)).encode())
        read.update(file.read_bytes())
    return read.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements.txt"
    yield ROOT / "config.py"
    yield from (ROOT / "migrations").rglob("*.py")
    for kind in ("*.py", "*.csv"):
        yield from (file for file in (ROOT / "app").rglob(kind) if NO_SAY not in file.parents)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _load(url: str, folder: Path) -> None:
    app = build_app(url, folder)
    migrate(app)
    told = app.test_cli_runner().invoke(args=["demo", "load"])
    with app.app_context():
        db.engine.dispose()
    assert told.exit_code == 0, told.output


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Keep the other workers waiting; a killed holder lets go by itself."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
