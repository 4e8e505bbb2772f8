"""The till sells by camera: a real pay code and a price label held before the lens."""

from playwright.sync_api import expect

from tests.browser import camera, windows
from tests.browser.checks import check_page
from tests.browser.till import open_till

SLOW_MS = 20_000


def test_a_real_pay_code_before_the_camera_is_read_and_pays(street, filmed, tmp_path):
    page = filmed("nothing yet", windows.TABLET)
    counter = open_till(street, page)
    before = counter.points()
    page.locator("#shelf button", has_text="G08").click()
    expect(page.locator("#basket tr")).to_have_count(1)
    camera.film(counter.pay_code(), tmp_path / "clip0.y4m")

    page.keyboard.press("F9")

    expect(page.locator("#person")).to_have_text("温*许", timeout=SLOW_MS)
    expect(page.locator("#left")).to_have_text(str(before - 20), timeout=SLOW_MS)
    check_page(page)
    page.keyboard.press("F9")
    expect(page.locator("#camera")).to_be_hidden()
    page.keyboard.press("F8")
    expect(page.locator("#notice-title")).to_contain_text("换好了", timeout=SLOW_MS)
    assert [one.total_points for one in counter.sales()] == [20]


def test_without_a_camera_the_page_says_what_to_do(street, phone):
    open_till(street, phone)
    phone.locator("#do-camera").click()
    expect(phone.locator("#camera-trouble")).to_contain_text("摄像头")
    check_page(phone)
