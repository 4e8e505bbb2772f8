"""What a volunteer may know, take away, correct and object to."""

import json

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.base.actors import Actor
from app.base.ids import new_id
from app.cli.demo.jinxi_cast import PASSWORD
from app.people import objections
from app.people.models import Objection
from tests.browser.checks import check_page
from tests.browser.people import sign_in

EVERYWHERE = {"cross_ledger": True}


@pytest.mark.parametrize("kind", ["CSV", "JSON"])
def test_the_own_record_is_taken_away_as_a_table_and_for_programs(phone, kind):
    sign_in(phone, "volunteer", "/me/export")
    with phone.expect_download() as taken:
        phone.get_by_role("link", name=kind).tap()
    text = taken.value.path().read_text("utf-8-sig")

    assert taken.value.suggested_filename == f"record.{kind.lower()}"
    if kind == "CSV":
        assert "ningde,person.name,温如许" in text
    else:
        (book,) = json.loads(text)["books"]
        assert book["person"]["name"] == "温如许"
        assert book["statements"]["points"]["closing"] == 120


def test_an_objection_gets_its_answer(phone, street):
    sign_in(phone, "volunteer", "/passbook")
    phone.locator("a.ax-why").first.tap()
    expect(phone.get_by_text("谁确认的")).to_be_visible()
    check_page(phone)
    phone.get_by_role("link", name="这一笔不对，要说明").tap()
    phone.locator("textarea").fill("我 16:30 才走")
    phone.get_by_role("button", name="提上去").tap()
    expect(phone.get_by_text("已经提上去了")).to_be_visible()

    with street.session() as session:
        (raised,) = session.scalars(sa.select(Objection), execution_options=EVERYWHERE)
        objections.answer(
            session,
            ledger_id=raised.ledger_id,
            objection_id=raised.id,
            verdict="rejected",
            reason="签退码是 16:00 扫的",
            actor=Actor(new_id()),
        )
        session.commit()
    phone.goto("/inbox")
    phone.get_by_role("link", name="看答复").first.tap()

    expect(phone.get_by_text("签退码是 16:00 扫的")).to_be_visible()
    check_page(phone)


def test_the_name_is_corrected_after_the_password(phone):
    sign_in(phone, "volunteer", "/me/correct")
    phone.locator("input[name=name]").fill("温如旭")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.get_by_role("button", name="改好").tap()

    expect(phone.get_by_text("姓名和年份改好了")).to_be_visible()
    phone.goto("/")
    expect(phone.get_by_role("heading", name="温如旭")).to_be_visible()


def test_the_passbook_prints_without_its_buttons(phone):
    sign_in(phone, "volunteer", "/passbook")
    expect(phone.locator("[data-print]")).to_be_visible()
    phone.emulate_media(media="print")

    expect(phone.locator("[data-print]")).to_be_hidden()
    expect(phone.locator(".ax-print-only")).to_contain_text("NINGDE-000001")
    expect(phone.locator(".ax-choices")).to_be_hidden()
