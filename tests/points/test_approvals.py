"""Waiting grants and who decides on them: D17, D23, A3, A6, A17."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import roles
from app.people.models import Message
from app.points import approvals, grants, programmes
from app.points.errors import GrantStateConflict, OverlapWithOtherActivity
from app.points.models import Decision, Presence
from app.points.rates import Terms
from tests.factories import community as places
from tests.factories import people
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def refused(session: Session, world: make.World, refusal, grant, **how) -> None:
    """The decision is refused, and nothing changed."""
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        make.decide(session, world, grant, **how)
    assert make.snapshot(session, world.ledger_id) == before


def test_an_approved_grant_posts_and_the_decision_is_kept(session, world):
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, 120, hold_reasons=("roll",))
    decided = make.decide(session, world, waiting, level=2, reason="名单已核")
    assert [(each.state, each.points) for each in decided] == [("posted", 2)]
    kept = session.scalars(sa.select(Decision).where(Decision.ledger_id == world.ledger_id)).one()
    assert (kept.subject_id, kept.level, kept.verdict) == (waiting.id, 2, "approved")
    assert kept.decided_by_id == world.second.person_id


def test_a_refused_grant_frees_its_time_and_says_why(session, world):
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, hold_reasons=("roll",), **make.stay(DAY, 9, 17))
    make.decide(session, world, waiting, verdict="refused", reason="未到场")
    stays = sa.select(sa.func.count()).where(Presence.ledger_id == world.ledger_id)
    assert session.scalar(stays) == 0
    assert make.balances(session, world.ledger_id) == {}
    told = sa.select(Message.facts).where(
        Message.ledger_id == world.ledger_id, Message.topic == "grant_refused"
    )
    assert session.scalars(told).one()["reason"] == "未到场"
    assert make.grant(session, world, member.id, **make.stay(DAY, 9, 17)).state == "posted"


def test_nobody_decides_what_they_made(session, world):
    waiting = make.grant(session, world, make.member(session, world).id, hold_reasons=("own",))
    refused(session, world, SecondPersonRequired, waiting, actor=world.staff)
    refused(session, world, SecondPersonRequired, waiting, actor=SYSTEM)


def test_d23_nobody_decides_their_own(session, world):
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, hold_reasons=("own",))
    refused(session, world, SecondPersonRequired, waiting, actor=Actor(member.person_id))
    acting_for = Actor(new_id(), on_behalf_id=member.person_id)
    refused(session, world, SecondPersonRequired, waiting, actor=acting_for)


def test_d23_nobody_decides_for_their_household(session, world):
    head, other = make.member(session, world), make.member(session, world, "任清和")
    people.live_together(session, head, other)
    waiting = make.grant(session, world, other.id, hold_reasons=("own",))
    refused(session, world, SecondPersonRequired, waiting, actor=Actor(head.person_id))


def test_d17_level_3_is_not_for_level_2(session, world):
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, 730)
    assert waiting.state == "waiting_level_3"
    refused(session, world, PermissionDenied, waiting, level=2)
    assert make.decide(session, world, waiting, level=3)[0].state == "posted"


def test_level_1_decides_nothing(session, world):
    waiting = make.grant(session, world, make.member(session, world).id, hold_reasons=("roll",))
    refused(session, world, PermissionDenied, waiting, level=1)


def test_what_was_decided_is_not_decided_again(session, world):
    waiting = make.grant(session, world, make.member(session, world).id, hold_reasons=("roll",))
    make.decide(session, world, waiting)
    refused(session, world, GrantStateConflict, waiting, verdict="refused", reason="误")


def test_a_refusal_says_why(session, world):
    waiting = make.grant(session, world, make.member(session, world).id, hold_reasons=("roll",))
    refused(session, world, ValidationFailed, waiting, verdict="refused", reason=" ")
    refused(session, world, ValidationFailed, waiting, verdict="perhaps")


def test_an_unknown_grant_is_not_decided(session, world):
    with pytest.raises(NotFound), attempt(session):
        approvals.decide(
            session,
            ledger_id=world.ledger_id,
            grant_ids=[new_id()],
            level=3,
            verdict="approved",
            reason=None,
            actor=world.second,
        )


def test_a3_an_overlap_is_not_approved_while_the_other_is_credited(session, world):
    member = make.member(session, world)
    first = make.grant(session, world, member.id, **make.stay(DAY, 9, 11))
    second = make.grant(session, world, member.id, source_kind="order", **make.stay(DAY, 9, 11))
    refused(session, world, OverlapWithOtherActivity, second)
    first = grants.get(session, ledger_id=world.ledger_id, grant_id=first.id)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=first.id, reason="误", actor=world.second
    )
    assert make.decide(session, world, second)[0].state == "posted"
    assert make.hours_of(session, world, member.id) == 120


def test_a3_two_overlapping_grants_are_not_approved_together(session, world):
    member = make.member(session, world)
    how = {"hold_reasons": ("roll",), **make.stay(DAY, 9, 11)}
    pair = [make.grant(session, world, member.id, **how) for _ in range(2)]
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(OverlapWithOtherActivity), attempt(session):
        make.decide(session, world, *pair)
    assert make.snapshot(session, world.ledger_id) == before


def test_one_that_may_not_be_decided_refuses_the_batch(session, world):
    member = make.member(session, world)
    good = make.grant(session, world, member.id, hold_reasons=("roll",))
    high = make.grant(session, world, member.id, 730)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(PermissionDenied), attempt(session):
        make.decide(session, world, good, high, level=2)
    assert make.snapshot(session, world.ledger_id) == before


def test_a_case_waits_for_the_role_its_indicator_names(session, world):
    programmes.add_indicator(
        session,
        programme=world.programme,
        code="cases",
        name="调解案件",
        measure="pieces",
        approver_role="second_approver",
        actor=SYSTEM,
    )
    programmes.add_category(
        session,
        programme=world.programme,
        code="case",
        name="调解案件",
        indicator_code="cases",
        actor=SYSTEM,
    )
    make.rate(session, world, "cases", Terms(20, 1))
    how = {"source_kind": "manual", "provenance": "none", "quantity": 1, "category_code": "case"}
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, 0, **how)
    assert (waiting.state, waiting.hold_reasons) == ("waiting_level_2", "approver")
    approver = make.member(session, world, "任清和")
    actor = Actor(approver.person_id)
    refused(session, world, PermissionDenied, waiting, actor=actor)
    roles.grant(
        session,
        person_id=approver.person_id,
        node_id=world.node.id,
        role="second_approver",
        actor=SYSTEM,
    )
    assert make.decide(session, world, waiting, actor=actor)[0].points == 20


def test_the_list_shows_what_waits_below_a_place(session, world):
    elsewhere = places.make_node(session, world.city)
    member = make.member(session, world)
    here = make.grant(session, world, member.id, hold_reasons=("roll",))
    make.grant(session, world, member.id, hold_reasons=("roll",), node_id=elsewhere.id)
    high = make.grant(session, world, member.id, 730)
    make.grant(session, world, member.id, served_on=date(2026, 3, 1))

    def listed(node, **how) -> list:
        found = approvals.list_waiting(session, ledger_id=world.ledger_id, node=node, **how)
        return [each.id for each in found]

    assert listed(world.node) == [here.id, high.id]
    assert len(listed(world.city)) == 3
    assert listed(world.city, level=3) == [high.id]
    assert listed(world.city, limit=1, offset=1) == [listed(world.city)[1]]


def test_what_waits_is_counted_by_level_and_reasons(session, world):
    elsewhere = places.make_node(session, world.city)
    member = make.member(session, world)
    make.grant(session, world, member.id, hold_reasons=("roll",))
    make.grant(session, world, member.id, hold_reasons=("roll",), served_on=date(2026, 2, 27))
    make.grant(session, world, member.id, hold_reasons=("roll",), node_id=elsewhere.id)
    make.grant(session, world, member.id, 730, served_on=date(2026, 2, 26))
    make.grant(session, world, member.id, served_on=date(2026, 3, 1))

    def counted(node) -> dict:
        return dict(approvals.count_waiting(session, ledger_id=world.ledger_id, node=node))

    assert counted(world.node) == {(2, "roll"): 2, (3, "day_level_3"): 1}
    assert counted(world.city)[2, "roll"] == 3


def test_hundreds_are_approved_with_the_statements_of_one(session, world):
    members = [make.member(session, world, f"志愿者{number}").id for number in range(60)]
    deeds = [
        make.deed(world, each, 50 + place, hold_reasons=("roll",), **times)
        for place, each in enumerate(members)
        for times in ({}, {"starts_at": make.at(DAY, 9), "ends_at": make.at(DAY, 11)})
    ]
    made = grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
    session.commit()

    def statements(some: list) -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        make.decide(session, world, *some)
        session.commit()
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    few = statements(made[:2])
    assert statements(made[2:4]) <= few
    assert statements(made[4:]) <= few
    assert make.trial_balance(session, world.ledger_id) == {"minutes": 0, "points": 0}
