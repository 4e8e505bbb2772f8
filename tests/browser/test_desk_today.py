"""The desk's first page: what waits, each with its count and the one way to it."""

import pytest
from playwright.sync_api import expect

from tests.browser import desk_work as work
from tests.browser.checks import check_page
from tests.browser.keyboard import press_on


def items(page) -> dict[str, int]:
    return {
        row.locator("b").inner_text(): work.number_in(row.locator(".ax-n").inner_text())
        for row in page.locator(".ax-work > li").all()
    }


def test_today_counts_what_waits_and_leads_to_each(street, desktop):
    work.let_wait(street, "roll", count=12)
    work.let_wait(street, "edited", count=3)
    work.object_to_a_grant(street, "我 17 点才走")
    work.sit_down(desktop)

    assert items(desktop) == {"考勤和入账等审核": 15, "有人提出异议": 1}
    expect(desktop.locator(".ax-work")).to_contain_text("12 条没有异常，可一次通过")
    expect(desktop.get_by_text("2 件事等您看")).to_be_visible()
    check_page(desktop)

    desktop.get_by_role("link", name="有人提出异议：去看看").click()
    expect(desktop.get_by_text("我 17 点才走")).to_be_visible()
    desktop.goto(work.DESK + "/")
    desktop.get_by_role("link", name="考勤和入账等审核：去审核").click()
    expect(desktop.locator("input[name=grant_ids]")).to_have_count(15)


def test_the_proof_is_run_and_read_in_plain_words(street, desktop):
    work.sit_down(desktop, "auditor", "/proof")
    desktop.get_by_role("button", name="现在核对一遍").click()

    expect(desktop.get_by_text("核对完了，全部相符")).to_be_visible()
    checks = desktop.locator(".ax-checks > li")
    assert checks.count() >= 13
    for check in checks.all():
        assert "相符" in check.inner_text()
        assert "起一直相符，连续 1 次" in check.inner_text()
    check_page(desktop)
    desktop.goto(work.DESK + "/")
    expect(desktop.get_by_text("账是平的")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "tablet"])
def test_the_calendar_keeps_its_filter_and_is_walked_by_keys(request, size):
    page = request.getfixturevalue(size)
    work.sit_down(page, path="/activities?view=month&month=2025-10")
    check_page(page)

    page.locator(".ax-date", has_text="15").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "22"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.textContent") == "21"

    page.locator("select[name=state]").select_option("archived")
    page.get_by_role("button", name="筛选").click()
    assert "month=2025-10" in page.url
    assert "state=archived" in page.url
    press_on(page, page.get_by_role("link", name="下个月"))
    page.wait_for_url("**month=2025-11**")
    assert "state=archived" in page.url


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_the_menu_is_one_line_in_either_language(desktop, language, role):
    work.sit_down(desktop, role)
    here = desktop.url
    desktop.goto(f"/language/{language}?back=/")
    desktop.goto(here)
    box = desktop.locator("header.ax-desk-bar")
    tops = {link.bounding_box()["y"] for link in box.locator("nav a").all()}
    last = box.locator("nav a").last.bounding_box()

    assert len(tops) == 1
    assert last["x"] + last["width"] <= 1280
    assert box.bounding_box()["height"] <= (60 if language == "zh" else 100)
