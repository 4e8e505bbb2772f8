"""What everybody sees: a notice and its objection, a team's card, and photos without a place."""

import pytest

from app.people import phones
from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.public import open_card, put_up_notice
from tests.factories import pictures


@pytest.fixture
def notice(street):
    """The address of a notice of this year's hours, put up by somebody of the past."""
    return put_up_notice(street)


@pytest.fixture
def team(street):
    """A team of the demo with an open card: the ids of its book and of itself."""
    return open_card(street)


@pytest.mark.parametrize("choice", ["/size/large", "/language/en", "/size/normal"])
def test_a_notice_and_a_card_can_be_read_by_all(small_phone, notice, team, choice):
    small_phone.goto(f"{choice}?back={notice}")
    assert all("*" in name for name in small_phone.locator(".ax-lines b").all_text_contents())
    check_page(small_phone)
    small_phone.goto(f"/t/{team[0]}/{team[1]}")
    check_page(small_phone)
    for path in ("/verify", "/problems/insufficient_points"):
        small_phone.goto(path)
        check_page(small_phone)


def test_an_objection_from_the_notice_arrives_on_the_desk(phone, desktop, notice):
    phone.goto(notice)
    phone.locator(".ax-lines .ax-quiet").first.click()
    phone.wait_for_url("**/sign-in**")
    sign_in(phone, "volunteer", to=notice)
    phone.locator(".ax-lines .ax-quiet").first.click()
    phone.locator("textarea[name=claim]").fill("那天没有看到这位")
    check_page(phone)
    phone.locator("main form:has(textarea) button").click()
    phone.wait_for_url("**/objections?said=1")

    sign_in(desktop, "staff", to="/staff/")
    desktop.goto(desktop.url.rstrip("/") + "/objections")
    desktop.get_by_text("那天没有看到这位").wait_for()
    check_page(desktop)
    desktop.get_by_text("看这条记录").first.click()
    desktop.get_by_role("heading", name="今年志愿时长公示").wait_for()
    check_page(desktop)


def test_a_card_shows_no_persons_phone(phone, team, street):
    phone.goto(f"/t/{team[0]}/{team[1]}")
    text = phone.locator("main").inner_text()
    assert "0593-0000000" in text
    digits = "".join(letter if letter.isdigit() else " " for letter in text).split()
    assert not [each for each in digits if phones.is_phone(each)]


def test_staff_switch_the_board_on_and_publish_at_the_desk(desktop, tablet, street):
    sign_in(desktop, "staff", to="/staff/")
    desktop.locator("nav a", has_text="公示和榜").click()
    desktop.locator("select[name=period]").select_option("year")
    desktop.locator("input[name=is_open]").check()
    check_page(desktop)
    desktop.get_by_role("button", name="存好").click()
    address = desktop.locator("main a[href*='/wall/']").get_attribute("href")
    tablet.goto(address)
    assert tablet.locator(".ax-name").count() >= 10

    desktop.get_by_role("link", name="发一份公示").click()
    desktop.locator("input[name=begins_on]").fill("2026-01-01")
    desktop.locator("input[name=contact]").fill("社区一楼")
    check_page(desktop)
    desktop.get_by_role("button", name="发出去").click()
    desktop.get_by_text("到期自己撤下").first.wait_for()
    check_page(desktop)


def test_a_photo_with_a_place_comes_back_without_and_staff_see_it(phone, desktop, street):
    sign_in(phone, "volunteer", to="/backfills/new")
    phone.locator("input[name=served_on]").fill("2026-01-15")
    phone.locator("input[name=hours]").fill("1.5")
    phone.locator("textarea[name=evidence]").fill("党群服务中心义诊，队长知道")
    phone.locator("input[name=photos]").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": pictures.photo()}
    )
    check_page(phone)
    phone.get_by_role("button", name="交上去").click()
    phone.wait_for_url("**/backfills?said=1")
    shown = phone.locator(".ax-photos img").first
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 400
    check_page(phone)
    kept = phone.request.get(shown.get_attribute("src")).body()
    assert dict(pictures.opened(kept).getexif()) == {}
    assert b"SECRET" not in kept

    sign_in(desktop, "second_staff", to="/staff/")
    desktop.goto(desktop.url.rstrip("/") + "/backfills")
    seen = desktop.request.get(desktop.get_by_text("看照片 1").first.get_attribute("href"))
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["cache-control"] == "no-store"
    check_page(desktop)


def test_what_is_no_photo_is_refused_with_what_was_typed_kept(small_phone, street):
    sign_in(small_phone, "volunteer", to="/backfills/new")
    small_phone.locator("input[name=served_on]").fill("2026-01-15")
    small_phone.locator("input[name=hours]").fill("1.5")
    small_phone.locator("textarea[name=evidence]").fill("队长知道")
    small_phone.locator("input[name=photos]").set_input_files(
        {"name": "a.heic", "mimeType": "image/heic", "buffer": b"\x00\x00\x00\x18ftypheic0000"}
    )
    small_phone.get_by_role("button", name="交上去").click()
    small_phone.get_by_text("照片打不开").wait_for()
    assert small_phone.locator("textarea[name=evidence]").input_value() == "队长知道"
    check_page(small_phone, but=("422",))
