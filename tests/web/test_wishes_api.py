"""Wishes and campaigns over HTTP: hidden until claimed, fulfilled once, counted (T6, T7, C16)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.service_orders import wishes
from tests.factories import onsite, people
from tests.factories.doors import Caller, Town
from tests.web.answers import done, everything, no_change, once, refused

WISH = {"kind": "物品", "title": "一副老花镜", "text": "三号楼 201，300 度", "value_max_yuan": 50}


@pytest.fixture
def wisher(town) -> Caller:
    return town.caller("wisher")


@pytest.fixture
def giver(town) -> Caller:
    return town.caller("giver")


def made(town: Town, wisher: Caller, **more: object) -> str:
    return str(done(wisher.post(f"{town.book}/me/wishes", {**WISH, **more}), 201)["id"])


def test_t6_a_wish_is_entered_claimed_fulfilled_and_rated(town, wisher, giver):
    wish = once(wisher, f"{town.book}/me/wishes", WISH, {**WISH, "title": "别的"})
    path = f"{town.book}/wishes/{wish['id']}"
    (seen,) = done(giver.get(f"{town.book}/wishes"))["items"]
    assert (seen["side"], seen["wisher_name"], seen["text"]) == ("none", None, None)
    assert done(wisher.get(f"{town.book}/wishes"))["items"] == []

    claimed = once(giver, f"{path}/claim", None, status=200)
    assert claimed["text"] == WISH["text"]
    assert claimed["wisher_name"] == "人wisher"
    third = town.caller("third")
    assert done(third.get(path))["wisher_name"] is None
    with no_change(town.session):
        refused(third.post(f"{path}/claim"), "wish_state_conflict", 409)
        refused(third.post(f"{path}/fulfilment"), "permission_denied", 403)
    done(giver.post(f"{path}/fulfilment"))
    with no_change(town.session):
        refused(giver.post(f"{path}/fulfilment"), "wish_state_conflict", 409)

    rating = f"{town.book}/me/wishes/{wish['id']}/rating"
    with no_change(town.session):
        refused(giver.post(rating, {"stars": 5}), "permission_denied", 403)
    assert done(wisher.post(rating, {"stars": 5}))["state"] == "rated"


def test_a11_neither_the_wisher_nor_their_household_fulfils_a_wish(town, wisher, giver):
    wish = made(town, wisher)
    people.live_together(town.session, wisher.member, giver.member, relation="女儿")
    before = everything(town.session)
    for who in (wisher, giver):
        refused(who.post(f"{town.book}/wishes/{wish}/claim"), "own_wish", 403)
    assert everything(town.session) == before


def test_staff_enter_rate_and_return_for_who_has_no_phone(town, giver):
    staff, member = town.caller("staff"), town.member()
    asked = {**WISH, "member_id": str(member.id)}
    foreign_staff = town.caller("foreign_staff")
    with no_change(town.session):
        refused(foreign_staff.post(f"{town.book}/wishes", asked), "not_found", 404)
    wish = done(staff.post(f"{town.book}/wishes", asked), 201)
    assert wish["wisher_name"] == member.name_masked
    path = f"{town.book}/wishes/{wish['id']}"
    done(giver.post(f"{path}/claim"))
    done(giver.post(f"{path}/fulfilment"))
    assert done(staff.post(f"{path}/rating", {"stars": 4}))["stars"] == 4

    second = done(staff.post(f"{town.book}/wishes", asked), 201)
    back = {"reason": "超出了能办的范围"}
    done(staff.post(f"{town.book}/wishes/{second['id']}/return", back))
    (counted,) = done(staff.get(f"{town.book}/wishes/counts"))["items"]
    assert (counted["entered_count"], counted["fulfilled_count"], counted["returned_count"]) == (
        2, 1, 1,
    )  # fmt: skip


def test_who_fulfilled_a_wish_does_not_rate_it_for_the_wisher(town):
    staff, member = town.caller("staff"), town.member()
    wish = done(staff.post(f"{town.book}/wishes", {**WISH, "member_id": str(member.id)}), 201)
    path = f"{town.book}/wishes/{wish['id']}"
    done(staff.post(f"{path}/claim"))
    done(staff.post(f"{path}/fulfilment"))
    before = everything(town.session)
    refused(staff.post(f"{path}/rating", {"stars": 5}), "second_person_required", 403)
    assert everything(town.session) == before


def test_c16_closing_a_summer_class_fulfils_its_three_wishes(session, client):
    site = onsite.site(session, client)
    town = site.town
    activity, slots = site.opened(category_code="summer_care")
    parents = [town.caller(f"家长{n}") for n in range(4)]
    with onsite.at("09:00", onsite.EVE):
        staff = onsite.fresh(town.caller("staff"))
        ids = [made(town, onsite.fresh(parent), kind="托管") for parent in parents]
        body = {"activity_id": activity.rsplit("/", 1)[-1], "wish_ids": ids[:3]}
        done(staff.post(f"{town.book}/wishes/links", body))
    site.been(site.wen, slots[0], "08:50", "11:00")
    with onsite.at("12:00"):
        closing = f"{activity}/close"
        leader = onsite.fresh(site.leader)
        before = everything(session)
        refused(leader.post(closing, {"beneficiary_count": -1}), "validation_failed", 422)
        assert everything(session) == before
        done(leader.post(closing, {"beneficiary_count": 12}))
        states = [_wish(town, wish) for wish in ids]
    assert [(each.state, str(each.activity_id)) for each in states[:3]] == [
        ("fulfilled", body["activity_id"])
    ] * 3
    assert (states[3].state, states[3].activity_id) == ("open", None)


def test_a11_a_leader_neither_takes_on_nor_closes_with_their_households_wish(session, client):
    site = onsite.site(session, client)
    town = site.town
    activity, slots = site.opened()
    other, _ = site.opened()
    wisher, stranger = town.caller("wisher"), town.caller("stranger")
    people.live_together(town.session, wisher.member, site.leader.member)
    with onsite.at("09:00", onsite.EVE):
        staff, foreign = (onsite.fresh(town.caller(who)) for who in ("staff", "foreign_staff"))
        own, far = (made(town, onsite.fresh(who)) for who in (wisher, stranger))
        links, body = f"{town.book}/wishes/links", {"activity_id": activity.rsplit("/", 1)[-1]}
        done(staff.post(links, {**body, "wish_ids": [own, far]}))
        before = everything(session)
        body = {"activity_id": other.rsplit("/", 1)[-1], "wish_ids": [far]}
        refused(staff.post(links, body), "wish_promised", 409)
        refused(foreign.post(f"{links}/removal", body), "not_found", 404)
        early = staff.post(f"{town.book}/wishes/{own}/activity-fulfilment")
        refused(early, "wish_state_conflict", 409)
        assert everything(session) == before
        took = {"activity_id": activity.rsplit("/", 1)[-1], "wish_ids": [far]}
        (freed,) = done(staff.post(f"{links}/removal", took))["items"]
        assert freed["activity_id"] is None
        done(staff.post(links, body))
        done(staff.post(f"{links}/removal", body))
        done(staff.post(links, took))
    site.been(site.wen, slots[0], "08:50", "11:00")
    with onsite.at("12:00"):
        leader, staff = onsite.fresh(site.leader), onsite.fresh(town.caller("staff"))
        done(leader.post(f"{activity}/close", {"beneficiary_count": 2}))
        assert [_wish(town, each).state for each in (own, far)] == ["open", "fulfilled"]
        done(staff.post(f"{town.book}/wishes/{own}/activity-fulfilment"))
        assert _wish(town, own).state == "fulfilled"
        door, rating = f"{town.book}/wishes/{own}/rating", {"stars": 5}
        before = everything(town.session)
        refused(staff.post(door, rating), "second_person_required", 403)
        assert everything(town.session) == before
        done(onsite.fresh(town.caller("colleague")).post(door, rating))


def test_c16_an_activity_that_is_over_takes_no_wishes_on(session, client):
    site = onsite.site(session, client)
    town = site.town
    activity, slots = site.opened()
    site.been(site.wen, slots[0], "08:50", "11:00")
    with onsite.at("12:00"):
        done(onsite.fresh(site.leader).post(f"{activity}/close", {"beneficiary_count": 2}))
        wish = made(town, onsite.fresh(town.caller("wisher")))
        staff = onsite.fresh(town.caller("staff"))
        before = everything(session)
        body = {"activity_id": activity.rsplit("/", 1)[-1], "wish_ids": [wish]}
        refused(staff.post(f"{town.book}/wishes/links", body), "activity_state_conflict", 409)
        assert everything(session) == before


def test_c16_the_office_at_the_activitys_or_at_the_wishs_place_frees_a_wish(session, client):
    site = onsite.site(session, client)
    town = site.town
    activity, _ = site.opened()
    links = f"{town.book}/wishes/links"
    with onsite.at("09:00", onsite.EVE):
        staff, far = (onsite.fresh(town.caller(who)) for who in ("staff", "foreign_staff"))
        city = onsite.fresh(town.caller("city_administrator"))
        wisher = town.caller("stranger", town.elsewhere)
        ids = [made(town, onsite.fresh(wisher)) for _ in range(2)]
        own = made(town, onsite.fresh(town.caller("wisher")))
        body = {"activity_id": activity.rsplit("/", 1)[-1], "wish_ids": [*ids, own]}
        done(city.post(links, body))
        before = everything(session)
        refused(far.post(f"{links}/removal", body), "not_found", 404)
        assert everything(session) == before
        (freed,) = done(far.post(f"{links}/removal", {**body, "wish_ids": ids[:1]}))["items"]
        assert (freed["id"], freed["activity_id"]) == (ids[0], None)
        freed = done(staff.post(f"{links}/removal", body))["items"]
        assert {each["id"] for each in freed} == {ids[1], own}
        assert done(staff.post(f"{links}/removal", body))["items"] == []


def _wish(town: Town, wish_id: str):
    from uuid import UUID

    town.session.commit()
    return wishes.get(town.session, ledger_id=town.ledger_id, wish_id=UUID(wish_id))


def test_t7_c31_a_campaign_counts_its_wishes_posts_and_activities(town, wisher, giver):
    campaigns = f"{town.book}/campaigns"
    code = {"code": "5250", "name": "5250(我爱我邻)"}
    staff = town.caller("staff")
    with no_change(town.session):
        refused(staff.post(campaigns, code), "not_found", 404)
    done(town.caller("city_administrator").post(campaigns, code), 201)
    due_at = (clock.now() + timedelta(days=2)).isoformat()
    call = {"node_code": town.node.code, "kind": "post", "title": "看望老人", "slot_count": 3,
            "category_code": "cleanup", "due_at": due_at}  # fmt: skip
    post = done(staff.post(f"{town.book}/posts", call), 201)
    wish = made(town, wisher)
    for kind, subject in (("wish", wish), ("wish", wish), ("post", post["id"])):
        item = {"kind": kind, "subject_id": subject}
        done(staff.post(f"{campaigns}/5250/items", item), 204)
    done(giver.post(f"{town.book}/wishes/{wish}/claim"))
    done(giver.post(f"{town.book}/wishes/{wish}/fulfilment"))
    elsewhere = {"kind": "wish", "subject_id": wish}
    far = town.caller("foreign_staff")
    with no_change(town.session):
        refused(far.post(f"{campaigns}/5250/items/removal", elsewhere), "not_found", 404)

    counted = done(staff.get(f"{campaigns}/5250/counts"))
    assert {name: counted[name] for name in counted if name.endswith("_count")} == {
        "wish_count": 1, "fulfilled_count": 1, "post_count": 1, "activity_count": 0,
    }  # fmt: skip
    (tagged,) = done(staff.get(f"{town.book}/wishes/in-place?campaign_code=5250"))["items"]
    assert tagged["id"] == wish
    assert done(far.get(f"{campaigns}/5250/counts"))["wish_count"] == 0
    done(staff.post(f"{campaigns}/5250/items/removal", elsewhere), 204)
    assert done(staff.get(f"{campaigns}/5250/counts"))["wish_count"] == 0
