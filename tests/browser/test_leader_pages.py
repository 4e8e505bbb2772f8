"""The leader's own ways: the roll by keyboard and taken back, the door, planning, confirming."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.activities import attendance
from app.activities.models import Activity, Attendance
from app.base import clock
from app.base.actors import SYSTEM
from app.base.ids import new_id
from app.people import card_register, cards, codes, members
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.lost_answers import lose_first_answer
from tests.browser.people import phone_of, sign_in
from tests.browser.test_leader_screen import slot_of_today

ACROSS = {"cross_ledger": True}
LARGE = {"name": "timebank_size", "value": "large"}
ENGLISH = {"name": "timebank_language", "value": "en"}


def door_of(street, rest: str) -> str:
    return f"/lead/sessions/{slot_of_today(street).id}{rest}"


def states(street) -> list[tuple[str, str]]:
    """Door and state of each stay of today's session."""
    slot = slot_of_today(street)
    with street.session() as session:
        query = sa.select(Attendance).where(
            Attendance.ledger_id == slot.ledger_id, Attendance.session_id == slot.id
        )
        return [
            (stay.in_door, stay.state) for stay in session.scalars(query.order_by(Attendance.id))
        ]


def member_of(session, ledger_id: int, role: str):
    person_id = members.find_person_by_phone(session, phone_of(role))
    return members.find_of_person(session, ledger_id=ledger_id, person_id=person_id)


def personal_code(street, role: str) -> str:
    """The digits that a volunteer's phone shows to the leader."""
    ledger_id = slot_of_today(street).ledger_id
    with street.session() as session:
        member = member_of(session, ledger_id, role)
        code = codes.issue(session, ledger_id=ledger_id, member_id=member.id, purpose="attend")
        session.commit()
    return code.digits


def card_token(street, role: str) -> str:
    """What is printed on a volunteer's card."""
    ledger_id = slot_of_today(street).ledger_id
    with street.session() as session:
        member = member_of(session, ledger_id, role)
        named = {"ledger_id": ledger_id, "actor": SYSTEM}
        held = cards.list_of(session, ledger_id=ledger_id, member_id=member.id)
        live = [card for card in held if card.state == "active"]
        if live:
            issued = card_register.reprint(session, card_id=live[0].id, **named)
        else:
            issued = cards.issue(session, member_id=member.id, **named)
        session.commit()
    return issued.token


def test_the_roll_is_called_and_taken_back_by_keyboard_alone(desktop, street):
    sign_in(desktop, "leader", to=door_of(street, "/roll/in"))
    desktop.locator("input[name=member_ids]").first.focus()
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Space")
    expect(desktop.locator("#go")).to_have_text("签到 2 人")
    desktop.locator("#go").focus()
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_role("status").first).to_contain_text("签到了 2 人")
    assert states(street) == [("roll", "open")] * 2
    check_page(desktop)
    desktop.get_by_role("button", name="点错了，全部撤回").focus()
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_role("status").first).to_contain_text("撤回了 2 人")
    assert states(street) == [("roll", "reversed")] * 2
    check_page(desktop)


def test_a_long_roll_grows_short_as_one_types(phone, street):
    sign_in(phone, "leader", to=door_of(street, "/roll/in"))
    people = phone.locator("[data-find]")
    total = people.count()
    phone.locator("#find").fill("000002")

    assert total > 10
    assert people.filter(visible=True).count() == 1
    phone.locator("#find").press("Enter")
    expect(phone.locator("#go")).to_have_text("签到 1 人")
    assert people.filter(visible=True).count() > 1
    assert states(street) == []


def test_the_camera_stays_open_and_takes_one_after_the_other(filmed, street):
    page = filmed(card_token(street, "neighbour"), windows.PHONE)
    sign_in(page, "leader", to=door_of(street, "/door"))
    page.get_by_role("button", name="打开相机").tap()

    expect(page.locator("#heard")).to_contain_text("签到好了")
    expect(page.locator("#video")).to_be_visible()
    expect(page.locator("ul[aria-label=刚才] li")).to_have_count(1)
    page.locator("#presented").fill(personal_code(street, "volunteer"))
    page.locator("#presented").press("Enter")
    expect(page.locator("ul[aria-label=刚才] li")).to_have_count(2)
    expect(page.locator("#video")).to_be_visible()
    assert sorted(states(street)) == [("card", "open"), ("personal_code", "open")]
    page.get_by_role("button", name="关掉相机").tap()
    check_page(page, but=("409",))


def test_a_scan_gun_is_heard_whatever_has_the_focus(desktop, street):
    digits = personal_code(street, "volunteer")
    sign_in(desktop, "leader", to=door_of(street, "/door"))
    desktop.locator("h1").click()
    desktop.evaluate("document.activeElement.blur()")
    desktop.keyboard.type(digits, delay=4)
    desktop.keyboard.press("Enter")

    expect(desktop.locator("#heard")).to_contain_text("签到好了")
    desktop.keyboard.type(digits, delay=4)
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#heard")).to_have_class(re.compile("is-stop"))
    assert states(street) == [("personal_code", "open")]
    check_page(desktop, but=("409",))


def test_a_lost_answer_is_asked_for_again_and_nobody_is_taken_twice(phone, street):
    sign_in(phone, "leader", to=door_of(street, "/door"))
    lost = lose_first_answer(phone, "**/door")
    phone.locator("#presented").fill(personal_code(street, "volunteer"))
    phone.locator("#presented").press("Enter")

    expect(phone.locator("#heard")).to_contain_text("签到好了")
    assert lost() == [200]
    assert states(street) == [("personal_code", "open")]


def forget_to_leave(street, *roles: str) -> None:
    """Some came by the roll, two hours ago, and the session has been closed over them."""
    slot = slot_of_today(street)
    with street.session() as session:
        row = session.get(type(slot), (slot.ledger_id, slot.id))
        leader = member_of(session, slot.ledger_id, "leader")
        begins = clock.now() - timedelta(hours=3)
        row.opens_at, row.starts_at = begins - timedelta(hours=1), begins
        row.ends_at = begins + timedelta(hours=2)
        for number, role in enumerate(roles):
            stay = Attendance(
                ledger_id=slot.ledger_id,
                id=new_id(),
                session_id=slot.id,
                member_id=member_of(session, slot.ledger_id, role).id,
                ordinal=1,
                version=1,
                state="open" if number == 0 else "closed",
                checked_in_at=begins,
                in_door="code",
                in_by_id=leader.person_id,
                checked_out_at=None if number == 0 else row.ends_at,
                out_door=None if number == 0 else "code",
                credited_minutes=None if number == 0 else 120,
            )
            session.add(stay)
        session.flush()
        attendance.autoclose(session, ledger_id=slot.ledger_id, now=clock.now())
        session.commit()


def test_odd_records_come_first_and_unticked_and_the_button_repeats_the_count(phone, street):
    forget_to_leave(street, "volunteer", "neighbour")
    sign_in(phone, "leader", to=door_of(street, "/confirm"))
    ticks = phone.locator("input[name=attendance_ids]")

    assert [ticks.nth(at).is_checked() for at in range(2)] == [False, True]
    expect(phone.locator("#go")).to_have_text("确认 1 人")
    check_page(phone)
    ticks.first.check()
    expect(phone.locator("#go")).to_have_text("确认 2 人")
    phone.locator("#go").tap()
    expect(phone.get_by_role("alert").first).to_contain_text("请写一句原因")
    phone.locator("input[name=reason]").fill("手机没电，我看着他走的")
    phone.locator("#go").tap()

    expect(phone.get_by_role("status").first).to_contain_text("确认了 2 人")
    assert [state for _door, state in states(street)] == ["confirmed"] * 2


def test_an_activity_is_planned_by_keyboard_and_handed_in(desktop, street):
    sign_in(desktop, "leader", to="/lead/plan")
    day = (clock.today() + timedelta(days=7)).isoformat()
    for name, value in {
        "title": "河岸捡拾",
        "address": "东侨河岸步道入口",
        "on_1": day,
        "begins_1": "09:00",
        "ends_1": "11:00",
        "quota_count": "12",
    }.items():
        desktop.locator(f"[name={name}]").fill(value)
    desktop.locator("select[name=weeks]").select_option("3")
    check_page(desktop)
    desktop.get_by_role("button", name="交社区批").focus()
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_role("status").first).to_contain_text("交上去了")
    with street.session() as session:
        made = session.scalars(
            sa.select(Activity).where(Activity.title == "河岸捡拾").execution_options(**ACROSS)
        ).one()
    assert made.state == "submitted"
    check_page(desktop)


@pytest.mark.parametrize("way", [LARGE, ENGLISH], ids=["large", "english"])
def test_the_leaders_pages_hold_in_large_letters_and_in_english(small_phone, street, way):
    forget_to_leave(street, "volunteer", "neighbour")
    sign_in(small_phone, "leader")
    small_phone.context.add_cookies([{**way, "url": street.url}])
    slot = slot_of_today(street)
    for path in (
        "/lead",
        "/lead/plan",
        f"/lead/activities/{slot.activity_id}",
        door_of(street, "/roll/in"),
        door_of(street, "/door"),
        door_of(street, "/confirm"),
        door_of(street, "/people"),
    ):
        look(small_phone, path)


def look(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1").first).to_be_visible()
    check_page(page)
