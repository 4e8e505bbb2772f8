"""Worlds that are built once a worker and copied for every test that stands on them.

Half the work of a test at the doors was to build its world. On SQLite a world is kept as
its database file and its objects; a test gets a copy of both, on its own engine, session
and client. On PostgreSQL it is built anew each time. Keep no world that grows old while
the tests run: a code or a session of this very minute.
"""

import io
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import Base

World = TypeVar("World")


@dataclass(frozen=True)
class Kept:
    """A world as it stood when it was finished."""

    database: Path
    objects: bytes


@dataclass
class Stage:
    """Where a test's world is put up."""

    app: Flask
    session: Session
    client: FlaskClient
    store: Path
    kept: dict[Any, Kept]

    def put_up(self, build: Callable[..., World], *names: str, **more: Any) -> World:
        """Return what `build` makes of the named parts (`session`, `client`, `app`).

        It is another world where the clock is held at another hour, or `more` is said.
        """
        parts = [getattr(self, name) for name in names]
        if self.session.get_bind().dialect.name != "sqlite":
            return build(*parts, **more)
        world = build, clock._held.get(), tuple(sorted(more.items()))
        if world in self.kept:
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
        kept = self.store / f"{len(self.kept)}.db"
        shutil.copy(self._closed(), kept)
        return Kept(kept, file.getvalue())

    def _copy(self, kept: Kept) -> Any:
        shutil.copy(kept.database, self._closed())
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
