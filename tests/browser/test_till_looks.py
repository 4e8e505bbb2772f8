"""Every page of the till fits every screen and all can read it, in both languages."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import check_page
from tests.browser.till import open_till, scan

SIZES = {1280: 800, 768: 1024, 375: 812, 320: 640}
AXED = {1280, 320}
SLOW_MS = 15_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_till_fits_and_can_be_read(street, desktop, language):
    page, counter = desktop, open_till(street, desktop)
    scan(page, counter.pay_code())
    expect(page.locator("#person")).to_have_text("温*许", timeout=SLOW_MS)
    scan(page, counter.barcode("G01"))
    expect(page.locator("#basket tr")).to_have_count(1, timeout=SLOW_MS)
    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    page.goto(f"/language/{language}?back=/till/")
    for path in ("/till/", *(counter.path + rest for rest in PAGES)):
        page.goto(path)
        if path == counter.path:
            expect(page.locator("#shelf li").first).to_be_visible(timeout=SLOW_MS)
            scan(page, counter.barcode("G05"))
            expect(page.locator("#basket tr")).to_have_count(1)
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            check_page(page, axe=width in AXED)


PAGES = ("", "/sales", "/sales/last/slip", "/count", "/day-end")
