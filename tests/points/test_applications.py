"""Applications (积分申报): asked for, reviewed by another, put up, objected to, posted (D30)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock, pictures
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.community import tree
from app.people import duties, inbox
from app.people.models import Audit
from app.points import (
    application_listings,
    application_standing,
    applications,
    indicators,
    notice_objections,
    notices,
    photos,
)
from app.points.errors import (
    ApplicationStateConflict,
    CaseAlreadyCounted,
    CaseNumberNeeded,
    DutyEarnsNothing,
    EvidenceNeeded,
    NoRate,
    OverlapWithOtherActivity,
)
from tests.factories import households as make
from tests.factories import people, points
from tests.factories import pictures as files

DAY = make.DAY
LAST_DAY = date(2026, 3, 27)
"""The fifth working day after Friday 20 March."""


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(DAY, 15)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def refused(session, world, refusal, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before


def test_d30_an_application_is_reviewed_by_another_put_up_and_posted_after_the_last_day(
    session, world
):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    found = make.apply(session, world, head, quantity=2)
    refused(
        session,
        world,
        SecondPersonRequired,
        lambda: make.review(session, world, found, actor=Actor(spouse.person_id)),
    )
    make.review(session, world, found)
    assert (found.state, found.points_shown) == ("reviewed", 20)
    notice = make.put_up(session, world)
    assert (notice.closes_on, found.state) == (LAST_DAY, "noticed")
    (line,) = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    assert (line.name, line.points, line.served_on) == ("温*许", 20, DAY)
    assert make.post_due(session, world, LAST_DAY) == 0
    assert make.score(session, world, home).score_points == 100
    assert make.post_due(session, world, LAST_DAY + timedelta(days=1)) == 1
    assert make.post_due(session, world, LAST_DAY + timedelta(days=1)) == 0
    assert make.score(session, world, home).score_points == 120
    assert found.state == "posted"
    told = inbox.list_for(session, ledger_id=world.ledger_id, member_id=head.id)
    assert [each.topic for each in told].count("application_decided") == 2
    make.require_proven(session, world.ledger_id)


def test_d30_an_objection_stops_its_own_line_only(session, world):
    _, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    neighbour = points.member(session, world, "林知远")
    made = [make.apply(session, world, each) for each in (head, spouse, neighbour)]
    for each in made:
        make.review(session, world, each)
    notice = make.put_up(session, world)
    order = sorted(made, key=lambda each: each.id)
    first = make.object_to(session, world, notice, 1, points.member(session, world, "秦小满"))
    second = make.object_to(session, world, notice, 2, points.member(session, world, "秦知"))
    make.answer(session, world, second, "upheld")
    over = LAST_DAY + timedelta(days=1)
    assert make.post_due(session, world, over) == 2
    assert [each.state for each in order] == ["noticed", "refused", "posted"]
    assert make.post_due(session, world, over) == 0
    make.answer(session, world, first, "rejected")
    assert make.post_due(session, world, over) == 1
    assert [each.state for each in order] == ["posted", "refused", "posted"]
    make.require_proven(session, world.ledger_id)


def test_d30_who_answers_is_neither_the_applicant_nor_the_reviewer(session, world):
    _, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.review(session, world, make.apply(session, world, head))
    notice = make.put_up(session, world)
    raised = make.object_to(session, world, notice, 1, points.member(session, world, "秦小满"))
    for actor in (world.staff, Actor(head.person_id), Actor(spouse.person_id)):
        with pytest.raises(SecondPersonRequired), attempt(session):
            notice_objections.require_free_decider(
                session, ledger_id=world.ledger_id, subject_id=raised.subject_id, actor=actor
            )
    make.answer(session, world, raised, "rejected")


def test_d30_a_notice_of_applications_is_up_3_to_7_working_days_and_may_be_taken_down(
    session, world
):
    member = points.member(session, world)
    found = make.review(session, world, make.apply(session, world, member))
    for workdays in (2, 8):
        refused(
            session,
            world,
            ValidationFailed,
            lambda days=workdays: make.put_up(session, world, workdays=days),
        )
    notice = make.put_up(session, world, workdays=3)
    named = {"ledger_id": world.ledger_id, "notice_id": notice.id, "actor": world.second}
    notices.withdraw(session, **named, reason="写错了")
    session.refresh(found)
    assert (found.state, found.notice_id) == ("reviewed", None)
    assert make.post_due(session, world, LAST_DAY + timedelta(days=9)) == 0
    make.put_up(session, world)
    session.refresh(found)
    assert found.state == "noticed"


def test_c18_one_time_slot_is_applied_for_once_whatever_the_duty(session, world):
    member = points.member(session, world)
    morning = points.stay(DAY, 9, 11)
    points.grant(session, world, member.id, **{**morning, "minutes": 120})
    slot = {
        "category_code": "policy_talk",
        "quantity": 0,
        "minutes": 60,
        "starts_at": points.at(DAY, 10),
        "ends_at": points.at(DAY, 11),
    }
    points.rate(session, world, "outreach", make.Terms(5, 60))
    refused(
        session, world, OverlapWithOtherActivity, lambda: make.apply(session, world, member, **slot)
    )
    later = {**slot, "starts_at": points.at(DAY, 13), "ends_at": points.at(DAY, 14)}
    make.apply(session, world, member, **later)
    refused(
        session,
        world,
        OverlapWithOtherActivity,
        lambda: make.apply(session, world, member, **{**later, "category_code": "other"}),
    )


def test_x1_paid_duty_is_not_applied_for_and_a_reviewer_who_sees_it_gives_nothing(session, world):
    """O8, K2: 专职 on duty earns 0, whatever the door."""
    official = points.member(session, world, "任清和")
    for more in ({"is_on_duty": True}, {"category_code": "paid_post", "minutes": 60}):
        refused(
            session,
            world,
            DutyEarnsNothing,
            lambda said=more: make.apply(session, world, official, **said),
        )
    worker = points.member(session, world, "林知远")
    grid = tree.add(
        session, parent=world.node, kind_code="grid", code="g-1", name="第1网格", actor=SYSTEM
    )
    duties.give(
        session, ledger_id=world.ledger_id, member_id=worker.id, node=grid,
        kind_code="grid_full", actor=world.staff,
    )  # fmt: skip
    refused(session, world, DutyEarnsNothing, lambda: make.apply(session, world, worker))
    slot = {"starts_at": points.at(DAY, 9), "ends_at": points.at(DAY, 11)}
    timed = {"category_code": "other", "quantity": 0, "minutes": 120, **slot}
    found = make.apply(session, world, official, **timed)
    make.review(session, world, found, is_on_duty=True)
    make.put_up(session, world)
    make.post_due(session, world, LAST_DAY + timedelta(days=1))
    assert (found.state, found.points_shown) == ("posted", 0)
    assert points.balances(session, world.ledger_id) == {}
    make.require_proven(session, world.ledger_id)


def test_l2_hours_are_credited_only_where_the_indicator_counts_time(session, world):
    member = points.member(session, world)
    slot = {"starts_at": points.at(DAY, 9), "ends_at": points.at(DAY, 11)}
    timed = make.apply(
        session, world, member, category_code="other", quantity=0, minutes=120, **slot
    )
    for each in (timed, make.apply(session, world, member)):
        make.review(session, world, each)
    make.put_up(session, world)
    make.post_due(session, world, LAST_DAY + timedelta(days=1))
    assert points.points_of(session, world, member.id) == 20
    assert points.hours_of(session, world, member.id) == 120
    make.require_proven(session, world.ledger_id)


@pytest.fixture
def held(session, world):
    """Two hours that were applied for, and on their way credited by an activity as well."""
    member = points.member(session, world)
    slot = {"starts_at": points.at(DAY, 9), "ends_at": points.at(DAY, 11)}
    found = make.apply(
        session, world, member, category_code="other", quantity=0, minutes=120, **slot
    )
    make.review(session, world, found)
    make.put_up(session, world)
    scanned = points.grant(session, world, member.id, **points.stay(DAY, 10, 12))
    assert scanned.state == "posted"
    assert make.post_due(session, world, LAST_DAY + timedelta(days=1)) == 1
    return found, scanned


def standing(session, world, found):
    key = {"ledger_id": world.ledger_id, "found": [found]}
    return application_standing.of(session, **key)[found.id]


def told(session, world, member_id):
    notes = inbox.list_for(session, ledger_id=world.ledger_id, member_id=member_id)
    return [each.facts["state"] for each in notes if each.topic == "application_decided"]


def test_d30_an_application_whose_grant_waits_is_not_posted_and_says_so(session, world, held):
    found, scanned = held
    assert standing(session, world, found) == ("held", 10, None)
    assert sorted(told(session, world, found.member_id)) == ["held", "reviewed"]
    assert points.points_of(session, world, found.member_id) == 10, "the activity's alone"
    points.grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=scanned.id, reason="扫错了",
        actor=world.second,
    )  # fmt: skip
    grant = points.grants.get(session, ledger_id=world.ledger_id, grant_id=found.grant_id)
    points.decide(session, world, grant)
    assert standing(session, world, found) == ("posted", 10, None)
    points.grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant.id, reason="没有去", actor=world.second
    )
    assert standing(session, world, found).state == "reversed"
    make.require_proven(session, world.ledger_id)


def test_d30_an_application_follows_the_refusal_of_its_grant(session, world, held):
    found, _ = held
    grant = points.grants.get(session, ledger_id=world.ledger_id, grant_id=found.grant_id)
    points.decide(session, world, grant, verdict="refused", reason="这个时段已经记过")
    assert standing(session, world, found) == ("refused", 10, "这个时段已经记过")
    scope = {"ledger_id": world.ledger_id, "node": world.node}
    for state, count in (("refused", 1), ("posted", 0), ("held", 0)):
        listed = application_listings.list_in(session, **scope, states=(state,))
        assert len(listed) == count
    assert points.points_of(session, world, found.member_id) == 10


def test_what_makes_no_sense_is_not_applied_for(session, world):
    member = points.member(session, world)
    nonsense = [
        {"quantity": 0},
        {"quantity": 1, "minutes": 30},
        {"category_code": "other"},
        {"category_code": "other", "quantity": 0, "minutes": 120},
        {"starts_at": points.at(DAY, 0), "ends_at": points.at(DAY, 13)},
        {"text": "  "},
        {"served_on": DAY + timedelta(days=1)},
        {"served_on": DAY - timedelta(days=93)},
        {"starts_at": points.at(DAY, 9)},
        {"starts_at": points.at(DAY, 9), "ends_at": points.at(DAY, 17)},
    ]
    for said in nonsense:
        refused(
            session,
            world,
            ValidationFailed,
            lambda more=said: make.apply(session, world, member, **more),
        )
    refused(
        session,
        world,
        NoRate,
        lambda: make.apply(session, world, member, category_code="neighbour_help", minutes=60),
    )


def test_a10_a_piece_is_one_case_with_its_number(session, world):
    member = points.member(session, world)
    case = {"category_code": "neighbour_mediation", "case_no": "WD-1"}
    for said in ({**case, "quantity": 20}, {**case, "case_no": None}):
        refused(
            session,
            world,
            CaseNumberNeeded,
            lambda more=said: make.apply(session, world, member, **more),
        )
    assert make.apply(session, world, member, **case).quantity == 1


def test_a3_hours_are_not_applied_for_without_their_time_of_day(session, world):
    """Three times the same two hours were posted when the times could be left out."""
    member = points.member(session, world)
    hours = {"category_code": "other", "quantity": 0, "minutes": 120}
    refused(session, world, ValidationFailed, lambda: make.apply(session, world, member, **hours))
    slot = {"starts_at": points.at(DAY, 9), "ends_at": points.at(DAY, 11)}
    make.apply(session, world, member, **hours, **slot)
    refused(
        session,
        world,
        OverlapWithOtherActivity,
        lambda: make.apply(session, world, member, **hours, **slot),
    )


def test_a10_a_case_is_applied_for_once_and_is_free_again_when_it_was_refused(session, world):
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    case = {"category_code": "neighbour_mediation", "case_no": "wd-2026-001"}
    first = make.apply(session, world, one, **case)
    again = {**case, "case_no": " WD-2026-001"}
    refused(session, world, CaseAlreadyCounted, lambda: make.apply(session, world, two, **again))
    make.review(session, world, first, verdict="refused", reason="没有调解书")
    refused(session, world, ApplicationStateConflict, lambda: make.review(session, world, first))
    assert make.apply(session, world, two, **again).case_no == "WD-2026-001"


def test_an_application_is_taken_back_until_it_is_put_up(session, world):
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    found = make.apply(session, world, one)
    named = {"ledger_id": world.ledger_id, "application_id": found.id}
    refused(
        session,
        world,
        NotFound,
        lambda: applications.withdraw(session, **named, actor=Actor(two.person_id)),
    )
    applications.withdraw(session, **named, actor=Actor(one.person_id))
    assert found.state == "withdrawn"
    other = make.review(session, world, make.apply(session, world, one))
    make.put_up(session, world)
    named["application_id"] = other.id
    refused(
        session,
        world,
        ApplicationStateConflict,
        lambda: applications.withdraw(session, **named, actor=Actor(one.person_id)),
    )


def demand(session, world, code="environment", **more):
    said = {"approver_role": None, "evidence": "none", **more}
    return indicators.demand(
        session, programme=world.programme, indicator_code=code, actor=SYSTEM, **said
    )


def test_p7_a_default_indicator_gets_an_approver_and_it_is_written_down(session, world):
    found = make.apply(session, world, points.member(session, world))
    demand(session, world, approver_role="second_approver")
    refused(session, world, PermissionDenied, lambda: make.review(session, world, found))
    demand(session, world)
    assert make.review(session, world, found).state == "reviewed"
    acts = session.scalars(
        sa.select(Audit.facts)
        .where(Audit.ledger_id == world.ledger_id, Audit.action == "indicator_demands_set")
        .order_by(Audit.id)
    )
    assert [(each["code"], each["approver_role"]) for each in acts] == [
        ("environment", "second_approver"),
        ("environment", None),
    ]


def test_p7_evidence_is_asked_for_when_it_is_applied_for_and_when_it_is_reviewed(session, world):
    member = points.member(session, world)
    demand(session, world, evidence="case_number")
    refused(session, world, EvidenceNeeded, lambda: make.apply(session, world, member))
    assert make.apply(session, world, member, case_no="清-1").state == "waiting"
    demand(session, world, evidence="photo")
    found = make.apply(session, world, member)
    refused(session, world, EvidenceNeeded, lambda: make.review(session, world, found))
    refusal = make.review(session, world, make.apply(session, world, member), verdict="refused",
                          reason="不是本社区")  # fmt: skip
    assert refusal.state == "refused", "a refusal needs no photo"
    photos.add(
        session,
        ledger_id=world.ledger_id,
        subject=photos.Subject("application", found.id, member.id),
        picture=pictures.take(files.photo(seed=3)),
        actor=Actor(member.person_id),
    )
    assert make.review(session, world, found).state == "reviewed"


def test_p7_what_is_demanded_makes_sense(session, world):
    make.a_minus(session, world)
    for said in ({"approver_role": "auditor"}, {"evidence": "oath"}, {"code": "litter"}):
        refused(session, world, ValidationFailed, lambda more=said: demand(session, world, **more))
    refused(session, world, NotFound, lambda: demand(session, world, code="unheard_of"))


def test_p7_an_indicator_names_who_reviews_it(session, world):
    indicators.add_indicator(
        session, programme=world.programme, code="filial", name="孝老爱亲", measure="times",
        approver_role="second_approver", actor=SYSTEM,
    )  # fmt: skip
    indicators.add_category(
        session, programme=world.programme, code="filial", name="孝老爱亲", indicator_code="filial",
        actor=SYSTEM,
    )  # fmt: skip
    points.rate(session, world, "filial", make.Terms(8, 1))
    found = make.apply(session, world, points.member(session, world), category_code="filial")
    refused(session, world, PermissionDenied, lambda: make.review(session, world, found))
    named = people.member(session, world.ledger_id, world.node, "白既明")
    approver = people.holder(session, named.person_id, "second_approver", world.node)
    make.review(session, world, found, actor=approver)
    make.put_up(session, world)
    make.post_due(session, world, LAST_DAY + timedelta(days=1))
    assert points.points_of(session, world, found.member_id) == 8
