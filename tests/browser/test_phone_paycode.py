"""The pay code: what is drawn is what the server holds; it renews itself and tells the result."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.people import codes
from app.people.models import Code
from tests.browser import camera, counter
from tests.browser.checks import check_page
from tests.browser.people import sign_in


@pytest.fixture
def code_page(phone):
    sign_in(phone, "volunteer", "/my-code/redeem")
    phone.locator("#svg svg").wait_for()
    return phone


def test_a_picture_of_the_screen_decodes_to_the_code_that_the_server_holds(code_page, street):
    token = camera.read(code_page.locator("#svg"))
    digits = code_page.locator("#digits").inner_text().replace(" ", "")

    with street.session() as session:
        held = session.scalars(
            sa.select(Code).where(Code.code_hash == codes.hash_of(token)),
            execution_options={"cross_ledger": True},
        ).one()
    assert (held.purpose, held.used_at) == ("redeem", None)
    assert held.digits_hash == codes.hash_of(digits)
    assert len(digits) == codes.DIGIT_COUNT
    check_page(code_page)


def test_the_code_renews_itself_fifteen_seconds_before_its_end(phone):
    phone.clock.install()
    sign_in(phone, "volunteer", "/my-code/redeem")
    phone.locator("#svg svg").wait_for()
    first = phone.locator("#digits").inner_text()
    expect(phone.locator("#left")).to_contain_text("秒后自动换新码")

    phone.clock.fast_forward(43_000)
    assert phone.locator("#digits").inner_text() == first
    phone.clock.run_for(4_000)

    expect(phone.locator("#digits")).not_to_have_text(first)


def test_the_result_comes_to_the_phone_when_the_clerk_has_sold(code_page, street, playwright):
    shop = counter.opened(playwright, street)
    shown = shop.show(camera.read(code_page.locator("#svg")))
    sold = shop.redeem(shown["ticket"], shop.goods[0])

    expect(code_page.get_by_role("heading", name="换好了")).to_be_visible()
    left = 120 - shop.goods[0].price_points
    expect(code_page.locator("#text")).to_contain_text(f"还有 {left} 积分")
    expect(code_page.locator("#left-points")).to_have_text(str(left))
    expect(code_page.get_by_role("link", name="好了，回首页")).to_be_visible()
    assert sold["number"]
    check_page(code_page)


def test_without_network_the_code_goes_and_nothing_is_sent(code_page):
    sent: list[str] = []
    code_page.on("requestfinished", lambda request: sent.append(request.method))
    code_page.context.set_offline(True)
    code_page.evaluate("() => { performance.now = () => 1e9; }")

    expect(code_page.locator("#stopped")).to_be_visible()
    expect(code_page.locator("#svg")).to_be_hidden()
    code_page.context.set_offline(False)
    assert "POST" not in sent


def test_a_large_sum_is_agreed_to_on_the_phone(code_page, street, playwright):
    shop = counter.opened(playwright, street)
    shown = shop.show(camera.read(code_page.locator("#svg")))
    shop.send("/confirmations/asks", {"ticket": shown["ticket"], "amount_points": 60})
    expect(code_page.get_by_role("heading", name="请您看一看")).to_be_visible()
    expect(code_page.locator("#text")).to_contain_text("要用您 60 积分")
    check_page(code_page)

    code_page.get_by_role("button", name="同意").tap()

    expect(code_page.get_by_role("heading", name="您同意了")).to_be_visible()
    expect(code_page.get_by_role("button", name="同意")).to_be_hidden()
