"""The desk's list of teams: by kind under one vocabulary, in pages, with few statements."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM
from app.people import alliances, team_members, teams
from app.people.models import Team
from app.people.teams import NewTeam
from app.reports import place_reports
from app.web.session import COOKIE
from tests.factories.doors import Town
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


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        sent.append(statement)

    engine = town.session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


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
    with counted(town) as few:
        first = page(town, "/teams?limit=5")
    assert "第04队" in first
    assert "第09队" not in first
    assert "offset=5" in first
    assert "第09队" in page(town, "/teams?limit=5&offset=5")
    with counted(town) as many:
        every = page(town, "/teams?limit=50")
    assert "第00队、第01队、第02队" in every
    assert len(many) == len(few)
