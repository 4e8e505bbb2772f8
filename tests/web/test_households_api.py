"""Household points over HTTP: applied for, shared, taken, given, listed (D29, D30, D32, P7)."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.cli import jobs
from app.points import hardship, pooling, programmes
from app.points.rates import Terms
from tests.factories import people, points
from tests.factories.doors import Caller, Town
from tests.web.answers import done, everything, no_change, once, refused


@pytest.fixture
def village(town) -> Town:
    """The town pools by household; a case gives 20, a cleaning 10, litter takes 15."""
    named = {"programme": town.world.programme, "actor": SYSTEM}
    for code, measure, given in (("case", "pieces", 20), ("clean", "times", 10)):
        programmes.add_indicator(town.session, code=code, name=code, measure=measure, **named)
        programmes.add_category(
            town.session, code=f"{code}s", name=code, indicator_code=code, **named
        )
        points.rate(town.session, town.world, code, Terms(given, 1))
    programmes.add_minus_indicator(
        town.session, code="litter", name="乱堆乱放", measure="times", **named
    )
    points.rate(town.session, town.world, "litter", Terms(15, 1))
    pooling.set_pooling(town.session, pooling="household", **named)
    town.session.commit()
    return town


def at_home(village: Town, *names: str) -> list[Caller]:
    """A household of these callers; the first is its head."""
    kin = [village.caller(name) for name in names]
    people.live_together(village.session, *(each.member for each in kin), name="温家")
    return kin


def cleaning(**more) -> dict:
    said = {"category_code": "cleans", "quantity": 1, "text": "清理楼道"}
    return {**said, "served_on": clock.today().isoformat(), **more}


def earn(village: Town, caller: Caller, times: int) -> None:
    """So many cleanings, applied for, reviewed, put up and posted by the clock."""
    path = f"{village.book}/me/applications"
    made = done(caller.post(path, cleaning(quantity=times)), 201)
    staff, second = village.caller("staff"), village.caller("colleague")
    review = f"{village.book}/applications/{made['id']}/review"
    done(staff.post(review, {"verdict": "approved"}))
    put_up_and_post(village, second)


def put_up_and_post(village: Town, caller: Caller) -> dict:
    """Put up what was reviewed, look at it as everybody, and let the clock post it."""
    day = clock.today().isoformat()
    asked = {
        "node_code": village.node.code,
        "kind": "applied",
        "title": "积分公示",
        "begins_on": day,
        "ends_on": day,
        "contact": "党群服务中心",
    }
    notice = done(caller.post(f"{village.book}/notices", asked), 201)
    shown = done(caller.get(f"{village.book}/notices/{notice['id']}"))
    with clock.held_at(clock.now() + timedelta(days=40)):
        jobs.post_applications(village.session, village.ledger_id)
    village.session.commit()
    return shown


def test_d30_an_application_goes_from_the_phone_over_the_notice_to_the_household(village):
    head, spouse = at_home(village, "wen", "zhi")
    path = f"{village.book}/me/applications"
    made = once(head, path, cleaning(), cleaning(quantity=2))
    assert (made["state"], made["text"]) == ("waiting", "清理楼道")
    with no_change(village.session):
        refused(head.post(path, cleaning(is_on_duty=True)), "duty_earns_nothing", 422)
    staff = village.caller("staff")
    (seen,) = done(staff.get(f"{village.book}/applications"))["items"]
    review = f"{village.book}/applications/{seen['id']}/review"
    with no_change(village.session):
        refused(spouse.post(review, {"verdict": "approved"}), "permission_denied", 403)
    assert done(staff.post(review, {"verdict": "approved"}))["points_shown"] == 10
    before = everything(village.session)
    refused(staff.post(review, {"verdict": "approved"}), "application_state_conflict", 409)
    assert everything(village.session) == before
    done(head.post(f"{path}/{made['id']}/withdrawal"))
    earn(village, spouse, 2)
    score = done(head.get(f"{village.book}/me/household/score"))
    assert (score["base_points"], score["score_points"], score["spendable_points"]) == (
        100,
        120,
        20,
    )
    assert [each["points"] for each in score["earned"]] == [20]


def test_d29_the_head_alone_puts_the_household_on_the_public_list(village, client):
    head, spouse = at_home(village, "wen", "zhi")
    earn(village, head, 1)
    path = f"{village.book}/me/household/honour"
    with no_change(village.session):
        refused(spouse.put(path, {"is_agreed": True}), "permission_denied", 403)
    public = f"/api/v1{village.book}/honour-list"
    assert client.get(public).get_json() == {"items": []}
    assert done(head.put(path, {"is_agreed": True}))["is_honoured"] is True
    assert client.get(public).get_json() == {"items": [{"name": "温家", "score_points": 110}]}
    assert "温家" in client.get("/honour/ningde").text
    done(head.put(path, {"is_agreed": False}))
    assert "温家" not in client.get("/honour/ningde").text
    charge = village.caller("city_administrator")
    assert done(charge.put(f"{village.book}/pooling", {"pooling": "person"})) == {
        "pooling": "person"
    }
    with no_change(village.session):
        refused(
            head.put(f"{village.book}/pooling", {"pooling": "person"}), "permission_denied", 403
        )


def test_a10_k4_a_case_is_shared_once_and_the_officer_on_duty_has_nothing(village):
    staff, one, two = (village.caller(who) for who in ("staff", "wen", "lin"))
    officer = village.caller("officer")
    case = {
        "node_code": village.node.code,
        "case_no": "WD-7",
        "category_code": "cases",
        "served_on": clock.today().isoformat(),
        "reason": "说好了",
        "shares": [
            {"volunteer_no": one.member.volunteer_no, "points": 12},
            {"volunteer_no": two.member.volunteer_no, "points": 8},
            {"volunteer_no": officer.member.volunteer_no, "is_on_duty": True},
        ],
    }
    path = f"{village.book}/cases"
    unequal = {**case, "shares": case["shares"][:1]}
    with no_change(village.session):
        refused(staff.post(path, unequal), "case_shares_differ", 422)
    made = done(staff.post(path, case), 201)
    assert [each["points"] for each in made["shares"]] == [12, 8, 0]
    before = everything(village.session)
    refused(staff.post(path, case), "case_already_counted", 409)
    applied = cleaning(category_code="cases", case_no="wd-7")
    refused(one.post(f"{village.book}/me/applications", applied), "case_already_counted", 409)
    assert everything(village.session) == before
    (listed,) = done(staff.get(path))["items"]
    assert listed["case_no"] == "WD-7"


def test_a10_what_counts_by_the_case_is_one_case_with_its_number_at_every_door(village):
    one, staff = village.caller("wen"), village.caller("staff")
    day = clock.today() - timedelta(days=1)
    by_hand = {
        "member_id": str(one.member.id),
        "node_code": village.node.code,
        "category_code": "cases",
        "served_on": day.isoformat(),
        "reason": "说好了",
    }
    village.session.commit()
    before = everything(village.session)
    for said in ({"quantity": 3, "case_no": "WD-1"}, {"quantity": 1}):
        applied = cleaning(category_code="cases", **said)
        refused(one.post(f"{village.book}/me/applications", applied), "case_number_needed", 422)
        asked = {**by_hand, **said}
        refused(staff.post(f"{village.book}/manual-grants", asked), "case_number_needed", 422)
    assert everything(village.session) == before


def test_p7_the_programmes_administrator_says_who_approves_and_what_must_be_shown(village):
    one, staff, charge = (village.caller(who) for who in ("wen", "staff", "city_administrator"))
    path = f"{village.book}/indicators/clean/demands"
    asked = {"approver_role": None, "evidence": "case_number"}
    before = everything(village.session)
    refused(staff.put(path, asked), "permission_denied", 403)
    refused(charge.put(path, {**asked, "evidence": "oath"}), "validation_failed", 422)
    assert everything(village.session) == before
    assert done(charge.put(path, asked))["evidence"] == "case_number"
    applied = f"{village.book}/me/applications"
    before = everything(village.session)
    refused(one.post(applied, cleaning()), "evidence_needed", 422)
    assert everything(village.session) == before
    done(one.post(applied, cleaning(case_no="清-1")), 201)
    done(charge.put(path, {"approver_role": "second_approver", "evidence": "photo"}))
    made = done(one.post(applied, cleaning()), 201)
    review = f"{village.book}/applications/{made['id']}/review"
    before = everything(village.session)
    refused(staff.post(review, {"verdict": "approved"}), "permission_denied", 403)
    assert everything(village.session) == before


def test_p7_points_are_taken_by_two_people_after_a_notice_and_come_back_by_two(village):
    head, spouse = at_home(village, "wen", "spouse")
    earn(village, head, 1)
    staff, second = village.caller("staff"), village.caller("colleague")
    doors = f"{village.book}/deductions"
    asked = {
        "volunteer_no": head.member.volunteer_no,
        "indicator_code": "litter",
        "quantity": 1,
        "happened_on": clock.today().isoformat(),
        "reason": "楼道堆物",
    }
    made = done(staff.post(doors, asked), 201)
    decision = f"{doors}/{made['id']}/decision"
    with no_change(village.session):
        refused(staff.post(decision, {"verdict": "approved"}), "second_person_required", 403)
    assert len(done(second.get(doors))["items"]) == 1
    assert done(second.post(decision, {"verdict": "approved"}))["state"] == "reviewed"
    before = everything(village.session)
    refused(second.post(decision, {"verdict": "approved"}), "already_decided", 409)
    assert everything(village.session) == before
    assert done(head.get(f"{village.book}/me/household/score"))["score_points"] == 110
    reversal = f"{doors}/{made['id']}/reversal"
    with no_change(village.session):
        refused(staff.post(reversal, {"reason": "扣错了"}), "already_decided", 409)
    shown = put_up_and_post(village, staff)["lines"]
    assert [(each["name"], each["points"]) for each in shown] == [("", -15)]
    (mine,) = done(spouse.get(f"{village.book}/me/deductions"))["items"]
    assert (mine["state"], mine["points"]) == ("posted", 15)
    score = done(head.get(f"{village.book}/me/household/score"))
    assert (score["score_points"], score["receivable_points"]) == (95, 5)
    objected = {"subject_kind": "deduction", "subject_id": mine["id"], "claim": "那是楼下的"}
    stranger = village.caller("lin")
    before = everything(village.session)
    refused(stranger.post(f"{village.book}/me/objections", objected), "not_found", 404)
    assert everything(village.session) == before
    raised = done(spouse.post(f"{village.book}/me/objections", objected), 201)
    answer = f"{village.book}/objections/{raised['id']}/answer"
    said = {"verdict": "rejected", "reason": "照片上看得清"}
    before = everything(village.session)
    refused(second.post(answer, said), "second_person_required", 403)
    assert everything(village.session) == before
    done(village.caller("administrator").post(answer, said))
    waiting = done(staff.post(reversal, {"reason": "认错了楼道"}))
    assert (waiting["state"], waiting["is_reversal_asked"]) == ("posted", True)
    confirm = f"{reversal}/decision"
    with no_change(village.session):
        refused(staff.post(confirm, {"verdict": "approved"}), "second_person_required", 403)
    back = done(second.post(confirm, {"verdict": "approved"}))
    assert back["state"] == "reversed"
    assert {back["journal_id"], back["reversal_journal_id"]} - {None, back["journal_id"]}
    with no_change(village.session):
        refused(second.post(confirm, {"verdict": "approved"}), "already_reversed", 409)
    assert done(head.get(f"{village.book}/me/household/score"))["score_points"] == 110


def test_d29_an_empty_household_goes_to_the_pool_after_a_wait_or_to_who_is_named(village):
    (head,) = at_home(village, "wen")
    earn(village, head, 2)
    staff, second = village.caller("staff"), village.caller("colleague")
    home = done(head.get(f"{village.book}/me/household"))
    member = f"{village.book}/households/{home['id']}/members/{head.member.id}"
    with no_change(village.session):
        refused(staff.post(f"{village.book}/households/{home['id']}/passing", {"reason": "x"}),
                "home_lived_in", 409)  # fmt: skip
    done(staff.delete(member), 204)
    (empty,) = done(staff.get(f"{village.book}/empty-households"))["items"]
    assert (empty["name"], empty["points"], empty["passing"]) == ("温家", 20, None)
    passing = f"{village.book}/households/{home['id']}/passing"
    to_pool = done(staff.post(passing, {"reason": "找不到家人"}), 201)
    decision = f"{village.book}/home-passings/{to_pool['id']}/decision"
    with no_change(village.session):
        refused(staff.post(decision, {"verdict": "approved"}), "second_person_required", 403)
    waits = done(second.post(decision, {"verdict": "approved"}))
    assert (waits["state"], waits["to_name_masked"]) == ("due", None)
    with no_change(village.session):
        refused(staff.post(passing, {"reason": "x"}), "already_decided", 409)
    done(staff.post(f"{village.book}/home-passings/{to_pool['id']}/withdrawal"))
    heir = village.caller("zhi")
    asked = {"reason": "长女", "volunteer_no": heir.member.volunteer_no}
    named = done(staff.post(passing, asked), 201)
    decision = f"{village.book}/home-passings/{named['id']}/decision"
    assert done(second.post(decision, {"verdict": "approved"}))["points"] == 20
    assert points.points_of(village.session, village.world, heir.member.id) == 20
    assert done(staff.get(f"{village.book}/empty-households"))["items"] == []


def test_d32_points_go_to_the_pool_and_to_kin(village):
    (head,) = at_home(village, "wen")
    child, staff, second = (village.caller(who) for who in ("zhi", "staff", "colleague"))
    earn(village, head, 5)
    given = once(head, f"{village.book}/me/donations", {"points": 10}, {"points": 11})
    help_ = {"volunteer_no": child.member.volunteer_no, "points": 5, "reason": "生病"}
    asked = done(staff.post(f"{village.book}/hardship-help", help_), 201)
    decision = f"{village.book}/hardship-help/{asked['id']}/decision"
    with no_change(village.session):
        refused(second.post(decision, {"verdict": "approved"}), "pool_too_small", 422)
    assert done(head.get(f"{village.book}/common-pool")) == {"held_points": 10, "free_points": 0}
    with clock.held_at(clock.now() + timedelta(hours=25)):
        back = f"{village.book}/me/donations/{given['id']}/withdrawal"
        with no_change(village.session):
            refused(head.post(back), "donation_final", 410)
        hardship.decide(
            village.session,
            ledger_id=village.ledger_id,
            help_id=UUID(asked["id"]),
            verdict="approved",
            reason=None,
            actor=Actor(second.member.person_id),
        )

    kin = {
        "volunteer_no": child.member.volunteer_no,
        "name": "人zhi",
        "relation": "child",
    }
    entry = done(head.post(f"{village.book}/me/relatives", kin), 201)
    with no_change(village.session):
        refused(head.post(f"{village.book}/me/relatives", kin), "already_related", 409)
    gift = {"relative_id": entry["id"], "points": 20}
    with no_change(village.session):
        refused(head.post(f"{village.book}/me/gifts", gift), "not_found", 404)
    done(child.post(f"{village.book}/me/relatives/{entry['id']}/confirmation"))
    assert once(head, f"{village.book}/me/gifts", gift, {**gift, "points": 1})["side"] == "given"
    before = everything(village.session)
    refused(child.post(f"{village.book}/me/gifts", {**gift, "points": 10}), "gift_stays", 422)
    assert everything(village.session) == before
    mine = done(child.get(f"{village.book}/me/gifts"))
    assert (mine["items"][0]["side"], mine["giftable_points"]) == ("received", 5)
