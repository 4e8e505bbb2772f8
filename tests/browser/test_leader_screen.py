"""The leader's code screen: it rotates, goes on without network, vanishes when it must."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from app.activities import codes
from app.activities.models import ActivitySession
from app.people.models import Audit
from tests.browser.checks import check_page
from tests.browser.people import sign_in

ACROSS = {"cross_ledger": True}
CODE = "#code svg"
SECONDS = 20
"""Longer than a code's fifteen."""


def slot_of_today(street) -> ActivitySession:
    """The session that the demo holds around now."""
    with street.session() as session:
        query = sa.select(ActivitySession).order_by(ActivitySession.starts_at.desc()).limit(1)
        return session.scalars(query.execution_options(**ACROSS)).one()


def open_screen(page: Page, street, direction: str = "in", wall: bool = False) -> ActivitySession:
    slot = slot_of_today(street)
    path = f"/lead/sessions/{slot.id}/code/{direction}" + ("/wall" if wall else "")
    with page.expect_response(re.compile("/supply$")) as answer:
        sign_in(page, "leader", to=path)
    assert answer.value.status == 200
    expect(page.locator("[data-field=left]")).to_have_text(re.compile(r"\d+"))
    return slot


def read_code(page: Page) -> str:
    """Read what a phone in the room would read off the glass."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def slot_no(text: str) -> int:
    """The 15-second slot a shown code was made for."""
    return codes._read_token(text.split("#")[1])[3]


def redeem(street, token: str) -> dict[str, Any]:
    """Scan a code with somebody else's phone."""
    answer = street.app.test_client().post("/api/v1/checkins/seen", json={"token": token})
    return {"status": answer.status_code, **answer.get_json()}


def scan(page: Page, street) -> dict[str, Any]:
    """Read the glass and redeem at once; again if a busy machine took longer than a code lives."""
    for _ in range(3):
        seen = redeem(street, read_code(page).split("#")[1])
        if seen["status"] != 410:
            break
    return seen


def test_the_phone_shows_a_code_that_opens_the_activity(phone, street):
    open_screen(phone, street)

    assert read_code(phone).startswith(f"{street.url}/q#")
    assert scan(phone, street)["direction"] == "in"
    check_page(phone)


def test_in_and_out_differ_by_word_and_by_fill(phone, street):
    slot = open_screen(phone, street)
    badge = phone.locator(".ax-inout")
    coming = (badge.inner_text(), badge.evaluate("e => getComputedStyle(e).backgroundColor"))
    phone.goto(f"/lead/sessions/{slot.id}/code/out")
    going = (badge.inner_text(), badge.evaluate("e => getComputedStyle(e).backgroundColor"))

    assert coming[0] == "签到"
    assert going[0] == "签退"
    assert coming[1] != going[1]
    check_page(phone)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_on_a_projector_the_code_fills_three_fifths_of_the_height(projector, street, direction):
    open_screen(projector, street, direction, wall=True)
    box = projector.locator(CODE).bounding_box()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(projector.screenshot())))
    height = found.position.bottom_left.y - found.position.top_left.y

    assert box is not None
    assert box["height"] >= 0.6 * 1080
    assert height >= 0.6 * 1080  # the modules themselves, without their quiet zone
    assert scan(projector, street)["direction"] == direction
    check_page(projector)


def test_the_code_rotates_and_an_old_screenshot_is_refused(phone, street):
    slot = open_screen(phone, street)
    first = second = read_code(phone)
    for _ in range(SECONDS):  # in real seconds: the page keeps to the server's clock
        phone.wait_for_timeout(1_000)
        second = read_code(phone)
        if slot_no(second) > slot_no(first):
            break
    with street.session() as session:
        row = session.get(ActivitySession, (slot.ledger_id, slot.id))
        two_ago = slot_no(first) - 2
        (old,) = codes.of_slots(row, "in", [two_ago])

    assert slot_no(second) > slot_no(first)
    refused = redeem(street, old.token)
    assert (refused["status"], refused["code"]) == (410, "code_expired")


def test_without_network_the_screen_goes_on_for_half_an_hour_and_then_the_code_vanishes(
    phone, street
):
    phone.clock.install()
    open_screen(phone, street)
    first = slot_no(read_code(phone))
    phone.context.set_offline(True)

    phone.clock.run_for(20_000)
    assert slot_no(read_code(phone)) > first
    expect(phone.locator("[data-field=net]")).to_contain_text("没有网络，还能出码 3")
    phone.clock.fast_forward("29:00")
    phone.clock.run_for(1_000)
    later = slot_no(read_code(phone))
    phone.clock.fast_forward("07:00")
    phone.clock.run_for(1_000)

    assert later - first >= 29 * 4
    expect(phone.locator(CODE)).to_have_count(0)
    expect(phone.locator("#stopped")).to_be_visible()
    expect(phone.locator("#stopped")).to_contain_text("点名")
    check_page(phone, but=("ERR_INTERNET_DISCONNECTED",), axe=True)


def test_a_code_shown_without_network_checks_in_as_ever(phone, street):
    open_screen(phone, street)
    phone.context.set_offline(True)
    expect(phone.locator("[data-field=net]")).to_contain_text("没有网络")

    assert scan(phone, street)["status"] == 200


def test_when_the_network_is_back_the_screen_is_handed_more(phone, street):
    phone.clock.install()
    open_screen(phone, street)
    phone.context.set_offline(True)
    phone.clock.run_for(4_000)
    phone.context.set_offline(False)
    phone.clock.run_for(4_000)

    expect(phone.locator("[data-field=net]")).to_have_text("已联网")
    assert len(zxingcpp.read_barcodes(Image.open(io.BytesIO(phone.screenshot())))) == 1


def test_revoking_elsewhere_turns_this_screen_to_new_codes(phone, street):
    slot = open_screen(phone, street)
    before = read_code(phone)
    digits = phone.locator("[data-field=short]").inner_text()
    with street.session() as session:
        session.execute(
            sa.update(ActivitySession)
            .where(ActivitySession.ledger_id == slot.ledger_id, ActivitySession.id == slot.id)
            .values(code_key_version=2)
        )
        session.commit()
    old = before.split("#")[1]
    expect(phone.locator("[data-field=short]")).not_to_have_text(digits)

    assert redeem(street, old)["code"] == "key_revoked"
    phone.wait_for_timeout(4_000)  # two looks at who has come: by now it knows of the new key
    assert scan(phone, street)["direction"] == "in"


def test_handing_codes_to_a_screen_is_written_down(phone, street):
    slot = open_screen(phone, street)
    with street.session() as session:
        notes = session.scalars(
            sa.select(Audit)
            .where(Audit.action == "screen_codes_supplied", Audit.subject_id == slot.id)
            .execution_options(**ACROSS)
        ).all()

    assert [note.facts["direction"] for note in notes] == ["in"]


def test_a_leader_who_is_signed_out_shows_no_more_codes(phone, street):
    open_screen(phone, street)
    phone.context.clear_cookies()

    expect(phone.locator("#stopped")).to_be_visible()
    expect(phone.locator(CODE)).to_have_count(0)
    expect(phone.locator("#stopped")).to_contain_text("重新登录")
