"""Vouchers, offers and what was set aside, at a merchant's counter: by scanner and by digits."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.ledger.models import Journal
from tests.browser import camera, partnered
from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.till import scan

SHOP = "近邻面馆"
SIZES = {1280: 800, 768: 1024, 375: 812, 320: 640}


@pytest.fixture
def partners(street):
    found = partnered.put_up(street)
    partnered.let_serve(street, found)
    return found


@pytest.fixture
def counter(partners, desktop):
    """The clerk at the merchant's shop, before the page that takes codes."""
    sign_in(desktop, "clerk", to="/till/")
    place = desktop.locator("section", has=desktop.get_by_role("heading", name=SHOP))
    place.get_by_role("link", name="券、优惠和预留").click()
    expect(desktop.get_by_role("heading", name="扫顾客的码")).to_be_visible()
    return desktop


@pytest.fixture
def shown(partners, phone):
    """What the member holds before the clerk: the digits under a code on their own phone."""
    sign_in(phone, "volunteer", to="/partners/mine")

    def digits_of(path):
        phone.goto(path)
        return re.sub(r"\D", "", phone.locator(".ax-digits").inner_text())

    return digits_of


def journal_count(street):
    with street.session() as session:
        query = sa.select(sa.func.count()).select_from(Journal)
        return session.scalar(query, execution_options={"cross_ledger": True})


def test_m7_a_voucher_is_honoured_once_and_the_phone_says_so(partners, counter, shown, phone):
    page, mine = counter, f"/partners/vouchers/{partners.voucher_id}"
    digits = shown(mine)
    assert len(digits) == 12
    page.keyboard.type(digits, delay=90)
    page.keyboard.press("Enter")
    expect(page.get_by_text("券用好了：长者食堂午餐券")).to_be_visible()
    check_page(page)
    phone.goto(mine)
    expect(phone.get_by_text("用过了")).to_be_visible()
    page.get_by_role("link", name="在哪家店当班").focus()
    scan(page, digits)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("这张券用过了，积分没有再扣")
    check_page(page, but=("409",))


def test_m1_an_offer_is_recorded_by_the_pay_code_once_it_is_chosen(counter, street, phone):
    page = counter
    sign_in(phone, "volunteer", "/my-code/redeem")
    phone.locator("#svg svg").wait_for()
    before = journal_count(street)
    scan(page, camera.read(phone.locator("#svg")))
    expect(page.get_by_label("哪个优惠")).to_be_focused()
    page.get_by_label("哪个优惠").select_option("素面八折")
    page.get_by_role("button", name="记一次").press("Enter")
    expect(page.get_by_text("优惠记好了：素面八折·温*许")).to_be_visible()
    check_page(page)
    assert journal_count(street) == before


def test_d34_what_was_set_aside_is_collected_at_an_open_till_alone(partners, counter, shown, phone):
    page, mine = counter, f"/partners/reservations/{partners.reservation_id}"
    digits = shown(mine)
    expect(page.get_by_text("先开台，才能交货")).to_be_visible()
    page.get_by_role("link", name="去开台").click()
    place = page.locator("section", has=page.get_by_role("heading", name=SHOP))
    place.get_by_role("button", name="开台").click()
    page.get_by_role("link", name="券和预留").click()
    expect(page.get_by_text("食用油一升装 1 件")).to_be_visible()
    page.get_by_label("扫取货码，或输 12 个数字").fill(digits)
    page.get_by_role("button", name="交货").click()
    expect(page.get_by_text("取好了：食用油一升装 1 件")).to_be_visible()
    check_page(page)
    phone.goto(mine)
    expect(phone.get_by_text("取走了，用了 6 积分")).to_be_visible()


def test_a_code_of_nobody_is_refused_in_one_sentence(counter):
    page = counter
    scan(page, "123456789012")
    expect(page.get_by_role("alert")).to_have_count(1)
    check_page(page, but=("404",))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_codes_fits_every_screen(counter, language):
    page = counter
    page.goto(f"/language/{language}?back={page.url.split('//')[1].partition('/')[2]}")
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        check_page(page, axe=width in (1280, 320))
