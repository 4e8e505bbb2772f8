"""Teams, alliances and households over HTTP."""

import pytest

from app.people import team_members
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, once, refused


def new_team(town: Town, name: str = "畲乡枫警", **more: object) -> dict[str, object]:
    return {
        "node_code": town.node.code,
        "name": name,
        "kind": "志愿服务队",
        "lead_body": "金涵派出所",
        **more,
    }


def made_team(town: Town, name: str = "畲乡枫警") -> str:
    made = done(town.caller("staff").post(f"{town.book}/teams", new_team(town, name)), 201)
    return str(made["id"])


def test_a_team_is_founded_once_and_found_by_its_alias(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/teams"

    team = once(staff, path, new_team(town, aliases=["畚乡枫警"]), new_team(town, "别的队"))

    with no_change(town.session):
        refused(staff.post(path, new_team(town)), "name_taken", 409)
    volunteer = town.caller("volunteer")
    for text in ("畚乡", "畲乡枫警"):
        found = done(volunteer.get(f"{path}?text={text}"))["items"]
        assert [(each["id"], each["name"]) for each in found] == [(team["id"], "畲乡枫警")]
    assert done(volunteer.get(f"{path}/{team['id']}"))["aliases"] == ["畚乡枫警"]
    once(staff, f"{path}/{team['id']}/aliases", {"alias": "枫警"}, {"alias": "x"}, status=204)
    assert len(done(volunteer.get(f"{path}?node_code={town.node.code}&text=枫警"))["items"]) == 1


def test_a_team_of_another_books_place_is_not_founded(town: Town) -> None:
    admin = town.caller("city_administrator")
    before = everything(town.session)

    refused(admin.post(f"{town.book}/teams", new_team(town, node_code="35")), "not_found", 404)

    assert everything(town.session) == before


def test_members_join_lead_and_leave(town: Town) -> None:
    staff, member = town.caller("staff"), town.member()
    path = f"{town.book}/teams/{made_team(town)}/members"
    body = {"member_ids": [str(member.id)]}

    assert once(staff, path, body, {**body, "role": "leader"})["member_ids"] == [str(member.id)]
    assert done(staff.post(path, body), 201)["member_ids"] == []
    done(staff.put(f"{path}/{member.id}", {"role": "leader"}), 204)
    listed = done(staff.get(path))["items"]
    assert [(each["name"], each["role"]) for each in listed] == [("温*许", "leader")]
    done(staff.delete(f"{path}/{member.id}"), 204)
    assert done(staff.get(path))["items"] == []
    with no_change(town.session):
        refused(staff.delete(f"{path}/{member.id}"), "not_found", 404)


def test_a_leader_lets_members_in_but_no_leaders(town: Town) -> None:
    leader, other, staff = town.caller("volunteer"), town.member(), town.caller("staff")
    path = f"{town.book}/teams/{made_team(town)}/members"
    body = {"member_ids": [str(other.id)]}
    with no_change(town.session):
        refused(leader.post(path, body), "permission_denied", 403)
    done(
        staff.post(path, {"member_ids": [str(leader.member.id)], "role": "leader"}),
        201,
    )

    done(leader.post(path, body), 201)

    assert len(done(leader.get(path))["items"]) == 2
    with no_change(town.session):
        refused(leader.put(f"{path}/{other.id}", {"role": "leader"}), "permission_denied", 403)
        refused(leader.post(path, {**body, "role": "leader"}), "permission_denied", 403)
    done(leader.delete(f"{path}/{other.id}"), 204)


def test_a_member_leaves_a_team_by_themselves(town: Town) -> None:
    caller, other = town.caller("volunteer"), town.member()
    team_id = made_team(town)
    path = f"{town.book}/teams/{team_id}/members"
    ids = [str(caller.member.id), str(other.id)]
    done(town.caller("staff").post(path, {"member_ids": ids}), 201)

    with no_change(town.session):
        refused(caller.delete(f"{path}/{other.id}"), "permission_denied", 403)
    done(caller.delete(f"{path}/{caller.member.id}"), 204)

    left = team_members.teams_of(town.session, ledger_id=town.ledger_id, member_id=caller.member.id)
    assert left == []


def test_nobody_joins_a_closed_team(town: Town) -> None:
    staff, member = town.caller("staff"), town.member()
    path = f"{town.book}/teams/{made_team(town)}"
    once(staff, f"{path}/closure", status=200)
    before = everything(town.session)

    refused(staff.post(f"{path}/members", {"member_ids": [str(member.id)]}), "team_closed", 409)
    refused(staff.post(f"{path}/closure"), "team_closed", 409)

    assert everything(town.session) == before


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"kind": "长" * 25}, {"aliases": "x"}, {"leader": "y"}]
)
def test_a_team_that_may_not_stand_is_refused(town: Town, wrong: dict[str, object]) -> None:
    staff = town.caller("staff")
    before = everything(town.session)

    refused(staff.post(f"{town.book}/teams", new_team(town, **wrong)), "validation_failed", 422)

    assert everything(town.session) == before


def test_teams_ally_and_part(town: Town) -> None:
    staff, team = town.caller("staff"), made_team(town)
    path = f"{town.book}/alliances"
    body = {"node_code": town.node.code, "name": "近邻志愿同盟"}

    alliance = once(staff, path, body, {**body, "name": "另一个"})
    with no_change(town.session):
        refused(staff.post(path, body), "name_taken", 409)
    own = f"{path}/{alliance['id']}"
    once(staff, f"{own}/teams", {"team_id": team}, {"team_id": alliance["id"]}, status=204)
    shown = done(town.caller("volunteer").get(own))
    assert [each["id"] for each in shown["teams"]] == [team]
    assert done(staff.get(path))["items"] == [alliance]
    done(staff.delete(f"{own}/teams/{team}"), 204)
    assert done(staff.get(own))["teams"] == []


def test_a_leader_agrees_for_their_own_team_only(town: Town) -> None:
    staff, leader = town.caller("staff"), town.caller("volunteer")
    own, other = made_team(town), made_team(town, "别的队")
    done(
        staff.post(
            f"{town.book}/teams/{own}/members",
            {"member_ids": [str(leader.member.id)], "role": "leader"},
        ),
        201,
    )
    body = {"node_code": town.node.code, "name": "近邻志愿同盟"}
    alliance = done(staff.post(f"{town.book}/alliances", body), 201)
    path = f"{town.book}/alliances/{alliance['id']}/teams"

    done(leader.post(path, {"team_id": own}), 204)

    with no_change(town.session):
        refused(leader.post(path, {"team_id": other}), "permission_denied", 403)


def test_a_household_is_entered_joined_led_and_left(town: Town) -> None:
    staff, head, child = town.caller("staff"), town.member("温如许"), town.member("温小许")
    body = {"node_code": town.node.code, "name": "温家", "head_member_id": str(head.id)}

    house = once(staff, f"{town.book}/households", body, {**body, "name": "别家"})
    path = f"{town.book}/households/{house['id']}"
    joiner = {"member_id": str(child.id), "relation": "子女"}
    once(staff, f"{path}/members", joiner, {**joiner, "relation": "父母"})
    with no_change(town.session):
        refused(staff.post(f"{path}/members", joiner), "already_in_household", 409)
        refused(staff.delete(f"{path}/members/{head.id}"), "validation_failed", 422)
    shown = done(staff.put(f"{path}/head", {"member_id": str(child.id)}))
    heads = [each["member_id"] for each in shown["members"] if each["is_head"]]
    assert heads == [str(child.id)]
    done(staff.delete(f"{path}/members/{head.id}"), 204)

    assert len(done(staff.get(path))["members"]) == 1
    refused(staff.get(f"{town.book}/members/{head.id}/household"), "not_found", 404)
    assert done(staff.get(f"{town.book}/members/{child.id}/household"))["id"] == house["id"]


def test_i_see_my_own_household(town: Town) -> None:
    caller, staff = town.caller("volunteer"), town.caller("staff")
    refused(caller.get(f"{town.book}/me/household"), "not_found", 404)
    body = {"node_code": town.node.code, "name": "温家", "head_member_id": str(caller.member.id)}
    done(staff.post(f"{town.book}/households", body), 201)

    assert done(caller.get(f"{town.book}/me/household"))["name"] == "温家"


def test_a_head_of_another_place_is_not_there(town: Town) -> None:
    staff, foreign = town.caller("staff"), town.member("任清和", town.elsewhere)
    before = everything(town.session)
    body = {"node_code": town.node.code, "name": "任家", "head_member_id": str(foreign.id)}

    refused(staff.post(f"{town.book}/households", body), "not_found", 404)

    assert everything(town.session) == before


def test_the_alliances_funnel_is_for_staff_of_its_place(town):
    staff = town.caller("staff")
    body = {"node_code": town.node.code, "name": "近邻志愿同盟"}
    alliance = done(staff.post(f"{town.book}/alliances", body), 201)
    path = f"{town.book}/alliances/{alliance['id']}/funnel"
    span = "from=2026-01-01&to=2026-12-31"

    found = done(staff.get(f"{path}?{span}"))

    assert (found["team_count"], found["called_count"], found["shares"]) == (0, 0, [])
    refused(staff.get(path), "validation_failed", 422)
    refused(staff.get(f"{path}?from=2026-02-01&to=2026-01-01"), "validation_failed", 422)
    refused(town.caller("volunteer").get(f"{path}?{span}"), "permission_denied", 403)
    refused(town.caller("foreign_staff").get(f"{path}?{span}"), "not_found", 404)
