"""Stars, quarter boards and proofs: what everybody sees, the phone, the desk."""

import pytest
from playwright.sync_api import expect

from tests.browser import partnered, public
from tests.browser.checks import check_page
from tests.browser.desk_work import DESK, PLACE
from tests.browser.people import sign_in


@pytest.fixture
def partners(street):
    return partnered.put_up(street)


@pytest.mark.parametrize("choice", ["/size/large", "/language/en", "/size/normal"])
def test_s1_a_closed_quarter_is_read_by_all_on_a_small_phone(partners, street, small_phone, choice):
    public.switch(street, is_open=True)
    page, board = small_phone, f"/quarters/{PLACE}/{partners.quarter}"
    page.goto(f"{choice}?back=/quarters/{PLACE}")
    check_page(page)
    page.goto(board)
    names = page.locator(".ax-ranked b").all_text_contents()
    assert names
    assert all("*" in name for name in names)
    check_page(page)
    page.goto(f"{board}?kind=team")
    check_page(page)


def test_the_wall_says_that_it_runs_and_leads_to_the_closed_quarter(partners, street, projector):
    public.switch(street, is_open=True)
    projector.goto(f"/wall/{PLACE}")
    expect(projector.get_by_text("这是还在走的时段，只看时长")).to_be_visible()
    check_page(projector)
    projector.get_by_role("link", name=f"看 {partners.quarter} 季度榜").click()
    projector.wait_for_url(f"**/quarters/{PLACE}/{partners.quarter}")


def test_d44_a_proof_is_taken_on_the_phone_and_checked_by_a_stranger(partners, phone, small_phone):
    sign_in(phone, "volunteer", to="/me/proofs")
    phone.get_by_label("从哪天").fill("2025-01-01")
    check_page(phone)
    phone.get_by_role("button", name="开服务证明").click()
    expect(phone.get_by_text("开好了，点“打开打印”。")).to_be_visible()
    check_page(phone)
    phone.goto("/me/stars")
    check_page(phone)
    small_phone.goto("/certificate")
    small_phone.get_by_label("纸上的验证码").fill(partners.code)
    small_phone.get_by_role("button", name="核对").click()
    expect(small_phone.get_by_text("这份证明有效")).to_be_visible()
    check_page(small_phone)


def test_s3_the_desks_sheet_of_merit_is_known_again_by_a_stranger(partners, desktop, phone):
    sign_in(desktop, "staff", to="/staff/")
    desktop.goto(f"{DESK}/proofs/{partners.certificate_id}")
    check_page(desktop)
    with desktop.expect_download() as coming:
        desktop.get_by_role("button", name="表格文件").click()
    phone.goto(f"/certificate?code={partners.code}")
    phone.locator("input[type=file]").set_input_files(coming.value.path())
    phone.get_by_role("button", name="核对文件").click()
    expect(phone.get_by_text("文件没有改动过")).to_be_visible()
    check_page(phone)


def test_s9_an_assessor_grades_on_the_phone(partners, phone):
    sign_in(phone, "volunteer", to="/assess")
    check_page(phone)
    phone.goto(f"/assess/{partners.assessor_id}")
    check_page(phone)
    phone.locator(".ax-rows a").first.click()
    phone.get_by_label("很满意").check()
    check_page(phone)
    phone.get_by_role("button", name="评好了").click()
    expect(phone.get_by_text("很满意").first).to_be_visible()
    check_page(phone)


def test_the_desks_pages_of_stars_quarters_and_proofs_are_well(partners, desktop):
    sign_in(desktop, "staff", to="/staff/")
    quarter = partners.quarter
    for path in (
        *("stars", "assessors", "proofs", "quarters", f"quarters/{quarter}"),
        *(f"quarters/{quarter}?kind=team", f"quarters/{quarter}?kind=project"),
        *(f"quarters/{quarter}/returns", "units"),
    ):
        desktop.goto(f"{DESK}/{path}")
        check_page(desktop)
