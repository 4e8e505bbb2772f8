"""Back-fills: D24, D25, D26, E7."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import inbox
from app.people.errors import AlreadyDecided
from app.people.models import Message
from app.points import backfills
from app.points.backfills import BackfillClaim
from app.points.errors import BackfillBarred
from app.points.models import Decision, Grant
from tests.factories import points as make

DAY = date(2026, 3, 20)
"""A Friday; ten working days after Friday 6 March."""


@pytest.fixture(autouse=True)
def on_a_friday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def request(session: Session, world: make.World, member, **more: Any):
    asked: dict[str, Any] = {
        "member_id": member.id,
        "node_id": world.node.id,
        "category_code": "other",
        "provenance": "honorary",
        "minutes": 180,
        "served_on": date(2026, 3, 6),
        "evidence": "签到表照片",
        "applied_by_id": member.person_id,
    }
    claim = BackfillClaim(**{**asked, **more})
    return backfills.request(session, ledger_id=world.ledger_id, claim=claim, actor=world.staff)


def decide(session: Session, world: make.World, backfill, **more: Any):
    chosen: dict[str, Any] = {
        "level": 2,
        "verdict": "approved",
        "reason": None,
        "actor": world.second,
    }
    return backfills.decide(
        session, ledger_id=world.ledger_id, backfill_id=backfill.id, **{**chosen, **more}
    )


def unchanged(session: Session, world: make.World, refusal, act) -> None:
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert make.snapshot(session, world.ledger_id) == before


def test_e7_approved_honorary_minutes_are_hours_and_no_points(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member)
    assert (waiting.state, waiting.required_level) == ("waiting", 2)
    assert make.balances(session, world.ledger_id) == {}
    assert decide(session, world, waiting).state == "approved"
    assert make.hours_of(session, world, member.id, "honorary") == 180
    assert make.points_of(session, world, member.id) == 0
    kept = session.scalars(sa.select(Decision).where(Decision.ledger_id == world.ledger_id)).one()
    assert (kept.subject_kind, kept.verdict) == ("backfill", "approved")
    told = sa.select(Message.topic).where(Message.ledger_id == world.ledger_id)
    assert "backfill_decided" in set(session.scalars(told))


@pytest.mark.parametrize(
    "more",
    [
        {"provenance": "credited"},
        {"minutes": 0},
        {"evidence": " "},
        {"served_on": DAY + timedelta(days=1)},
        {"session_id": new_id()},
        {"session_id": new_id(), "minutes_planned": 120},
    ],
)
def test_d24_a_back_fill_without_its_grounds_is_refused(session, world, more):
    member = make.member(session, world)
    unchanged(session, world, ValidationFailed, lambda: request(session, world, member, **more))


def test_d24_not_longer_than_the_session_was_planned(session, world):
    member = make.member(session, world)
    tied = {"session_id": new_id(), "minutes_planned": 120}
    assert request(session, world, member, minutes=120, **tied).state == "waiting"


def test_d24_applicant_entrant_and_approver_are_not_one(session, world):
    member, friend = make.member(session, world), make.member(session, world, "任清和")
    waiting = request(session, world, member, applied_by_id=friend.person_id)
    for actor in (world.staff, Actor(friend.person_id), Actor(member.person_id)):
        unchanged(
            session,
            world,
            SecondPersonRequired,
            lambda actor=actor: decide(session, world, waiting, actor=actor),
        )


def test_d25_after_ten_working_days_a_higher_level_decides(session, world):
    member = make.member(session, world)
    late = request(session, world, member, served_on=date(2026, 3, 5))
    assert late.required_level == 3
    unchanged(session, world, PermissionDenied, lambda: decide(session, world, late))
    assert decide(session, world, late, level=3).state == "approved"


def test_a_refused_back_fill_posts_nothing_and_says_why(session, world):
    waiting = request(session, world, make.member(session, world))
    unchanged(
        session, world, ValidationFailed, lambda: decide(session, world, waiting, verdict="refused")
    )
    decide(session, world, waiting, verdict="refused", reason="照片不清")
    assert make.balances(session, world.ledger_id) == {}
    unchanged(session, world, AlreadyDecided, lambda: decide(session, world, waiting))


def test_d17_a_back_fill_of_thirteen_hours_waits_for_level_3(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member, minutes=780)
    decide(session, world, waiting, level=2)
    grant = session.get(Grant, (world.ledger_id, waiting.grant_id))
    assert grant.state == "waiting_level_3"
    other = request(session, world, member, minutes=780, served_on=date(2026, 3, 9))
    decide(session, world, other, level=3)
    assert make.hours_of(session, world, member.id, "honorary") == 780


def test_d26_found_false_all_goes_back_and_the_member_is_barred(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member)
    decide(session, world, waiting)
    found = backfills.find_false(
        session,
        ledger_id=world.ledger_id,
        backfill_id=waiting.id,
        reason="冒用照片",
        actor=world.second,
    )
    assert found.state == "reversed"
    assert make.balances(session, world.ledger_id) == {}
    told = inbox.list_for(session, ledger_id=world.ledger_id, member_id=member.id)
    (barred,) = [each.facts for each in told if each.topic == "backfill_barred"]
    assert barred == {
        "until_on": (clock.today() + timedelta(days=365)).isoformat(),
        "minutes": 6000,
    }
    unchanged(session, world, BackfillBarred, lambda: request(session, world, member))
    other = make.member(session, world, "任清和")
    assert request(session, world, other).state == "waiting"


def test_d26_the_bar_ends_after_a_year_and_a_hundred_hours(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member)
    decide(session, world, waiting)
    backfills.find_false(
        session, ledger_id=world.ledger_id, backfill_id=waiting.id, reason="假", actor=world.second
    )
    session.commit()
    for number in range(1, 13):
        with clock.held_at(make.at(DAY + timedelta(days=number), 21)):
            make.grant(session, world, member.id, 480)
    later = DAY + timedelta(days=366)
    with clock.held_at(make.at(later, 21)):
        unchanged(
            session,
            world,
            BackfillBarred,
            lambda: request(session, world, member, served_on=later),
        )
    with clock.held_at(make.at(DAY + timedelta(days=14), 21)):
        make.grant(session, world, member.id, 240)
        unchanged(session, world, BackfillBarred, lambda: request(session, world, member))
    # A window beyond the known calendar cannot be counted: ask inside it, a year later.
    with clock.held_at(make.at(DAY + timedelta(days=365), 21)):
        assert request(session, world, member, served_on=date(2026, 12, 1)).required_level == 3


def test_what_was_not_approved_is_not_found_false(session, world):
    waiting = request(session, world, make.member(session, world))

    def find_false(backfill_id):
        backfills.find_false(
            session,
            ledger_id=world.ledger_id,
            backfill_id=backfill_id,
            reason="假",
            actor=world.second,
        )

    unchanged(session, world, AlreadyDecided, lambda: find_false(waiting.id))
    unchanged(session, world, NotFound, lambda: find_false(new_id()))


def test_the_list_shows_what_waits_below_a_place(session, world):
    waiting = request(session, world, make.member(session, world))
    for node in (world.node, world.city):
        found = backfills.list_waiting(session, ledger_id=world.ledger_id, node=node)
        assert [each.id for each in found] == [waiting.id]
