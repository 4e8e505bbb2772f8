"""A database that is busy once: the door runs its verb again, with all that was asked."""

import pytest
import sqlalchemy as sa

from app.base import transactions
from app.base.db import db
from tests.base.test_transactions import RETRYABLE, driver_error
from tests.conftest import DATABASE
from tests.factories import activities, doors
from tests.factories import desk as builder
from tests.web.answers import done
from tests.web.test_staff_forms import FORMS

LAST = "UPDATE base_idempotency"
"""The last that a door writes: by then the whole verb has run."""


@pytest.fixture
def busy(app, monkeypatch):
    """Let the last statement of the next act fail as a busy database does; tell how often."""
    failed = []

    def fail(_connection, _cursor, statement, *_rest):
        if statement.startswith(LAST) and not failed:
            failed.append(statement)
            raise sa.exc.OperationalError(statement, {}, driver_error(RETRYABLE[DATABASE][0]))

    monkeypatch.setattr(transactions.time, "sleep", lambda _seconds: None)
    with app.app_context():
        engine = db.engine
    yield lambda: sa.event.listen(engine, "before_cursor_execute", fail) or failed
    sa.event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("name", ["manual", "team_new", "member_agent", "goods_edit", "rate"])
def test_a_form_of_the_desk_is_done_at_the_second_try(stage, busy, name):
    form = FORMS[name]
    with activities.at("12:00"):
        desk = stage.put_up(builder.a_busy_desk, "app", "session")
        browser, fields = desk.at(form.who), desk.fill(form.good)
        failed = busy()

        answer = browser.send(desk.path(form.path), **fields)

    assert len(failed) == 1
    assert answer.status_code == 303, answer.text[-600:]


def test_a_request_of_a_program_is_done_at_the_second_try(stage, busy):
    town = stage.put_up(doors.town, "session", "client")
    staff = town.caller("staff")
    failed = busy()

    made = done(
        staff.post(f"{town.book}/merchants", {"node_code": town.node.code, "name": "街角小店"}), 201
    )

    assert len(failed) == 1
    assert made["name"] == "街角小店"
