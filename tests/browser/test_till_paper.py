"""The slip is one page of 58 mm paper, whoever prints it and when."""

import pypdfium2
from playwright.sync_api import expect

from tests.browser.till import open_till, scan

PAPER_MM, MM_PER_POINT = 58, 25.4 / 72
SLOW_MS = 15_000


def printed(page):
    """What the printer gets: text and width of each page."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [
        (one.get_textpage().get_text_range(), round(one.get_width() * MM_PER_POINT))
        for one in document
    ]


def test_the_slip_is_one_page_58_mm_wide_with_number_and_masked_name(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    scan(page, counter.pay_code())
    expect(page.locator("#person")).to_have_text("温*许", timeout=SLOW_MS)
    for number in ("G01", "G08"):
        scan(page, counter.barcode(number))
        expect(page.locator("#basket tr", has_text=number)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    (sale,) = counter.sales()

    ((text, width),) = printed(page)

    assert width == PAPER_MM
    assert sale.number in text.replace("\r\n", "")
    assert "温*许" in text
    assert "60 积分" in text
    assert "温如许" not in text
    assert "确认兑换" not in text, "nothing but the slip"

    page.reload()
    expect(page.locator("#last")).to_contain_text("温*许")
    assert [width for _, width in printed(page)] == [PAPER_MM], "once more after a reload"
    page.goto(f"{counter.path}/sales/last/slip")
    ((text, width),) = printed(page)
    assert (width, "补打" in text, sale.number in text) == (PAPER_MM, True, True)
