"""A day at the shop: a sale taken back by staff, the shelf counted, a stall, the day closed."""

import re

from playwright.sync_api import expect

from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.till import open_till, scan

SLOW_MS = 15_000


def sell(page, counter, *numbers):
    scan(page, counter.pay_code())
    expect(page.locator("#person")).to_have_text("温*许", timeout=SLOW_MS)
    for number in numbers:
        scan(page, counter.barcode(number))
        expect(page.locator("#basket tr", has_text=number)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)


def test_staff_take_a_sale_back_with_a_reason_and_the_day_is_closed(street, desktop, window):
    counter = open_till(street, desktop)
    before, paper = counter.points(), counter.stock("G01")
    sell(desktop, counter, "G01")
    (sale,) = counter.sales()
    assert (counter.points(), counter.stock("G01")) == (before - 40, paper - 1)

    desk = window(windows.DESKTOP)
    sign_in(desk, "staff", "/staff/")
    place = desk.url.split("/staff/")[1].split("/")[0]
    desk.goto(f"/staff/{place}/redemptions/{sale.id}")
    desk.locator("details.ax-ask > summary").click()
    desk.locator("textarea[name=reason]").fill("拿回来没拆，换错了")
    desk.get_by_role("button", name=re.compile("退 40 积分")).click()
    expect(desk.locator("main")).to_contain_text("换错了")

    assert (counter.points(), counter.stock("G01")) == (before, paper)
    assert [one.state for one in counter.sales()] == ["refunded"]
    sell(desktop, counter, "G08")
    desktop.goto(f"{counter.path}/day-end")
    row = desktop.locator("#count tr", has_text="G08")
    expect(row.locator(".ax-reason")).to_be_hidden()
    expected = int(row.get_attribute("data-expected"))
    row.locator(".ax-pieces").fill(str(expected - 1))
    expect(row.locator(".ax-reason")).to_be_visible()
    row.locator(".ax-pieces").press("Enter")
    assert desktop.url.endswith("/day-end"), "Enter goes to the next shelf"
    expect(desktop.locator("main form")).to_be_visible()
    row.locator(".ax-reason input").fill("破了一卷")
    check_page(desktop)
    desktop.get_by_role("button", name="日结，关这个台").click()
    expect(desktop.locator("main")).to_contain_text("这台不再收")
    assert counter.stock("G08") == expected - 1
    check_page(desktop)


def test_a_scanner_counts_the_shelf_piece_by_piece(street, desktop):
    counter = open_till(street, desktop)
    desktop.goto(f"{counter.path}/count")
    for _ in range(2):
        scan(desktop, counter.barcode("G07"))
    row = desktop.locator("#count tr", has_text="G07")
    expect(row.locator(".ax-pieces")).to_have_value("2")
    expect(row.locator(".ax-reason")).to_be_visible()
    assert desktop.url.endswith("/count"), "a scanner's Enter sends nothing"


def test_a_market_day_from_the_desk_to_the_count(street, desktop, tablet):
    sign_in(desktop, "staff", "/staff/")
    place = desktop.url.split("/staff/")[1].split("/")[0]
    desktop.goto(f"/staff/{place}/shops")
    desktop.locator("main a", has_text="金溪社区积分超市").first.click()
    desktop.get_by_role("link", name="集市摊").click()
    desktop.locator("input[name=place]").fill("老槐树下")
    desktop.locator("tr", has_text="G01").locator("input").fill("5")
    check_page(desktop)
    desktop.get_by_role("button", name="出摊，把货拿走").click()
    expect(desktop.locator("h1")).to_have_text("老槐树下")
    check_page(desktop)

    counter = open_till(street, tablet, "在摊上开台")
    before, owned = counter.points(), counter.stock("G01")
    expect(tablet.locator("#shelf button")).to_have_count(1)
    sell(tablet, counter, "G01")
    assert (counter.points(), counter.stock("G01")) == (before - 40, owned - 1)
    tablet.goto(f"{counter.path}/day-end")
    tablet.get_by_role("button", name="日结，关这个台").click()
    tablet.get_by_role("link", name="收摊清点").click()
    row = tablet.locator("#count tr", has_text="G01")
    row.locator(".ax-pieces").fill("3")
    row.locator(".ax-reason input").fill("少了，没找到")
    check_page(tablet)
    tablet.get_by_role("button", name="收摊，货回店里").click()
    expect(tablet.locator("main")).to_contain_text("已收摊")
    check_page(tablet)
    assert counter.stock("G01") == owned - 2
