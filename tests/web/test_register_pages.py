"""The four lists at the desk: a row is entered, linked, changed and taken apart again (T4)."""

from uuid import UUID

import pytest

from app.service_orders.models import RegisterEntry
from tests.factories import desk as builder
from tests.web.answers import everything


@pytest.fixture
def desk(stage):
    return stage.put_up(builder.a_desk, "app", "session")


def entered(desk, code, title):
    made = desk.at("staff").send(desk.path(f"/lists/{code}"), title=title)
    assert made.status_code == 303, made.text
    return made.location.rsplit("/", 1)[-1].split("?")[0]


def row(desk, entry_id):
    desk.session.rollback()
    desk.session.expire_all()
    found = desk.session.query(RegisterEntry).filter_by(ledger_id=desk.ledger_id, id=UUID(entry_id))
    return found.one()


def test_t4_the_desk_links_changes_and_takes_apart(desk):
    need, resource = entered(desk, "need", "楼道照明"), entered(desk, "resource", "电工班")
    path = desk.path(f"/lists/entries/{need}")
    pair = {"other_number": row(desk, resource).number}
    assert desk.at("staff").send(f"{path}/link", **pair).status_code == 303
    assert "解除对接" in desk.at("staff").get(path).text
    assert "解除对接" not in desk.at("auditor").get(path).text

    before = everything(desk.session)
    stale = desk.at("staff").send(f"{path}/change", title="照明改造", version="1")
    assert stale.status_code == 412
    assert desk.at("auditor").send(f"{path}/unlink", **pair).status_code == 403
    assert everything(desk.session) == before

    fields = {"title": "照明改造", "due_on": "2099-03-01", "version": "2"}
    assert desk.at("staff").send(f"{path}/change", **fields).status_code == 303
    assert (row(desk, need).title, row(desk, need).version) == ("照明改造", 3)
    assert desk.at("staff").send(f"{path}/unlink", **pair).status_code == 303
    assert (row(desk, need).state, row(desk, resource).state) == ("open", "open")
