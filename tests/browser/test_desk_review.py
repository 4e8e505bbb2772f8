"""Hundreds of grants decided at once; a balance explained; both without a mouse too."""

import time

import sqlalchemy as sa
from playwright.sync_api import expect

from app.points.models import Grant
from tests.browser import desk_work as work
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.keyboard import press_on, tab_to, type_in

STATEMENTS_MAX = 80
SECONDS_MAX = 15
PLAIN, ODD = 200, 4


def states(street, grant_ids) -> dict[str, int]:
    with street.session() as session:
        query = (
            sa.select(Grant.state, sa.func.count())
            .where(Grant.ledger_id == work.book_of(session), Grant.id.in_(grant_ids))
            .group_by(Grant.state)
        )
        return {row[0]: row[1] for row in session.execute(query)}


def test_two_hundred_are_approved_at_one_press_and_the_odd_ones_stay(street, desktop):
    plain, odd = (
        work.let_wait(street, "roll", count=PLAIN),
        work.let_wait(street, "edited", count=ODD),
    )
    minutes, points = work.totals(street)
    work.sit_down(desktop, path="/review")

    chosen = desktop.locator("input[name=grant_ids]:checked")
    assert (chosen.count(), desktop.locator("input[name=grant_ids]").count()) == (
        PLAIN,
        PLAIN + ODD,
    )
    first = desktop.locator("input[name=grant_ids]").first
    assert not first.is_checked()
    expect(desktop.locator("p[role=status]")).to_have_text(
        "已选 200 条，合计 400.0 小时、4,000 积分"
    )
    first.check()
    expect(desktop.get_by_role("button", name="通过 201 条")).to_be_visible()
    first.uncheck()
    check_page(desktop)

    desktop.get_by_role("button", name="通过 200 条").click()
    expect(desktop.locator("h1")).to_have_text("通过 200 条吗")
    began = time.monotonic()
    with work.counted(street) as seen:
        desktop.get_by_role("button", name="通过 200 条").click()
        expect(desktop.get_by_text("已通过 200 条")).to_be_visible()
    assert time.monotonic() - began < SECONDS_MAX
    assert len(seen) < STATEMENTS_MAX, len(seen)

    assert states(street, plain) == {"posted": PLAIN}
    assert states(street, odd) == {"waiting_level_2": ODD}
    after = work.totals(street)
    assert after[0] - minutes == PLAIN * work.MINUTES
    assert after[1] - points == PLAIN * 20


def test_without_scripts_the_review_says_the_same_and_refusals_need_a_reason(street, window):
    ids = work.let_wait(street, "roll", count=6)
    page = window(windows.DESKTOP, java_script_enabled=False)
    work.sit_down(page, path="/review")

    page.get_by_role("button", name="退回，写原因").click()
    page.locator("textarea[name=reason]").fill("签到表上没有名字")
    page.get_by_role("button", name="退回 6 条").click()

    expect(page.get_by_text("已退回 6 条")).to_be_visible()
    assert states(street, ids) == {"refused": 6}


def test_a_review_needs_no_mouse(street, desktop):
    ids = work.let_wait(street, "edited", count=1)
    work.sit_down(desktop, path="/review")

    tab_to(desktop, desktop.locator("input[name=grant_ids]").first)
    desktop.keyboard.press("Space")
    press_on(desktop, desktop.get_by_role("button", name="通过 1 条"))
    desktop.wait_for_url("**/review/decide")
    type_in(desktop, desktop.locator("textarea[name=reason]"), "问过领队")
    press_on(desktop, desktop.get_by_role("button", name="通过 1 条"))

    expect(desktop.get_by_text("已通过 1 条")).to_be_visible()
    assert states(street, ids) == {"posted": 1}


def test_the_lines_of_a_balance_add_up_and_each_leads_to_its_evidence(street, desktop):
    work.sit_down(desktop, path="/people")
    press_on(desktop, desktop.get_by_role("link", name="温*许").first)
    press_on(desktop, desktop.get_by_role("link", name="积分从哪来"))
    desktop.wait_for_url("**/why/points")

    shown = work.number_in(desktop.locator(".is-total .ax-n").inner_text())
    rows = desktop.locator("tbody tr").all()
    changes = [work.number_in(row.locator("td.is-num").first.inner_text()) for row in rows]
    assert sum(changes) == shown
    rest = shown
    for row, change in zip(rows, changes, strict=True):
        assert work.number_in(row.locator("td.is-num").nth(1).inner_text()) == rest
        rest -= change
    assert rest == 0
    expect(desktop.get_by_text(f"{len(rows)} 行加起来正好 {shown}，和账本一致")).to_be_visible()
    check_page(desktop)

    press_on(desktop, rows[0].locator("th a"))
    desktop.wait_for_url("**/grants/*")
    press_on(desktop, desktop.locator("dd a", has_text="课后辅导").first)
    desktop.wait_for_url("**/records/*")
    expect(desktop.locator("dl")).to_contain_text("扫码")


def test_an_explained_balance_prints_without_its_buttons(street, desktop):
    work.sit_down(desktop, path="/people")
    desktop.get_by_role("link", name="温*许").first.click()
    desktop.get_by_role("link", name="时长从哪来").click()
    desktop.emulate_media(media="print")

    expect(desktop.locator("tbody tr").first).to_be_visible()
    expect(desktop.get_by_role("navigation", name="主菜单")).to_be_hidden()
    expect(desktop.get_by_role("button", name="打印给本人")).to_be_hidden()
