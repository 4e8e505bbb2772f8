"""Zones over several parents, coverage of 小区, distinct people: each thing counted once."""

from datetime import date

import pytest

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import tree, zones
from app.people import team_cards, team_counts, team_members, teams
from app.people.team_cards import CardText
from app.people.teams import NewTeam
from app.reports import desk_figures, team_coverage, zone_figures
from tests.factories import people, points


def add(session, parent, kind, code, name):
    return tree.add(session, parent=parent, kind_code=kind, code=code, name=name, actor=SYSTEM)


@pytest.fixture
def street(session):
    """万达社区 with its 商圈 and a 小区; next to it another community with a 小区."""
    world = points.world(session)
    wanda = add(session, world.city, "community", "w", "万达社区")
    other = add(session, world.city, "community", "o", "华建社区")
    return {
        "world": world,
        "wanda": wanda,
        "other": other,
        "zone": add(session, wanda, "area", "z", "万达商圈"),
        "own": add(session, wanda, "estate", "w1", "万达华城"),
        "far": add(session, other, "estate", "o1", "凯旋公元"),
        "bare": add(session, other, "estate", "o2", "金沙花园"),
    }


def a_team(session, street, node, name, *members, kind="志愿服务队"):
    world = street["world"]
    team = teams.create(
        session,
        ledger_id=world.ledger_id,
        team=NewTeam(node.id, name, kind, f"{name}的单位"),
        actor=SYSTEM,
    )
    team_members.join_many(
        session,
        ledger_id=world.ledger_id,
        team_id=team.id,
        member_ids=[each.id for each in members],
        actor=SYSTEM,
    )
    return team


def minutes(session, street, node):
    found = desk_figures.of_span(
        session,
        ledger_id=street["world"].ledger_id,
        node=node,
        begins_on=date(2000, 1, 1),
        ends_on=date(2100, 1, 1),
    )
    return found.minutes


def test_c20_a_zone_rolls_up_once_to_its_community_and_once_for_itself(session, street):
    world, zone = street["world"], street["zone"]
    for node in (street["own"], street["far"], street["own"]):
        zones.add(session, zone=zone, node=node, actor=SYSTEM)
    one, two = people.members(session, world.ledger_id, zone, 2)
    a_team(session, street, zone, "商圈一队", one, two)
    a_team(session, street, street["own"], "商圈二队", one)
    for node, served in ((zone, 60), (street["own"], 30), (street["far"], 20), (street["bare"], 7)):
        points.grant(session, world, one.id, served, node_id=node.id)
    session.commit()

    found = zone_figures.of_zone(session, ledger_id=world.ledger_id, zone=zone)
    assert (found.team_count, found.people_count) == (2, 2)
    assert (found.minutes, found.served_people_count) == (110, 1)
    assert minutes(session, street, street["wanda"]) == 90
    assert minutes(session, street, street["other"]) == 27
    assert minutes(session, street, world.city) == 117


def test_c20_a_zone_takes_in_places_of_several_parents_and_no_circle(session, street):
    zone, far = street["zone"], street["far"]
    zones.add(session, zone=zone, node=far, actor=SYSTEM)
    inner = add(session, zone, "building", "zb", "商圈一号楼")
    second = add(session, street["other"], "area", "z2", "另一商圈")
    for bad_zone, node in (
        (zone, zone),
        (zone, inner),
        (zone, street["wanda"]),
        (zone, second),
        (street["wanda"], far),
    ):
        with pytest.raises(ValidationFailed), attempt(session):
            zones.add(session, zone=bad_zone, node=node, actor=SYSTEM)
    with pytest.raises(NotFound), attempt(session):
        zones.remove(session, zone=zone, node=street["bare"])
    assert zones.members_of(session, zone) == [far]
    assert [node.id for node in zones.parts_of(session, zone)] == [zone.id, far.id]
    zones.remove(session, zone=zone, node=far)
    assert zones.members_of(session, zone) == []


def test_c21_the_estates_without_a_team_are_listed_and_less_than_all_is_shown(session, street):
    world = street["world"]
    key = {"ledger_id": world.ledger_id, "node": world.city}
    empty = team_coverage.of_place(session, **key)
    assert (empty.estate_count, empty.covered_count, str(empty.share_percent)) == (3, 0, "0.0")
    building = add(session, street["own"], "building", "w1b", "一号楼")
    a_team(session, street, building, "楼里的队")
    area_team = a_team(session, street, street["other"], "社区的队")
    text = CardText("巡查", "居委会", None, (street["far"].id,), True)
    team_cards.write(
        session,
        ledger_id=world.ledger_id,
        team_id=area_team.id,
        text=text,
        version=0,
        actor=SYSTEM,
    )
    found = team_coverage.of_place(session, **key)
    assert (found.estate_count, found.covered_count) == (3, 2)
    assert str(found.share_percent) == "66.7"
    assert [node.id for node in found.uncovered] == [street["bare"].id]
    teams.close(session, ledger_id=world.ledger_id, team_id=area_team.id, actor=SYSTEM)
    assert team_coverage.of_place(session, **key).covered_count == 1
    alone = team_coverage.of_place(session, ledger_id=world.ledger_id, node=street["zone"])
    assert alone.share_percent is None


def test_c23_people_are_distinct_and_the_sum_of_the_teams_is_larger(session, street):
    world = street["world"]
    members = people.members(session, world.ledger_id, street["wanda"], 5)
    a_team(session, street, street["wanda"], "幸福里", *members)
    a_team(session, street, street["wanda"], "红蜂行", *members[:3])
    gone = a_team(session, street, street["wanda"], "银雁领航", members[0], kind="工作室")
    found = team_counts.of_place(session, ledger_id=world.ledger_id, node=world.city)
    assert (found.team_count, found.people_count, found.stay_count) == (3, 5, 9)
    assert team_counts.by_kind(session, ledger_id=world.ledger_id, node=world.city) == {
        "工作室": 1,
        "志愿服务队": 2,
    }
    team_members.leave(
        session,
        ledger_id=world.ledger_id,
        team_id=gone.id,
        member_id=members[0].id,
        actor=SYSTEM,
    )
    of_kind = team_counts.of_place(
        session, ledger_id=world.ledger_id, node=world.city, kind="工作室"
    )
    assert (of_kind.team_count, of_kind.people_count, of_kind.stay_count) == (1, 0, 0)


def test_c30_every_team_has_a_lead_body_by_which_it_is_found(session, street):
    world = street["world"]
    a_team(session, street, street["wanda"], "幸福里")
    a_team(session, street, street["other"], "红蜂行")
    key = {"ledger_id": world.ledger_id, "node": world.city}
    assert teams.lead_bodies_in(session, **key) == ["幸福里的单位", "红蜂行的单位"]
    found = teams.list_in(session, **key, sought=teams.Sought(lead_body="红蜂行的单位"))
    assert [team.name for team in found] == ["红蜂行"]
