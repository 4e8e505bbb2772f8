"""Grants taken back: L10, D31, E11."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import JournalDraft
from app.people.models import Message
from app.points import grants, wallets
from app.points.errors import GrantStateConflict
from app.points.models import Carry, Day, Presence
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def spend(session: Session, world: make.World, member_id, points: int) -> None:
    shop = AccountRef("points", "shop", new_id())
    lines = wallets.spend_lines(
        session, ledger_id=world.ledger_id, member_id=member_id, amount_points=points, to=shop
    )
    draft = JournalDraft(f"redeem:{new_id()}", "redemption", lines, world.staff)
    posting.post_one(session, ledger_id=world.ledger_id, draft=draft)


def reverse(session: Session, world: make.World, grant, reason: str = "未到场"):
    return grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant.id, reason=reason, actor=world.second
    )


def test_l10_a_reversed_attendance_gives_back_hours_and_points(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, **make.stay(DAY, 9, 11))
    reversed_ = reverse(session, world, grant)
    assert reversed_.state == "reversed"
    assert reversed_.reversal_journal_id is not None
    assert make.balances(session, world.ledger_id) == {}
    stays = sa.select(sa.func.count()).where(Presence.ledger_id == world.ledger_id)
    assert session.scalar(stays) == 0
    day = session.scalars(sa.select(Day).where(Day.ledger_id == world.ledger_id)).one()
    assert (day.minutes, day.points, day.grant_count) == (0, 0, 0)


def test_e11_d31_what_was_spent_is_owed_and_recovered_from_the_next_earning(session, world):
    member = make.member(session, world)
    make.grant(session, world, member.id, 300)
    false = make.grant(session, world, member.id, 300, hold_reasons=("roll",))
    make.decide(session, world, false)
    spend(session, world, member.id, 8)
    reverse(session, world, grants.get(session, ledger_id=world.ledger_id, grant_id=false.id))
    owing = make.holding(session, world, member.id)
    assert (owing.spendable_points, owing.receivable_points) == (0, 3)
    make.grant(session, world, member.id, 240, served_on=date(2026, 3, 1))
    after = make.holding(session, world, member.id)
    assert (after.spendable_points, after.receivable_points) == (1, 0)
    assert make.trial_balance(session, world.ledger_id) == {"minutes": 0, "points": 0}


def test_a_grant_is_reversed_once(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id)
    reverse(session, world, grant)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(AlreadyReversed), attempt(session):
        reverse(session, world, grant)
    assert make.snapshot(session, world.ledger_id) == before


def test_a_waiting_grant_is_refused_and_not_reversed(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, hold_reasons=("roll",))
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(GrantStateConflict), attempt(session):
        reverse(session, world, grant)
    assert make.snapshot(session, world.ledger_id) == before


def test_a_reversal_says_why_and_needs_a_grant(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(ValidationFailed), attempt(session):
        reverse(session, world, grant, reason=" ")
    with pytest.raises(NotFound), attempt(session):
        grants.reverse(
            session, ledger_id=world.ledger_id, grant_id=new_id(), reason="x", actor=world.second
        )
    assert make.snapshot(session, world.ledger_id) == before


def test_the_carry_loses_what_the_grant_gave_and_may_be_negative(session, world):
    member = make.member(session, world)
    first = make.grant(session, world, member.id, 105)
    make.grant(session, world, member.id, 30)
    reverse(session, world, first)
    carry = sa.select(Carry.remainder_quantity).where(Carry.ledger_id == world.ledger_id)
    assert session.scalar(carry) == -30
    third = make.grant(session, world, member.id, 20)
    assert (third.points, third.carry_before, third.carry_after) == (0, -30, -10)
    assert make.hours_of(session, world, member.id) == 50


def test_a_freed_time_may_be_credited_again_as_the_next_version(session, world):
    member = make.member(session, world)
    source_id = new_id()
    first = make.grant(session, world, member.id, source_id=source_id, **make.stay(DAY, 9, 11))
    reverse(session, world, first)
    again = make.grant(
        session, world, member.id, source_id=source_id, source_version=2, **make.stay(DAY, 9, 10)
    )
    assert again.state == "posted"
    assert make.hours_of(session, world, member.id) == 60


def test_reversed_hours_free_the_day(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 480)
    reverse(session, world, grant)
    assert make.grant(session, world, member.id, 480).state == "posted"


def test_claw_back_takes_its_own_vintage_first(session):
    world = make.world(session, expiry_policy="calendar_year")
    member = make.member(session, world)
    with clock.held_at(make.at(date(2026, 12, 1), 12)):
        make.grant(session, world, member.id, 120)
    with clock.held_at(make.at(date(2027, 1, 5), 12)):
        second = make.grant(session, world, member.id, 60)
    with clock.held_at(make.at(date(2026, 12, 2), 12)):
        reverse(session, world, second)
        lots = make.holding(session, world, member.id).lots
    assert lots == [(date(2026, 12, 31), 2)]


def test_the_member_hears_of_the_reversal(session, world):
    member = make.member(session, world)
    reverse(session, world, make.grant(session, world, member.id), reason="重复登记")
    topics = sa.select(Message.topic, Message.facts).where(
        Message.ledger_id == world.ledger_id, Message.topic == "reversed"
    )
    assert session.execute(topics).one().facts["reason"] == "重复登记"
