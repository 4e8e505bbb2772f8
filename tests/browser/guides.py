"""`python -m tests.browser.guides`: one printable page for each role into docs/guides.

The words are those of the help pages; the pictures are taken from the running demo.
"""

import base64
import re
import sys
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.web.board.help_texts import GUIDES
from tests.browser import pictures, windows
from tests.browser.people import sign_in
from tests.browser.scenes import session_now, type_digits
from tests.browser.stage import open_still, stage
from tests.browser.street import Street
from tests.browser.test_walks import open_the_till

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "guides"
A_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
STYLE = """
@page { size: A4; margin: 12mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0; font: 12pt/1.4 "Noto Sans CJK SC", sans-serif; color: #211d19; }
header { display: flex; align-items: baseline; gap: 4mm; border-bottom: 1.5pt solid #b4231a; }
h1 { font-size: 24pt; margin: 0; } header p { margin: 0; color: #5b534b; }
.top { display: flex; gap: 6mm; margin-top: 4mm; }
ol { margin: 0; padding: 0; list-style: none; flex: 1; counter-reset: s; }
ol li { counter-increment: s; padding: 0 0 2.4mm 10mm; position: relative; }
ol li::before { content: counter(s); position: absolute; left: 0; top: 0; width: 7mm; height: 7mm;
  border-radius: 50%; background: #b4231a; color: #fff; text-align: center; line-height: 7mm; }
b { display: block; font-size: 13pt; }
figure { margin: 0; text-align: center; font-size: 10pt; color: #5b534b; }
img { display: block; border: 0.6pt solid #cfc7bc; border-radius: 2mm; margin: 0 auto 1mm; }
.tall img { width: 43mm; height: 78mm; object-fit: cover; object-position: top; }
.wide img { width: 88mm; height: 59mm; object-fit: cover; object-position: top left; }
.shots { display: flex; gap: 4mm; justify-content: center; margin: 3mm 0; }
h2 { font-size: 14pt; margin: 3mm 0 1.5mm; border-top: 0.6pt solid #cfc7bc; padding-top: 2mm; }
dl { margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 1.5mm 8mm; }
dt { font-weight: 600; } dd { margin: 0; font-size: 11pt; }
"""


def shoot(street: Street, browser: Browser, role: str) -> list[tuple[str, bytes]]:
    """Take the pictures of a role's guide: what each shows, and the picture."""
    size = windows.PHONE if role in ("volunteer", "leader") else windows.DESKTOP
    page = open_still(browser, street, size)
    shots = {"volunteer": _volunteer, "leader": _leader, "clerk": _clerk, "staff": _staff}[role]
    taken = list(shots(page, street))
    page.context.close()
    return taken


def _picture(page: Page) -> bytes:
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled", caret="hide")


def _volunteer(page: Page, street: Street) -> list[tuple[str, bytes]]:
    sign_in(page, "neighbour")
    first = _picture(page)
    type_digits(page, street)
    done = _picture(page)
    page.goto("/my-code/redeem")
    return [("首页", first), ("签到成功", done), ("我的付款码", _picture(page))]


def _leader(page: Page, street: Street) -> list[tuple[str, bytes]]:
    sign_in(page, "leader")
    slot = session_now(street)
    page.goto(f"/lead/activities/{slot.activity_id}")
    activity = _picture(page)
    page.goto(f"/lead/sessions/{slot.id}/code/in")
    code = _picture(page)
    page.goto(f"/lead/sessions/{slot.id}/confirm")
    return [("活动", activity), ("出示签到码", code), ("确认谁来了", _picture(page))]


def _clerk(page: Page, _street: Street) -> list[tuple[str, bytes]]:
    sign_in(page, "clerk", to="/till/")
    opening = _picture(page)
    open_the_till(page)
    return [("开台", opening), ("收银", _picture(page))]


def _staff(page: Page, _street: Street) -> list[tuple[str, bytes]]:
    sign_in(page, "staff", to="/staff/")
    today = _picture(page)
    page.locator("header nav a[href$='/ranking']").click()
    page.wait_for_url("**/ranking*")
    return [("今天", today), ("排行", _picture(page))]


def sheet(role: str, shots: list[tuple[str, bytes]]) -> str:
    """Write the guide as one page of HTML with its pictures inside."""
    guide = GUIDES[role]
    kind = "tall" if role in ("volunteer", "leader") else "wide"
    steps = "".join(
        f"<li><b>{escape(str(each.title))}</b>{escape(str(each.text))}</li>" for each in guide.steps
    )
    troubles = "".join(
        f"<div><dt>{escape(str(each.title))}</dt><dd>{escape(str(each.text))}</dd></div>"
        for each in guide.troubles
    )
    figures = "".join(
        f'<figure class="{kind}"><img src="data:image/png;base64,'
        f'{base64.b64encode(picture).decode()}" alt="">{escape(said)}</figure>'
        for said, picture in shots
    )
    return (
        f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><style>{STYLE}</style>"
        f"<header><h1>{escape(str(guide.title))}</h1><p>{escape(str(guide.lead))}</p></header>"
        f"<div class='top'><ol>{steps}</ol></div><div class='shots'>{figures}</div>"
        f"<h2>不顺的时候</h2><dl>{troubles}</dl></html>"
    )


def print_out(browser: Browser, html: str, path: Path) -> None:
    """Print a sheet as PDF and as a small picture; the PDF tells no hour, so it stays the same."""
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.set_content(html, wait_until="networkidle")
    written = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    path.with_suffix(".pdf").write_bytes(
        A_DATE.sub(
            lambda found: found[0][:-1].split(b"(")[0] + b"(D:20260303142000+00'00')", written
        )
    )
    assert written.count(b"/Type /Page\n") <= 1, f"{path.name} takes more than one page"
    page.add_style_tag(content="body { padding: 12mm 14mm; }")
    pictures.take(page, path.with_suffix(".png"), height_max=1_123)
    page.close()


def main(wanted: list[str]) -> None:
    """Make the guides named, or all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stage() as (street, browser), street.app.test_request_context():
        for role in wanted or GUIDES:
            print_out(browser, sheet(role, shoot(street, browser, role)), FOLDER / role)
            sys.stdout.write(f"{role}\n")
        titles = {role: str(guide.title) for role, guide in GUIDES.items()}
    lines = [
        "# 一页纸的指南",
        "",
        "由 `python -m tests.browser.guides` 用演示数据的真截图印成，人和数都是编的。",
        "",
    ]
    lines += [f"* [{title}]({role}.pdf)" for role, title in titles.items()]
    lines += [""] + [f"![{title}]({role}.png)" for role, title in titles.items()]
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
