"""Worlds that are built once a worker and copied for every test that stands on them.

Half the work of a test at the doors was to build its world. A world is kept as its rows (a
file on SQLite, a schema on PostgreSQL) and its objects; a test gets a copy of both, on its
own engine, session and client. Keep no world that grows old while the tests run: a code or a
session of this very minute.
"""

import io
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import Base
from tests.tidying import Bench

World = TypeVar("World")
_serials = count()


@dataclass(frozen=True)
class Kept:
    """A world as it stood when it was finished: the name of its file or schema, its objects."""

    name: str
    objects: bytes


@dataclass
class Stage:
    """Where a test's world is put up."""

    app: Flask
    session: Session
    client: FlaskClient
    store: Path
    kept: dict[Any, Kept]
    bench: Bench | None = None

    def put_up(self, build: Callable[..., World], *names: str, **more: Any) -> World:
        """Return what `build` makes of the named parts (`session`, `client`, `app`).

        It is another world where the clock is held at another hour, or `more` is said.
        """
        parts = [getattr(self, name) for name in names]
        world = build, clock._held.get(), tuple(sorted(more.items()))
        if world in self.kept and self._is_there(self.kept[world]):
            return self._copy(self.kept[world])  # type: ignore[no-any-return]
        made = build(*parts, **more)
        self.session.commit()
        self.kept[world] = self._keep(made)
        return made

    def _keep(self, world: object) -> Kept:
        file = io.BytesIO()
        packer = _Packer(file, self)
        packer.dump(world)
        packer.dump(list(packer.rows.values()))
        name = f"world_{next(_serials)}"
        if self.bench:
            self.bench.keep(name)
        else:
            shutil.copy(self._closed(), self.store / name)
        return Kept(name, file.getvalue())

    def _is_there(self, kept: Kept) -> bool:
        return self.bench is None or kept.name in self.bench.worlds

    def _copy(self, kept: Kept) -> Any:
        if self.bench:
            self.session.rollback()
            self.bench.put_back(kept.name)
        else:
            shutil.copy(self.store / kept.name, self._closed())
        unpacker = _Unpacker(io.BytesIO(kept.objects), self)
        world, rows = unpacker.load(), unpacker.load()
        self.session.add_all(rows)
        return world

    def _closed(self) -> Path:
        """Let go of the test's database, so that its file is whole, and return it."""
        engine = self.session.get_bind().engine
        engine.dispose()
        file = Path(str(engine.url.database))
        assert not file.with_name(file.name + "-wal").exists(), "somebody is still at work"
        return file


class _Packer(pickle.Pickler):
    """Packs a world without the stage it stands on, and notes the rows that its session knows."""

    def __init__(self, file: io.BytesIO, stage: Stage) -> None:
        super().__init__(file)
        self.rows: dict[int, object] = {}
        self._stage = stage

    def persistent_id(self, part: Any) -> Any:
        if isinstance(part, Base) and part in self._stage.session:
            self.rows[id(part)] = part
        for name in ("app", "session", "client"):
            if part is getattr(self._stage, name):
                return name, None
        return ("browser", part._cookies) if isinstance(part, FlaskClient) else None


class _Unpacker(pickle.Unpickler):
    """Unpacks a world onto another stage."""

    def __init__(self, file: io.BytesIO, stage: Stage) -> None:
        super().__init__(file)
        self._stage = stage

    def persistent_load(self, named: Any) -> Any:
        name, cookies = named
        if name != "browser":
            return getattr(self._stage, name)
        browser = self._stage.app.test_client()
        browser._cookies = cookies
        return browser
