"""Every file of the desk names who took it: by name, or by number if they are no member here."""

import csv
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from app.base import clock
from app.base.actors import SYSTEM
from app.base.ids import new_id
from app.people import members, roles
from app.people.models import Person
from tests.factories import activities, pages
from tests.factories import desk as builder

FILES = {
    "/lists/need/file": {"kind": "csv"},
    "/grid-claims/file": {"kind": "xlsx"},
    "/venues/use/file": {},
    "/claims/figures/file": {"table": "wishes", "kind": "csv"},
    "/quarters/2025Q4/file": {"kind": "member"},
    "/quarters/2025Q4/pack": {},
}


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_desk, "app", "session")


def cells(content: bytes) -> list[str]:
    """Every cell of a sheet, line by line."""
    if content[:2] != b"PK":
        return [cell for line in csv.reader(StringIO(content.decode("utf-8-sig"))) for cell in line]
    book = load_workbook(BytesIO(content))
    return [str(cell) for sheet in book for line in sheet.values for cell in line if cell]


def taken(browser: pages.Browser, desk: builder.Desk, path: str) -> list[str]:
    answer = browser.send(desk.path(path), **FILES[path])
    assert answer.status_code == 200, answer.text[-1500:]
    return cells(answer.data)


@pytest.mark.parametrize("path", FILES)
def test_a16_a_file_names_who_took_it_even_if_they_are_no_member_of_its_book(
    app, session, desk, path
):
    stranger = Person(person_id=new_id(), created_at=clock.now())
    session.add(stranger)
    named = {"person_id": stranger.person_id, "node_id": desk.node.id, "role": "auditor"}
    roles.grant(session, **named, actor=SYSTEM)
    session.commit()
    whose = SimpleNamespace(person_id=stranger.person_id)

    found = taken(pages.browser(app, session, whose), desk, path)
    assert found[found.index("操作人") + 1] == str(stranger.person_id)
    found = taken(desk.at("staff"), desk, path)
    assert found[found.index("操作人") + 1] == members.full_name(desk.person("staff"))
