"""Merging duplicate members: L13."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.models import Journal
from app.ledger.posting import JournalDraft, Line
from app.people import merges
from app.points import grants, mergings, proof_checks, wallets
from app.points.errors import HoldsOpen
from app.points.models import Carry
from tests.factories import people
from tests.factories import points as make

DAY = date(2026, 3, 2)
V26 = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session", expiry_policy="calendar_year")


def post(session: Session, world: make.World, pair: merges.MergedPair) -> list:
    return mergings.post(session, ledger_id=world.ledger_id, merge=pair.merge, actor=world.second)


def require_proven(session: Session, world: make.World) -> None:
    found = proof_checks.checks(session, ledger_id=world.ledger_id)
    assert all(check.is_ok for check in found), found


def test_l13_everything_moves_to_the_kept_member_one_journal_per_unit_and_vintage(session, world):
    old, kept = make.member(session, world), make.member(session, world, "温如絮")
    make.grant(session, world, old.id, 150)
    make.grant(session, world, old.id, 60, provenance="honorary")
    make.grant(session, world, kept.id, 100)
    journal_ids = post(session, world, people.merged(session, old, kept))
    assert len(journal_ids) == 3
    assert make.holding(session, world, kept.id).lots == [(V26, 3)]
    assert make.hours_of(session, world, kept.id) == 250
    assert make.hours_of(session, world, kept.id, "honorary") == 60
    assert make.holding(session, world, old.id).lots == []
    assert make.hours_of(session, world, old.id) == 0
    kinds = sa.select(Journal.kind).where(
        Journal.ledger_id == world.ledger_id, Journal.id.in_(journal_ids)
    )
    assert set(session.scalars(kinds)) == {"merge"}
    carry = sa.select(Carry.member_id, Carry.remainder_quantity).where(
        Carry.ledger_id == world.ledger_id
    )
    assert dict(map(tuple, session.execute(carry))) == {old.id: 0, kept.id: 70}
    require_proven(session, world)


def test_l13_both_histories_stay_readable_and_posting_again_changes_nothing(session, world):
    old, kept = make.member(session, world), make.member(session, world, "温如絮")
    mine = make.grant(session, world, old.id, 120)
    pair = people.merged(session, old, kept)
    post(session, world, pair)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    assert post(session, world, pair) == []
    assert make.snapshot(session, world.ledger_id) == before
    listed = grants.list_of_member(session, ledger_id=world.ledger_id, member_id=old.id)
    assert [each.id for each in listed] == [mine.id]


def test_what_the_old_member_owes_the_kept_one_owes(session, world):
    old, kept = make.member(session, world), make.member(session, world, "温如絮")
    make.grant(session, world, kept.id, 120)
    false = make.grant(session, world, old.id, 300)
    shop = AccountRef("points", "shop", new_id())
    lines = wallets.spend_lines(
        session, ledger_id=world.ledger_id, member_id=old.id, amount_points=5, to=shop
    )
    posting.post_one(
        session,
        ledger_id=world.ledger_id,
        draft=JournalDraft("redeem:1", "redemption", lines, world.staff),
    )
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=false.id, reason="假", actor=world.second
    )
    post(session, world, people.merged(session, old, kept))
    held = make.holding(session, world, kept.id)
    assert (held.spendable_points, held.receivable_points) == (0, 5)
    require_proven(session, world)


def test_a_grant_of_the_old_member_is_posted_and_reversed_at_the_kept_one(session, world):
    old, kept = make.member(session, world), make.member(session, world, "温如絮")
    done = make.grant(session, world, old.id, 90)
    waiting = make.grant(session, world, old.id, 90, hold_reasons=("roll",))
    post(session, world, people.merged(session, old, kept))
    decided = make.decide(session, world, waiting)[0]
    assert (decided.member_id, decided.points, decided.carry_before) == (old.id, 2, 30)
    assert make.hours_of(session, world, kept.id) == 180
    require_proven(session, world)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=done.id, reason="假", actor=world.second
    )
    assert make.hours_of(session, world, kept.id) == 90
    assert make.trial_balance(session, world.ledger_id) == {"minutes": 0, "points": 0}
    require_proven(session, world)


def test_a_merge_of_a_merged_member_goes_on_to_the_last(session, world):
    first, second, third = (make.member(session, world, name) for name in ("甲", "乙", "丙"))
    waiting = make.grant(session, world, first.id, 90, hold_reasons=("roll",))
    make.grant(session, world, first.id, 60)
    post(session, world, people.merged(session, first, second))
    post(session, world, people.merged(session, second, third))
    make.decide(session, world, waiting)
    assert make.hours_of(session, world, third.id) == 150
    require_proven(session, world)


def test_reserved_points_are_resolved_before_a_merge(session, world):
    old, kept = make.member(session, world), make.member(session, world, "温如絮")
    make.grant(session, world, old.id, 120)
    shop = AccountRef("points", "shop", new_id())
    line = Line(wallets.wallet_ref(old.id, V26), shop, 1, "pending")
    posting.post_one(
        session,
        ledger_id=world.ledger_id,
        draft=JournalDraft("hold:1", "hold", (line,), world.staff),
    )
    pair = people.merged(session, old, kept)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(HoldsOpen), attempt(session):
        post(session, world, pair)
    assert make.snapshot(session, world.ledger_id) == before
