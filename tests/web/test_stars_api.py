"""Stars over the API and on the pages: table, review, notice, the phone, bars."""

from datetime import timedelta

import pytest

from app.base import clock
from app.ledger import books
from app.points.stars import granting
from tests.factories import activities, pages, points
from tests.factories import desk as builder
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, refused

LOW = {"steps": [60, 120], "valid_from_on": "2026-03-10"}


@pytest.fixture(autouse=True)
def on_a_tuesday():
    with activities.at("12:00"):
        yield


def low_table(town: Town):
    return town.caller("city_administrator").post(f"{town.book}/star-tables", LOW)


def served(town: Town, minutes=120, name="温如许"):
    member = town.member(name)
    points.grant(town.session, town.world, member.id, minutes)
    town.session.commit()
    return member


def test_d41_the_table_is_added_by_who_is_in_charge_of_the_programme(town):
    body = {**LOW, "steps": [120, 60]}
    administrator = town.caller("administrator")
    city_administrator = town.caller("city_administrator")
    with no_change(town.session):
        refused(administrator.post(f"{town.book}/star-tables", LOW), "not_found", 404)
        refused(
            city_administrator.post(f"{town.book}/star-tables", body),
            "validation_failed",
            422,
        )
    assert done(low_table(town), 201)["version"] == 1
    listed = done(town.caller("volunteer").get(f"{town.book}/star-tables"))["items"]
    assert [each["steps"] for each in listed] == [
        [60, 120],
        [6_000, 18_000, 36_000, 60_000, 90_000],
    ]


def test_d41_reviewed_by_another_put_up_and_granted(town):
    done(low_table(town), 201)
    member = served(town)
    staff = town.caller("staff")
    (due,) = done(staff.get(f"{town.book}/stars/due"))["items"]
    assert (due["name_masked"], due["granted"], due["reached"]) == ("温*许", 0, 2)
    asked = {"member_ids": [str(member.id)], "verdict": "approved"}
    (rise,) = done(staff.post(f"{town.book}/stars/reviews", asked), 201)["items"]
    assert (rise["state"], rise["stars"]) == ("reviewed", 2)
    before = everything(town.session)
    refused(staff.post(f"{town.book}/stars/reviews", asked), "star_not_reached", 409)
    assert everything(town.session) == before
    up = {"node_code": town.node.code, "title": "星级公示", "contact": "社区一楼"}
    posted = done(staff.post(f"{town.book}/stars/notices", up), 201)
    assert posted["closes_on"] == "2026-03-17"
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert granting.grant_due(town.session, ledger_id=town.ledger_id) == 1
        town.session.commit()
    found = done(staff.get(f"{town.book}/members/{member.id}/stars"))
    assert (found["granted"], found["reached"], found["next_at"]) == (2, 2, None)


def test_who_is_barred_is_not_reviewed_until_another_lifts_it(town):
    done(low_table(town), 201)
    member = served(town)
    staff, second = town.caller("staff"), town.caller("second")
    path = f"{town.book}/members/{member.id}/star-bars"
    barred = done(staff.post(path, {"days": 365, "reason": "代签"}), 201)
    asked = {"member_ids": [str(member.id)], "verdict": "approved"}
    before = everything(town.session)
    refused(second.post(f"{town.book}/stars/reviews", asked), "star_barred", 403)
    assert everything(town.session) == before
    lift = f"{path}/{barred['id']}/lift"
    with no_change(town.session):
        refused(staff.post(lift, {"reason": "弄错了"}), "second_person_required", 403)
    assert done(second.post(lift, {"reason": "弄错了"}))["lifted_at"]
    done(second.post(f"{town.book}/stars/reviews", asked), 201)


def test_i_see_on_the_phone_how_many_hours_are_missing(town, app):
    served(town)
    member = served(town, 90, "任清和")
    phone = pages.browser(app, town.session, member)
    page = phone.get("/me/stars")
    assert "再有 98.5 小时够下一星" in page.text
    done(low_table(town), 201)
    page = phone.get("/me/stars")
    assert "时长够 1 星了" in page.text
    assert "再有 0.5 小时够下一星" in page.text
    assert "我的星级" in phone.get("/").text


def test_the_desk_reviews_puts_up_and_shows_a_members_way(stage):
    desk = stage.put_up(builder.a_busy_desk, "app", "session")
    points_of = desk.people["scanned"]
    city = desk.at("city_administrator")
    root = f"/staff/{desk.world.city.code}"
    fields = {"counts": "all", "notice_workdays": "5", "bar_years": "1"}
    sent = city.send(f"{root}/star-table", hours=["1"], valid_from_on="2026-03-10", **fields)
    assert sent.status_code == 303
    staff = desk.at("staff")
    page = staff.get(desk.path("/stars"))
    assert "等初审 1 人" in page.text
    before = everything(desk.session)
    sent = staff.send(desk.path("/stars/review"), member_ids=[str(points_of.id)], verdict="refused")
    assert sent.status_code == 422
    assert everything(desk.session) == before
    sent = staff.send(
        desk.path("/stars/review"), member_ids=[str(points_of.id)], verdict="approved"
    )
    assert sent.status_code == 303
    sent = staff.send(desk.path("/stars/notice"), title="星级公示", contact="社区一楼")
    assert sent.status_code == 303
    notice = staff.get(sent.headers["Location"])
    assert "1 星" in notice.text
    assert "拟评定的星级" in notice.text
    assert "正在公示 1 人" in staff.get(desk.path("/stars")).text
    member = desk.path(f"/stars/{points_of.id}")
    assert "正在公示" in staff.get(member).text
    phone = pages.browser(desk.app, desk.session, points_of)
    own = phone.get("/me/stars")
    assert (own.status_code, "1 星正在公示" in own.text) == (200, True)
    assert f"/notices/{books.get(desk.session, desk.ledger_id).code}/" in own.text
    assert staff.send(f"{member}/bar", years="1", reason="代签").status_code == 303
    assert "您记的，请同事取消" in staff.get(member).text
    assert "这段时间不能升星" in phone.get("/me/stars").text


def test_s2_a_quarter_is_closed_by_two_who_are_in_charge_of_the_programme(town):
    path = f"{town.book}/quarters/2025Q4"
    first = town.caller("city_administrator")
    administrator = town.caller("administrator")
    with no_change(town.session):
        refused(administrator.post(f"{path}/proposal"), "not_found", 404)
        refused(first.post(f"{town.book}/quarters/2026Q1/proposal"), "period_conflict", 409)
    done(first.post(f"{path}/proposal"), 201)
    before = everything(town.session)
    refused(first.post(f"{path}/closing"), "second_person_required", 403)
    assert everything(town.session) == before
    assert first.delete(f"{path}/proposal").status_code == 204
    with no_change(town.session):
        refused(first.delete(f"{path}/proposal"), "period_conflict", 409)
    assert done(first.get(f"{town.book}/quarters"))["items"] == []


def certificate(town: Town, member, **more):
    body = {
        "member_id": str(member.id),
        "kind": "service",
        "begins_on": "2026-03-01",
        "ends_on": "2026-03-10",
        "issuer": "金溪社区",
        **more,
    }
    return town.caller("staff").post(f"{town.book}/certificates", body)


def test_d44_a_certificate_is_issued_looked_up_by_anybody_and_withdrawn(town):
    member = served(town)
    staff = town.caller("staff")
    before = everything(town.session)
    refused(certificate(town, member, ends_on="2026-03-02"), "no_hours", 422)
    assert everything(town.session) == before
    made = done(certificate(town, member), 201)
    town.session.commit()
    seen = done(town.client.get(f"/api/v1/certificates/{made['verification_code']}"))
    assert (seen["credited_minutes"], seen["is_same"], seen["withdrawn_at"]) == (120, True, None)
    assert not {"name", "member_id", "volunteer_no"} & seen.keys()
    path = f"{town.book}/certificates/{made['id']}"
    done(staff.post(f"{path}/prints"), 201)
    served_again = points.grant(town.session, town.world, member.id, 30)
    town.session.commit()
    with no_change(town.session):
        refused(staff.post(f"{path}/prints"), "certificate_outdated", 409)
    assert served_again.minutes == 30
    done(staff.post(f"{path}/withdrawal", {"reason": "换新的"}))
    with no_change(town.session):
        refused(staff.post(f"{path}/prints"), "certificate_withdrawn", 410)
        refused(staff.post(f"{path}/withdrawal", {"reason": "再来"}), "certificate_withdrawn", 410)
    listed = done(town.caller("volunteer").get(f"{town.book}/me/certificates"))
    assert listed["items"] == []


def test_s9_an_assessor_scores_others_and_never_themselves(town):
    member, chair = served(town), town.caller("volunteer")
    leader = town.caller("leader")
    body = {"node_code": town.node.code, "member_id": str(chair.member.id), "body": "owners"}
    seat = done(town.caller("staff").post(f"{town.book}/assessors", body), 201)
    path = f"{town.book}/assessors/{seat['id']}"
    mark = {"period": "2026Q1", "subject_kind": "member", "score": 90}
    before = everything(town.session)
    own = {**mark, "subject_id": str(chair.member.id)}
    refused(chair.post(f"{path}/assessments", own), "second_person_required", 403)
    other = {**mark, "subject_id": str(member.id)}
    refused(leader.post(f"{path}/assessments", other), "permission_denied", 403)
    refused(
        chair.post(f"{path}/assessments", {**other, "period": "2026Q2"}), "period_conflict", 409
    )
    assert everything(town.session) == before
    assert done(chair.post(f"{path}/assessments", other), 201)["score"] == 90
    assert len(done(town.caller("staff").get(f"{town.book}/assessors"))["items"]) == 1
    done(town.caller("staff").post(f"{path}/end"))
    with no_change(town.session):
        refused(chair.post(f"{path}/assessments", other), "not_found", 404)
