"""Paid duty earns nothing, whatever the door it comes through (O8, K2, X1, A5)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.transactions import attempt
from app.people import duties
from app.points import backfills, manual
from app.points.backfills import BackfillClaim
from app.points.errors import DutyEarnsNothing
from app.points.manual import ManualClaim
from tests.factories import households as make
from tests.factories import points

DOORS = ("attendance", "order", "claim", "sighting", "application")
"""Where a deed may come from; by hand it is not entered at all."""


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(make.DAY, 15)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session", pools="person")


@pytest.fixture
def workers(session, world):
    """A full-time worker of the community and a volunteer with the same title, unpaid."""
    found = [points.member(session, world, name) for name in ("温如许", "温知夏")]
    for member, is_paid in zip(found, (True, False), strict=True):
        duties.give(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            node=world.node,
            kind_code="steward",
            is_paid=is_paid,
            actor=SYSTEM,
        )
    session.commit()
    return found


def by_hand(world, member, **more):
    said = {"category_code": "other", "served_on": make.DAY, "reason": "没扫上", **more}
    if said.setdefault("minutes", 60):
        said = {**points.stay(said["served_on"], 9, 10), **said}
    return ManualClaim(member_id=member.id, node_id=world.node.id, **said)


def refused(session, world, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(DutyEarnsNothing) as error, attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before
    return error.value.facts


@pytest.mark.parametrize("door", DOORS)
def test_o8_what_was_done_on_paid_duty_is_kept_and_worth_nothing_at_every_door(
    session, world, workers, door
):
    paid, unpaid = workers
    for member in workers:
        points.grant(session, world, member.id, 60, source_kind=door)
    assert points.hours_of(session, world, paid.id) == 0
    assert points.points_of(session, world, paid.id) == 0
    assert points.hours_of(session, world, unpaid.id) == 60
    assert points.points_of(session, world, unpaid.id) == 5
    make.require_proven(session, world.ledger_id)


def test_k2_nobody_enters_paid_duty_by_hand_and_the_line_is_named(session, world, workers):
    paid, unpaid = workers
    case = {"minutes": 0, "quantity": 1, "category_code": "home_mediation", "case_no": "WD-1"}
    for more in ({}, case):
        claims = [by_hand(world, unpaid), by_hand(world, paid, **more)]
        facts = refused(
            session,
            world,
            lambda listed=claims: manual.request_many(
                session, ledger_id=world.ledger_id, claims=listed, actor=world.staff
            ),
        )
        assert facts["line"] == 2
    made = manual.request(
        session, ledger_id=world.ledger_id, claim=by_hand(world, unpaid), actor=world.staff
    )
    assert made.minutes == 60
    earlier = by_hand(world, paid, served_on=make.DAY - timedelta(days=1))
    made = manual.request(session, ledger_id=world.ledger_id, claim=earlier, actor=world.staff)
    assert made.minutes == 60, "the duty began today: the day before they were a volunteer"


def test_x1_paid_duty_is_not_filled_in_afterwards_either(session, world, workers):
    paid, unpaid = workers

    def fill_in(member):
        claim = BackfillClaim(
            member_id=member.id,
            node_id=world.node.id,
            category_code="other",
            provenance="honorary",
            minutes=60,
            served_on=make.DAY,
            evidence="照片",
            applied_by_id=member.person_id,
        )
        return backfills.request(session, ledger_id=world.ledger_id, claim=claim, actor=world.staff)

    refused(session, world, lambda: fill_in(paid))
    assert fill_in(unpaid).state == "waiting"
