"""Help: one page for each role, open to all, reachable from the foot of every page."""

import pytest

from app.web.board.help_texts import GUIDES

STEP_LENGTH_MAX = 40


@pytest.mark.parametrize("role", GUIDES)
def test_each_role_has_its_page_and_leads_to_the_others(client, role):
    answer = client.get(f"/help/{role}")

    assert answer.status_code == 200
    for other in GUIDES:
        assert (f'href="/help/{other}"' in answer.text) == (other != role or role == "volunteer")


def test_there_is_no_help_for_a_role_that_is_none(client):
    assert client.get("/help/king").status_code == 404


def test_the_phone_leads_to_help(client):
    assert "/help/volunteer" in client.get("/sign-in").text


@pytest.mark.parametrize("role", GUIDES)
def test_help_is_short(role, app):
    with app.test_request_context():
        guide = GUIDES[role]
        for each in (*guide.steps, *guide.troubles):
            assert len(str(each.text)) <= STEP_LENGTH_MAX, each.text


@pytest.mark.parametrize("role", GUIDES)
def test_help_speaks_english_too(client, role):
    client.set_cookie("timebank_language", "en")
    page = client.get(f"/help/{role}").text

    assert "How to use" not in page.split("<main")[0].split("<h1>")[1].split("</h1>")[0]
    assert "When something does not work" in page
