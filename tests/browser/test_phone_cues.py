"""What happened is said and felt too, in the page's language; who wants quiet has it."""

import pytest
from playwright.sync_api import expect

from app.community import quiet
from tests.browser.people import sign_in
from tests.browser.test_phone_scan import screen

LISTEN = """() => {
  window.heard = [];
  Object.defineProperty(window, 'speechSynthesis', {value: {
    cancel() {}, speak(one) { window.heard.push(`${one.lang} ${one.text}`); },
  }});
  Navigator.prototype.vibrate = (pattern) => window.heard.push(`buzz ${pattern}`);
}"""


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    """Let it be day for the house at whatever hour the tests run."""
    monkeypatch.setattr(quiet, "is_night", lambda _at: False)


def check_in(page, street) -> list[str]:
    page.goto("/scan")
    page.locator("summary").last.tap()
    page.locator("input[name=digits]").fill(screen(street).short_code)
    page.locator("form:has(input[name=digits]) button").tap()
    page.locator("[data-cue]").wait_for()
    page.wait_for_load_state("load")
    heard: list[str] = page.evaluate("window.heard")
    return heard


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "zh-CN 签到成功。走的时候扫签退码"), ("en", "en Checked in. Scan the check-out code")],
)
def test_a_check_in_is_spoken_in_the_pages_language_and_felt(phone, street, language, said):
    phone.add_init_script(f"({LISTEN})()")
    sign_in(phone, "volunteer", f"/language/{language}?back=/")

    heard = check_in(phone, street)

    assert heard[0] == "buzz 200"
    assert heard[1].startswith(said)


def test_who_wants_quiet_hears_and_feels_nothing(phone, street):
    phone.add_init_script(f"({LISTEN})()")
    sign_in(phone, "volunteer", "/me")
    phone.locator("#quiet").check()
    phone.reload()
    expect(phone.locator("#quiet")).to_be_checked()

    assert check_in(phone, street) == []


def test_at_night_nothing_is_heard_or_felt(phone, street, monkeypatch):
    monkeypatch.setattr(quiet, "is_night", lambda _at: True)
    phone.add_init_script(f"({LISTEN})()")
    sign_in(phone, "volunteer")

    assert check_in(phone, street) == []


def test_reduced_motion_never_shakes(phone, street):
    phone.add_init_script(f"({LISTEN})()")
    phone.emulate_media(reduced_motion="reduce")
    sign_in(phone, "volunteer")

    assert [one for one in check_in(phone, street) if one.startswith("buzz")] == []
