"""The street: the real application behind a real port, on the demo's world."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app import create_app
from app.base.db import db
from app.web.limiter import limiter
from config import Config
from tests.conftest import open_engine, take_keys
from tests.demo import Demo
from tests.templates import keep_compiled

QUIET_SECONDS_MAX = 10


class Street:
    """One server per worker; every test finds its own fresh copy of the world behind it."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.app = _build(demo)
        self._doorway = _Doorway(self.app)
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self._doorway, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.app.config["PUBLIC_URL"] = self.url
        told = self.app.test_cli_runner().invoke(args=["demo", "today"])
        assert told.exit_code == 0, told.output
        with self.app.app_context():
            db.engine.dispose()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[None]:
        """Stand on a copy of the world for a while, with the limits of real life."""
        engine = open_engine(f"sqlite:///{shutil.copy(self.demo.file, folder / 'street.db')}")
        take_keys(self.app)
        with self.app.app_context():
            before, db.engines[None] = db.engines[None], engine
        limiter.enabled = True
        limiter.reset()
        yield
        limiter.enabled = False
        self._doorway.wait_until_quiet()
        with self.app.app_context():
            db.engines[None] = before
        engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A look into the book behind the pages, or a hand in it; the test commits."""
        with self.app.app_context():
            engine = db.engine
        with Session(engine, expire_on_commit=False) as session:
            yield session


class _Doorway:
    """Counts who is inside, so that nobody takes the database away under a request."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inside = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self._count(1)
        try:
            with closing(self._app(environ, start_response)) as answer:
                yield from answer
        finally:
            self._count(-1)

    def wait_until_quiet(self) -> None:
        with self._changed:
            is_quiet = self._changed.wait_for(lambda: self._inside == 0, QUIET_SECONDS_MAX)
        assert is_quiet, "a request never ended"

    def _count(self, more: int) -> None:
        with self._changed:
            self._inside += more
            self._changed.notify_all()


class _Quiet(WSGIRequestHandler):
    """Serves without a line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: what a test wants to know, its page tells."""


def _build(demo: Demo) -> Flask:
    class StreetConfig(Config):
        ENVIRONMENT = "test"
        INSTANCE_PATH = demo.folder
        SQLALCHEMY_DATABASE_URI = demo.url

    app = create_app(StreetConfig)
    keep_compiled(app)
    limiter.enabled = False  # one for all applications of this process: on only while a street is
    return app
