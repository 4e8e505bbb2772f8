"""Every page of the desk: there for its offices, refused to others, nowhere for staff elsewhere."""

import re

import pytest

from tests.factories import activities
from tests.factories import desk as builder

pytestmark = pytest.mark.slow

READ = [
    "/",
    "/activities",
    "/activities?from=2026-03-01&to=2026-03-31",
    "/activities?view=month&month=2026-03",
    "/activities?view=list&state=submitted",
    "/activities/plans",
    "/activities/{activity}",
    "/activities/{plan}",
    "/sessions/{session}",
    "/forgotten",
    "/records/{stay}",
    "/records/{forgotten}",
    "/review",
    "/review?source=attendance&hold=roll",
    "/people",
    "/people?limit=2&offset=2",
    "/people/expiring",
    "/cards",
    "/cards?state=lost",
    "/units",
    "/people/{scanned}",
    "/people/{frozen}",
    "/people/{scanned}/why/points",
    "/people/{scanned}/why/minutes",
    "/grants/{posted}",
    "/grants/{manual}",
    "/merges",
    "/frozen",
    "/teams",
    "/teams?text=旗帜",
    "/teams/{team}",
    "/alliances/{alliance}",
    "/programme",
    "/backfills",
    "/openings",
    "/shops",
    "/shops/{shop}",
    "/shops/{shop}/tills/{till}",
    "/shops/{shop}/goods/{goods}",
    "/merchants",
    "/merchants?partner_class=商企发展",
    "/settlements",
    "/settlements?period=2026-03",
    "/shop-figures",
    "/shop-figures?at_most=2&from_on=2026-03-01",
    "/redemptions/{sale}",
    "/redemptions?number={sale_no}",
    "/ranking",
    "/ranking?from=2026-03-01&to=2026-03-31&provenance=credited",
    "/proof",
    "/node",
    "/settings",
    "/roles",
    "/roles?volunteer_no={scanned_no}",
    "/figures",
    "/report",
    "/report/hours",
    "/report/cards_issued?as_of=2026-03-02",
    "/duties",
    "/enlistments",
    "/coverage",
    "/sightings",
    "/grid-claims",
    "/teams?kind=志愿服务队",
    "/lists/need",
    "/lists/project",
    "/lists/resource",
    "/lists/post",
    "/duties?kind=steward",
    "/objections",
    "/signals",
]
READERS = {"staff", "second", "auditor", "administrator", "city_administrator"}
SOME = {
    "/people/new": {"staff", "administrator", "city_administrator"},
    "/people/import": {"staff", "administrator", "city_administrator"},
    "/alliances/new": {"staff", "administrator", "city_administrator"},
    "/activities/new": {"staff", "second", "administrator", "city_administrator"},
    "/enlistments/import": {"staff", "administrator", "city_administrator"},
    "/figures/import": {"staff", "administrator", "city_administrator"},
    "/manual": {"staff"},
    "/audit": {"auditor", "city_auditor"},
    "/audit?volunteer_no={scanned_no}": {"auditor", "city_auditor"},
}
NO_OFFICE = ("volunteer", "clerk", "leader")
THINGS = [path for path in READ if "{" in path and "?" not in path]


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


def opened(desk, who, rest):
    return desk.at(who).get(desk.path(rest))


def test_every_page_opens_for_every_office_of_the_place(desk):
    for who in sorted(READERS):
        for rest in READ:
            answer = opened(desk, who, rest)
            assert answer.status_code == 200, f"{who} {rest}: {answer.text[-300:]}"
            assert "None" not in re.sub(r"<[^>]+>", " ", answer.text), rest


def test_some_pages_open_for_some_offices_only(desk):
    for rest, offices in SOME.items():
        for who in sorted(READERS | {"city_auditor"}):
            expected = 200 if who in offices else 403
            assert opened(desk, who, rest).status_code == expected, f"{who} {rest}"


@pytest.mark.once
def test_nobody_without_an_office_sees_the_desk(desk):
    for who in NO_OFFICE:
        assert desk.at(who).get("/staff/").status_code == 403
        for rest in READ + list(SOME):
            answer = opened(desk, who, rest)
            assert answer.status_code == 403, f"{who} {rest}"
            assert desk.people["scanned"].name_masked not in answer.text


@pytest.mark.once
def test_staff_of_another_community_find_nothing_here(desk):
    for rest in READ + list(SOME):
        answer = opened(desk, "foreign_staff", rest)
        assert answer.status_code == 404, rest
        assert desk.people["scanned"].name_masked not in answer.text


def test_staff_of_another_community_find_nothing_through_their_own_desk(desk):
    for rest in THINGS:
        path = desk.path(rest).replace("350902200001", "350902200002")
        assert desk.at("foreign_staff").get(path).status_code == 404, rest


def test_a_stranger_is_led_to_sign_in(desk, client):
    answer = client.get(desk.path("/review"))

    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_the_desk_opens_at_the_highest_place_of_ones_charge(desk):
    assert desk.at("staff").get("/staff/").location == "/staff/350902200001/"
    assert desk.at("city_administrator").get("/staff/").location == "/staff/3509/"


def test_a_place_that_does_not_exist_is_not_found(desk):
    assert desk.at("staff").get("/staff/0000/review").status_code == 404


@pytest.mark.once
def test_pages_hold_no_inline_script_or_style(desk):
    for rest in READ:
        page = opened(desk, "staff", rest)
        assert not re.search(r"<script(?![^>]*\bsrc=)", page.text), rest
        assert " style=" not in page.text, rest
        assert not re.search(r"\son[a-z]+=", page.text), rest


@pytest.mark.once
def test_every_field_of_every_page_has_a_label(desk):
    for rest in [*READ, "/people/new", "/manual"]:
        page = opened(desk, "staff", rest)
        bare = re.sub(r"<label.*?</label>", "", page.text, flags=re.DOTALL)
        fields = re.findall(r"<(?:input|select|textarea)[^>]*>", bare)
        assert all('type="hidden"' in field for field in fields), (rest, fields)


def test_lists_mask_names_and_the_full_name_is_opened_and_written_down(desk):
    member = desk.people["scanned"]
    for rest in ("/people", "/people/{scanned}", "/ranking", "/sessions/{session}"):
        assert "许若溪" not in opened(desk, "staff", rest).text

    page = desk.at("staff").send(desk.path("/people/{scanned}/name"))
    assert "许若溪" in page.text

    trail = opened(desk, "auditor", f"/audit?volunteer_no={member.volunteer_no}")
    assert "member_opened" in trail.text
    assert "许若溪" not in trail.text


def test_a_name_phone_number_or_card_finds_the_member_and_stands_in_no_address(desk):
    member = desk.people["scanned"]
    for text in ("许若", member.volunteer_no):
        page = desk.at("staff").send(desk.path("/people/search"), text=text)
        assert page.status_code == 200
        assert member.volunteer_no in page.text
    assert "没有找到" in desk.at("staff").send(desk.path("/people/search"), text="查无此人").text


def test_an_hours_only_place_shows_no_points_and_no_mall(app, session):
    from tests.factories import community, pages, people, points

    with activities.at("12:00"):
        world = points.world(session, has_points=False)
        member = people.member(session, world.ledger_id, world.node)
        people.holder(session, member.person_id, "staff", world.node)
        community.make_node(session, world.node)
        session.commit()
        browser = pages.browser(app, session, member)
        for rest in ("/", "/programme", "/ranking", f"/people/{member.id}", "/review"):
            page = browser.get(builder.ROOT + rest)
            assert page.status_code == 200, rest
            assert "积分超市" not in page.text
            assert "可用积分" not in page.text
        for rest in ("/shops", "/merchants", f"/people/{member.id}/why/points"):
            assert browser.get(builder.ROOT + rest).status_code == 404, rest
