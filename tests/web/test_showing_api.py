"""What everybody may see over the API: boards, notices, team cards. Off until staff act."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.people import consents, teams
from tests.factories import onsite, people, points
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, refused

CARD = {"work": "义诊和送餐", "reach": "工作日 9:00–17:00，党群服务中心", "phone": "0593-2820000"}


def served(town: Town, name: str = "温如许", minutes: int = 120, **more):
    member = town.member(name)
    points.grant(town.session, town.world, member.id, minutes, **more)
    town.session.commit()
    return member


def notice_of(town: Town, **more):
    today = clock.today().isoformat()
    return {
        "node_code": town.node.code,
        "kind": "hours",
        "title": "本月时长公示",
        "begins_on": today,
        "ends_on": today,
        "contact": "党群服务中心一楼",
        **more,
    }


def published(town: Town, **more):
    return done(town.caller("staff").post(f"{town.book}/notices", notice_of(town, **more)), 201)


def stranger(town: Town, path: str):
    town.session.commit()
    return town.client.get(f"/api/v1{path}")


def board(town: Town) -> str:
    return f"/nodes/{town.node.code}/board"


def switched_on(town: Town, version: int = 0, **more):
    return town.caller("staff").put(
        board(town), {"is_open": True, **more}, headers={"If-Match": f'"{version}"'}
    )


def test_a_board_is_not_there_until_staff_switch_it_on(town):
    member = served(town)
    path = f"/nodes/{town.node.code}/stars"
    refused(stranger(town, path), "not_found", 404)

    assert done(switched_on(town), 200)["version"] == 1

    seen = done(stranger(town, path), 200)
    assert [(row["rank"], row["name"], row["minutes"]) for row in seen["items"]] == [
        (1, "温*许", 120)
    ]
    assert (seen["people_count"], seen["total_minutes"]) == (1, 120)
    consents.give(
        town.session, person_id=member.person_id, purpose="board", text_version="1", actor=SYSTEM
    )
    assert done(stranger(town, path), 200)["items"][0]["name"] == "温如许"


def test_a_board_is_set_by_whoever_read_it(town):
    staff = town.caller("staff")
    found = staff.get(board(town))
    assert (found.get_json()["is_open"], found.headers["ETag"]) == (False, '"0"')
    done(switched_on(town), 200)
    before = everything(town.session)
    refused(staff.put(board(town), {"is_open": False}), "version_required", 428)
    refused(switched_on(town), "version_stale", 412)
    assert everything(town.session) == before


def test_a19_a_notice_is_read_by_everybody_masked_and_closes_by_itself(town):
    served(town)
    notice = published(town)
    path = f"{town.book}/notices/{notice['id']}"
    seen = done(stranger(town, path), 200)
    assert [(each["name"], each["minutes"]) for each in seen["lines"]] == [("温*许", 120)]
    assert [each["id"] for each in done(stranger(town, f"{town.book}/notices"), 200)["items"]] == [
        notice["id"]
    ]
    with clock.held_at(clock.now() + timedelta(days=40)):
        seen = done(stranger(town, path), 200)
        assert (seen["is_open"], seen["lines"], seen["line_count"]) == (False, [], 1)
        assert done(stranger(town, f"{town.book}/notices"), 200)["items"] == []


def test_with_nothing_to_show_no_notice_is_put_up(town):
    staff = town.caller("staff")
    before = everything(town.session)
    refused(staff.post(f"{town.book}/notices", notice_of(town)), "notice_empty", 422)
    assert everything(town.session) == before


def test_a_member_objects_to_a_line_of_another_and_staff_answer(town):
    served(town)
    notice = published(town)
    line = done(stranger(town, f"{town.book}/notices/{notice['id']}"), 200)["lines"][0]
    for who in ("volunteer", "neighbour"):
        asked = {"subject_kind": "notice", "subject_id": line["id"], "claim": "那天没有看到他"}
        raised = done(town.caller(who).post(f"{town.book}/me/objections", asked), 201)
        with no_change(town.session):
            again = town.caller(who).post(f"{town.book}/me/objections", asked)
            refused(again, "objection_open", 409)

    path = f"{town.book}/objections/{raised['id']}/answer"
    verdict = {"verdict": "rejected", "reason": "有签到记录"}
    with no_change(town.session):
        refused(town.caller("staff").post(path, verdict), "second_person_required", 403)
    assert done(town.caller("second").post(path, verdict))["state"] == "rejected"


def test_who_is_missing_from_a_notice_objects_to_it_as_a_whole(town):
    served(town)
    notice = published(town)
    asked = {"subject_kind": "notice", "subject_id": notice["id"], "claim": "名单里没有我"}
    done(town.caller("volunteer").post(f"{town.book}/me/objections", asked), 201)


def test_a_closed_notice_takes_no_objections(town):
    served(town)
    notice = published(town)
    volunteer, staff = town.caller("volunteer"), town.caller("second")
    path = f"{town.book}/notices/{notice['id']}/withdrawal"
    with no_change(town.session):
        refused(staff.post(path, {"reason": "我不能撤"}), "permission_denied", 403)
    done(town.caller("colleague").post(path, {"reason": "日期填错了"}))
    before = everything(town.session)
    asked = {"subject_kind": "notice", "subject_id": notice["id"], "claim": "名单里没有我"}
    refused(volunteer.post(f"{town.book}/me/objections", asked), "notice_closed", 410)
    again = town.caller("colleague").post(path, {"reason": "再撤一次"})
    refused(again, "notice_closed", 410)
    assert everything(town.session) == before


@pytest.fixture
def team(town):
    new = teams.NewTeam(town.node.id, "旗帜先锋", "志愿服务队", "社区党委", "队伍联络员")
    made = teams.create(town.session, ledger_id=town.ledger_id, team=new, actor=SYSTEM)
    town.session.commit()
    return made


def written(town, team, version=0, **more):
    return town.caller("staff").put(
        f"{town.book}/teams/{team.id}/card",
        {**CARD, "is_open": True, **more},
        headers={"If-Match": f'"{version}"'},
    )


def test_a_team_card_is_read_by_everybody_once_it_is_open(town, team):
    path = f"{town.book}/teams/{team.id}/card"
    done(written(town, team, is_open=False), 200)
    refused(stranger(town, path), "not_found", 404)
    done(written(town, team, 1), 200)
    seen = done(stranger(town, path), 200)
    assert (seen["name"], seen["phone"], seen["contact_role"]) == (
        "旗帜先锋", "0593-2820000", "队伍联络员",
    )  # fmt: skip
    draft = town.caller("auditor").get(f"{path}/draft")
    assert (draft.get_json()["is_open"], draft.headers["ETag"]) == (True, '"2"')


def test_c25_a_card_with_somebodys_own_phone_is_refused(town, team):
    phone = people.phone()
    people.member(town.session, town.ledger_id, town.node, "温如许", phone)
    town.session.commit()
    staff = town.caller("staff")
    before = everything(town.session)
    refused(written(town, team, phone=phone), "phone_is_private", 422)
    refused(written(town, team, area=["没有这里"]), "not_found", 404)
    assert everything(town.session) == before
    assert staff.get(f"{town.book}/teams/{team.id}/card/draft").get_json()["version"] == 0


def test_a_reader_may_not_know_of_another_books_things(town, team):
    for path in (f"/books/none/notices/{team.id}", f"/books/none/teams/{team.id}/card"):
        refused(stranger(town, path), "not_found", 404)
    with onsite.at("10:00", onsite.EVE):
        refused(stranger(town, "/nodes/999/stars"), "not_found", 404)
