"""What is held of a volunteer: explained line by line, corrected, and the same in every book."""

import re

import pytest

from app.base.ids import new_id
from app.people import login_codes, members
from app.people.models import Person
from tests.factories import onsite, pages
from tests.factories.doors import PASSWORD
from tests.factories.onsite import EVE, at
from tests.factories.till import phone_of
from tests.web.answers import everything


@pytest.fixture
def site(session, client):
    return onsite.site(session, client)


@pytest.fixture
def phone(app, session, site):
    with at("08:00", EVE):
        return pages.browser(app, session, site.wen.member)


def first_line(text):
    return re.search(r'href="(/passbook/lines/[^"]+)"', text)[1]


def code_to(session, number):
    outgoing = login_codes.issue(session, phone=number)
    session.commit()
    return re.search(r"\d{6}", outgoing.text)[0]


def held(session, site):
    session.expire_all()
    person = session.get(Person, site.wen.member.person_id)
    key = {"ledger_id": site.town.ledger_id, "member_id": site.wen.member.id}
    return members.full_name(members.get(session, **key)), person.birth_year


def test_a_line_of_the_passbook_says_how_it_came_about(app, site, phone, session):
    _, (slot,) = site.opened()
    site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    with at("12:30"):
        line = first_line(phone.get("/passbook").text)
        told = phone.get(line).text
        other = pages.browser(app, session, site.leader.member).get(line)
        unknown = phone.get(f"/passbook/lines/{new_id()}")

    for said in ("08:50 扫码", "11:00 扫码", "谁确认的", "2.0 小时", "怎么算的", "这一笔不对"):
        assert said in told, said
    assert other.status_code == unknown.status_code == 404


def test_name_and_year_are_corrected_after_the_password(site, phone, session):
    with at("09:00", EVE):
        wrong = phone.send("/me/correct", name="温如许", birth_year="", password="不是这个密码吧")
        assert held(session, site) == ("人wen", None)
        empty = phone.send("/me/correct", name=" ", birth_year="", password=PASSWORD)
        young = phone.send("/me/correct", name="温如许", birth_year="2025", password=PASSWORD)
        assert held(session, site) == ("人wen", None)
        right = phone.send("/me/correct", name="温如许", birth_year="1954", password=PASSWORD)

    assert (wrong.status_code, empty.status_code, young.status_code) == (401, 422, 422)
    assert "监护人" in young.text
    assert 'value="2025"' in young.text
    assert (right.status_code, right.location) == (303, "/me?said=corrected")
    assert held(session, site) == ("温如许", 1954)


def test_a_new_phone_is_taken_with_its_code_and_the_password(site, phone, session):
    number = "00000009871"
    with at("09:00", EVE):
        asked = phone.send("/me/phone/code", new_phone=number)
        assert "新手机的验证码" in asked.text
        before = phone_of(session, site.wen.member.person_id)
        wrong = phone.send("/me/phone", new_phone=number, new_code="000000", password=PASSWORD)
        assert phone_of(session, site.wen.member.person_id) == before
    with at("09:02", EVE):
        code = code_to(session, number)
        right = phone.send("/me/phone", new_phone=number, new_code=code, password=PASSWORD)

    assert wrong.status_code == 401
    assert right.status_code == 303
    session.expire_all()
    assert phone_of(session, site.wen.member.person_id) == number


def test_a_bad_new_number_gets_no_code(site, phone, session):
    with at("09:00", EVE):
        before = everything(session)
        answer = phone.send("/me/phone/code", new_phone="12345")

    assert answer.status_code == 422
    assert everything(session) == before


def test_the_list_of_books_says_what_each_holds_and_what_expires(site, phone):
    _, (slot,) = site.opened()
    site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    with at("12:30"):
        text = phone.get("/me/books").text

    assert "2.0<small>小时" in text
    assert "2<small>积分" in text
    assert "长期有效" in text


def test_large_pages_keep_home_to_the_main_ways(site, phone):
    phone.client.set_cookie("timebank_size", "large")
    with at("09:00", EVE):
        home, more = phone.get("/").text, phone.get("/more").text

    assert "我的活动记录" not in home
    assert "我的活动记录" in more


def test_a_forgotten_check_out_that_was_explained_waits_for_its_answer(site, phone, session):
    from app.activities import attendance
    from app.base import clock
    from tests.factories.onsite import DAY

    _, (slot,) = site.opened()
    with at("08:50"):
        site.scan(site.wen, slot, "in", "08:50")
    with at("11:40"):
        attendance.autoclose(session, ledger_id=site.town.ledger_id, now=clock.now())
        session.commit()
    with at("11:45", DAY):
        form = re.search(r'href="(/objections/new/attendance/[^"]+)"', phone.get("/").text)[1]
        phone.send(form, claim="我 11:00 走的")
        home, records = phone.get("/").text, phone.get("/records").text

    assert "您说明过了，等答复" in home
    assert "说明过了，等答复" in records
