"""The leader's page of late scans: the code is real, and a person must be vouched for."""

import pytest
import sqlalchemy as sa

from app.activities.models import Attendance
from app.people.models import Audit
from tests.factories import onsite, pages
from tests.factories.onsite import EVE, at, moment
from tests.web.answers import done, no_change
from tests.web.test_h5_leading import OUTER, lead_path, rows


@pytest.fixture
def slot(site):
    """A session for which 温如许's phone sent a code of 08:52 at noon."""
    slot = site.opened()[1][0]
    with at("08:52"):
        sent = {"token": site.token(slot, "in"), "scanned_at": moment("08:52").isoformat()}
    with at("12:00"):
        done(onsite.fresh(site.wen).post("/checkins/late", sent), 201)
    return slot


def of_wen(site, slot, step):
    return lead_path(slot, f"/late/{site.wen.member.id}/{step}")


def test_the_page_shows_what_the_code_says_and_masks_the_name(site, lead, slot):
    with at("12:10"):
        page = lead.get(lead_path(slot, "/late")).text

    assert site.wen.member.name_masked in page
    assert "08:52" in page
    assert 'value="11:00"' in page, "no sign-out: the end of the session is offered"
    assert "人要您认" in page


def test_the_page_of_confirming_leads_here(lead, slot):
    with at("12:10"):
        page = lead.get(lead_path(slot, "/confirm")).text

    assert lead_path(slot, "/late") in page
    assert "没网时扫了码的人" in page


def test_the_leader_vouches_and_the_record_waits_for_the_confirmation(site, lead, slot, session):
    with at("12:10"):
        answer = lead.send(
            of_wen(site, slot, "admit"), came="08:52", went="11:00", reason="没有网，我看见人了"
        )
        shown = lead.get(lead_path(slot, "/late")).text

    assert answer.status_code == 303
    assert [(stay.state, stay.credited_minutes) for stay in rows(session, Attendance)] == [
        ("closed", 120)
    ]
    assert "没有等您看的码" in shown


def test_times_that_cannot_be_are_refused_beside_what_was_typed(site, lead, slot, session):
    with at("12:10"), no_change(session, but=OUTER):
        answer = lead.send(of_wen(site, slot, "admit"), came="06:10", went="11:00", reason="看见了")

    assert answer.status_code == 422
    assert 'value="06:10"' in answer.text
    assert "看见了" in answer.text


def test_the_leader_puts_one_aside(site, lead, slot, session):
    with at("12:10"):
        answer = lead.send(of_wen(site, slot, "dismiss"))

    assert answer.status_code == 303
    assert rows(session, Attendance) == []
    acts = session.scalars(sa.select(Audit.action).execution_options(cross_ledger=True)).all()
    assert "late_scan_dismissed" in acts


def test_a_volunteer_does_not_see_the_page(app, site, slot, session):
    with at("08:00", EVE):
        browser = pages.browser(app, session, site.wen.member)
    with at("12:10"):
        assert browser.get(lead_path(slot, "/late")).status_code == 403
