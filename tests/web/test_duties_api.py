"""Duties at the doors: given in one's own place, counted by person, ended, refused twice."""

from app.base.actors import SYSTEM
from app.community import grids
from app.people.models import Duty
from app.web.session import COOKIE
from tests.factories.doors import Town
from tests.web.answers import done, everything, once, refused


def body(town: Town, member, kind="steward", **more):
    given = {"volunteer_no": member.volunteer_no, "kind": kind, "node_code": town.node.code}
    return {**given, **more}


def test_s9_staff_give_duties_and_the_report_counts_people_once(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/duties"
    one, other = town.member("温如许"), town.member("任清和")
    made = once(staff, path, body(town, one), body(town, other))
    assert (made["kind"], made["is_paid"], made["name_masked"]) == ("steward", False, "温*许")
    for member, kind in ((one, "silver_pioneer"), (other, "silver_pioneer")):
        done(staff.post(path, body(town, member, kind)), 201)

    told = done(town.caller("auditor").get(f"{path}/report?node_code={town.node.code}"))
    counted = {each["code"]: each["people_count"] for each in told["kinds"]}
    assert (counted["steward"], counted["silver_pioneer"], counted["grid_full"]) == (1, 2, 0)
    assert told["people_count"] == 2
    listed = done(staff.get(f"{path}?kind=steward"))["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert done(staff.post(f"{path}/{made['id']}/end"))["ended_on"]
    assert done(staff.get(f"{path}?kind=steward"))["items"] == []


def test_o8_a_second_full_time_worker_of_a_grid_is_refused_at_every_door(town: Town) -> None:
    grid = grids.add(town.session, parent=town.node, actor=SYSTEM)
    town.session.commit()
    staff, path = town.caller("staff"), f"{town.book}/duties"
    one, other = town.member("温如许"), town.member("任清和")
    done(staff.post(path, body(town, one, "grid_full", node_code=grid.code)), 201)
    before = everything(town.session)
    refused(
        staff.post(path, body(town, other, "grid_full", node_code=grid.code)), "duty_taken", 409
    )
    assert everything(town.session) == before
    town.client.set_cookie(COOKIE, staff.token)
    page = town.client.get(f"/staff/{town.node.code}/duties?kind=grid_full")
    assert one.name_masked in page.text
    assert one.volunteer_no in page.text


def test_nobody_gives_duties_elsewhere_or_to_themselves(town: Town) -> None:
    member = town.member("温如许")
    callers = {who: town.caller(who) for who in ("volunteer", "auditor", "foreign_staff", "staff")}
    done(callers["staff"].post(f"{town.book}/duties", body(town, member)), 201)
    duty = town.session.query(Duty).filter_by(ledger_id=town.ledger_id).one()
    before, path = everything(town.session), f"{town.book}/duties"
    for who, code in (
        ("volunteer", "permission_denied"),
        ("auditor", "permission_denied"),
        ("foreign_staff", "not_found"),
    ):
        refused(callers[who].post(path, body(town, member, "lane_head")), code)
        refused(callers[who].post(f"{path}/{duty.id}/end"), code)
    own = body(town, callers["staff"].member, "lane_head")
    refused(callers["staff"].post(path, own), "second_person_required", 403)
    assert everything(town.session) == before
