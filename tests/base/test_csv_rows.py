"""CSV files as people have them: encodings, headers, and rows that cannot be read."""

import io

import pytest

from app.base.csv_rows import Row, batched, open_rows
from app.base.errors import CsvUnreadable

TEXT = "code,name\n1,金溪\n2,鹤峰\n"


def read(content: str | bytes, encoding: str = "utf-8", **columns) -> list[Row]:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return list(open_rows(io.BytesIO(data), **({"required": ("code", "name")} | columns)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encoding_is_found_out(encoding):
    assert read(TEXT, encoding) == [
        Row(2, {"code": "1", "name": "金溪"}),
        Row(3, {"code": "2", "name": "鹤峰"}),
    ]


def test_gb18030_is_found_out_by_its_last_line_too():
    lines = b"code,name\n" + b"1,ascii\n" * 50_000 + "2,崇雒\n".encode("gb18030")
    assert read(lines)[-1] == Row(50_002, {"code": "2", "name": "崇雒"})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_blank_rows_are_passed_over_and_counted_as_lines(newline):
    text = newline.join(["", "code,name", "", "1,a", ",", "  ,", "2,b"])
    assert [row.line_no for row in read(text)] == [4, 7]


def test_a_row_over_several_lines_is_named_by_its_first():
    rows = read('code,name\n1,"a\nb"\n2,c\n')
    assert rows == [
        Row(2, {"code": "1", "name": "a\nb"}),
        Row(4, {"code": "2", "name": "c"}),
    ]


def test_cells_are_stripped_of_all_spaces():
    assert read("code , name\n 1,\u3000金溪 \n")[0].values == {"code": "1", "name": "金溪"}


@pytest.mark.parametrize(
    "line", ["1", "1,a,b", '1,"a"b', "1," + "x" * 200_000], ids=["few", "many", "quote", "long"]
)
def test_a_row_that_cannot_be_read_is_named_and_the_next_still_comes(line):
    bad, good = read(f"code,name\n{line}\n2,b\n")
    assert bad.line_no == 2
    assert bad.problem
    assert bad.values == {}
    assert good == Row(3, {"code": "2", "name": "b"})


def test_a_quote_that_is_never_closed_is_named_by_its_line():
    rows = read('code,name\n1,a\n2,"b\n3,c\n')
    assert [(row.line_no, bool(row.problem)) for row in rows] == [(2, False), (3, True)]


def test_chinese_labels_name_the_columns():
    labels = {"编码": "code", "名称": "name"}
    assert read("名称,编码\n金溪,1\n", "gb18030", labels=labels)[0].values == {
        "code": "1",
        "name": "金溪",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xff\xfec\x00", "encoding"),
        (b"code,name\n1,\xff\xff\n", "encoding"),
        (b"\xef\xbb\xbfcode,name\n1,\xbd\xf0\n", "encoding"),
        (b"code\n1\n", "columns_missing"),
        (b"code,name,nmae\n1,a,b\n", "columns_unknown"),
        (b"code,name,\n1,a,b\n", "columns_unknown"),
        (b"code,name,name\n1,a,b\n", "columns_repeated"),
        (b'"code,name\n', "header"),
        (b"code,name\n1," + b"x" * 2_000_000, "line"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(content, reason):
    with pytest.raises(CsvUnreadable) as refused:
        read(content)
    assert refused.value.facts["reason"] == reason


def test_the_line_of_a_broken_encoding_is_told():
    with pytest.raises(CsvUnreadable) as refused:
        read(b"code,name\n1,a\n2,\xff\xff\n")
    assert refused.value.facts["line_no"] == 3


def test_the_reading_tells_how_far_it_is():
    rows = open_rows(io.BytesIO(TEXT.encode()), required=("code", "name"))
    assert rows.size_bytes == len(TEXT.encode())
    sizes = [len(batch) for batch in batched(rows, 1)]
    assert sizes == [1, 1]
    assert rows.bytes_done == rows.size_bytes
