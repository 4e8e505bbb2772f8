"""The printed poster of an activity: one A4 page, Chinese type embedded, nothing personal on it.

Its code opens the activity. It says itself that it signs nobody in: credit comes from
the rotating code on the leader's screen, or from the roll.
"""

from dataclasses import dataclass
from functools import lru_cache

import qrcode
from flask import Response, current_app
from fpdf import FPDF
from fpdf.enums import WrapMode
from qrcode.constants import ERROR_CORRECT_M
from sqlalchemy.orm import Session

from app.activities import plans
from app.activities.models import Activity, ActivitySession
from app.community import tree
from app.ledger import books
from app.web import assets
from app.web.downloads import attached
from app.web.pages import clock_time, day
from app.web.translate import _

FONT = assets.VENDOR / "fonts" / "NotoSansSC-Regular.ttf"
PAGE_MM, MARGIN_MM = (210, 297), 20
WIDTH_MM = PAGE_MM[0] - 2 * MARGIN_MM
CODE_MM, QUIET_MODULES = 104, 4
CODE_TOP_MM = 140
FOOT_TOP_MM = CODE_TOP_MM + CODE_MM + 2
POSTERS_KEPT = 32
TITLE_SIZES = (44, 36, 28, 22)
"""Points: the largest in which the title takes no more than two lines."""
TITLE_LINES_MAX = 2
SESSIONS_MAX = 4
INK, QUIET, RED = (33, 28, 24), (84, 76, 69), (178, 34, 34)


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a poster.

    Attributes:
        times: A line for each session.
        url: Where the code leads.
        invitation, warning: What the code does, and what it does not do.
    """

    title: str
    place: str
    times: tuple[str, ...]
    number: str
    host: str
    url: str
    invitation: str
    warning: str


def of(activity: Activity, sessions: list[ActivitySession], *, host: str) -> Poster:
    """Return the poster of an activity, held at a place called `host`."""
    times = [
        f"{day(each.starts_at)} {clock_time(each.starts_at)}–{clock_time(each.ends_at)}"
        for each in sessions
    ]
    if len(times) > SESSIONS_MAX:
        more = _("一共 %(n)s 场，扫码看全部", n=len(times))
        times = [*times[: SESSIONS_MAX - 1], more]
    return Poster(
        title=activity.title,
        place=activity.address,
        times=tuple(times),
        number=activity.number,
        host=host,
        url=url_of(activity),
        invitation=_("打开微信“扫一扫”：看活动，报名"),
        warning=_("到了现场，请扫领队屏幕上的码签到，或请领队点名。只扫这张海报不算签到。"),
    )


def response(session: Session, activity: Activity) -> Response:
    """Return an activity's poster as a file to be shown or printed."""
    sessions = plans.list_sessions(session, ledger_id=activity.ledger_id, activity_id=activity.id)
    place = tree.get(session, activity.node_id).short_name
    host = f"{place}·{books.get(session, activity.ledger_id).name}"
    return attached(draw(of(activity, sessions, host=host)), activity.number, "pdf")


def url_of(activity: Activity) -> str:
    """Return the address that an activity's poster opens."""
    return f"{current_app.config['PUBLIC_URL']}/a/{activity.number}"


@lru_cache(maxsize=POSTERS_KEPT)
def draw(poster: Poster) -> bytes:
    """Draw a poster as PDF: one A4 page. Reading the type takes a second, so some are kept."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_title(poster.title)
    pdf.add_font("sans", fname=FONT)
    pdf.add_page()
    _line(pdf, poster.host, size=16, colour=RED)
    pdf.ln(4)
    _title(pdf, poster.title)
    pdf.ln(4)
    for text in poster.times:
        _line(pdf, text, size=20)
    _line(pdf, poster.place, size=20)
    _code(pdf, poster.url)
    _foot(pdf, poster)
    return bytes(pdf.output())


def _title(pdf: FPDF, title: str) -> None:
    for size in TITLE_SIZES:
        pdf.set_font("sans", size=size)
        lines = pdf.multi_cell(
            WIDTH_MM, text=title, align="L", wrapmode=WrapMode.CHAR, dry_run=True, output="LINES"
        )
        if isinstance(lines, list) and len(lines) <= TITLE_LINES_MAX:
            break
    _line(pdf, title, size=size)


def _line(
    pdf: FPDF, text: str, *, size: int, colour: tuple[int, int, int] = INK, align: str = "L"
) -> None:
    pdf.set_font("sans", size=size)
    pdf.set_text_color(*colour)
    # Broken at any character: by default Chinese would be broken at spaces only.
    pdf.multi_cell(
        WIDTH_MM,
        size * 0.53,
        text,
        align=align,
        wrapmode=WrapMode.CHAR,
        new_x="LMARGIN",
        new_y="NEXT",
    )


def _code(pdf: FPDF, url: str) -> None:
    """Draw the code in its white square, as rectangles: sharp in every size."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(url)
    code.make(fit=True)
    rows = code.get_matrix()
    module = CODE_MM / (len(rows) + 2 * QUIET_MODULES)
    left = (PAGE_MM[0] - CODE_MM) / 2 + QUIET_MODULES * module
    top = CODE_TOP_MM + QUIET_MODULES * module
    pdf.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + x * module, top + y * module, module, module, style="F")


def _foot(pdf: FPDF, poster: Poster) -> None:
    pdf.set_y(FOOT_TOP_MM)
    _line(pdf, poster.invitation, size=20, align="C")
    pdf.ln(3)
    _line(pdf, poster.warning, size=13, colour=QUIET, align="C")
    _line(pdf, poster.number, size=11, colour=QUIET, align="C")
