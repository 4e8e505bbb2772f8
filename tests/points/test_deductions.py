"""Deductions (扣分): by two people, after a notice; reversed by two, in a second line (P7, D30)."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.ledger.drafts import JournalDraft
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import post_one
from app.ledger.statements import statement
from app.people.errors import AlreadyDecided
from app.people.models import Message
from app.points import (
    deduction_notices,
    deduction_posting,
    deductions,
    indicators,
    notice_objections,
    notices,
    rates,
    wallets,
)
from app.reports import explanations
from app.reports.proofs import prove
from tests.factories import households as make
from tests.factories import points

LAST_DAY = date(2026, 3, 27)
"""The fifth working day after Friday 20 March."""
AFTER = LAST_DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(make.DAY, 15)):
        yield


def littered(session, **more):
    """A village where litter takes 15 a time."""
    made = make.world(session, **more)
    make.a_minus(session, made)
    return made


@pytest.fixture
def world(stage):
    return stage.put_up(littered, "session")


def refused(session, world, refusal, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before


def post_due(session, world, today=AFTER):
    return deduction_notices.post_due(session, ledger_id=world.ledger_id, today=today)


def ask_back(session, world, found, actor=None):
    return deduction_posting.ask_reversal(
        session,
        ledger_id=world.ledger_id,
        deduction_id=found.id,
        reason="认错了楼道",
        actor=actor or world.staff,
    )


def decide_back(session, world, found, actor=None, verdict="approved"):
    return deduction_posting.decide_reversal(
        session,
        ledger_id=world.ledger_id,
        deduction_id=found.id,
        verdict=verdict,
        reason="看过照片",
        actor=actor or world.second,
    )


def told(session, world, topic):
    query = session.query(Message.member_id).where(
        Message.ledger_id == world.ledger_id, Message.topic == topic
    )
    return sorted(row.member_id for row in query)


def book_of(session, world, home):
    found = statement(session, ledger_id=world.ledger_id, owner_id=home.id, unit="points")
    return [(each.kind, each.delta) for each in found.lines]


def test_p7_a_minus_indicator_takes_points_by_two_people_and_only_after_its_notice(session, world):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, spouse.id, 1)
    found = make.deduct(session, world, head)
    for actor in (world.staff, Actor(spouse.person_id)):
        refused(
            session,
            world,
            SecondPersonRequired,
            lambda who=actor: make.decide_deduction(session, world, found, who),
        )
    make.decide_deduction(session, world, found, world.second)
    assert (found.state, make.score(session, world, home).score_points) == ("reviewed", 110)
    notice = make.put_up(session, world)
    assert (found.state, notice.closes_on) == ("noticed", LAST_DAY)
    assert told(session, world, "deduction_noticed") == sorted([head.id, spouse.id])
    assert post_due(session, world, LAST_DAY) == 0
    assert make.score(session, world, home).score_points == 110
    assert post_due(session, world) == 1
    assert post_due(session, world) == 0
    assert (found.state, found.points, found.household_id) == ("posted", 15, home.id)
    score = make.score(session, world, home)
    assert (score.score_points, score.spendable_points, score.receivable_points) == (95, 0, 5)
    assert told(session, world, "deducted") == sorted([head.id, spouse.id])
    explained = explanations.explain(
        session, ledger_id=world.ledger_id, member_id=home.id, unit="points"
    )
    assert explained.is_proven
    assert [each.source["kind"] for each in explained.lines] == ["grant", *["deduction"] * 2]
    assert points.trial_balance(session, world.ledger_id) == {"points": 0}
    make.require_proven(session, world.ledger_id)


def test_d29_the_public_line_of_a_deduction_bears_no_name(session, world):
    _home, (head,) = make.family(session, world, "温如许")
    make.review(session, world, make.apply(session, world, head, quantity=2))
    found = make.deduct(session, world, head)
    make.decide_deduction(session, world, found, world.second)
    notice = make.put_up(session, world)
    lines = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    assert sorted((each.name, each.points) for each in lines) == [("", -15), ("温*许", 20)]
    assert [each.line for each in lines] == [1, 2]


@pytest.mark.parametrize(("verdict", "state", "score"), [("upheld", "refused", 100),
                                                         ("rejected", "posted", 85)])  # fmt: skip
def test_d30_an_objection_to_a_deduction_stops_that_line_until_it_is_answered(
    session, world, verdict, state, score
):
    home, (head,) = make.family(session, world, "温如许")
    other, (neighbour,) = make.family(session, world, "林知远", name="林家")
    for member, reason in ((head, "楼道堆放杂物"), (neighbour, "占用消防通道")):
        found = make.deduct(session, world, member, reason=reason)
        make.decide_deduction(session, world, found, world.second)
    notice = make.put_up(session, world)
    mine = deductions.list_of_member(session, ledger_id=world.ledger_id, member_id=head.id)
    lines = deduction_notices.lines_of(session, ledger_id=world.ledger_id, found=mine)
    listed = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    number = next(each.line for each in listed if each.id == lines[mine[0].id])
    raised = make.object_to(session, world, notice, number, head)
    for decider in (world.staff, world.second, Actor(head.person_id)):
        with pytest.raises(SecondPersonRequired):
            notice_objections.require_free_decider(
                session, ledger_id=world.ledger_id, subject_id=raised.subject_id, actor=decider
            )
    assert post_due(session, world) == 1
    assert make.score(session, world, home).score_points == 100
    assert make.score(session, world, other).score_points == 85
    make.answer(session, world, raised, verdict)
    assert post_due(session, world) == 1
    assert (mine[0].state, make.score(session, world, home).score_points) == (state, score)
    assert told(session, world, "deduction_dropped") == ([head.id] if verdict == "upheld" else [])
    make.require_proven(session, world.ledger_id)


def test_a_notice_that_is_taken_down_takes_nothing_and_the_deduction_waits_for_another(
    session, world
):
    home, (head,) = make.family(session, world, "温如许")
    found = make.deduct(session, world, head)
    make.decide_deduction(session, world, found, world.second)
    first = make.put_up(session, world)
    notices.withdraw(
        session, ledger_id=world.ledger_id, notice_id=first.id, reason="漏了一页",
        actor=world.staff,
    )  # fmt: skip
    assert (found.state, found.notice_id) == ("reviewed", None)
    assert post_due(session, world) == 0
    make.put_up(session, world)
    assert post_due(session, world) == 1
    assert make.score(session, world, home).score_points == 85


def test_l4_a_deduction_is_reversed_by_two_people_and_both_lines_stay_in_the_households_book(
    session, world
):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, spouse.id, 1)
    found = make.taken(session, world, head)
    assert book_of(session, world, home) == [("grant", 10), ("deduction", -10), ("deduction", -5)]
    refused(session, world, ValidationFailed,
            lambda: deduction_posting.ask_reversal(
                session, ledger_id=world.ledger_id, deduction_id=found.id, reason=" ",
                actor=world.staff))  # fmt: skip
    refused(session, world, AlreadyDecided, lambda: decide_back(session, world, found))
    refused(session, world, SecondPersonRequired,
            lambda: ask_back(session, world, found, Actor(spouse.person_id)))  # fmt: skip
    ask_back(session, world, found)
    refused(session, world, AlreadyDecided, lambda: ask_back(session, world, found, world.second))
    refused(session, world, SecondPersonRequired,
            lambda: decide_back(session, world, found, world.staff))  # fmt: skip
    refused(session, world, SecondPersonRequired,
            lambda: decide_back(session, world, found, Actor(head.person_id)))  # fmt: skip
    assert make.score(session, world, home).score_points == 95
    decide_back(session, world, found)
    score = make.score(session, world, home)
    assert (found.state, score.score_points, score.receivable_points) == ("reversed", 110, 0)
    assert book_of(session, world, home)[3:] == [
        ("deduction_reversal", 5),
        ("deduction_reversal", 10),
    ]
    assert found.journal_id != found.reversal_journal_id
    assert told(session, world, "deduction_reversed") == sorted([head.id, spouse.id])
    refused(session, world, AlreadyReversed, lambda: ask_back(session, world, found))
    refused(session, world, AlreadyReversed, lambda: decide_back(session, world, found))
    explained = explanations.explain(
        session, ledger_id=world.ledger_id, member_id=home.id, unit="points"
    )
    assert explained.is_proven
    last = explained.lines[-1].source
    assert (last["kind"], last["of"]["kind"], last["reason"]) == (
        "reversal", "deduction", "认错了楼道",
    )  # fmt: skip
    make.require_proven(session, world.ledger_id)
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_a_reversal_that_is_refused_leaves_the_deduction_and_may_be_asked_for_again(session, world):
    home, (head,) = make.family(session, world, "温如许")
    found = make.taken(session, world, head)
    for _ in range(2):
        ask_back(session, world, found)
        decide_back(session, world, found, verdict="refused")
        assert (found.state, found.reversal_asked_by_id) == ("posted", None)
    assert make.score(session, world, home).score_points == 85
    ask_back(session, world, found)
    decide_back(session, world, found)
    assert make.score(session, world, home).score_points == 100


def test_what_was_owed_and_recovered_since_comes_back_as_points(session, world):
    home, (head,) = make.family(session, world, "温如许")
    found = make.taken(session, world, head)
    make.clean(session, world, head.id, 2)
    assert make.score(session, world, home).score_points == 105
    ask_back(session, world, found)
    decide_back(session, world, found)
    score = make.score(session, world, home)
    assert (score.score_points, score.spendable_points, score.receivable_points) == (120, 20, 0)
    make.require_proven(session, world.ledger_id)


def test_d28_points_that_would_have_expired_since_do_not_come_back_to_life(session, stage):
    world = stage.put_up(littered, "session", expiry_policy="calendar_year")
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    found = make.taken(session, world, head)
    with clock.held_at(points.at(date(2027, 1, 4), 10)):
        ask_back(session, world, found)
        decide_back(session, world, found)
        assert make.score(session, world, home).score_points == 100
    assert found.state == "reversed"
    make.require_proven(session, world.ledger_id)


def test_who_spends_between_is_left_owing_and_the_next_points_pay_it(session, world):
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    found = make.deduct(session, world, head)
    make.decide_deduction(session, world, found, world.second)
    make.put_up(session, world)
    paid = wallets.payment(
        session, ledger_id=world.ledger_id, member_id=head.id, amount_points=20, to=wallets.EXPIRED
    )
    post_one(session, ledger_id=world.ledger_id, draft=JournalDraft(
        key="test:spent", kind="test", lines=paid.lines, actor=SYSTEM))  # fmt: skip
    assert post_due(session, world) == 1
    assert make.score(session, world, home).receivable_points == 15
    make.clean(session, world, head.id, 2)
    assert make.score(session, world, home).score_points == 105


def test_where_each_has_their_own_account_only_whose_it_is_loses_and_hears(session, stage):
    world = stage.put_up(littered, "session", pools="person")
    _home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    for member in (head, spouse):
        make.clean(session, world, member.id, 2)
    found = make.taken(session, world, head)
    assert points.points_of(session, world, head.id) == 5
    assert points.points_of(session, world, spouse.id) == 20
    assert told(session, world, "deducted") == [head.id]
    named = {"ledger_id": world.ledger_id}
    assert deductions.list_of_member(session, **named, member_id=spouse.id) == []
    assert deductions.list_of_member(session, **named, member_id=head.id) == [found]


def test_a_refused_deduction_takes_nothing_and_no_deed_counts_to_a_minus_indicator(session, world):
    member = points.member(session, world)
    make.clean(session, world, member.id)
    found = make.deduct(session, world, member)
    assert make.decide_deduction(session, world, found, world.second, "refused").state == "refused"
    assert points.points_of(session, world, member.id) == 10
    with pytest.raises(ValidationFailed), attempt(session):
        indicators.add_category(
            session, programme=world.programme, code="x", name="x", indicator_code="litter",
            actor=SYSTEM,
        )  # fmt: skip
    with pytest.raises(ValidationFailed), attempt(session):
        make.deduct(session, world, member, indicator_code="mediation")
    assert rates.list_versions(session, world.programme.id, "litter")[0].points == 15
