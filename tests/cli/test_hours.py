"""`flask hours ranking`: the file, what it says at the terminal, and what it refuses."""

import csv
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa

from app.base import clock
from app.people.models import Audit
from app.reports.models import Export
from tests.factories import community as places
from tests.factories import points
from tests.web.answers import everything

JINXI = "350902200001"
SPAN = ("--from", "2026-01-01", "--to", "2026-02-28")


def run(app, node, out, *words):
    named = ("--node", node, "--out", str(out))
    return app.test_cli_runner().invoke(args=["hours", "ranking", *named, *(words or SPAN)])


@pytest.fixture
def world(session):
    """Four members: 3 h, 2 h and 2 h of January, and 5 h of March."""
    with clock.held_at(points.at(date(2026, 3, 2), 21)):
        made = points.world(session)
        for name, minutes in (("温如许", 120), ("任清和", 180), ("苏小满", 120)):
            member = points.member(session, made, name)
            points.grant(session, made, member.id, minutes, served_on=date(2026, 1, 10))
        late = points.member(session, made, "林晚舟")
        points.grant(session, made, late.id, 300, served_on=date(2026, 3, 1))
        points.grant(
            session, made, late.id, 60, served_on=date(2026, 2, 28), category_code="cleanup"
        )
        session.commit()
    return made


def sheet_of(path):
    page = openpyxl.load_workbook(path).active
    return [row for row in page.iter_rows(values_only=True) if isinstance(row[0], int | float)]


def lines_of(path):
    rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    return [row for row in rows if row and row[0].isdigit()]


def test_the_sheet_ranks_the_period_with_shared_ranks(app, session, world, tmp_path):
    out = tmp_path / "r.xlsx"

    made = run(app, world.node.code, out)

    assert made.exit_code == 0, made.output
    export = session.scalars(sa.select(Export).where(Export.ledger_id == world.ledger_id)).one()
    told = f"{out}: 4 members, verification code {export.verification_code}\n"
    assert made.stdout == told
    assert [(row[0], row[2], row[8]) for row in sheet_of(out)] == [
        (1, "任清和", 180),
        (2, "温如许", 120),
        (2, "苏小满", 120),
        (4, "林晚舟", 60),
    ]
    audited = sa.select(Audit.action).where(Audit.ledger_id == world.ledger_id)
    assert "export_made" in session.scalars(audited).all()


def test_the_csv_has_the_same_lines_and_a_cut_has_fewer(app, world, tmp_path):
    whole, cut = tmp_path / "whole.csv", tmp_path / "cut.csv"

    assert run(app, world.city.name, whole).exit_code == 0
    assert run(app, world.node.code, cut, *SPAN, "--category", "cleanup").exit_code == 0

    assert [row[8] for row in lines_of(whole)] == ["180", "120", "120", "60"]
    assert [(row[0], row[2], row[8]) for row in lines_of(cut)] == [("1", "林晚舟", "60")]


def test_a_provenance_that_nobody_has_gives_an_empty_list(app, world, tmp_path):
    out = tmp_path / "r.csv"

    made = run(app, world.node.code, out, *SPAN, "--provenance", "honorary")

    assert made.exit_code == 0
    assert ": 0 members," in made.stdout
    assert lines_of(out) == []


def test_a_name_of_several_places_lists_their_codes(app, session, world, tmp_path):
    parent = places.make_jinxi(session)[-2]
    for code in ("A1", "A2"):
        places.make_node(session, parent, code=code, name="同名社区")
    session.commit()
    before, out = everything(session), tmp_path / "r.csv"

    asked = run(app, "同名社区", out)

    assert asked.exit_code == 2
    candidates = asked.stderr.splitlines()[1:]
    assert [line.split()[0] for line in candidates] == ["A1", "A2"]
    assert all("金涵畲族乡" in line for line in candidates)
    assert not out.exists()
    assert everything(session) == before


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("r.txt", SPAN, ".xlsx or .csv"),
        ("r", SPAN, ".xlsx or .csv"),
        ("nowhere/r.csv", SPAN, "no folder"),
        ("r.csv", ("--from", "2026-02-28", "--to", "2026-01-01"), "ends before it begins"),
        ("r.csv", ("--from", "2026-02-30", "--to", "2026-03-01"), "2026-02-30"),
        ("r.csv", ("--from", "2026-02-01"), "--to"),
        ("r.csv", (*SPAN, "--category", "no_such_thing"), "not_found"),
        ("r.csv", (*SPAN, "--provenance", "imagined"), "imagined"),
    ],
)
def test_bad_input_is_told_writes_no_file_and_changes_nothing(
    app, session, world, tmp_path, name, words, said
):
    before = everything(session)

    asked = run(app, JINXI, tmp_path / name, *words)

    assert asked.exit_code == 2
    assert said in asked.stderr
    assert not (tmp_path / name).exists()
    assert everything(session) == before


@pytest.mark.parametrize("node", ["nowhere", "350902999999", "35"])
def test_a_place_that_is_not_there_or_has_no_programme_is_refused(
    app, session, world, tmp_path, node
):
    before, out = everything(session), tmp_path / "r.xlsx"
    out.write_bytes(b"the file of yesterday")

    asked = run(app, node, out)

    assert asked.exit_code == 2
    assert "not_found" in asked.stderr
    assert out.read_bytes() == b"the file of yesterday"
    assert everything(session) == before


def test_a_file_that_fails_half_written_leaves_yesterdays(app, world, tmp_path):
    out = tmp_path / "r.xlsx"
    out.write_bytes(b"the file of yesterday")

    asked = run(app, world.node.code, out, "--from", "2026-03-01", "--to", "2026-02-01")

    assert asked.exit_code == 2
    assert [each.name for each in tmp_path.iterdir() if "xlsx" in each.name] == ["r.xlsx"]
    assert out.read_bytes() == b"the file of yesterday"


def test_a_disk_that_takes_no_file_is_told_and_nothing_is_registered(app, session, world, tmp_path):
    (tmp_path / "r.csv").mkdir()
    place, before = world.node.code, everything(session)

    asked = run(app, place, tmp_path / "r.csv")
    other = run(app, place, tmp_path / ("x" * 250 + ".csv"))

    assert asked.exit_code == 2
    assert other.exit_code == 1
    assert "File name too long" in other.stderr
    assert everything(session) == before
