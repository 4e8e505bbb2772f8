"""Exports: what is printed, what cannot run, and what can be verified later."""

import csv
import io
import tracemalloc
from datetime import date

import openpyxl
import pytest

from app.base import clock
from app.people.models import Audit
from app.reports import exports, rankings, sheets
from app.reports.errors import UnknownExport
from tests.factories import points

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "  =1",
    "\0=1",
]


@pytest.fixture
def made(session):
    return points.world(session)


def export(session, made, kind, names=("温如许",)):
    for name in names:
        points.grant(session, made, points.member(session, made, name).id, 90)
    cut = rankings.Cut(made.ledger_id, made.node, date(2020, 1, 1), clock.today())
    file = io.BytesIO()
    row = exports.hours_ranking(
        session,
        cut=cut,
        file=file,
        kind=kind,
        ordered=exports.Ordered(made.staff, "卓知远"),
    )
    return row, file.getvalue()


def test_d42_the_sheet_prints_filter_time_and_operator(session, made):
    row, content = export(session, made, "xlsx")

    page = openpyxl.load_workbook(io.BytesIO(content)).active
    facts = {cells[0].value: cells[1].value for cells in page.iter_rows(max_row=11, max_col=2)}

    assert facts["操作人"] == "卓知远"
    assert facts["范围"] == f"{made.node.code} {made.node.name}"
    assert (facts["起"], facts["止"]) == ("2020-01-01", clock.today().isoformat())
    assert facts["行数"] == "1"
    assert facts["验证码"] == row.verification_code
    assert facts["生成时间"].endswith("+0800")


def test_a16_a_file_is_verified_and_a_changed_one_is_not(session, made):
    row, content = export(session, made, "csv")
    verified = {"ledger_id": made.ledger_id, "code": row.verification_code.lower()}

    assert exports.verify(session, content=content, **verified)[1] is True
    assert exports.verify(session, content=content.replace(b"1.5", b"9.5"), **verified)[1] is False
    with pytest.raises(UnknownExport):
        exports.verify(session, ledger_id=made.ledger_id, code="AAAA-AAAA-AAAA", content=content)


def test_d45_the_export_is_audited_with_filter_and_row_count(session, made):
    row, _ = export(session, made, "csv")
    session.commit()

    line = session.query(Audit).filter_by(ledger_id=made.ledger_id, subject_id=row.id).one()

    assert line.action == "export_made"
    assert line.facts["row_count"] == 1
    assert line.actor_id == made.staff.person_id


@pytest.mark.parametrize("text", HOSTILE)
def test_a18_d50_no_cell_can_run(text):
    sheet = sheets.Sheet("表", [("词", text)], ["愿望"], [[text]])
    plain, book = io.BytesIO(), io.BytesIO()

    assert sheets.write_csv(sheet, plain) == sheets.write_xlsx(sheet, book) == 1

    rows = list(csv.reader(io.StringIO(plain.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[-1][0] == "'" + text
    page = openpyxl.load_workbook(io.BytesIO(book.getvalue())).active
    assert all(cell.data_type != "f" for cells in page.iter_rows() for cell in cells)
    assert all(cell.hyperlink is None for cells in page.iter_rows() for cell in cells)


def test_numbers_stay_numbers_and_hours_are_cut_to_a_tenth(session, made):
    _, content = export(session, made, "csv")

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert rows[-1][4:10] == ["1.5", "0.0", "0.0", "1.5", "90", "1"]


def test_an_hours_only_book_prints_no_points(session):
    made = points.world(session, has_points=False)
    points.grant(session, made, points.member(session, made).id, 90)
    cut = rankings.Cut(made.ledger_id, made.node, date(2020, 1, 1), clock.today(), has_points=False)
    file = io.BytesIO()
    exports.hours_ranking(
        session,
        cut=cut,
        file=file,
        kind="csv",
        ordered=exports.Ordered(made.staff, "卓知远"),
    )

    assert "积分" not in file.getvalue().decode("utf-8-sig")


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("write", [sheets.write_xlsx, sheets.write_csv])
def test_a_sheet_is_written_in_constant_memory(write, tmp_path):
    peaks = []
    for count in (3_000, 30_000):
        rows = ((place, f"志愿者{place}", "金溪社区", place / 10) for place in range(count))
        sheet = sheets.Sheet("表", [("行数", str(count))], ["名次", "编号", "社区", "小时"], rows)
        with (tmp_path / f"{count}").open("wb") as file:
            tracemalloc.start()
            assert write(sheet, file) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    assert peaks[1] < peaks[0] + 1_000_000


def test_progress_is_told_line_by_line(session, made):
    for name in ("温如许", "任清和"):
        points.grant(session, made, points.member(session, made, name).id, 90)
    told = []
    exports.hours_ranking(
        session,
        cut=rankings.Cut(made.ledger_id, made.node, date(2020, 1, 1), clock.today()),
        file=io.BytesIO(),
        kind="xlsx",
        ordered=exports.Ordered(made.staff, "卓知远"),
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1, 2), (2, 2)]
