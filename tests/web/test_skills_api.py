"""Zones, coverage and skills at the doors."""

from datetime import timedelta

from app.base import clock
from app.base.actors import SYSTEM
from app.community import tree
from app.points.models import Grant
from app.service_orders import categories
from app.service_orders.categories import Kind
from app.web.session import COOKIE
from tests.factories import activities, desk
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, once, refused


def test_c20_an_administrator_joins_places_of_several_parents_to_a_zone(town: Town) -> None:
    zone, estate = (
        tree.add(town.session, parent=parent, kind_code=kind, code=code, name=name, actor=SYSTEM)
        for parent, kind, code, name in (
            (town.node, "area", "z", "万达商圈"),
            (town.elsewhere, "estate", "e", "凯旋公元"),
        )
    )
    town.session.commit()
    head, path = town.caller("city_administrator"), f"/nodes/{zone.code}/zone-members"
    made = once(head, path, {"node_code": estate.code}, {"node_code": "x"})
    assert [each["node_code"] for each in made["members"]] == [estate.code]
    assert made["minutes"] == 0
    shown = done(town.caller("staff").get(f"/nodes/{zone.code}/zone"))
    assert shown["members"] == made["members"]
    town.client.set_cookie(COOKIE, head.token)
    page = town.client.get(f"/staff/{zone.code}/zone")
    assert "凯旋公元" in page.text
    assert town.client.get(f"/staff/{town.node.code}/zone").status_code == 404
    town.client.delete_cookie(COOKIE)
    staff, own = town.caller("staff"), town.caller("administrator")
    before = everything(town.session)
    refused(staff.post(path, {"node_code": estate.code}), "permission_denied", 403)
    refused(own.post(path, {"node_code": estate.code}), "not_found", 404)
    refused(head.post(path, {"node_code": town.node.code}), "validation_failed", 422)
    assert everything(town.session) == before
    gone = done(head.post(f"{path}/removal", {"node_code": estate.code}))
    assert gone["members"] == []


def test_c21_skills_are_noted_by_staff_of_the_place(town: Town) -> None:
    staff, member = town.caller("staff"), town.member("温如许")
    path = f"{town.book}/members/{member.id}/skills"
    assert once(staff, path, {"skill": "律师"}, {"skill": "医生"})["skills"] == ["律师"]
    found = done(staff.get(f"{town.book}/skills/holders?skill=律师"))["items"]
    assert [each["volunteer_no"] for each in found] == [member.volunteer_no]
    foreign, volunteer = town.caller("foreign_staff"), town.caller("volunteer")
    before = everything(town.session)
    refused(foreign.post(path, {"skill": "教师"}), "not_found", 404)
    refused(volunteer.post(path, {"skill": "教师"}), "permission_denied", 403)
    refused(staff.post(path, {"skill": "长" * 17}), "validation_failed", 422)
    assert everything(town.session) == before
    assert done(staff.post(f"{path}/removal", {"skill": "律师"}))["skills"] == []
    told = done(staff.get(f"{town.book}/team-coverage"))
    assert (told["estate_count"], told["teams"]["team_count"]) == (0, 0)


def test_c21_a_holder_finds_what_asks_for_their_skill_first(stage) -> None:
    with activities.at("12:00"):
        here = stage.put_up(desk.a_busy_desk, "app", "session")
        staff = here.at("staff")
        page = staff.send(here.path("/people/{rolled}/skills"), skill="律师")
        assert page.status_code == 303
        assert "律师" in staff.get(here.path("/people/{rolled}")).text
        asked = staff.send(here.path("/activities/{activity}/skills"), skill="律师")
        assert asked.status_code == 303
        assert "已先告诉 1 位" in staff.get(here.path("/activities/{activity}")).text
        inbox = here.at("rolled").get("/inbox")
        assert "在找律师" in inbox.text


def test_a13_who_lives_in_another_community_is_marked_in_the_review_and_not_refused(stage) -> None:
    with activities.at("12:00"):
        here = stage.put_up(desk.a_busy_desk, "app", "session")
        staff = here.at("staff")
        assert "住在别的社区" not in staff.get(here.path("/review")).text
        here.people["rolled"].node_id = here.elsewhere.id
        here.session.commit()
        assert "住在别的社区" in staff.get(here.path("/review")).text
        decided = staff.send(
            here.path("/review/decide"),
            grant_ids=str(here.ids["waiting"]),
            verdict="approved",
            confirmed="yes",
        )
        assert decided.status_code == 303
        assert desk.state_of(here, Grant, here.ids["waiting"]) == "posted"


def test_c21_posts_and_orders_are_offered_to_holders_first(town: Town) -> None:
    staff, doctor, other = town.caller("staff"), town.caller("helper"), town.caller("neighbour")
    categories.put(
        town.session,
        ledger_id=town.ledger_id,
        kind=Kind(code="errands", name="跑腿代办", credit_category_code="other"),
    )
    done(staff.post(f"{town.book}/members/{doctor.member.id}/skills", {"skill": "医生"}), 201)
    call = {
        "kind": "post",
        "title": "量血压",
        "category_code": "health_clinic",
        "slot_count": 2,
        "due_at": (clock.now() + timedelta(days=3)).isoformat(),
        "node_code": town.node.code,
    }
    post = done(staff.post(f"{town.book}/posts", call), 201)
    wanted = {"title": "看看药单", "category_code": "errands"}
    order = done(town.caller("volunteer").post(f"{town.book}/me/orders", wanted), 201)
    for thing in (f"posts/{post['id']}", f"orders/{order['id']}"):
        path = f"{town.book}/{thing}/skills"
        foreign_staff = town.caller("foreign_staff")
        with no_change(town.session):
            refused(other.post(path, {"skill": "医生"}), "permission_denied", 403)
            refused(foreign_staff.post(path, {"skill": "医生"}), "not_found", 404)
        assert done(staff.post(path, {"skill": "医生"}), 201)["told_count"] == 1

    claims = f"{town.book}/posts/{post['id']}/claims"
    before = everything(town.session)
    refused(other.post(claims), "skill_first", 409)
    refused(other.post(f"{town.book}/me/order-offers/{order['id']}"), "permission_denied", 403)
    assert done(other.get(f"{town.book}/me/order-offers"))["items"] == []
    assert everything(town.session) == before
    done(doctor.post(claims), 201)
    (offer,) = done(doctor.get(f"{town.book}/me/order-offers"))["items"]
    taken = done(doctor.post(f"{town.book}/me/order-offers/{offer['id']}"))
    assert taken["step"] == "派单"
