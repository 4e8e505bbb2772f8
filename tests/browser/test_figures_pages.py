"""Figures at the desk: chart, filters, exports with progress, lists from xlsx, verify page."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.base import clock
from app.people.models import Member
from app.reports.models import ExportJob
from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.browser.windows import DESKTOP, PHONE

SPAN = "from=2025-01-01&to=2030-12-31"
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture
def staff(desktop):
    sign_in(desktop, "staff", "/staff/")
    desktop.goto(f"{place(desktop)}/ranking?{SPAN}")
    return desktop


def place(page):
    """The address of the desk's place."""
    return re.search(r"/staff/\w+", page.url)[0]


def test_the_chart_draws_the_numbers_of_the_table(staff):
    drawn = staff.locator("#chart svg")
    expect(drawn).to_be_visible()
    texts = drawn.locator("text").all_text_contents()
    rows = staff.locator(".ax-table tbody tr")
    names = [rows.nth(at).locator("th a").inner_text() for at in range(10)]
    totals = [rows.nth(at).locator("td b").inner_text() for at in range(10)]
    assert [text for text in texts if text in names] == names
    assert [text for text in texts if re.fullmatch(r"[\d,]+\.\d", text)] == totals
    sizes = drawn.locator("text").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 14
    assert "前 10 名" in staff.locator("#chart").get_attribute("aria-label")
    check_page(staff)


def test_filters_survive_a_reload_and_the_way_back(staff):
    staff.locator("select[name=provenance]").select_option("honorary")
    staff.locator("input[name=from]").fill("2025-06-01")
    staff.get_by_role("button", name="筛选").click()
    staff.wait_for_url("**provenance=honorary**")
    staff.reload()
    expect(staff.locator("select[name=provenance]")).to_have_value("honorary")
    expect(staff.locator("input[name=from]")).to_have_value("2025-06-01")
    staff.go_back()
    expect(staff.locator("select[name=provenance]")).to_have_value("")
    staff.go_forward()
    expect(staff.locator("select[name=provenance]")).to_have_value("honorary")


def test_an_export_shows_its_progress_downloads_and_its_code_stands(staff, street):
    staff.get_by_role("button", name="导出表格").click()
    staff.wait_for_url("**/exports/**")
    fetch = staff.get_by_role("link", name="下载表格")
    expect(fetch).to_be_visible(timeout=15_000)
    check_page(staff)
    code = CODE.search(staff.locator("main").inner_text())[0]
    with staff.expect_download() as coming:
        fetch.click()
    page = openpyxl.load_workbook(io.BytesIO(coming.value.path().read_bytes())).active
    cells = [cell for row in page.values for cell in row if cell is not None]
    assert code in cells
    assert not any(str(cell).startswith("=") for cell in cells)

    staff.get_by_role("link", name="看看这张表还算不算数").click()
    expect(staff.get_by_text("这张表现在还算数")).to_be_visible()
    check_page(staff)
    staff.locator("input[type=file]").set_input_files(coming.value.path())
    staff.get_by_role("button", name="核对文件").click()
    expect(staff.get_by_text("文件没有改动过")).to_be_visible()
    staff.locator("input[name=code]").first.fill("AAAA-AAAA-AAAA")
    staff.get_by_role("button", name="查验证码").click()
    expect(staff.get_by_role("alert")).to_be_visible()
    check_page(staff, but=("404",))


def test_an_export_whose_writer_died_is_seen_half_done_and_goes_on(staff, street):
    staff.get_by_role("button", name="导出 CSV").click()
    staff.wait_for_url("**/exports/**")
    expect(staff.get_by_role("link", name="下载表格")).to_be_visible(timeout=15_000)
    half = {
        "state": "running",
        "done_count": 40,
        "total_count": 100,
        "try_count": 1,
        "export_id": None,
        "expires_at": None,
    }
    change(street, **half, leased_until_at=clock.now() + timedelta(minutes=2))
    staff.reload()
    expect(staff.get_by_role("progressbar")).to_have_attribute("value", "40")
    expect(staff.locator("[data-rows]")).to_have_text("写了 40 行，共 100 行")
    change(street, done_count=70)
    expect(staff.get_by_role("progressbar")).to_have_js_property("value", 70)
    check_page(staff)
    with street.session() as session:
        session.execute(sa.text("DELETE FROM reports_export_piece"))
        session.commit()
    change(street, leased_until_at=clock.now() - timedelta(seconds=1))
    expect(staff.get_by_role("link", name="下载表格")).to_be_visible(timeout=15_000)


def change(street, **values):
    """What another writer would have left behind."""
    with street.session() as session:
        job = session.scalars(
            sa.select(ExportJob).execution_options(cross_ledger=True).limit(1)
        ).one()
        here = (ExportJob.ledger_id == job.ledger_id, ExportJob.id == job.id)
        session.execute(sa.update(ExportJob).where(*here).values(**values))
        session.commit()


def xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return {
        "name": "名单.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": content.getvalue(),
    }


def numbers(street):
    with street.session() as session:
        query = sa.select(Member.external_id).where(Member.external_id.like("BX%"))
        found = session.scalars(query.execution_options(cross_ledger=True))
        return sorted(found)


def test_a_list_with_three_wrong_rows_is_corrected_and_nothing_is_doubled(staff, street):
    code = place(staff).rsplit("/", 1)[1]
    rows = [
        ["外部编号", "姓名", "手机号", "社区编码"],
        ["BX1", "欧阳小满", "", code],
        ["BX2", "", "", code],
        ["BX3", "苏小满", "12", code],
        ["BX4", "=1+1", "", code],
        ["BX5", "白清禾", "", code],
    ]
    staff.goto(f"{place(staff)}/people/import")
    check_page(staff)
    staff.locator("input[type=file]").set_input_files(xlsx(rows))
    staff.get_by_role("button", name="先试一遍").click()
    wrong = staff.locator(".ax-table tbody tr")
    expect(wrong).to_have_count(3)
    assert [wrong.nth(at).locator("td").first.inner_text() for at in range(3)] == [
        "BX2",
        "BX3",
        "BX4",
    ]
    expect(wrong.nth(2)).to_contain_text("公式")
    check_page(staff)
    assert numbers(street) == []
    with staff.expect_download() as coming:
        staff.get_by_role("button", name="下载改正用的表").click()
    back = [
        list(row)
        for row in openpyxl.load_workbook(
            io.BytesIO(coming.value.path().read_bytes())
        ).active.values
    ]
    assert [bool(row[-1]) for row in back[1:]] == [False, True, True, True, False]
    staff.get_by_role("button", name="导入 2 人").click()
    expect(staff.get_by_role("status")).to_contain_text("新的 2 人")
    assert numbers(street) == ["BX1", "BX5"]

    back[2][1], back[3][2], back[4][1] = "梁书遥", "", "宋听雨"
    staff.locator("input[type=file]").set_input_files(xlsx(back))
    staff.get_by_role("button", name="先试一遍").click()
    staff.get_by_role("button", name="导入 3 人").click()
    expect(staff.get_by_role("status")).to_contain_text("新的 3 人，原来就有 2 人")
    assert numbers(street) == ["BX1", "BX2", "BX3", "BX4", "BX5"]


PAGES = ("ranking", f"ranking?{SPAN}", "people/import", "exports", "alliances/new")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_figures_are_in_order(window, size, language):
    page = window(size)
    sign_in(page, "staff", "/staff/")
    home = place(page)
    if language == "en":
        page.goto("/language/en?back=/")
    page.goto(f"{home}/teams")
    alliance = page.locator("a[href*='/alliances/']:not([href$='/new'])").first.get_attribute(
        "href"
    )
    page.goto(f"{home}/shops")
    shop = page.locator("a[href*='/shops/']").first.get_attribute("href")
    for path in (*(f"{home}/{name}" for name in PAGES), alliance, f"{shop}/import", "/verify"):
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        check_page(page)
    page.goto(f"{alliance}?{SPAN}")
    expect(page.locator(".ax-funnel li")).to_have_count(6)
    check_page(page)
