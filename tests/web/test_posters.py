"""Posters over HTTP: one page that decodes to the activity's address and names nobody."""

import re

import pypdfium2
import pytest
import sqlalchemy as sa
import zxingcpp

from app.activities.models import Activity, Attendance, Scan
from tests.factories import onsite, pages
from tests.factories.onsite import EVE, at
from tests.web.answers import done, no_change, refused

OUTER = ("base_idempotency", "people_session", "people_audit")


@pytest.fixture
def opened(site):
    return site.opened()


def number_of(session):
    query = sa.select(Activity.number).execution_options(cross_ledger=True)
    return session.scalar(query)


def sightings(session):
    session.expire_all()
    return list(session.scalars(sa.select(Scan).execution_options(cross_ledger=True)))


def poster(site, path, who=None):
    answer = (who or site.leader).get(f"{path}/poster")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return pypdfium2.PdfDocument(answer.get_data())


def test_a_poster_is_one_page_with_title_place_and_time(site, opened):
    with at("08:00", EVE):
        pdf = poster(site, opened[0])
        text = pdf[0].get_textpage().get_text_range()
        size = pdf[0].get_size()
        pages_count = len(pdf)
        pdf.close()

    assert pages_count == 1
    assert [round(each) for each in size] == [595, 842]
    assert "健康义诊" in text
    assert "党群服务中心一楼" in text
    assert "09:00–11:00" in text
    assert "不算签到" in text


def test_its_code_opens_the_activity_and_holds_nothing_personal(site, opened, session, app):
    with at("08:00", EVE):
        pdf = poster(site, opened[0], site.wen)
        seen = zxingcpp.read_barcodes(pdf[0].render(scale=1.5).to_pil())
        text = pdf[0].get_textpage().get_text_range()
        pdf.close()

    address = f"{app.config['PUBLIC_URL']}/a/{number_of(session)}"
    assert [code.text for code in seen] == [address]
    assert re.fullmatch(r"https?://[^/]+/a/\w+-A\d{8}-\d{4}", address)
    assert not any(name in text for name in ("captain", "人"))


def test_a_plan_has_no_poster_for_others(site, session):
    with at("09:00", EVE):
        path = site.drafted()
        refused(site.wen.get(f"{path}/poster"), "not_found", 404)
        assert site.leader.get(f"{path}/poster").status_code == 200
        unseen = site.town.client.get(f"/a/{number_of(session)}")

    assert unseen.status_code == 404


def test_anybody_opens_the_poster_and_it_writes_nothing(site, opened, session):
    address = f"/a/{number_of(session)}"
    with at("08:50"), no_change(session):
        shown = site.town.client.get(address)

    assert shown.status_code == 200
    assert "健康义诊" in shown.text
    assert "扫它不算签到" in shown.text


def test_who_is_there_leaves_word_at_the_time_the_page_was_opened(app, site, opened, session):
    address = f"/a/{number_of(session)}"
    with at("08:50:00"):
        page = site.town.client.get(address)
        ticket = re.search(r"ticket%3D([\w-]+)", page.text)[1]
    with at("08:55:00"):
        phone = pages.browser(app, session, site.wen.member)
        shown = phone.get(f"{address}?ticket={ticket}").text
        assert f'value="{ticket}"' in shown
        with no_change(session, but=(*OUTER, "activities_scan")):
            sent = phone.send(address, ticket=ticket)
        listed = done(site.leader.get(f"{opened[1][0]}/poster-sightings"))

    assert sent.status_code == 303
    (seen,) = sightings(session)
    assert (seen.outcome, seen.seen_at) == ("poster_seen", onsite.moment("08:50"))
    assert [row["volunteer_no"] for row in listed["items"]] == [site.wen.member.volunteer_no]
    query = sa.select(Attendance).execution_options(cross_ledger=True)
    assert session.scalars(query).all() == []


def test_a_forged_ticket_counts_from_now_and_a_closed_door_takes_no_word(
    app, site, opened, session
):
    address = f"/a/{number_of(session)}"
    with at("12:00"):
        phone = pages.browser(app, session, site.wen.member)
        with no_change(session, but=OUTER):
            late = phone.send(address, ticket="x" * 40)

    assert late.status_code == 422
    assert 'role="alert"' in late.text


def test_a_program_leaves_word_too_and_only_leaders_read_it(site, opened, session):
    path, (slot,) = opened
    with at("08:50"):
        done(site.wen.post(f"{path}/poster-sightings", {}), 201)
        refused(site.wen.get(f"{slot}/poster-sightings"), "permission_denied", 403)
    with at("07:00"), no_change(session, but=OUTER):
        refused(site.wen.post(f"{path}/poster-sightings", {}), "not_in_time_window", 422)

    assert len(sightings(session)) == 1
