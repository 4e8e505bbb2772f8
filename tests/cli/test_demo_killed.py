"""A demo load that is killed goes on where it stopped; today's activity is there to scan."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from datetime import time as hour

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.db import db
from app.base.transactions import reading
from tests import postgres
from tests.conftest import DATABASE, build_app, migrate

pytestmark = pytest.mark.slow
SECONDS_MAX = 120
STAGES = (("community_node", 100), ("activities_activity", 3), ("activities_activity", 30))
"""Killed as soon as this table has that many rows: among places, early and midway."""


@pytest.fixture
def empty_app(template, instance, tmp_path):
    """The application on a migrated database of its own that other processes may open."""
    name = f"killed_{os.getpid()}"
    is_sqlite = DATABASE == "sqlite"
    url = f"sqlite:///{tmp_path / 'demo.db'}" if is_sqlite else postgres.create(template, name)
    app = build_app(url, instance)
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()
    if not is_sqlite:
        postgres.drop(template, name)


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def rows_of(app, table):
    with app.app_context(), reading() as session:
        return session.scalar(
            sa.text(f"SELECT count(*) FROM {table}"),
            execution_options={"cross_ledger": True},
        )


def kill_when(app, table, count):
    """Load in a process of its own and kill it, as an operator's kill -9 or a power cut would."""
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "TIMEBANK_INSTANCE": str(app.config["INSTANCE_PATH"]),
    }
    words = [sys.executable, "-m", "flask", "demo", "load"]
    loading = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    until = time.monotonic() + SECONDS_MAX
    while rows_of(app, table) < count and loading.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    loading.send_signal(signal.SIGKILL)
    assert loading.wait() == -signal.SIGKILL, "it was to be killed before its end"


def test_a_load_that_was_killed_goes_on_and_comes_out_the_same(empty_app):
    for table, count in STAGES:
        kill_when(empty_app, table, count)
        assert invoke(empty_app, "ledger", "proof").exit_code == 0  # and proven halfway, too

    assert invoke(empty_app, "demo", "load").exit_code == 0

    proved = invoke(empty_app, "ledger", "proof", "--json")
    told = json.loads(proved.output)
    assert (proved.exit_code, told["ok"]) == (0, True)
    assert {one["name"]: one["totals"] for one in told["ledgers"]} == {
        "爱心银行": {"minutes": 120_060, "points": 20_010},
        "积分制": {"minutes": 3_600, "points": 530},
    }
    with empty_app.app_context(), reading() as session:
        states = session.execute(
            sa.text("SELECT state FROM activities_activity"),
            execution_options={"cross_ledger": True},
        )
        assert Counter(states.scalars()) == {"archived": 59, "no_response": 3}
    assert rows_of(empty_app, "mall_redemption") == 40
    assert rows_of(empty_app, "activities_enrolment") == 1_104


def test_todays_activity_needs_the_demo(empty_app):
    assert invoke(empty_app, "demo", "today").exit_code == 2


def test_todays_activity_is_there_to_scan_at_any_hour_and_only_once(copy_demo):
    loaded_app = copy_demo()
    morning = clock.local_instant(date(2026, 11, 21), hour(9, 10))
    said = []
    for minutes in (0, 30, 100, 125, 600):
        with clock.held_at(morning + timedelta(minutes=minutes)):
            told = invoke(loaded_app, "demo", "today")
            assert told.exit_code == 0, told.output
            said.append(told.output.strip())

    there = "today's activity is there already"
    assert [line == there for line in said] == [False, True, False, True, False]


def test_a_first_visitor_finds_something_at_every_door_and_no_point_is_posted(copy_demo):
    loaded_app = copy_demo()
    tables = ("service_orders_category", "service_orders_post", "service_orders_wish",
              "service_orders_offer", "mall_offer", "ledger_journal")  # fmt: skip
    before = [rows_of(loaded_app, name) for name in tables]
    first = invoke(loaded_app, "demo", "today").output
    opened = [rows_of(loaded_app, name) for name in tables]
    again = invoke(loaded_app, "demo", "today").output

    assert before[:5] == [0] * 5
    assert opened == [4, 2, 2, 1, 1, before[5]]
    assert ("posts, wishes" in first, "posts, wishes" in again) == (True, False)
    assert [rows_of(loaded_app, name) for name in tables] == opened
    assert invoke(loaded_app, "ledger", "proof").exit_code == 0
