"""Cases: one number pays once, shares sum to it, officials on duty have 0 (A10, C33, K4)."""

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.transactions import attempt
from app.community import tree
from app.people import duties
from app.points import approvals, cases, grants, manual
from app.points.cases import Entry, Share
from app.points.errors import CaseAlreadyCounted, CaseSharesDiffer, DutyEarnsNothing
from app.points.manual import ManualClaim
from tests.factories import households as make
from tests.factories import points

NO = "WD-2026-007"


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(make.DAY, 15)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session", pools="person")


def open_case(session, world, *shares, case_no=NO, **more):
    said = {
        "case_no": case_no,
        "category_code": "neighbour_mediation",
        "node_id": world.node.id,
        "served_on": make.DAY,
        "shares": shares,
        "reason": "楼上漏水，两家说好了",
    }
    entry = Entry(**{**said, **more})
    return cases.open_case(session, ledger_id=world.ledger_id, entry=entry, actor=world.staff)


def shares_of(session, world, case):
    found = cases.shares_of(session, ledger_id=world.ledger_id, cases=[case])
    return {each.member_id: each for each in found[case.case_no]}


def waiting(session, world):
    return approvals.list_waiting(session, ledger_id=world.ledger_id, node=world.city)


def refused(session, world, refusal, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before


def test_c33_residents_share_the_case_and_the_officer_on_duty_has_nothing(session, world):
    officer = points.member(session, world, "任清和")
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    case = open_case(
        session, world, Share(one.id, 12), Share(two.id, 8), Share(officer.id, 0, is_on_duty=True)
    )
    assert (case.points, len(waiting(session, world))) == (20, 2)
    points.decide(session, world, *waiting(session, world))
    held = {each.id: points.points_of(session, world, each.id) for each in (one, two, officer)}
    assert held == {one.id: 12, two.id: 8, officer.id: 0}
    assert points.hours_of(session, world, one.id) == 0
    assert shares_of(session, world, case)[officer.id].grant_id is None
    make.require_proven(session, world.ledger_id)


def test_c33_points_for_somebody_on_duty_are_refused(session, world):
    """X1, O8, K2: also when a case is shared."""
    one, officer = points.member(session, world), points.member(session, world, "任清和")
    parts = (Share(one.id, 10), Share(officer.id, 10, is_on_duty=True))
    refused(session, world, DutyEarnsNothing, lambda: open_case(session, world, *parts))
    worker = points.member(session, world, "白既明")
    grid = tree.add(
        session, parent=world.node, kind_code="grid", code="g-1", name="第1网格", actor=SYSTEM
    )
    duties.give(
        session, ledger_id=world.ledger_id, member_id=worker.id, node=grid,
        kind_code="grid_full", actor=world.staff,
    )  # fmt: skip
    known = (Share(one.id, 10), Share(worker.id, 10))
    refused(session, world, DutyEarnsNothing, lambda: open_case(session, world, *known))


def test_k4_shares_that_are_not_the_cases_points_are_refused(session, world):
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    for parts in ((Share(one.id, 20), Share(two.id, 20)), (Share(one.id, 10),)):
        refused(
            session, world, CaseSharesDiffer, lambda said=parts: open_case(session, world, *said)
        )
    twice = (Share(one.id, 10), Share(one.id, 10))
    refused(session, world, ValidationFailed, lambda: open_case(session, world, *twice))


def test_a10_a_second_claim_on_a_case_is_refused_whatever_the_door(session, world):
    """K4: two credits for one case number are refused unless they share it."""
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    open_case(session, world, Share(one.id, 20))

    def by_hand(case_no=NO):
        claim = ManualClaim(
            member_id=two.id,
            category_code="neighbour_mediation",
            quantity=1,
            served_on=make.DAY,
            node_id=world.node.id,
            reason="调解成功",
            case_no=case_no,
        )
        return manual.request(session, ledger_id=world.ledger_id, claim=claim, actor=world.staff)

    doors = (
        by_hand,
        lambda: open_case(session, world, Share(two.id, 20)),
        lambda: make.apply(
            session, world, two, category_code="neighbour_mediation", case_no=NO.lower()
        ),
    )
    for door in doors:
        refused(session, world, CaseAlreadyCounted, door)
    by_hand("WD-2026-008")
    refused(
        session,
        world,
        CaseAlreadyCounted,
        lambda: open_case(session, world, Share(one.id, 20), case_no="WD-2026-008"),
    )


def test_a_case_is_free_again_when_none_of_its_shares_counts(session, world):
    one, two = points.member(session, world, "温如许"), points.member(session, world, "林知远")
    case = open_case(session, world, Share(one.id, 10), Share(two.id, 10))
    first, second = waiting(session, world)
    points.decide(session, world, first)
    points.decide(session, world, second, verdict="refused", reason="没有在场")
    refused(
        session, world, CaseAlreadyCounted, lambda: open_case(session, world, Share(two.id, 20))
    )
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=first.id, reason="记错", actor=world.second
    )
    again = open_case(session, world, Share(two.id, 20))
    assert (again.version, list(shares_of(session, world, case))) == (2, [two.id])
    points.decide(session, world, *waiting(session, world))
    assert points.points_of(session, world, two.id) == 20
    make.require_proven(session, world.ledger_id)
