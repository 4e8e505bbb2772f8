"""Duties: who may do what where, paid or not; what is paid on duty earns nothing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.community import tree
from app.people import duties, duty_pay
from app.people.errors import DutyTaken
from app.people.models import Duty
from tests.factories import people

KINDS = {
    "流动网格员", "红管家", "兼职网格员", "专职网格员", "网格长", "楼栋长", "巷道长", "单元长",
    "银发先锋", "长者评议员", "小区能人", "银龄顾问", "调解员", "三官一律",
}  # fmt: skip


@pytest.fixture
def here(session):
    return people.place(session)


def a_grid(session, here, number, parent=None):
    return tree.add(
        session,
        parent=parent or here.community,
        kind_code="grid",
        code=f"g-{number}",
        name=f"第{number}网格",
        actor=SYSTEM,
    )


def given(session, here, member, kind, node=None, **more):
    return duties.give(
        session,
        ledger_id=here.ledger_id,
        member_id=member.id,
        node=node or here.community,
        kind_code=kind,
        actor=SYSTEM,
        **more,
    )


def paid(session, here, member, node, on=None):
    return duty_pay.is_paid_at(
        session,
        ledger_id=here.ledger_id,
        member_id=member.id,
        node_id=node.id,
        on=on or clock.today(),
    )


def rows(session):
    return session.scalars(sa.select(Duty).where(Duty.ledger_id == 1).order_by(Duty.id)).all()


def test_o10_k9_k10_the_duties_of_the_street_are_known_with_what_they_may(session):
    kinds = {kind.label_zh: kind for kind in duties.kinds(session)}
    assert set(kinds) >= KINDS
    assert {name for name, kind in kinds.items() if kind.pay == "always"} == {"专职网格员"}
    assert "report" in kinds["流动网格员"].may
    assert kinds["长者评议员"].may == "rate"
    assert kinds["红管家"].pay == "either"


def test_o8_a_grid_has_one_full_time_worker_and_a_second_is_refused(session, here):
    first, second = people.members(session, here.ledger_id, here.community, 2)
    grid = a_grid(session, here, 1)
    standing = given(session, here, first, "grid_full", grid)
    with pytest.raises(DutyTaken), attempt(session):
        given(session, here, second, "grid_full", grid)
    assert rows(session) == [standing]

    duties.end(session, ledger_id=here.ledger_id, duty_id=standing.id, actor=SYSTEM)
    assert given(session, here, second, "grid_full", grid).is_paid
    assert not given(session, here, first, "grid_part", grid).is_paid
    assert not given(session, here, second, "grid_part", grid).is_paid


def test_o8_what_is_done_on_paid_duty_is_paid_and_elsewhere_it_is_not(session, here):
    worker, part_time = people.members(session, here.ledger_id, here.community, 2)
    grid, next_grid = a_grid(session, here, 1), a_grid(session, here, 2)
    other = tree.add(
        session, parent=here.township, kind_code="community", code="x", name="丁", actor=SYSTEM
    )
    duty = given(session, here, worker, "grid_full", grid)
    given(session, here, part_time, "grid_part", grid)

    assert [paid(session, here, worker, node) for node in (grid, next_grid, here.community)] == [
        True, True, True,
    ]  # fmt: skip
    assert not any(paid(session, here, worker, node) for node in (other, here.township, here.city))
    assert not paid(session, here, part_time, grid)
    assert not paid(session, here, worker, grid, clock.today() - timedelta(days=1))
    duties.end(session, ledger_id=here.ledger_id, duty_id=duty.id, actor=SYSTEM)
    assert paid(session, here, worker, grid)
    assert not paid(session, here, worker, grid, clock.today() + timedelta(days=1))


def test_k9_a_steward_is_paid_only_where_it_is_said_of_them(session, here):
    hired, neighbour, adviser = people.members(session, here.ledger_id, here.community, 3)
    given(session, here, hired, "steward", is_paid=True)
    given(session, here, neighbour, "steward")
    given(session, here, adviser, "silver_adviser", is_paid=True)
    whose = (hired, neighbour, adviser)
    assert [paid(session, here, each, here.community) for each in whose] == [True, False, False]


def test_t27_s9_the_same_duty_again_is_one_and_people_are_counted_once(session, here):
    members = people.members(session, here.ledger_id, here.community, 5)
    grid = a_grid(session, here, 1)
    key = {"ledger_id": here.ledger_id, "node": here.community}
    for _time in (1, 2):
        duties.give_many(
            session,
            **key,
            member_ids=[each.id for each in members],
            kind_code="grid_roving",
            actor=SYSTEM,
        )
    given(session, here, members[0], "grid_roving", grid)
    given(session, here, members[0], "silver_pioneer")
    counted = duties.counts(session, **key)
    assert (counted["grid_roving"], counted["silver_pioneer"]) == (5, 1)
    assert duties.count_people(session, **key) == 5
    assert len(rows(session)) == 7


def test_a_duty_says_what_its_holder_may_do_at_its_place(session, here):
    (member,) = people.members(session, here.ledger_id, here.community, 1)
    grid, beside = a_grid(session, here, 1), a_grid(session, here, 2)
    given(session, here, member, "elder_reviewer", grid)
    key = {"ledger_id": here.ledger_id, "member_id": member.id}
    assert duties.may(session, **key, act="rate", node=grid)
    assert duties.may(session, **key, act="rate")
    assert not duties.may(session, **key, act="rate", node=beside)
    assert not duties.may(session, **key, act="take_orders", node=grid)


def test_a_duty_that_may_not_be_given_leaves_nothing(session, here):
    member, other = people.members(session, here.ledger_id, here.community, 2)
    grid = a_grid(session, here, 1)
    given(session, here, other, "grid_chief", grid)
    for kind, node, actor, refusal in (
        ("nothing", here.community, SYSTEM, NotFound),
        ("grid_full", here.community, SYSTEM, ValidationFailed),
        ("steward", here.community, Actor(member.person_id), SecondPersonRequired),
        ("grid_chief", grid, SYSTEM, DutyTaken),
    ):
        with pytest.raises(refusal), attempt(session):
            duties.give(
                session,
                ledger_id=here.ledger_id,
                member_id=member.id,
                node=node,
                kind_code=kind,
                actor=actor,
            )
    assert len(rows(session)) == 1
