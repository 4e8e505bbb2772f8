"""A certificate on paper: A4, Chinese type embedded, a code that leads to its public page.

No ID number, no photo, nothing about what it is for. The seal and the signatures are put
on by hand. The door says where the type lies and where the code leads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import qrcode
from fpdf import FPDF
from fpdf.enums import WrapMode
from qrcode.constants import ERROR_CORRECT_M

from app.base import clock
from app.points.models import Grant
from app.reports import certified
from app.reports.models import Certificate

MARGIN_MM, WIDTH_MM = 20, 170
INK, QUIET, RED = (33, 28, 24), (84, 76, 69), (178, 34, 34)
TITLES = {"service": "志愿服务证明", "merit": "志愿服务评优评先佐证"}
CODE_MM, QUIET_MODULES = 34, 4
LINE_MM, SIZE, SMALL = 8.0, 12, 9
HEAD_MM = 34
COLUMNS_MM = (30, 80, 30, 30)
SOURCES = {
    "attendance": "活动到场",
    "manual": "人工录入",
    "backfill": "补录",
    "opening": "以前的记录",
    "order": "点单服务",
    "claim": "认领",
    "exchange": "邻里互助",
}
PROVENANCES = {"credited": "信用时长", "honorary": "荣誉时长", "historical": "历史时长"}


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on one printing.

    Attributes:
        name: The member's full name.
        rows: The records behind the hours, for a proof of merit.
        categories: What kinds of service are called, by code.
        url: Where the code leads; it names nobody.
        font: The file of the type.
        print_no: Which printing this is.
    """

    found: Certificate
    name: str
    volunteer_no: str
    rows: Sequence[Grant]
    categories: Mapping[str, str]
    url: str
    font: Path
    print_no: int


def hours_of(minutes: int) -> str:
    """Hours to a tenth, cut and not rounded, as everywhere."""
    return f"{minutes // 6 / 10:.1f}"


def facts(paper: Paper) -> list[tuple[str, str]]:
    """Return what a proof says above its rows; on paper and in a sheet alike."""
    found = paper.found
    sums = certified.said(found)
    parts = (
        f"信用时长 {hours_of(sums.credited_minutes)} 小时，"
        f"荣誉时长 {hours_of(sums.honorary_minutes)} 小时，"
        f"历史时长 {hours_of(sums.historical_minutes)} 小时"
    )
    lines = [
        ("编号", found.number),
        ("姓名", paper.name),
        ("志愿者编号", paper.volunteer_no),
        ("服务期间", f"{found.begins_on:%Y-%m-%d} 至 {found.ends_on:%Y-%m-%d}"),
        ("服务时长", f"{hours_of(sums.minutes)} 小时（{sums.grant_count} 次）"),
        ("时长来源", parts),
        ("出具单位", found.issuer),
    ]
    lines += [("负责人", found.in_charge)] if found.in_charge else []
    lines += [("联系方式", found.contact)] if found.contact else []
    issued_on = clock.local_date(found.issued_at)
    return [*lines, ("出具日期", f"{issued_on:%Y-%m-%d}"), ("验证码", found.verification_code)]


def draw(paper: Paper) -> bytes:
    """Draw a certificate as PDF; its printing was written down before."""
    found = paper.found
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_auto_page_break(True, margin=MARGIN_MM)
    pdf.set_title(f"{TITLES[found.kind]} {found.number}")
    pdf.add_font("sans", fname=paper.font)
    pdf.add_page()
    _text(pdf, TITLES[found.kind], size=24, colour=RED, align="C", height=16)
    pdf.ln(6)
    for name, value in facts(paper):
        _fact(pdf, name, value)
    pdf.ln(4)
    if paper.rows:
        _table(pdf, paper.rows, paper.categories)
    _sign(pdf, found)
    _code(pdf, paper.url)
    note = "扫码或在网址输入验证码，可以核对真伪、是否有效。免费出具。以上不含身份证号。"
    _text(pdf, note, size=SMALL, colour=QUIET)
    _text(pdf, f"第 {paper.print_no} 次打印", size=SMALL, colour=QUIET)
    return bytes(pdf.output())


def _fact(pdf: FPDF, name: str, value: str) -> None:
    pdf.set_font("sans", size=SIZE)
    pdf.set_text_color(*QUIET)
    pdf.cell(HEAD_MM, LINE_MM, name)
    pdf.set_text_color(*INK)
    pdf.multi_cell(
        WIDTH_MM - HEAD_MM,
        LINE_MM,
        value,
        wrapmode=WrapMode.CHAR,
        new_x="LMARGIN",
        new_y="NEXT",
    )


def _table(pdf: FPDF, rows: Sequence[Grant], names: Mapping[str, str]) -> None:
    """Every record behind the hours, so that each number leads to its rows (S3)."""
    _row(pdf, ("日期", "内容", "来源", "小时"), QUIET)
    for each in rows:
        what = names.get(each.category_code or "", "") or SOURCES.get(each.source_kind, "")
        kind = PROVENANCES.get(each.provenance, "")
        _row(pdf, (f"{each.served_on:%Y-%m-%d}", what, kind, hours_of(each.minutes)), INK)
    pdf.ln(4)


def _row(pdf: FPDF, cells: Sequence[str], colour: tuple[int, int, int]) -> None:
    pdf.set_font("sans", size=10)
    pdf.set_text_color(*colour)
    for width, text in zip(COLUMNS_MM, cells, strict=True):
        pdf.cell(width, 6.5, text[:28], border="B")
    pdf.ln(6.5)


def _sign(pdf: FPDF, found: Certificate) -> None:
    lines = ["出具单位（盖章）：", "经办人签字："]
    if found.kind == "merit":
        lines = ["核对人签字：", "所在单位意见（签字）：", "出具单位（盖章）："]
    for text in lines:
        _text(pdf, f"{text}________________________", size=SIZE, height=12)


def _text(
    pdf: FPDF,
    text: str,
    *,
    size: int,
    colour: tuple[int, int, int] = INK,
    align: str = "L",
    height: float = 6,
) -> None:
    pdf.set_font("sans", size=size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(
        WIDTH_MM, height, text, align=align, wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT"
    )


def _code(pdf: FPDF, url: str) -> None:
    """Draw the code where there is room for all of it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(url)
    code.make(fit=True)
    rows = code.get_matrix()
    module = CODE_MM / (len(rows) + 2 * QUIET_MODULES)
    if pdf.will_page_break(CODE_MM):
        pdf.add_page()
    left, top = MARGIN_MM + QUIET_MODULES * module, pdf.get_y() + QUIET_MODULES * module
    pdf.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + x * module, top + y * module, module, module, style="F")
    pdf.set_y(pdf.get_y() + CODE_MM + 2)
