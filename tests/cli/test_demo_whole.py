"""The whole world, loaded by the real command, reconciled and proven: `pytest -m world`.

It takes minutes, and so is deselected by default.
"""

import json
import os
from collections.abc import Iterator

import pytest
from flask import Flask

from app.base.db import db
from tests import postgres
from tests.conftest import DATABASE, build_app, migrate

pytestmark = [pytest.mark.world, pytest.mark.slow]


@pytest.fixture
def empty_app(template, instance, tmp_path) -> Iterator[Flask]:
    """The application on a migrated database of its own, without the tests' statement guard."""
    name = f"world_{os.getpid()}"
    is_sqlite = DATABASE == "sqlite"
    url = f"sqlite:///{tmp_path / 'world.db'}" if is_sqlite else postgres.create(template, name)
    app = build_app(url, instance)
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()
    if not is_sqlite:
        postgres.drop(template, name)


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def test_o20_p9_p5_the_whole_world_comes_out_at_its_plan_to_the_last_point(empty_app):
    loaded = invoke(empty_app, "demo", "load", "--all")
    assert loaded.exit_code == 0, loaded.output

    compared = invoke(empty_app, "demo", "reconcile", "--json")
    told = json.loads(compared.output)
    wrong = [one for one in (*told["programmes"], *told["figures"]) if not one["ok"]]
    assert (compared.exit_code, wrong) == (0, [])
    assert told["programmes"][-1]["found"] == [32_254 * 60, 279_000, 52_150, 226_850, 20]

    assert invoke(empty_app, "ledger", "proof").exit_code == 0
    again = invoke(empty_app, "demo", "load", "--all")
    assert again.exit_code == 0, again.output
    assert json.loads(invoke(empty_app, "demo", "reconcile", "--json").output) == told
