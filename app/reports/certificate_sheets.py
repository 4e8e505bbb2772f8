"""A 评优评先佐证 as a workbook: the sums, each leading to the records behind it (S3, D44).

The same provenance and columns as the paper, the number and the code by which anybody looks
up whether it still holds, lines to sign on. Cells are text or numbers, never formulas (A18).
"""

import io
from collections.abc import Mapping, Sequence

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from app.points.models import Grant
from app.reports import certified, sheet_books
from app.reports.certificate_pdf import PROVENANCES, SOURCES, TITLES, Paper, facts, hours_of
from app.reports.sheets import Cell, Sheet

SUMS = ("时长来源", "小时", "分钟", "记录条数")
ROWS = ("日期", "内容", "来自", "来源", "小时", "分钟", "记录号")
SIGNED = ("核对人签字", "所在单位意见（签字）", "出具单位（盖章）")
LINE = "____________________"
NUMBERS = (1, 2, 3)
"""The columns of the first sheet whose cells lead to rows."""


def draw(paper: Paper) -> bytes:
    """Draw a proof as xlsx; that it was taken was written down before."""
    sums = certified.said(paper.found)
    parts = (sums.credited_minutes, sums.honorary_minutes, sums.historical_minutes)
    pages: list[Sheet] = []
    lines: list[tuple[Cell, ...]] = []
    links: dict[tuple[int, int], int] = {}
    for at, (kind, minutes) in enumerate(zip(PROVENANCES, parts, strict=True)):
        rows = [each for each in paper.rows if each.provenance == kind]
        lines.append(_sum(PROVENANCES[kind], minutes, len(rows)))
        pages.append(_rows(PROVENANCES[kind], rows, paper.categories))
        links |= {(at, column): at + 1 for column in NUMBERS}
    lines.append(_sum("一共", sums.minutes, sums.grant_count))
    pages.append(_rows("全部记录", paper.rows, paper.categories))
    links |= {(len(lines) - 1, column): len(pages) for column in NUMBERS}
    said = [
        *facts(paper),
        ("核对网址", paper.url),
        ("第几次打印", str(paper.print_no)),
        ("说明", "免费出具，可以作废；扫码或输入验证码核对是否有效。以上不含身份证号。"),
        *((name, LINE) for name in SIGNED),
    ]
    first = Sheet(TITLES[paper.found.kind], said, SUMS, lines)
    file = io.BytesIO()
    sheet_books.write([first, *pages], file, links=links, picture=_code(paper.url))
    return file.getvalue()


def _sum(name: str, minutes: int, count: int) -> tuple[Cell, ...]:
    return (name, float(hours_of(minutes)), minutes, count)


def _rows(title: str, rows: Sequence[Grant], names: Mapping[str, str]) -> Sheet:
    lines = [
        (
            f"{each.served_on:%Y-%m-%d}",
            names.get(each.category_code or "", "") or SOURCES.get(each.source_kind, ""),
            SOURCES.get(each.source_kind, each.source_kind),
            PROVENANCES.get(each.provenance, each.provenance),
            float(hours_of(each.minutes)),
            each.minutes,
            str(each.id),
        )
        for each in rows
    ]
    return Sheet(title, (), ROWS, lines)


def _code(url: str) -> bytes:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, box_size=4)
    code.add_data(url)
    code.make(fit=True)
    drawn = io.BytesIO()
    code.make_image().save(drawn, "PNG")
    return drawn.getvalue()
