"""Posts and projects over HTTP: claimed, done, accepted; standing projects with shifts (T3, C6)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.ledger import balances
from tests.factories import community as places
from tests.factories import onsite
from tests.factories.doors import Caller, Town
from tests.web.answers import done, everything, no_change, once, refused


def call(town: Town, **more: object) -> dict[str, object]:
    due_at = clock.now() + timedelta(days=2)
    values: dict[str, object] = {
        "node_code": town.node.code,
        "kind": "post",
        "title": "楼道清扫",
        "text": "三号楼",
        "category_code": "cleanup",
        "slot_count": 1,
        "due_at": due_at.isoformat(),
    }
    return values | more


@pytest.fixture
def post(town) -> str:
    made = done(town.caller("staff").post(f"{town.book}/posts", call(town)), 201)
    return str(made["id"])


@pytest.fixture
def volunteer(town) -> Caller:
    return town.caller("volunteer")


def minutes_of(town: Town, who: Caller) -> int:
    town.session.commit()
    found = balances.of_owner(town.session, ledger_id=town.ledger_id, owner_id=who.member.id)
    return sum(each.posted for each in found if each.ref.unit == "minutes")


def submitted(town: Town, who: Caller, post: str) -> str:
    """The volunteer claims, works for two hours, and says so; return the claim's path."""
    claimed = once(who, f"{town.book}/posts/{post}/claims", None)
    now = clock.now()
    work = {
        "starts_at": (now + timedelta(minutes=1)).isoformat(),
        "ends_at": (now + timedelta(minutes=121)).isoformat(),
        "note": "扫干净了",
    }
    with clock.held_at(now + timedelta(hours=3)):
        path = f"{town.book}/me/post-claims/{claimed['id']}/submission"
        assert done(onsite.fresh(who).post(path, work))["state"] == "submitted"
    return f"{town.book}/post-claims/{claimed['id']}"


def test_p10_a_claimed_post_ends_in_one_posting_of_source_claim(town, volunteer, post):
    path = submitted(town, volunteer, post)
    staff = town.caller("staff")
    with clock.held_at(clock.now() + timedelta(hours=4)):
        staff, volunteer = onsite.fresh(staff), onsite.fresh(volunteer)
        (waiting,) = done(staff.get(f"{town.book}/post-claims"))["items"]
        assert (waiting["note"], waiting["post_title"]) == ("扫干净了", "楼道清扫")
        once(staff, f"{path}/acceptance", None, status=200)
        with no_change(town.session):
            refused(staff.post(f"{path}/acceptance"), "claim_state_conflict", 409)

        (grant,) = done(volunteer.get(f"{town.book}/me/grants"))["items"]
        (counted,) = done(staff.get(f"{town.book}/post-claims/counts"))["items"]
    assert (grant["source_kind"], grant["minutes"]) == ("claim", 120)
    assert minutes_of(town, volunteer) == 120
    assert (counted["node_code"], counted["accepted_count"]) == (town.node.code, 1)


def test_t3_the_last_slot_goes_to_one_and_a_slot_given_back_to_another(town, volunteer, post):
    path = f"{town.book}/posts/{post}/claims"
    claimed = done(volunteer.post(path), 201)
    other = town.caller("neighbour")
    before = everything(town.session)
    refused(other.post(path), "no_slot_left", 409)
    back = f"{town.book}/me/post-claims/{claimed['id']}/withdrawal"
    refused(other.post(back), "permission_denied", 403)
    assert everything(town.session) == before

    done(volunteer.post(back))
    assert done(other.post(path), 201)["state"] == "claimed"


def test_t3_a_claim_says_until_when_and_the_desk_gives_more_time(town, post, volunteer):
    staff, path = town.caller("staff"), f"{town.book}/posts/{post}/extension"
    claimed = done(volunteer.post(f"{town.book}/posts/{post}/claims"), 201)
    shown = done(volunteer.get(f"{town.book}/posts/{post}"))
    assert claimed["due_at"] == shown["due_at"]
    later = {"due_at": (clock.now() + timedelta(days=9)).isoformat()}
    before = everything(town.session)
    refused(volunteer.post(path, later), "permission_denied", 403)
    refused(staff.post(path, {"due_at": clock.now().isoformat()}), "validation_failed", 422)
    assert everything(town.session) == before

    assert done(staff.post(path, later))["due_at"] > shown["due_at"]
    (mine,) = done(volunteer.get(f"{town.book}/me/post-claims"))["items"]
    assert mine["due_at"] > claimed["due_at"]


def test_nobody_accepts_the_work_of_their_own(town, post):
    staff = town.caller("staff")
    path = submitted(town, staff, post)
    with clock.held_at(clock.now() + timedelta(hours=4)):
        staff = onsite.fresh(staff)
        before = everything(town.session)
        refused(staff.post(f"{path}/acceptance"), "second_person_required", 403)
        for who, status in (("volunteer", 403), ("auditor", 403), ("foreign_staff", 404)):
            assert town.caller(who).post(f"{path}/acceptance").status_code == status
        town.session.commit()
        assert everything(town.session)["points_grant"] == before["points_grant"]
        colleague = town.caller("colleague")
        with no_change(town.session):
            refused(colleague.post(f"{path}/refusal", {"reason": " "}),
                    "validation_failed", 422)  # fmt: skip
        sent = town.caller("colleague").post(f"{path}/refusal", {"reason": "照片对不上"})
        assert done(sent)["state"] == "refused"
    assert minutes_of(town, staff) == 0


def test_t5_ones_own_grid_comes_first_and_another_community_is_not_there(town):
    grids = [
        places.make_node(town.session, town.node, code=f"G{n}", kind_code="grid", name=f"第{n}网格")
        for n in (1, 2)
    ]
    town.session.commit()
    staff = town.caller("staff")
    for code, title in (("G1", "一格巡逻"), ("G2", "二格巡逻"), (town.node.code, "社区值班")):
        done(staff.post(f"{town.book}/posts", call(town, node_code=code, title=title)), 201)
    far = town.caller("foreign_staff")
    made = call(town, node_code=town.elsewhere.code, title="上洋守水")
    away = done(far.post(f"{town.book}/posts", made), 201)

    living = town.caller("二格住户", grids[1])
    near = done(living.get(f"{town.book}/posts"))["items"]
    assert [each["title"] for each in near] == ["二格巡逻", "一格巡逻", "社区值班"]
    with no_change(town.session):
        refused(living.post(f"{town.book}/posts/{away['id']}/claims"), "not_found", 404)
    refused(living.get(f"{town.book}/posts/{away['id']}"), "not_found", 404)


def test_c6_a_standing_project_is_joined_served_at_shifts_and_left(session, client):
    site = onsite.site(session, client)
    town = site.town
    with onsite.at("08:00", onsite.EVE):
        asked = call(town, kind="project", title="理论宣传", due_at=None, slot_count=30)
        project = done(town.caller("staff").post(f"{town.book}/posts", asked), 201)
    assert (project["is_standing"], project["due_at"]) == (True, None)
    activity, slots = site.opened()
    path = f"{town.book}/posts/{project['id']}"
    with onsite.at("09:00", onsite.EVE):
        body = {"activity_id": activity.rsplit("/", 1)[-1]}
        linked = done(onsite.fresh(town.caller("staff")).post(f"{path}/shifts", body))
        assert linked["activity_ids"] == [body["activity_id"]]
        claimed = done(site.wen.post(f"{path}/claims"), 201)
        (mine,) = done(site.wen.get(f"{town.book}/me/post-claims"))["items"]
        assert (mine["post_title"], mine["state"]) == ("理论宣传", "claimed")
    site.been(site.wen, slots[0], "08:50", "11:00")
    with onsite.at("11:30"):
        served = minutes_of(town, site.wen)
        me = f"{town.book}/me/post-claims/{claimed['id']}"
        work = {"starts_at": onsite.moment("09:00").isoformat(),
                "ends_at": onsite.moment("10:00").isoformat()}  # fmt: skip
        with no_change(session):
            refused(site.wen.post(f"{me}/submission", work), "worked_at_shifts", 422)
        assert done(site.wen.post(f"{me}/withdrawal"))["state"] == "withdrawn"
        assert minutes_of(town, site.wen) == served


def test_a_post_without_a_deadline_and_a_team_of_elsewhere_are_refused(town):
    staff = town.caller("staff")
    before = everything(town.session)
    refused(staff.post(f"{town.book}/posts", call(town, due_at=None)), "validation_failed", 422)
    far = call(town, node_code=town.elsewhere.code)
    refused(staff.post(f"{town.book}/posts", far), "not_found", 404)
    assert everything(town.session) == before


def test_a_closed_post_takes_nobody(town, volunteer, post):
    done(town.caller("staff").post(f"{town.book}/posts/{post}/closing"))
    with no_change(town.session):
        refused(volunteer.post(f"{town.book}/posts/{post}/claims"), "claim_state_conflict", 409)
