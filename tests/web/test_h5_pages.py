"""Every phone page: there for the right person, closed to strangers and to others."""

import pytest

from tests.factories import pages, points
from tests.factories.onsite import EVE, at

VOLUNTEER = (
    *("/", "/activities", "/passbook", "/passbook?unit=minutes", "/inbox", "/records"),
    *("/objections", "/goods", "/me", "/me/consents", "/me/password", "/me/pin", "/me/devices"),
    *("/me/agents", "/me/books", "/me/export", "/me/erase", "/helping"),
    *("/my-code/redeem", "/my-code/attend"),
)
LEADER = (
    *("/lead/activities/{activity}", "/lead/sessions/{slot}/code/in"),
    *("/lead/sessions/{slot}/code/out", "/lead/sessions/{slot}/code/in/now"),
    *("/lead/sessions/{slot}/people", "/lead/sessions/{slot}/door"),
    *("/lead/sessions/{slot}/roll/in", "/lead/sessions/{slot}/roll/out"),
    "/lead/sessions/{slot}/confirm",
)


@pytest.fixture
def ids(site):
    path, slots = site.opened()
    return {"activity": pages.id_of(path), "slot": pages.id_of(slots[0])}


def open_pages(app, session, member):
    with at("08:00", EVE):
        return pages.browser(app, session, member)


@pytest.mark.parametrize("path", VOLUNTEER)
def test_a_volunteer_sees_their_page(app, session, site, ids, path):
    phone = open_pages(app, session, site.wen.member)
    with at("08:50"):
        answer = phone.get(path)

    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", [*VOLUNTEER, "/lead", "/lead/plan"])
def test_a_stranger_is_sent_to_sign_in_and_back(client, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/lead", "/lead/plan", *LEADER])
def test_a_leader_sees_their_page(app, session, site, ids, path):
    phone = open_pages(app, session, site.leader.member)
    with at("08:50"):
        answer = phone.get(path.format(**ids))

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/lead", "/lead/plan", *LEADER])
def test_a_volunteer_is_refused_the_leaders_page(app, session, site, ids, path):
    phone = open_pages(app, session, site.wen.member)
    with at("08:50"):
        answer = phone.get(path.format(**ids))

    assert answer.status_code in (403, 404)
    assert "没有" in answer.text


def test_a_detail_page_shows_an_approved_activity_and_no_plan(app, session, site, ids):
    with at("09:00", EVE):
        plan = pages.id_of(site.drafted(title="还是草稿"))
    phone = open_pages(app, session, site.wen.member)
    with at("08:50"):
        assert "健康义诊" in phone.get(f"/activities/{ids['activity']}").text
        assert phone.get(f"/activities/{plan}").status_code == 404


def test_an_hours_only_programme_shows_no_points(app, session):
    with at("08:00", EVE):
        world = points.world(session, has_points=False)
        member = points.people.member(session, world.ledger_id, world.node)
        session.commit()
        phone = pages.browser(app, session, member)
        home, book = phone.get("/"), phone.get("/passbook")
        goods, code = phone.get("/goods"), phone.get("/my-code/redeem")

    assert home.status_code == 200
    assert "积分" not in home.text
    assert "我的签到码" in home.text
    assert "积分" not in book.text
    assert goods.status_code == code.status_code == 404


def test_who_joined_nowhere_is_shown_how_to_join(app, session, site):
    from app.base import clock
    from app.base.ids import new_id
    from app.people.models import Person

    person = Person(person_id=new_id(), created_at=clock.now())
    session.add(person)
    session.commit()
    phone = pages.browser(app, session, person)

    assert "还没有加入" in phone.get("/").text
    assert phone.get("/passbook").status_code == 404
