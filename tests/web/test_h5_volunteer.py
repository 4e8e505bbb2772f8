"""What a volunteer does on the phone: sign up, object, read, show a code, see to their account."""

import re

import pytest
import sqlalchemy as sa

from app.activities.models import Enrolment
from app.base import clock
from app.base.actors import SYSTEM
from app.people import codes, consents, credentials, inbox, login_codes, members
from app.people.models import Agent, Objection
from tests.factories import doors, ledger, pages
from tests.factories import mall as shops
from tests.factories.onsite import DAY, EVE, at
from tests.factories.till import phone_of
from tests.web.answers import everything, no_change

OUTER = ("base_idempotency",)


@pytest.fixture
def phone(app, session, site):
    with at("08:00", EVE):
        return pages.browser(app, session, site.wen.member)


def rows(session, model):
    session.expire_all()
    return list(session.scalars(sa.select(model).execution_options(cross_ledger=True)))


def test_a_volunteer_signs_up_waits_and_takes_it_back(app, session, site, phone):
    path, (slot,) = site.opened(quota=1)
    at_page, session_path = f"/activities/{pages.id_of(path)}", f"/sessions/{pages.id_of(slot)}"
    with at("11:00", EVE):
        other = pages.browser(app, session, site.leader.member)
        assert "我要报名" in phone.get(at_page).text
        first = phone.send(f"{session_path}/enrol")
        waits = other.send(f"{session_path}/enrol")
        assert "排候补" not in phone.get(at_page).text
        told = other.get(waits.location)
        back = phone.send(f"{session_path}/withdraw")

    assert (first.status_code, waits.status_code, back.status_code) == (303, 303, 303)
    assert "先排候补" in told.text
    states = {each.member_id: each.state for each in rows(session, Enrolment)}
    assert states[site.wen.member.id] == "withdrawn"
    assert states[site.leader.member.id] == "enrolled"


def test_sending_a_sign_up_twice_does_it_once(site, phone, session):
    _, (slot,) = site.opened()
    path = f"/sessions/{pages.id_of(slot)}/enrol"
    with at("11:00", EVE):
        phone.send(path, key="b" * 24)
        phone.send(path, key="b" * 24)

    assert len(rows(session, Enrolment)) == 1


def test_a_sign_up_before_any_team_responded_is_refused_and_changes_nothing(site, phone, session):
    path = site.called()
    with at("11:00", EVE):
        slots = site.leader.get(path).get_json()["sessions"]
        with no_change(session, but=OUTER):
            answer = phone.send(f"/sessions/{slots[0]['id']}/enrol")

    assert answer.status_code == 409
    assert "健康义诊" in answer.text


def test_a_record_is_objected_to_once_and_taken_back(site, phone, session):
    _, (slot,) = site.opened()
    stay = site.been(site.wen, slot, "08:50", "11:00")["attendance_id"]
    path = f"/objections/new/attendance/{stay}"
    with at("11:30"):
        assert "健康义诊" in phone.get(path).text
        empty = phone.send(path, claim=" ")
        raised = phone.send(path, claim="我 8:30 就到了")
        again = phone.send(path, claim="再说一次")
        listed = phone.get("/objections")
        objection = rows(session, Objection)[0]
        phone.send(f"/objections/{objection.id}/withdraw")

    assert empty.status_code == 422
    assert raised.status_code == 303
    assert again.status_code == 409
    assert "再说一次" in again.text
    assert "我 8:30 就到了" in listed.text
    assert [each.state for each in rows(session, Objection)] == ["withdrawn"]


def test_nobody_objects_to_the_record_of_another(app, site, session):
    _, (slot,) = site.opened()
    stay = site.been(site.wen, slot, "08:50", "11:00")["attendance_id"]
    with at("11:30"):
        other = pages.browser(app, session, site.leader.member)
        assert other.get(f"/objections/new/attendance/{stay}").status_code == 404
        with no_change(site.session):
            assert other.send(f"/objections/new/attendance/{stay}", claim="不对").status_code == 404

    assert rows(session, Objection) == []


def test_the_passbook_and_the_record_say_what_happened(site, phone):
    _, (slot,) = site.opened()
    site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    with at("12:30"):
        points, minutes = phone.get("/passbook").text, phone.get("/passbook?unit=minutes").text
        record, messages = phone.get("/records").text, phone.get("/inbox").text

    assert "健康义诊 2.0 小时" in points
    assert "+2</span>" in points
    assert "+2.0</span>" in minutes
    assert "已到账 +2 积分" in record
    assert "到账了" in messages


def test_reading_the_inbox_marks_it_read(site, phone, session):
    note = inbox.Note(site.wen.member.id, "card_issued", {"card_no": "C-1"})
    with at("08:30", EVE):
        inbox.tell(session, ledger_id=site.town.ledger_id, notes=[note])
        session.commit()
        assert "1 条没看" in phone.get("/").text
        answer = phone.send("/inbox/read")
        home = phone.get("/").text

    assert answer.status_code == 303
    assert "条没看" not in home


def test_a_pay_code_is_shown_and_its_fate_told(site, phone, session):
    with at("09:00"):
        shown = phone.client.post(
            "/my-code/redeem",
            headers={"Accept": "application/json", "X-CSRFToken": phone.csrf()},
        ).get_json()
        ledger_id = site.town.ledger_id
        asked = phone.get(f"/my-code/status/{shown['id']}").get_json()
        spent = codes.consume(
            session,
            ledger_id=ledger_id,
            presented=shown["digits"],
            purpose="redeem",
            used_by_id=site.leader.member.person_id,
        )
        codes.note_result(session, spent, {"state": "asked", "points": 300, "shop": "积分超市"})
        said = phone.get(f"/my-code/status/{shown['id']}").get_json()
        agree = f"/my-code/agree/{shown['id']}"
        wrong = phone.send(agree, points=200)
        right = phone.send(agree, points=300)
        agreed = phone.get(f"/my-code/status/{shown['id']}").get_json()

    assert re.fullmatch(r"\d{6} \d{6} \d{6}", shown["digits"])
    assert shown["svg"].startswith("<svg")
    assert asked["state"] == "live"
    assert (said["step"], said["points"]) == ("asked", 300)
    assert (wrong.status_code, right.status_code) == (404, 204)
    assert agreed["step"] == "agreed"


def test_a_code_is_shown_without_a_script_and_to_its_owner_only(app, site, phone, session):
    with at("09:00"):
        page = phone.send("/my-code/attend")
        first = re.search(r"data-first='([^']+)'", page.text)[1]
        code_id = re.search(r"[0-9a-f]{64}", first)[0]
        other = pages.browser(app, session, site.leader.member)

        assert "<svg" in page.text
        assert phone.get(f"/my-code/status/{code_id}").status_code == 200
        assert other.get(f"/my-code/status/{code_id}").status_code == 404
        assert phone.get("/my-code/status/zz").status_code == 404


def test_goods_of_the_nearest_shop_say_what_can_be_taken(app, session):
    with at("08:00", EVE):
        mall = shops.a_mall(session)
        shops.put_goods(session, mall, name="抽纸", price=20)
        shops.put_goods(session, mall, name="大米", price=200)
        shops.put_goods(session, mall, name="食盐", price=10, stock_count=0)
        member = shops.a_member(session, mall, points=50)
        session.commit()
        text = pages.browser(app, session, member).get("/goods").text

    assert re.search(r"抽纸.*?能换.*?大米.*?还差 150 积分.*?食盐.*?没货了", text, re.DOTALL)


def test_a_pin_is_set_by_the_password_and_refused_without(site, phone, session):
    person_id = site.wen.member.person_id
    with at("08:30", EVE):
        before = everything(session)
        none = phone.send("/me/pin", new_pin="480913")
        weak = phone.send("/me/pin", new_pin="123456", password=doors.PASSWORD)
        assert everything(session) == before
        wrong = phone.send("/me/pin", new_pin="480913", password="不对的密码")
        right = phone.send("/me/pin", new_pin="480913", password=doors.PASSWORD)

    assert (none.status_code, weak.status_code, wrong.status_code) == (422, 422, 401)
    assert right.status_code == 303
    assert credentials.check_pin(session, person_id=person_id, pin="480913") is None


def test_a_password_is_set_by_a_code_to_the_phone(site, phone, session, monkeypatch):
    person_id = site.wen.member.person_id
    with at("08:30", EVE):
        number = phone_of(session, person_id)
        outgoing = login_codes.issue(session, phone=number)
        session.commit()
        code = re.search(r"\d{6}", outgoing.text)[0]
        answer = phone.send("/me/password", new_password="山长水远又一程6", code=code)
        fine = credentials.check_password(session, person_id=person_id, password="山长水远又一程6")

    assert answer.status_code == 303
    assert fine is None


def test_other_devices_are_signed_out(app, site, phone, session):
    with at("08:30", EVE):
        other = pages.browser(app, session, site.wen.member)
        assert phone.send("/me/devices/end-others").status_code == 303
        assert other.get("/").status_code == 302
        assert phone.get("/").status_code == 200


def test_a_consent_is_given_and_taken_back(site, phone, session):
    person_id = site.wen.member.person_id
    with at("08:30", EVE):
        phone.send("/me/consents/board", gives="yes")
        assert consents.has(session, person_id=person_id, purpose="board")
        phone.send("/me/consents/board", gives="no")
        session.expire_all()
        assert not consents.has(session, person_id=person_id, purpose="board")
        again = phone.send("/me/consents/board", gives="no")
        foreign = phone.send("/me/consents/membership", gives="no")

    assert (again.status_code, foreign.status_code) == (404, 404)


def test_my_data_is_taken_away_as_table_and_as_json(phone):
    with at("08:30", EVE):
        table = phone.get("/me/export.csv", follow_redirects=True)
        record = phone.get("/api/v1/me/record")

    assert table.mimetype == "text/csv"
    assert record.get_json()["books"][0]["person"]["name"] == "人wen"


def test_erasing_oneself_wants_proof_and_gives_points_up_knowingly(site, phone, session):
    wen = site.wen.member
    ledger.issue(session, site.town.ledger_id, wen.id, 30)
    session.commit()
    with at("08:30", EVE):
        kept = phone.send("/me/erase", password=doors.PASSWORD, sure="yes")
        assert members.get(session, ledger_id=wen.ledger_id, member_id=wen.id).state == "active"
        gone = phone.send("/me/erase", password=doors.PASSWORD, sure="yes", gives_up_points="yes")
        after = phone.get("/")

    session.expire_all()
    assert kept.status_code == 422
    assert "请先用掉" in kept.text
    assert gone.status_code == 200
    assert members.get(session, ledger_id=wen.ledger_id, member_id=wen.id).state == "erased"
    assert after.status_code == 302


def test_leave_to_act_is_given_used_and_ended(app, site, phone, session):
    helper, wen = site.leader.member, site.wen.member
    path, (slot,) = site.opened()
    with at("12:00", EVE):
        other = pages.browser(app, session, helper)
        early = other.send("/helping/begin", volunteer_no=wen.volunteer_no)
        unknown = other.send("/helping/begin", volunteer_no="NINGDE-999999")
        given = phone.send("/me/agents", agent_volunteer_no=helper.volunteer_no, relation="邻居")
        begun = other.send("/helping/begin", volunteer_no=wen.volunteer_no.lower())
        home = other.get("/")
        other.send(f"/sessions/{pages.id_of(slot)}/enrol")
        own_only = other.get("/my-code/redeem")
        (leave,) = rows(session, Agent)
        ended = phone.send(f"/me/agents/{leave.id}/end")
        after = other.get("/")

    assert early.status_code == unknown.status_code == 403
    assert given.status_code == begun.status_code == ended.status_code == 303
    assert "正在替 人wen 办" in home.text
    assert [each.member_id for each in rows(session, Enrolment)] == [wen.id]
    assert own_only.status_code == 403
    assert "只能本人办" in own_only.text
    assert (after.status_code, after.location) == (303, "/helping?ended=1")


def test_acting_for_a_member_is_stopped_by_the_helper(app, site, session):
    from app.people import agents

    helper, wen = site.leader.member, site.wen.member
    with at("12:00", EVE):
        agents.begin(
            session,
            ledger_id=wen.ledger_id,
            person_id=wen.person_id,
            agent_person_id=helper.person_id,
            relation="邻居",
            consent_note="本人当面同意",
            actor=SYSTEM,
        )
        session.commit()
        other = pages.browser(app, session, helper)
        other.send("/helping/begin", volunteer_no=wen.volunteer_no)
        assert "正在替" in other.get("/").text
        other.send("/helping/stop")
        assert "正在替" not in other.get("/").text


def test_a_known_person_joins_another_book_by_name(app, session, site, phone):
    with at("08:00", EVE):
        mall = shops.a_mall(session)
    with at("08:30", EVE):
        no = phone.send("/me/books", node_code="没有的地方", agreed="yes")
        unticked = phone.send("/me/books", node_code=mall.node.code)
        yes = phone.send("/me/books", node_code=mall.node.code, agreed="yes")
        listed = phone.get("/me/books")
        back = phone.send("/me/books/choose", book="ningde")
        foreign = phone.send("/me/books/choose", book="house")

    assert no.status_code == unticked.status_code == 422
    assert "没有的地方" in no.text
    assert yes.status_code == back.status_code == 303
    assert mall.node.short_name in listed.text or "正在看" in listed.text
    assert foreign.status_code == 404


def test_a_forgotten_check_out_is_shown_at_home(site, phone, session):
    from app.activities import attendance

    _, (slot,) = site.opened()
    with at("08:50"):
        site.scan(site.wen, slot, "in", "08:50")
    with at("11:40"):
        attendance.autoclose(session, ledger_id=site.town.ledger_id, now=clock.now())
        session.commit()
    with at("11:45", DAY):
        text = phone.get("/").text

    assert "忘了签退" in text
    assert "去说明" in text
