"""The demo world as its real command loads it, kept until what loads it changes.

Loading takes ten seconds of work: the workers of a run, and the runs of a day, share
one. The folder's name is made from every file that has a say in what is loaded, so a
changed rule or migration loads anew.
"""

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.base.db import db
from tests.conftest import build_app, migrate

ROOT = Path(__file__).resolve().parents[1]
NO_SAY = ROOT / "app" / "web"
"""The demo is loaded by the rooms' verbs: no door has a part in it."""


@dataclass(frozen=True)
class Demo:
    """A SQLite file with the demo, and the folder with the keys that open its fields."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "demo.db"

    def copy_to(self, folder: Path) -> "Demo":
        """Copy file and keys, for somebody who will write."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("demo.db", "keys.json"):
            shutil.copy(self.folder / name, folder / name)
        return Demo(folder)


def loaded(cache: Path) -> Demo:
    """Return the demo, loading it if nobody has since the code last changed. Never write to it."""
    kept = cache / fingerprint()
    with _alone(cache / "lock"):
        if not kept.exists():
            for old in cache.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            _load(cache / "draft")
            (cache / "draft").rename(kept)
    return Demo(kept)


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


def _load(folder: Path) -> None:
    folder.mkdir()
    app = build_app(f"sqlite:///{folder / 'demo.db'}", folder)
    migrate(app)
    told = app.test_cli_runner().invoke(args=["demo", "load"])
    with app.app_context():
        db.engine.dispose()
    assert told.exit_code == 0, told.output


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep the other workers waiting; a killed holder lets go by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
