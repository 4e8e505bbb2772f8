"""A school takes the hours of its students away: who joined through it, and nobody else."""

import io
from datetime import date

import openpyxl
import pytest

from app.community import units
from app.ledger import books
from app.people import enlistments, members
from app.people.enlistments import NewEnlistment
from app.people.models import Enlistment
from app.reports import exports
from tests.factories import activities, doors, points
from tests.factories import desk as builder
from tests.web.answers import everything, refused

DAY = date(2026, 3, 2)


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


def a_school(desk, *students):
    """A school by which these members reported in."""
    school = units.add(
        desk.session, node=desk.node, kind="学校", name="市一中", actor=desk.world.staff
    )
    for number, student in enumerate(students):
        row = enlistments.enlist(
            desk.session, ledger_id=desk.ledger_id, actor=desk.world.staff,
            takes=lambda *_: True,
            new=NewEnlistment(
                f"S{number}", members.full_name(student), desk.node.id, school.id, "serving",
                "offline", DAY,
            ),
        )  # fmt: skip
        desk.session.get(Enlistment, (desk.ledger_id, row.id)).member_id = student.id
    desk.session.commit()
    return school


def test_k11_a_school_exports_its_students_hours_of_some_days(desk):
    student, other = desk.people["scanned"], desk.person("volunteer")
    made = points.grant(desk.session, desk.world, student.id, 120, served_on=DAY)
    points.grant(desk.session, desk.world, other.id, 60, served_on=DAY)
    school = a_school(desk, student)
    path = desk.path(f"/units/{school.id}/hours")
    assert student.volunteer_no in desk.at("staff").get(path).text
    sent = desk.at("staff").send(f"{path}/file", begins_on="2026-03-01", ends_on="2026-03-05")
    lines = list(openpyxl.load_workbook(io.BytesIO(sent.data)).active.values)
    said = {line[0]: line[1] for line in lines}
    assert (said["单位"], said["起"], said["止"]) == ("市一中", "2026-03-01", "2026-03-05")
    rows = [line for line in lines if str(line[0]) == student.volunteer_no]
    assert [(row[1], row[6], row[7]) for row in rows] == [
        (members.full_name(student), made.minutes, 1)
    ]
    assert not any(other.volunteer_no in map(str, line) for line in lines)
    export = exports.by_code(desk.session, said["验证码"])
    assert (export.kind, export.row_count) == ("unit_hours.xlsx", 1)


def test_k11_another_places_staff_do_not_see_a_schools_students(desk):
    school = a_school(desk, desk.people["scanned"])
    path = f"/units/{school.id}/hours"
    before = everything(desk.session)
    days = {"begins_on": "2026-03-01", "ends_on": "2026-03-05"}
    elsewhere = f"/staff/{desk.elsewhere.code}{path}"
    for who, address in (
        ("volunteer", desk.path(path)),
        ("foreign_staff", desk.path(path)),
        ("foreign_staff", elsewhere),
    ):
        assert desk.at(who).get(address).status_code in (403, 404)
        assert desk.at(who).send(f"{address}/file", **days).status_code in (403, 404)
    wrong = desk.at("staff").send(
        f"{desk.path(path)}/file", begins_on="2026-03-05", ends_on="2026-03-01"
    )
    assert wrong.status_code == 422
    assert everything(desk.session) == before


def test_k11_the_same_file_is_taken_over_rest_by_staff_of_the_place_alone(desk, client):
    student = desk.people["scanned"]
    points.grant(desk.session, desk.world, student.id, 120, served_on=DAY)
    school = a_school(desk, student)
    book = books.get(desk.session, desk.ledger_id).code
    path = f"/api/v1/books/{book}/units/{school.id}/hours-file"
    days = {"begins_on": "2026-03-01", "ends_on": "2026-03-05"}
    tokens = {
        who: doors.sign_in(desk.session, desk.person(who).person_id)
        for who in ("staff", "volunteer", "foreign_staff")
    }

    def ask(who, **asked):
        return client.post(path, json=asked, headers={"Authorization": f"Bearer {tokens[who]}"})

    before = everything(desk.session)
    assert {ask(who, **days).status_code for who in ("volunteer", "foreign_staff")} <= {403, 404}
    refused(ask("staff", begins_on="2026-03-05", ends_on="2026-03-01"), "validation_failed", 422)
    assert everything(desk.session) == before
    sent = ask("staff", **days)
    assert sent.status_code == 200
    export = exports.by_code(desk.session, sent.headers["X-Verification-Code"])
    assert (export.kind, export.row_count) == ("unit_hours.xlsx", 1)
    lines = list(openpyxl.load_workbook(io.BytesIO(sent.data)).active.values)
    assert any(str(line[0]) == student.volunteer_no for line in lines)
