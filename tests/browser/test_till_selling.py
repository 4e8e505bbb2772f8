"""The till sells by scanner and keyboard alone, once, and says why when it does not."""

import sqlalchemy as sa
from playwright.sync_api import expect

from app.ledger.models import Journal
from tests.browser.checks import check_page
from tests.browser.lost_answers import lose_first_answer
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
    asked, lost = [], lose_first_answer(page, "**/redemptions")
    page.on("request", lambda one: asked.append(one.url) if "/operations?" in one.url else None)
    page.keyboard.press("F8")
    page.keyboard.press("F8")

    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    assert lost() == [201]
    assert asked, "it asked by the key"
    (sale,) = counter.sales()
    assert (counter.points(), journals_of(counter)) == (before - 40, 1)
    expect(page.locator("#slip-head")).to_contain_text(sale.number)
    check_page(page, but=("ERR_FAILED",))


FIND = """async ([path, all, texts]) => {
  const {findGoods, personCode} = await import(path);
  return texts.map((one) => personCode(one) ? 'person' : findGoods(all, one)?.number ?? null);
}"""


def test_labels_read_as_goods_and_codes_as_people(street, desktop):
    desktop.goto("/sign-in")
    shelf = [
        {"number": "06", "barcode": "6901234567892"},
        {"number": "7", "barcode": "0036000291452"},
        {"number": "G12", "barcode": None},
        {"number": "137", "barcode": None},
    ]
    read = {
        "6901234567892": "06",  # EAN-13 of the maker
        "036000291452": "7",  # UPC-A, the same goods without the leading 0
        "2100137004501": "137",  # the shop's own price label: 2x, then the number
        "2100137004502": None,  # read wrong: its check digit does not fit
        "6": "06",
        "006": "06",
        "g12": "G12",
        "99": None,
        "123456789012345678": "person",
    }
    found = desktop.evaluate(FIND, ["/static/js/till_codes.js", shelf, list(read)])
    assert dict(zip(read, found, strict=True)) == read


def test_over_the_small_amount_the_members_own_pin_agrees(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    counter.give("温如许", points=200, pin="480913")
    before = counter.points()
    show_wen(page, counter)
    ring_up(page, counter, "G05")
    page.keyboard.press("F8")
    expect(page.locator("#agree")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#pin")).to_be_focused()
    check_page(page, but=("401",))
    scan(page, counter.barcode("G01"))
    expect(page.locator("#pin")).to_have_value("")
    assert counter.sales() == []
    page.keyboard.type("480913", delay=80)
    page.keyboard.press("Enter")
    expect(page.locator("#notice-title")).to_contain_text("本人已确认", timeout=SLOW_MS)
    assert counter.sales() == [], "the PIN agrees, F8 sells"
    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    assert counter.points() == before - 240
    assert [one.confirmed_by for one in counter.sales()] == ["pin"]


def test_d35_the_third_piece_in_a_month_is_refused_in_one_sentence(street, desktop):
    page, counter = desktop, open_till(street, desktop)
    show_wen(page, counter)
    ring_up(page, counter, "G08")
    ring_up(page, counter, "G08", pieces=2)
    scan(page, counter.barcode("G08"))
    expect(page.locator("#notice-title")).to_have_text(
        "垃圾袋（5卷） 没加上：每人每月 2 件，本月已换 0 件。", timeout=SLOW_MS
    )
    expect(page.locator("#basket tr output")).to_have_text("2")
