"""The boards of closed quarters, as anybody reads them; and projects on them."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired
from app.base.transactions import attempt
from app.community import tree
from app.people import consents
from app.points import boards as walls
from app.points import grants
from app.points.boards import Terms
from app.points.quarters import assessing, closing, scoring
from app.points.quarters.assessing import Mark
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.quarters import boards, freezing, projects
from app.service_orders import claims, post_shifts, posts
from app.service_orders.posts import Call
from tests.factories import activities as act
from tests.factories import claims as claimed
from tests.factories import pages
from tests.factories import points as make
from tests.web.answers import done, everything, refused

Q4 = Quarter(2025, 4)
DECEMBER, JANUARY = date(2025, 12, 20), date(2026, 1, 5)
MIXED = Rule(hours_weight=60, rating_weight=20, review_weight=20, full_minutes=480)


@pytest.fixture(autouse=True)
def on_a_january_day():
    with clock.held_at(make.at(JANUARY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


@pytest.fixture
def anybody(app, session):
    return pages.browser(app, session)


def served(session, world, name, minutes):
    member = make.member(session, world, name)
    make.grant(session, world, member.id, minutes, served_on=DECEMBER)
    return member


def close(session, world):
    named = {"ledger_id": world.ledger_id, "quarter": Q4}
    closing.propose(session, **named, actor=world.staff)
    freezing.close(session, **named, actor=world.second)
    session.commit()


def switch(session, world, **terms):
    found = walls.find(session, ledger_id=world.ledger_id, node_id=world.node.id)
    walls.write(
        session,
        ledger_id=world.ledger_id,
        node_id=world.node.id,
        terms=Terms(**{"is_open": True, **terms}),
        version=found.version if found else 0,
        actor=SYSTEM,
    )
    session.commit()


def project_done(session, world, *members):
    """A project in December that these people claimed, did and had accepted."""
    with clock.held_at(make.at(DECEMBER, 9)):
        post = claimed.a_post(
            session, world, world.staff, kind="project", title="楼道点灯", slot_count=9,
            due_at=clock.now() + timedelta(days=9),
        )  # fmt: skip
        held = [
            claims.claim(session, ledger_id=world.ledger_id, post_id=post.id, member=each)
            for each in members
        ]
    with clock.held_at(make.at(DECEMBER, 12)):
        for each, member in zip(held, members, strict=True):
            key = {"ledger_id": world.ledger_id, "claim_id": each.id}
            span = {"starts_at": make.at(DECEMBER, 9), "ends_at": make.at(DECEMBER, 11)}
            claims.submit(session, **key, member=member, note="换了灯泡", **span)
            claims.accept(session, **key, actor=world.staff)
    return post


def test_s1_s2_a_closed_quarter_is_public_with_its_rule_and_masked_names(session, world, anybody):
    scoring.add_version(session, programme=world.programme, wanted=MIXED, actor=world.staff)
    first = served(session, world, "温如许", 480)
    second = served(session, world, "任清和", 240)
    session.commit()
    path = f"/quarters/{world.node.code}/2025Q4"
    switch(session, world)
    assert anybody.get(path).status_code == 404
    close(session, world)
    page = anybody.get(path).text
    assert "时长占 60%，满 8 小时得满分。" in page
    assert "三方评议占 20%" in page
    assert page.index(first.name_masked) < page.index(second.name_masked)
    assert ("温如许" in page, first.volunteer_no in page) == (False, False)
    assert "100.00" in page
    assert path in anybody.get(f"/quarters/{world.node.code}").text


def test_d43_a_name_stands_in_full_only_while_its_owner_agrees(session, world, anybody):
    first = served(session, world, "温如许", 480)
    close(session, world)
    switch(session, world)
    path = f"/quarters/{world.node.code}/2025Q4"
    named = {"person_id": first.person_id, "purpose": "board"}
    consents.give(session, **named, text_version="1", actor=Actor(first.person_id))
    session.commit()
    assert "温如许" in anybody.get(path).text
    consents.withdraw(session, **named, actor=Actor(first.person_id))
    session.commit()
    assert "温如许" not in anybody.get(path).text


def test_volunteers_are_not_listed_where_the_board_is_off(session, world, anybody):
    served(session, world, "温如许", 480)
    close(session, world)
    path = f"/quarters/{world.node.code}/2025Q4"
    for asked in ("", "?kind=member"):
        page = anybody.get(path + asked).text
        assert "温" not in page
        assert "这里没有公开志愿者的榜" in page


def test_the_wall_says_that_it_runs_and_leads_to_the_closed_quarter(session, world, anybody):
    served(session, world, "温如许", 480)
    switch(session, world)
    wall = f"/wall/{world.node.code}"
    assert "这是还在走的时段，只看时长" in anybody.get(wall).text
    assert "/2025Q4" not in anybody.get(wall).text
    close(session, world)
    assert f"/quarters/{world.node.code}/2025Q4" in anybody.get(wall).text
    assert "2026Q1 还在走" in anybody.get(f"/quarters/{world.node.code}").text


def test_s2_a_project_is_ranked_by_the_hours_of_its_claims_and_reversals(session, world, anybody):
    one, other = (make.member(session, world, name) for name in ("温如许", "任清和"))
    post = project_done(session, world, one, other)
    session.commit()
    drawn = boards.draw(
        session, ledger_id=world.ledger_id, node=world.node, quarter=Q4, kind="project"
    )
    assert [(place, each.subject_id, each.minutes) for place, each in drawn.ranked] == [
        (1, post.id, 240)
    ]
    close(session, world)
    page = anybody.get(f"/quarters/{world.node.code}/2025Q4?kind=project").text
    assert "楼道点灯" in page
    assert ("温" in page, "任" in page) == (False, False)


def test_s2_hours_of_a_projects_shifts_count_for_it_until_they_are_reversed(session):
    town = act.a_world(session)
    member = act.a_member(session, town)
    with act.at("08:00", act.EVE):
        post = posts.make(
            session, ledger_id=town.ledger_id, node=town.node, actor=town.staff,
            call=Call(
                kind="project", title="每周巡河", category_code="security_patrol", slot_count=9
            ),
        )  # fmt: skip
        activity, (slot,) = act.opened(session, town)
        post_shifts.link(
            session, ledger_id=town.ledger_id, post_id=post.id, activity_id=activity.id
        )
    act.been(session, town, slot, member, "09:00", "11:00")
    (made,) = act.confirm(session, town, slot)
    asked = {"ledger_id": town.ledger_id, "node": town.node, "kind": "project"}

    def minutes():
        drawn = boards.draw(session, **asked, quarter=Quarter.of(act.DAY))
        return [(each.subject_id, each.minutes) for _, each in drawn.ranked]

    with act.at("13:00"):
        assert minutes() == [(post.id, made.minutes)]
        grants.reverse(
            session, ledger_id=town.ledger_id, grant_id=made.id, reason="不在场", actor=town.staff
        )
        assert minutes() == []


def test_s9_who_works_on_a_project_does_not_assess_it_and_another_does(session, world):
    worker, chair = (make.member(session, world, name) for name in ("温如许", "林晚舟"))
    post = project_done(session, world, worker)
    subject = projects.subject(session, ledger_id=world.ledger_id, post_id=post.id)
    for whose, body in ((worker, "owners"), (chair, "committee")):
        assessing.appoint(
            session, ledger_id=world.ledger_id, node_id=world.node.id, member_id=whose.id,
            body=body, actor=world.staff,
        )  # fmt: skip
    seats = {
        seat.member_id: seat.id
        for seat, _member in assessing.list_in(session, ledger_id=world.ledger_id, node=world.node)
    }
    session.commit()

    def mark(whose):
        assessing.assess(
            session, ledger_id=world.ledger_id, assessor_id=seats[whose.id], quarter=Q4,
            subject=subject, mark=Mark(80), actor=Actor(whose.person_id),
        )  # fmt: skip

    before = everything(session)
    with pytest.raises(SecondPersonRequired), attempt(session):
        mark(worker)
    assert everything(session) == before
    mark(chair)
    drawn = boards.draw(
        session, ledger_id=world.ledger_id, node=tree.get(session, world.node.id), quarter=Q4,
        kind="project",
    )  # fmt: skip
    assert drawn.ranked[0][1].review_hundredths == 8_000


def test_s1_a_closed_quarter_is_given_over_rest_as_the_page_shows_it(session, world, anybody):
    first = served(session, world, "温如许", 480)
    second = served(session, world, "任清和", 480)
    session.commit()
    switch(session, world)
    path = f"/api/v1/nodes/{world.node.code}/quarters"
    asked = f"{path}/2025Q4/board?kind=member"
    assert done(anybody.get(path))["items"] == []
    refused(anybody.get(asked), "not_found", 404)
    close(session, world)
    assert done(anybody.get(path))["items"] == [
        {"period": "2025Q4", "kinds": ["member", "team", "project"]}
    ]
    told = done(anybody.get(asked))
    assert (told["line_count"], told["total_minutes"], told["rule"]["version"]) == (2, 960, 0)
    assert [(line["rank"], line["minutes"]) for line in told["items"]] == [(1, 480), (1, 480)]
    names = {line["name"] for line in told["items"]}
    assert names == {first.name_masked, second.name_masked}
    assert len(done(anybody.get(f"{asked}&limit=1&offset=1"))["items"]) == 1


def test_a_long_board_goes_on_with_the_kind_that_was_asked_for(
    session, world, anybody, monkeypatch
):
    shown = [served(session, world, name, 480).name_masked for name in ("温如许", "任清和")]
    close(session, world)
    switch(session, world)
    monkeypatch.setattr("app.web.board.stars.quarters.ROWS_A_PAGE", 1)
    path = f"/quarters/{world.node.code}/2025Q4"
    first = anybody.get(f"{path}?kind=member").text
    assert (f"{path}?kind=member&amp;offset=1" in first, "上一页" in first) == (True, False)
    last = anybody.get(f"{path}?kind=member&offset=1").text
    assert ("上一页" in last, "下一页" in last) == (True, False)
    assert sorted(each for each in shown for page in (first, last) if each in page) == sorted(shown)


def test_volunteers_are_not_given_over_rest_either_where_the_board_is_off(session, world, anybody):
    served(session, world, "温如许", 480)
    close(session, world)
    path = f"/api/v1/nodes/{world.node.code}/quarters"
    assert done(anybody.get(path))["items"][0]["kinds"] == ["team", "project"]
    refused(anybody.get(f"{path}/2025Q4/board?kind=member"), "not_found", 404)
    refused(anybody.get(f"{path}/2025Q4/board?kind=nobody"), "validation_failed", 422)
    assert done(anybody.get(f"{path}/2025Q4/board"))["kind"] == "team"
