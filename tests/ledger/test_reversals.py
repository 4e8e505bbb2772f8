"""Reversals: another journal takes a journal back, once."""

from datetime import date

import pytest

from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import holds, proof, reversals
from app.ledger.drafts import Line
from app.ledger.errors import AlreadyReversed, InsufficientPoints
from tests.factories import ledger as make
from tests.ledger.test_posting import V26, V27, left


def reverse(session, ledger_id, journal_id, lines=None, key="back"):
    return reversals.reverse(
        session, ledger_id=ledger_id, journal_id=journal_id, lines=lines,
        key=key, kind="reversal", actor=SYSTEM, reason="取消",
    )  # fmt: skip


def test_l4_a_reversal_is_the_exact_opposite(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 100), make.shop(new_id())
    journal_id = make.post(session, ledger_id, Line(make.wallet(li), shop, 60))
    reverse(session, ledger_id, journal_id)
    assert left(session, ledger_id, make.wallet(li)) == 100
    assert left(session, ledger_id, shop) == 0


def test_l4_a_journal_is_reversed_once(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 100), make.shop(new_id())
    journal_id = make.post(session, ledger_id, Line(make.wallet(li), shop, 60))
    first = reverse(session, ledger_id, journal_id)
    before = make.everything(session, ledger_id)
    with pytest.raises(AlreadyReversed) as refusal, attempt(session):
        reverse(session, ledger_id, journal_id, key="again")
    assert refusal.value.code == "already_reversed"
    assert make.everything(session, ledger_id) == before
    assert reverse(session, ledger_id, journal_id) == first
    assert make.everything(session, ledger_id) == before


def test_l10_what_was_spent_becomes_a_receivable(session, ledger_id):
    li, shop = new_id(), make.shop(new_id())
    grant = make.post(
        session,
        ledger_id,
        Line(make.ISSUANCE_MINUTES, make.hours(li), 120),
        Line(make.ISSUANCE, make.wallet(li), 20),
    )
    make.post(session, ledger_id, Line(make.wallet(li), shop, 15))
    back = (
        Line(make.hours(li), make.ISSUANCE_MINUTES, 120),
        Line(make.wallet(li), make.ISSUANCE, 5),
        Line(make.receivable(li), make.ISSUANCE, 15),
    )
    reverse(session, ledger_id, grant, back)
    assert left(session, ledger_id, make.wallet(li)) == 0
    assert left(session, ledger_id, make.receivable(li)) == -15
    assert left(session, ledger_id, make.hours(li)) == 0
    assert proof.totals(session, ledger_id=ledger_id) == (0, -15)


def test_e9_first_expiring_points_are_spent_first(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 30, V26), make.shop(new_id())
    make.issue(session, ledger_id, li, 20, V27)
    make.post(
        session,
        ledger_id,
        Line(make.wallet(li, V26), shop, 30),
        Line(make.wallet(li, V27), shop, 5),
        kind="redemption",
    )
    assert left(session, ledger_id, make.wallet(li, V26)) == 0
    assert left(session, ledger_id, make.wallet(li, V27)) == 15


def test_e10_a_refund_after_expiry_gives_back_what_is_still_valid(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 30, V26), make.shop(new_id())
    make.issue(session, ledger_id, li, 20, V27)
    redemption = make.post(
        session,
        ledger_id,
        Line(make.wallet(li, V26), shop, 30),
        Line(make.wallet(li, V27), shop, 5),
    )
    back = (Line(shop, make.wallet(li, V27), 5), Line(shop, make.EXPIRED, 30))
    reverse(session, ledger_id, redemption, back)
    assert left(session, ledger_id, make.wallet(li, V27)) == 20
    assert left(session, ledger_id, make.wallet(li, V26)) == 0
    assert left(session, ledger_id, make.EXPIRED) == 30
    assert left(session, ledger_id, shop) == 0


def test_e11_the_next_earnings_pay_the_receivable_first(session, ledger_id):
    li, shop = new_id(), make.shop(new_id())
    grant = make.issue(session, ledger_id, li, 10)
    make.post(session, ledger_id, Line(make.wallet(li), shop, 8))
    false_half = (
        Line(make.wallet(li), make.ISSUANCE, 2),
        Line(make.receivable(li), make.ISSUANCE, 8),
    )
    reverse(session, ledger_id, grant, false_half)
    make.post(session, ledger_id, Line(make.ISSUANCE, make.receivable(li), 5))
    assert left(session, ledger_id, make.receivable(li)) == -3
    make.post(
        session,
        ledger_id,
        Line(make.ISSUANCE, make.receivable(li), 3),
        Line(make.ISSUANCE, make.wallet(li), 1),
    )
    assert left(session, ledger_id, make.receivable(li)) == 0
    assert left(session, ledger_id, make.wallet(li)) == 1


def test_l12_an_opening_balance_comes_from_the_opening_account(session, ledger_id):
    li = new_id()
    make.post(
        session,
        ledger_id,
        Line(make.OPENING_MINUTES, make.hours(li, "hours_historical"), 600),
        Line(make.OPENING, make.wallet(li), 50),
        kind="opening",
    )
    assert proof.totals(session, ledger_id=ledger_id) == (600, 50)
    assert all(check.is_ok for check in proof.checks(session, ledger_id=ledger_id))


def test_l13_a_merge_moves_all_to_the_member_that_is_kept(session, ledger_id):
    old, kept = make.member_with(session, ledger_id, 30, V26), new_id()
    make.post(session, ledger_id, Line(make.ISSUANCE_MINUTES, make.hours(old), 90))
    make.post(
        session,
        ledger_id,
        Line(make.wallet(old, V26), make.wallet(kept, V26), 30),
        Line(make.hours(old), make.hours(kept), 90),
        kind="merge",
    )
    assert left(session, ledger_id, make.wallet(old, V26)) == 0
    assert left(session, ledger_id, make.wallet(kept, V26)) == 30
    assert left(session, ledger_id, make.hours(kept)) == 90


def test_l15_expired_points_leave_the_wallet_and_hours_stay(session, ledger_id):
    li = make.member_with(session, ledger_id, 30, date(2025, 12, 31))
    make.post(session, ledger_id, Line(make.ISSUANCE_MINUTES, make.hours(li), 90))
    lot = make.wallet(li, date(2025, 12, 31))
    make.post(session, ledger_id, Line(lot, make.EXPIRED, 30), kind="expiry")
    assert left(session, ledger_id, lot) == 0
    assert proof.totals(session, ledger_id=ledger_id) == (90, 0)


def test_a_reversal_of_other_sums_is_a_mistake(session, ledger_id):
    li = new_id()
    journal_id = make.issue(session, ledger_id, li, 10)
    before = make.everything(session, ledger_id)
    with pytest.raises(ValueError, match="as much of each unit"):
        reverse(session, ledger_id, journal_id, (Line(make.wallet(li), make.ISSUANCE, 9),))
    assert make.everything(session, ledger_id) == before


def test_points_that_were_spent_are_not_taken_back_by_themselves(session, ledger_id):
    li, shop = new_id(), make.shop(new_id())
    grant = make.issue(session, ledger_id, li, 10)
    make.post(session, ledger_id, Line(make.wallet(li), shop, 8))
    before = make.everything(session, ledger_id)
    with pytest.raises(InsufficientPoints), attempt(session):
        reverse(session, ledger_id, grant)
    assert make.everything(session, ledger_id) == before


def test_a_journal_that_does_not_exist_cannot_be_reversed(session, ledger_id):
    with pytest.raises(NotFound), attempt(session):
        reverse(session, ledger_id, new_id())


def test_a_hold_is_not_reversed_but_voided(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 10), make.shop(new_id())
    draft = make.draft(Line(make.wallet(li), shop, 4))
    journal_id = holds.place(session, ledger_id=ledger_id, draft=draft)
    with pytest.raises(NotFound), attempt(session):
        reverse(session, ledger_id, journal_id)


def test_a_capture_can_be_reversed(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 10), make.shop(new_id())
    draft = make.draft(Line(make.wallet(li), shop, 4))
    held = holds.place(session, ledger_id=ledger_id, draft=draft)
    taken = holds.capture(
        session, ledger_id=ledger_id, journal_id=held, key="take", kind="capture", actor=SYSTEM
    )
    reverse(session, ledger_id, taken)
    assert left(session, ledger_id, make.wallet(li)) == 10
    assert all(check.is_ok for check in proof.checks(session, ledger_id=ledger_id))
