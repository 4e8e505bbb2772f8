"""Help, refusals and the like: readable by all, in both languages and in large letters."""

import pytest
from playwright.sync_api import expect

from app.web.board.help_texts import GUIDES
from tests.browser.checks import check_page

PAGES = [f"/help/{role}" for role in GUIDES] + ["/problems/insufficient_points"]


@pytest.mark.parametrize("path", PAGES)
def test_help_and_refusals_are_readable_by_all(small_phone, path):
    for language, size in (("zh", "normal"), ("en", "normal"), ("zh", "large")):
        small_phone.goto(f"/size/{size}?back={path}")
        small_phone.goto(f"/language/{language}?back={path}")
        expect(small_phone.locator("h1")).to_be_visible()
        check_page(small_phone)


def test_a_page_that_is_not_there_says_the_next_step(small_phone):
    small_phone.goto("/nowhere")

    expect(small_phone.get_by_role("alert")).to_contain_text("没有找到")
    check_page(small_phone, but=("404",))
    small_phone.locator("main a").first.click()
    small_phone.wait_for_url(lambda url: "nowhere" not in url)
