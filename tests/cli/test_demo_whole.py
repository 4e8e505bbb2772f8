"""The whole world, loaded by the real command, reconciled and proven: `pytest -m world`.

It takes minutes, and so is deselected by default.
"""

import json
import os
from collections.abc import Iterator

import pytest
from flask import Flask

from app.base.db import db
from app.base.transactions import reading_long
from app.cli.demo.whole import stories
from app.cli.demo.whole.expected import AS_OF_ON, FIGURES, SHARES
from app.community import tree
from app.points import programmes
from app.reports import place_reports
from app.reports.place_reports import Computed, Counted, Imported, Readings
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

    told_shares_and_values_are_those_of_the_plan(empty_app)
    assert invoke(empty_app, "ledger", "proof").exit_code == 0
    again = invoke(empty_app, "demo", "load", "--all")
    assert again.exit_code == 0, again.output
    assert json.loads(invoke(empty_app, "demo", "reconcile", "--json").output) == told


def told_shares_and_values_are_those_of_the_plan(app):
    """Every number that a place tells was reconciled, or is marked as taken over."""
    planned = {(each.node_code, each.line): each for each in FIGURES}
    with app.app_context(), reading_long() as session:
        for code, sentences in stories.planned().items():
            node = tree.by_code(session, code)
            ledger_id = programmes.of_node(session, node).ledger_id
            scope = place_reports.scope_of(
                session, ledger_id=ledger_id, node=node, as_of_on=AS_OF_ON
            )
            told = place_reports.tell_story(Readings(session, scope))
            assert len(told) == len(sentences)
            for each in (piece for sentence in told for piece in sentence):
                if isinstance(each, Counted):
                    figure = planned[each.node.code, each.line.code]
                    assert each.value == figure.count, figure
                    assert each.share is None or str(each.share) == figure.share
                elif isinstance(each, Imported):
                    assert each.source.startswith("公开报道")
                elif isinstance(each, Computed):
                    assert str(each.share) in {one.share for one in SHARES}
