"""The till sells by scanner and keyboard alone, once, and says why when it does not."""

import sqlalchemy as sa
from playwright.sync_api import expect

from app.ledger.models import Journal
from tests.browser.checks import check_page
from tests.browser.till import open_till, scan

SLOW_MS = 15_000


def journals_of(counter):
    """How many postings the till's sales made."""
    sales = counter.sales()
    with counter.street.session() as session:
        query = sa.select(sa.func.count()).where(
            Journal.ledger_id == counter.ledger_id(),
            Journal.source_id.in_([one.id for one in sales]),
        )
        return session.scalar(query)


def show_wen(page, counter):
    scan(page, counter.pay_code())
    expect(page.locator("#person")).to_have_text("温*许", timeout=SLOW_MS)


def ring_up(page, counter, number, pieces=1):
    scan(page, counter.barcode(number))
    row = page.locator("#basket tr", has_text=number)
    expect(row.locator("output")).to_have_text(str(pieces), timeout=SLOW_MS)


def test_a_scanner_and_the_keyboard_alone_sell_a_basket(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    before, paper = counter.points(), counter.stock("G01")
    page.locator("#do-quit").focus()
    show_wen(page, counter)
    expect(page.locator("#scan")).to_have_value("")
    page.locator("#do-camera").focus()
    ring_up(page, counter, "G01")
    page.keyboard.type("g08", delay=90)
    page.keyboard.press("Enter")
    expect(page.locator("#left")).to_have_text(str(before - 60), timeout=SLOW_MS)

    page.keyboard.press("Enter")
    page.locator("#do-sell").focus()
    page.keyboard.press("Enter")
    scan(page, counter.barcode("G08"))
    expect(page.locator("#left")).to_have_text(str(before - 80), timeout=SLOW_MS)
    assert counter.sales() == [], "Enter never sells"
    page.keyboard.press("Delete")
    expect(page.locator("#left")).to_have_text(str(before - 60), timeout=SLOW_MS)

    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)

    (sale,) = counter.sales()
    assert (sale.total_points, counter.points()) == (60, before - 60)
    assert counter.stock("G01") == paper - 1
    assert journals_of(counter) == 1
    expect(page.locator("#last")).to_contain_text("温*许")
    assert "温如许" not in page.content()
    check_page(page)


def test_a_refusal_is_one_sentence_and_the_basket_stays(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    before = counter.points()
    show_wen(page, counter)
    ring_up(page, counter, "G01")
    scan(page, counter.barcode("G05"))
    expect(page.locator("#notice-title")).to_have_text(
        f"食用油 1.8L 没加上：还差 {240 + 40 - before} 积分。", timeout=SLOW_MS
    )
    expect(page.locator("#basket tr")).to_have_count(1)
    scan(page, "6901234567892")
    expect(page.locator("#notice-title")).to_contain_text("没有“6901234567892”这样东西")
    expect(page.locator("#basket tr")).to_have_count(1)
    page.keyboard.press("F2")
    expect(page.locator("#person")).to_have_text("还没有扫码")
    expect(page.locator("#basket tr")).to_have_count(1)
    page.reload()
    expect(page.locator("#basket tr")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#basket tr")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#basket tr")).to_have_count(0)
    assert (counter.sales(), counter.points()) == ([], before)
    check_page(page)


def test_a_lost_answer_is_found_by_asking_and_charges_once(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    before = counter.points()
    show_wen(page, counter)
    ring_up(page, counter, "G01")
    asked, lost = [], []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)  # the server has done it; the till hears nothing
        return route.abort()

    page.route("**/redemptions", lose)
    page.on("request", lambda one: asked.append(one.url) if "/operations?" in one.url else None)
    page.keyboard.press("F8")
    page.keyboard.press("F8")

    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    assert lost == [201]
    assert asked, "it asked by the key"
    (sale,) = counter.sales()
    assert (counter.points(), journals_of(counter)) == (before - 40, 1)
    expect(page.locator("#slip-head")).to_contain_text(sale.number)
    check_page(page, but=("ERR_FAILED",))
