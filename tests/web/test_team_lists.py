"""The desk's list of teams: by kind under one vocabulary, in pages, with few statements."""

from app.base import clock
from app.base.actors import SYSTEM
from app.community import tree
from app.people import alliances, duties, team_members, teams
from app.people.models import Team
from app.people.teams import NewTeam
from app.reports import place_reports
from app.web.session import COOKIE
from tests.factories.doors import Town
from tests.ledger.statements_counted import counted
from tests.web.answers import done


def a_team(town: Town, name: str, kind: str = "志愿服务队") -> Team:
    new = NewTeam(node_id=town.node.id, name=name, kind=kind, lead_body="社区党委")
    made = teams.create(town.session, ledger_id=town.ledger_id, team=new, actor=SYSTEM)
    member = town.member(f"{name}队员"[:20])
    team_members.join(
        town.session,
        ledger_id=town.ledger_id,
        team_id=made.id,
        member_id=member.id,
        actor=SYSTEM,
    )
    return made


def page(town: Town, rest: str = "") -> str:
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    shown = town.client.get(f"/staff/{town.node.code}{rest}")
    town.client.delete_cookie(COOKIE)
    assert shown.status_code == 200
    return shown.text


def line(town: Town, code: str) -> int:
    scope = place_reports.scope_of(
        town.session, ledger_id=town.ledger_id, node=town.node, as_of_on=clock.today()
    )
    return place_reports.value(town.session, scope, place_reports.LINES[code])


def test_c19_a_studio_is_listed_at_its_place_and_found_by_its_kind(town: Town) -> None:
    a_team(town, "银雁领航工作室", "studio")
    a_team(town, "巡逻小队", "巡逻队")
    town.session.commit()
    shown = page(town, "/teams?kind=工作室")
    assert "银雁领航工作室" in shown
    assert "巡逻小队" not in shown
    path = f"{town.book}/teams"
    found = done(town.caller("staff").get(f"{path}?kind=工作室"))["items"]
    assert [(each["name"], each["kind"]) for each in found] == [("银雁领航工作室", "工作室")]
    for word in ("studio", "patrol"):
        assert word not in page(town, "/coverage")


def test_c22_the_public_line_counts_what_the_desk_founds_and_no_patrol_or_studio(
    town: Town,
) -> None:
    before = line(town, "teams_volunteer")
    for number, kind in enumerate(
        ("志愿服务队", "小区志愿服务队", "volunteer", "巡逻队", "工作室", "自己写的")
    ):
        a_team(town, f"队{number}", kind)
    town.session.commit()
    assert line(town, "teams_volunteer") - before == 3
    assert line(town, "teams") - before >= 6


def test_the_list_of_teams_goes_on_beyond_its_first_page_and_asks_no_more_for_more(
    town: Town,
) -> None:
    key = {"ledger_id": town.ledger_id}
    union = alliances.create(town.session, **key, node_id=town.node.id, name="甲盟", actor=SYSTEM)
    made = [a_team(town, f"第{number:02}队") for number in range(12)]
    for each in made[:3]:
        alliances.join(
            town.session,
            **key,
            alliance_id=union.id,
            team_id=each.id,
            agreed_by_id=SYSTEM.person_id,
            actor=SYSTEM,
        )
    town.session.commit()
    page(town, "/teams")  # everybody is signed in
    with counted(town.session) as few:
        first = page(town, "/teams?limit=5")
    assert "第04队" in first
    assert "第09队" not in first
    assert "offset=5" in first
    assert "第09队" in page(town, "/teams?limit=5&offset=5")
    with counted(town.session) as many:
        every = page(town, "/teams?limit=50")
    assert "第00队、第01队、第02队" in every
    assert len(many) == len(few)


def test_the_holders_of_a_duty_beyond_the_first_page_are_reached(town: Town) -> None:
    staff = town.caller("staff")
    whose = [town.member(f"第{number}位") for number in range(4)]
    duties.give_many(
        town.session,
        ledger_id=town.ledger_id,
        member_ids=[each.id for each in whose],
        node=town.node,
        kind_code="silver_pioneer",
        actor=SYSTEM,
    )
    town.session.commit()
    assert staff.member.node_id == town.node.id
    first = page(town, "/duties?kind=silver_pioneer&limit=3")
    last = page(town, "/duties?kind=silver_pioneer&limit=3&offset=3")
    assert whose[3].volunteer_no not in first
    assert "offset=3" in first
    assert whose[3].volunteer_no in last


def test_places_without_a_team_are_told_in_slices_and_counted_whole(town: Town) -> None:
    for number in range(3):
        tree.add(
            town.session,
            parent=town.node,
            kind_code="estate",
            code=f"e{number}",
            name=f"小区{number}",
            actor=SYSTEM,
        )
    town.session.commit()
    path = f"{town.book}/team-coverage?node_code={town.node.code}"
    told = done(town.caller("staff").get(f"{path}&limit=2&offset=1"))
    assert (told["uncovered_count"], len(told["uncovered"])) == (3, 2)
    assert told["uncovered"][-1]["name"] == "小区2"


def test_the_desk_offers_an_alliance_every_team_below_its_place(town: Town) -> None:
    key = {"ledger_id": town.ledger_id}
    estate = tree.add(
        town.session,
        parent=town.node,
        kind_code="estate",
        code="e1",
        name="金溪首府小区",
        actor=SYSTEM,
    )
    union = alliances.create(town.session, **key, node_id=town.node.id, name="甲盟", actor=SYSTEM)
    new = NewTeam(node_id=estate.id, name="小区里的队", kind="志愿服务队", lead_body="业委会")
    below = teams.create(town.session, **key, team=new, actor=SYSTEM)
    for number in range(3):
        a_team(town, f"第{number}队")
    town.session.commit()
    path = f"/alliances/{union.id}"
    assert f'value="{below.id}"' in page(town, f"{path}?text=小区里")
    assert "第0队" not in page(town, f"{path}?text=小区里")
    offered = page(town, f"{path}?limit=2") + page(town, f"{path}?limit=2&offset=2")
    assert all(name in offered for name in ("小区里的队", "第0队", "第1队", "第2队"))
