"""From the leader's screen to the result page: scanned, signed in or joined, confirmed."""

import re

import pytest
import sqlalchemy as sa

from app.activities.models import Attendance
from app.people import login_codes, members
from tests.factories import pages, people
from tests.factories.onsite import EVE, at, moment
from tests.web.answers import done, everything, no_change

SCAN = ("activities_scan", "risk_signal", "risk_rule", "people_message")


@pytest.fixture
def slot(site):
    return site.opened()[1][0]


@pytest.fixture
def phone(app, session, site):
    with at("08:00", EVE):
        return pages.browser(app, session, site.wen.member)


def stays(session):
    session.expire_all()
    query = sa.select(Attendance).execution_options(cross_ledger=True)
    return list(session.scalars(query))


def land(browser, token):
    """What the landing's script does: open the page, post what stood behind the `#`."""
    page = browser.get("/q")
    assert page.status_code == 200
    csrf = re.search(r'data-csrf="([^"]+)"', page.text)[1]
    answer = browser.client.post(
        "/api/v1/checkins/seen", json={"token": token}, headers={"X-CSRFToken": csrf}
    )
    return done(answer)["ticket"]


def scan(site, browser, slot, direction):
    return land(browser, site.token(slot, direction))


def test_the_landing_is_public_and_runs_no_inline_script(client):
    page = client.get("/q")

    assert page.status_code == 200
    assert "js/landing.js" in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_a_scan_is_checked_in_and_out_with_a_result_page(site, slot, phone, session):
    with at("08:50"):
        answer = phone.send("/check-in", ticket=scan(site, phone, slot, "in"))
        assert answer.status_code == 303
        came = phone.get(answer.location)
    with at("11:00"):
        answer = phone.send("/check-in", ticket=scan(site, phone, slot, "out"))
        went = phone.get(answer.location)

    assert "签到成功" in came.text
    assert "走的时候扫签退码" in came.text
    assert "签退成功" in went.text
    assert "+2.0" in went.text
    assert "确认后到账" in went.text
    assert "+2<small>积分" in went.text
    assert [stay.state for stay in stays(session)] == ["closed"]


def test_e15_the_time_of_the_scan_counts_however_long_signing_in_takes(app, site, slot, session):
    stranger = pages.browser(app, session)
    wen = site.wen.member
    with at("08:50"):
        ticket = land(stranger, site.token(slot, "in"))
        assert "下一步：登录" in stranger.get("/q").text
        with no_change(site.session):
            assert stranger.send("/check-in", ticket=ticket).status_code == 401
    with at("08:58"):
        signed_in = pages.browser(app, session, wen)
        assert signed_in.send("/check-in", ticket=ticket).status_code == 303

    (stay,) = stays(session)
    assert stay.checked_in_at == moment("08:50")


def test_e15_a_ticket_is_dead_after_ten_minutes(site, slot, phone, session):
    with at("08:50"):
        ticket = scan(site, phone, slot, "in")
    with at("09:01"), no_change(session, but=SCAN):
        answer = phone.send("/check-in", ticket=ticket)

    assert answer.status_code == 410
    assert "没有签到" in answer.text
    assert "08:50 扫的" in answer.text


def test_a_newcomer_joins_and_keeps_the_time_of_the_scan(app, site, slot, session):
    phone = pages.browser(app, session)
    number = people.phone()
    with at("08:50"):
        ticket = land(phone, site.token(slot, "in"))
    with at("08:52"):
        outgoing = login_codes.issue(session, phone=number)
        session.commit()
        code = re.search(r"\d{6}", outgoing.text)[0]
    with at("08:53"):
        joining = phone.send("/sign-in", phone=number, code=code, next="/q")
        proof = re.search(r'name="ticket" value="([^"]+)"', joining.text)[1]
        sent = {"phone": number, "ticket": proof, "next": "/q", "name": "池映月"}
        unticked = phone.send("/join", node_code=site.town.node.code, **sent)
        wrong = phone.send("/join", node_code="没有这个社区", agreed="on", **sent)
        joined = phone.send("/join", node_code=site.town.node.code, agreed="on", **sent)
    with at("08:56"):
        checked_in = phone.send("/check-in", ticket=ticket)

    assert unticked.status_code == 422
    assert "池映月" in unticked.text
    assert wrong.status_code == 422
    assert "池映月" in wrong.text
    assert (joined.status_code, joined.location) == (303, "/q")
    assert checked_in.status_code == 303
    (stay,) = stays(session)
    assert stay.checked_in_at == moment("08:50")
    member = members.get(session, ledger_id=site.town.ledger_id, member_id=stay.member_id)
    assert members.full_name(member) == "池映月"


def test_sending_a_check_in_twice_does_it_once(site, slot, phone, session):
    with at("08:50"):
        ticket = scan(site, phone, slot, "in")
        first = phone.send("/check-in", ticket=ticket, key="a" * 24)
        second = phone.send("/check-in", ticket=ticket, key="a" * 24)

    assert first.status_code == second.status_code == 303
    assert len(stays(session)) == 1


def test_a_made_up_ticket_is_refused_in_a_sentence(phone, slot, session):
    with at("08:50"), no_change(session):
        answer = phone.send("/check-in", ticket="not a ticket")

    assert answer.status_code == 422
    assert "没有签上" in answer.text


def test_the_digits_under_the_code_check_in_and_out(site, slot, phone, session):
    path = f"/sessions/{pages.id_of(slot)}/check-in"
    with at("08:50"):
        shown = done(site.leader.get(f"{slot}/codes/in"))
        short = shown["short_code"]
        assert phone.get(path).status_code == 200
        came = phone.send(path, digits=f"{short[:3]} {short[3:]}")
    with at("11:00"):
        went = phone.send(path, digits=done(site.leader.get(f"{slot}/codes/out"))["short_code"])

    assert came.status_code == went.status_code == 303
    (stay,) = stays(session)
    assert (stay.state, stay.credited_minutes) == ("closed", 120)


@pytest.mark.parametrize(("typed", "status"), [("12", 422), ("abcdef", 422), ("000000", 410)])
def test_wrong_digits_keep_what_was_typed_and_change_nothing(
    site, slot, phone, session, typed, status
):
    path = f"/sessions/{pages.id_of(slot)}/check-in"
    with at("08:50"):
        before = everything(session)
        answer = phone.send(path, digits=typed)

    assert answer.status_code == status
    assert f'value="{typed}"' in answer.text
    assert everything(session) == before


def test_who_is_no_member_here_may_join_and_then_check_in(app, site, slot, session):
    with at("08:00", EVE):
        stranger = pages.browser(app, session)
        foreign = _member_of_another_book(session)
        stranger = pages.browser(app, session, foreign)
    with at("08:50"):
        ticket = land(stranger, site.token(slot, "in"))
        refused = stranger.send("/check-in", ticket=ticket)
        joined = stranger.send("/check-in/join", ticket=ticket, agreed="yes")
        checked_in = stranger.send("/check-in", ticket=ticket)

    assert refused.status_code == 404
    assert "加入这里，再签到" in refused.text
    assert joined.status_code == 200
    assert checked_in.status_code == 303
    assert len(stays(session)) == 1


def _member_of_another_book(session):
    from tests.factories import mall

    ledger_id, node = mall.a_programme(session)
    made = people.member(session, ledger_id, node, "远客人", people.phone())
    session.commit()
    return made


def test_digits_typed_on_the_scan_page_find_their_session_themselves(site, slot, phone, session):
    with at("08:50"):
        short = done(site.leader.get(f"{slot}/codes/in"))["short_code"]
        shown = phone.get("/scan")
        came = phone.send("/scan", digits=short)
        inside = phone.get("/scan")
    with at("11:00"):
        went = phone.send("/scan", digits=done(site.leader.get(f"{slot}/codes/out"))["short_code"])

    assert "扫码签到" in shown.text
    assert "扫码签退" in inside.text
    assert came.status_code == went.status_code == 303
    (stay,) = stays(session)
    assert (stay.state, stay.credited_minutes) == ("closed", 120)


@pytest.mark.parametrize(("typed", "status"), [("12", 422), ("abcdef", 422), ("000000", 410)])
def test_wrong_digits_on_the_scan_page_change_nothing(slot, phone, session, typed, status):
    with at("08:50"):
        before = everything(session)
        answer = phone.send("/scan", digits=typed)

    assert answer.status_code == status
    assert f'value="{typed}"' in answer.text
    assert everything(session) == before


def test_digits_of_a_session_that_is_over_are_found_on_no_screen(site, slot, phone, session):
    with at("08:50"):
        short = done(site.leader.get(f"{slot}/codes/in"))["short_code"]
    with at("18:00"):
        before = everything(session)
        answer = phone.send("/scan", digits=short)

    assert answer.status_code == 410
    assert everything(session) == before
