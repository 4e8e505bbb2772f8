"""Expiry and its reminders: D28, L15."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.ids import NOBODY, new_id
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.models import Journal, Transfer
from app.ledger.posting import JournalDraft, Line
from app.people.models import Message
from app.points import expiry, wallets
from tests.factories import points as make

V26 = date(2026, 12, 31)
EXPIRED = ("points", "expired", str(NOBODY), NEVER)
SHOP = AccountRef("points", "shop", new_id())


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session", expiry_policy="calendar_year")


@pytest.fixture
def holder(session: Session, world: make.World):
    """A member with 8 points and 8 hours of 2026."""
    member = make.member(session, world)
    with clock.held_at(make.at(date(2026, 6, 1), 12)):
        make.grant(session, world, member.id, 480)
    session.commit()
    return member


def expire(session: Session, world: make.World, today: date) -> int:
    with clock.held_at(make.at(today, 3)):
        return expiry.expire_due(session, ledger_id=world.ledger_id, today=today)


def remind(session: Session, world: make.World, today: date) -> int:
    with clock.held_at(make.at(today, 9)):
        return expiry.remind(session, ledger_id=world.ledger_id, today=today)


def told(session: Session, world: make.World, topic: str) -> list[dict]:
    query = sa.select(Message.facts).where(
        Message.ledger_id == world.ledger_id, Message.topic == topic
    )
    return list(session.scalars(query.order_by(Message.sent_at)))


def test_l15_what_is_left_of_a_vintage_goes_to_expired_and_hours_stay(session, world, holder):
    assert expire(session, world, V26) == 0, "the last day counts"
    assert expire(session, world, date(2027, 1, 1)) == 1
    assert make.balances(session, world.ledger_id)[EXPIRED] == 8
    assert make.points_of(session, world, holder.id) == 0
    assert make.hours_of(session, world, holder.id) == 480
    keys = sa.select(Journal.key).where(
        Journal.ledger_id == world.ledger_id, Journal.kind == "expiry"
    )
    assert session.scalar(keys).startswith(f"expire:2026-12-31:{holder.id}:")
    assert told(session, world, "expired") == [{"points": 8, "expired_on": "2026-12-31"}]


def test_points_that_never_expire_stay(session):
    world = make.world(session)
    member = make.member(session, world)
    make.grant(session, world, member.id, 120)
    assert expire(session, world, date(9999, 12, 30)) == 0
    assert make.points_of(session, world, member.id) == 2


def test_reserved_points_wait_and_expire_with_the_next_run(session, world, holder):
    wallet = wallets.wallet_ref(holder.id, V26)
    with clock.held_at(make.at(V26, 12)):
        draft = JournalDraft("hold:1", "hold", (Line(wallet, SHOP, 5, "pending"),), world.staff)
        held = posting.post_one(session, ledger_id=world.ledger_id, draft=draft)
    assert expire(session, world, date(2027, 1, 1)) == 1
    assert make.balances(session, world.ledger_id)[EXPIRED] == 3
    pending = sa.select(Transfer.id).where(
        Transfer.ledger_id == world.ledger_id, Transfer.journal_id == held
    )
    with clock.held_at(make.at(date(2027, 1, 2), 12)):
        line = Line(wallet, SHOP, 5, "void", pending_id=session.scalars(pending).one())
        draft = JournalDraft("void:1", "void", (line,), world.staff)
        posting.post_one(session, ledger_id=world.ledger_id, draft=draft)
    assert expire(session, world, date(2027, 1, 3)) == 1
    assert make.balances(session, world.ledger_id)[EXPIRED] == 8


def test_many_lots_expire_in_batches(session, world, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH_SIZE", 2)
    with clock.held_at(make.at(date(2026, 6, 1), 12)):
        for number in range(5):
            make.grant(session, world, make.member(session, world, f"志愿者{number}").id, 60)
    assert expire(session, world, date(2027, 1, 1)) == 5
    assert make.trial_balance(session, world.ledger_id) == {"minutes": 0, "points": 0}


def test_d28_a_holder_is_reminded_30_and_7_days_before_and_once_each(session, world, holder):
    assert remind(session, world, date(2026, 11, 30)) == 0
    for day in (date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 24), V26):
        assert remind(session, world, day) == 1
    assert told(session, world, "expiring") == [
        {"points": 8, "expires_on": "2026-12-31", "days": 30},
        {"points": 8, "expires_on": "2026-12-31", "days": 7},
    ]
    assert remind(session, world, date(2027, 1, 1)) == 0


def test_d28_nobody_is_reminded_at_night(session, world, holder):
    with clock.held_at(make.at(date(2026, 12, 1), 23)):
        assert expiry.remind(session, ledger_id=world.ledger_id, today=date(2026, 12, 1)) == 1
    sent_at = session.scalar(
        sa.select(Message.sent_at).where(
            Message.ledger_id == world.ledger_id, Message.topic == "expiring"
        )
    )

    assert sent_at == make.at(date(2026, 12, 2), 8)
