"""Rows of xlsx and CSV alike: what is read, what is refused, and the way back to correct."""

import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from app.base import sheet_rows, xlsx_rows
from app.base.errors import CsvUnreadable

COLUMNS = {"required": ("code", "name"), "optional": ("note", sheet_rows.PROBLEM)}
NAIVE = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001  a spreadsheet knows no zone
LABELS = {"编号": "code", "名称": "name", "备注": "note", "问题": sheet_rows.PROBLEM}


def xlsx(*rows, title="表"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    content = BytesIO()
    book.save(content)
    content.seek(0)
    return content


def read(content):
    return list(sheet_rows.open_sheet(content, **COLUMNS, labels=LABELS))


def test_an_xlsx_and_a_csv_read_alike():
    header = ["编号", "名称", "备注"]
    table = xlsx(header, ["001", "米", None], [], ["002", "油", "大桶"])
    text = "编号,名称,备注\n001,米,\n\n002,油,大桶\n".encode("gb18030")

    found, expected = read(table), read(BytesIO(text))

    assert [row.values for row in found] == [row.values for row in expected]
    assert [row.line_no for row in found] == [2, 4]


def test_cells_become_what_a_person_typed():
    rows = read(
        xlsx(
            ["编号", "名称", "备注"],
            [13800000000, 2.5, date(2026, 3, 1)],
            ["1", True, " 空格 "],
            [7.0, "=不是公式".replace("=", "＝"), NAIVE],
        )
    )
    assert [tuple(row.values.values()) for row in rows] == [
        ("13800000000", "2.5", "2026-03-01"),
        ("1", "TRUE", "空格"),
        ("7", "＝不是公式", "2026-03-01 09:30:00"),
    ]


def test_a_formula_an_error_and_a_long_number_are_named():
    rows = read(
        xlsx(
            ["编号", "名称"],
            ["1", "=1+1"],
            ["2", "#N/A"],
            [1234567890123456789, "身份证号"],
            ["4", "好"],
            ["5", "多", "", "出一格"],
        )
    )
    assert [row.reason for row in rows if row.problem] == [
        "formula",
        "cell_error",
        "long_number",
        "unreadable",
    ]
    assert rows[3].values == {"code": "4", "name": "好"}
    assert rows[0].cells == ("1", "=1+1")


def test_the_first_sheet_that_is_not_hidden_is_read():
    book = openpyxl.Workbook()
    book.active.append(["别的"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("名单")
    for row in (["编号", "名称"], ["1", "米"]):
        shown.append(row)
    assert [row.values["name"] for row in read(saved(book))] == ["米"]


def reason(content):
    with pytest.raises(CsvUnreadable) as refused:
        read(content)
    return refused.value.facts["reason"]


def test_what_is_no_sheet_is_refused():
    assert reason(BytesIO(b"PK\x03\x04 not a zip")) == "xlsx"
    assert reason(BytesIO(b"\xd0\xcf\x11\xe0" + b"\0" * 600)) == "xls"
    assert reason(xlsx()) == "empty"
    assert reason(xlsx(["编号"])) == "columns_missing"
    assert reason(xlsx(["编号", "名称", "编号"])) == "columns_repeated"
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "no sheet")
    assert reason(other) == "xlsx"


def test_a_zip_bomb_is_refused_before_it_is_opened():
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * (xlsx_rows.UNPACKED_BYTES_MAX + 1))
    assert len(bomb.getvalue()) < 100_000
    assert reason(bomb) == "too_large_inside"


def test_a_dense_part_and_too_many_parts_are_refused():
    dense, many = BytesIO(), BytesIO()
    with zipfile.ZipFile(dense, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (8 << 20))
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(xlsx_rows.PARTS_MAX + 1):
            archive.writestr(f"{number}.xml", b"")
    assert reason(dense) == reason(many) == "too_large_inside"


def test_entities_do_not_grow():
    source = xlsx(["编号", "名称"], ["1", "米"])
    laughs = BytesIO()
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(laughs, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                body = text.split("?>", 1)[-1]
                text = bomb + body.replace("<sheetData>", "<sheetData><x>&a11;</x>")
            new.writestr(name, text)
    assert reason(laughs) == "xlsx"


def test_a_file_that_says_it_is_longer_than_it_may_be_is_stopped(monkeypatch):
    monkeypatch.setattr(xlsx_rows, "ROWS_MAX", 3)
    assert reason(xlsx(["编号", "名称"], *[[str(n), "米"] for n in range(9)])) == "rows"


def test_the_way_back_names_what_is_wrong_and_is_read_again():
    content = xlsx(["编号", "名称"], ["1", "米"], ["2", "=1+1"], ["3", "盐", "多余"])
    rows = sheet_rows.open_sheet(content, **COLUMNS, labels=LABELS)
    back = BytesIO()

    count = sheet_rows.write_corrections(rows, {3: "有公式", 4: "列数不对"}, back)

    back.seek(0)
    page = openpyxl.load_workbook(back).active
    assert count == 3
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["编号", "名称", "问题"],
        ["1", "米", ""],
        ["2", "=1+1", "有公式"],
        ["3", "盐", "列数不对"],
    ]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    back.seek(0)
    again = read(back)
    assert [row.values["code"] for row in again] == ["1", "2", "3"]
    assert not any(row.problem for row in again)
