"""The demo, loaded by its real command once a run; whoever asks gets a copy."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.base.db import db
from tests import demo, postgres
from tests.conftest import DATABASE, build_app


@pytest.fixture(scope="session")
def copy_demo(
    template: str, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Callable[[], Flask]]:
    """Gives the application on a copy of the demo of the asker's own."""
    cache = pytestconfig.cache.mkdir("demo")
    given: list[Flask] = []

    def name(serial: int) -> str:
        return f"demo_{os.getpid()}_{serial}"

    def copy() -> Flask:
        folder: Path = tmp_path_factory.mktemp("demo")
        if DATABASE == "sqlite":
            made = demo.in_file(cache, folder)
        else:
            made = demo.in_postgresql(cache, folder, template=template, name=name(len(given)))
        given.append(build_app(made.url, made.folder))
        return given[-1]

    yield copy
    for serial, app in enumerate(given):
        with app.app_context():
            db.engine.dispose()
        if DATABASE == "postgresql":
            postgres.drop(template, name(serial))
