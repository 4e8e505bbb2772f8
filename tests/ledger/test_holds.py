"""Holds: kept back, then captured, given back or lapsed — once."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import balances, holds
from app.ledger.drafts import Line
from app.ledger.errors import HoldAlreadyResolved, InsufficientPoints
from tests.factories import ledger as make
from tests.ledger.statements_counted import counted
from tests.ledger.test_posting import V26, V27, left

HOUR = timedelta(hours=1)


def act(key):
    return {"key": key, "kind": "test", "actor": SYSTEM}


@pytest.fixture
def li(session, ledger_id):
    return make.member_with(session, ledger_id, 20)


@pytest.fixture
def shop():
    return make.shop(new_id())


def place(session, ledger_id, *lines, expires_at=None):
    draft = make.draft(*lines, kind="reservation")
    return holds.place(session, ledger_id=ledger_id, draft=draft, expires_at=expires_at)


def test_a_hold_lowers_what_is_available_and_moves_nothing(session, ledger_id, li, shop):
    place(session, ledger_id, Line(make.wallet(li), shop, 12))
    [balance] = balances.of_owner(session, ledger_id=ledger_id, owner_id=li)
    assert (balance.posted, balance.held, balance.available) == (20, 12, 8)
    assert left(session, ledger_id, shop) == 0


def test_what_is_held_cannot_be_spent(session, ledger_id, li, shop):
    place(session, ledger_id, Line(make.wallet(li), shop, 12))
    before = make.everything(session, ledger_id)
    with pytest.raises(InsufficientPoints) as refusal, attempt(session):
        make.post(session, ledger_id, Line(make.wallet(li), shop, 9))
    assert refusal.value.facts["short_points"] == 1
    assert make.everything(session, ledger_id) == before


def test_more_than_is_available_cannot_be_held(session, ledger_id, li, shop):
    before = make.everything(session, ledger_id)
    with pytest.raises(InsufficientPoints), attempt(session):
        place(session, ledger_id, Line(make.wallet(li), shop, 21))
    assert make.everything(session, ledger_id) == before


def test_a_capture_moves_what_was_held(session, ledger_id, li, shop):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, **act("take"))
    assert left(session, ledger_id, make.wallet(li)) == 8
    assert left(session, ledger_id, shop) == 12
    assert holds.list_open(session, ledger_id=ledger_id, owner_id=li) == []


def test_a_capture_in_part_gives_the_rest_back(session, ledger_id, li, shop):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, amount=10, **act("take"))
    assert left(session, ledger_id, make.wallet(li)) == 10
    assert left(session, ledger_id, shop) == 10


def test_a_capture_in_part_takes_the_first_lots(session, ledger_id, shop):
    li = make.member_with(session, ledger_id, 30, V26)
    make.issue(session, ledger_id, li, 20, V27)
    journal_id = place(
        session,
        ledger_id,
        Line(make.wallet(li, V26), shop, 30),
        Line(make.wallet(li, V27), shop, 5),
    )
    holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, amount=30, **act("take"))
    assert left(session, ledger_id, make.wallet(li, V26)) == 0
    assert left(session, ledger_id, make.wallet(li, V27)) == 20


def test_a_voided_hold_is_available_again(session, ledger_id, li, shop):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    holds.void(session, ledger_id=ledger_id, journal_id=journal_id, **act("void"))
    assert left(session, ledger_id, make.wallet(li)) == 20


@pytest.mark.parametrize("first", [holds.capture, holds.void])
@pytest.mark.parametrize("second", [holds.capture, holds.void])
def test_a_hold_ends_once(session, ledger_id, li, shop, first, second):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    first(session, ledger_id=ledger_id, journal_id=journal_id, **act("first"))
    before = make.everything(session, ledger_id)
    with pytest.raises(HoldAlreadyResolved) as refusal, attempt(session):
        second(session, ledger_id=ledger_id, journal_id=journal_id, **act("second"))
    assert refusal.value.code == "hold_already_resolved"
    assert make.everything(session, ledger_id) == before


def test_a_capture_sent_again_answers_with_the_first(session, ledger_id, li, shop):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    first = holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, **act("take"))
    again = holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, **act("take"))
    assert again == first
    assert left(session, ledger_id, shop) == 12


@pytest.mark.parametrize("amount", [0, 13])
def test_no_more_is_captured_than_was_held(session, ledger_id, li, shop, amount):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    before = make.everything(session, ledger_id)
    with pytest.raises(ValueError, match="captured"):
        holds.capture(
            session, ledger_id=ledger_id, journal_id=journal_id, amount=amount, **act("take")
        )
    assert make.everything(session, ledger_id) == before


def test_a_journal_without_holds_holds_nothing(session, ledger_id, li):
    journal_id = make.issue(session, ledger_id, li, 1)
    with pytest.raises(NotFound), attempt(session):
        holds.void(session, ledger_id=ledger_id, journal_id=journal_id, **act("void"))


def test_holds_lapse_when_their_time_is_over(session, ledger_id, li, shop):
    line = Line(make.wallet(li), shop, 6)
    due, later = clock.now() + HOUR, clock.now() + 3 * HOUR
    place(session, ledger_id, line, expires_at=due)
    place(session, ledger_id, line, expires_at=later)
    place(session, ledger_id, line)
    assert holds.expire_due(session, ledger_id=ledger_id) == 0
    with clock.held_at(due):
        assert holds.expire_due(session, ledger_id=ledger_id) == 1
        assert holds.expire_due(session, ledger_id=ledger_id) == 0
    assert left(session, ledger_id, make.wallet(li)) == 8


def test_a_lapsed_hold_cannot_be_captured_but_is_given_back(session, ledger_id, li, shop):
    due = clock.now() + HOUR
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12), expires_at=due)
    before = make.everything(session, ledger_id)
    with clock.held_at(due):
        with pytest.raises(HoldAlreadyResolved), attempt(session):
            holds.capture(session, ledger_id=ledger_id, journal_id=journal_id, **act("take"))
        assert make.everything(session, ledger_id) == before
        holds.void(session, ledger_id=ledger_id, journal_id=journal_id, **act("void"))
    assert left(session, ledger_id, make.wallet(li)) == 20


@pytest.mark.parametrize("count", [1, 12])
def test_lapsing_costs_six_statements_whatever_the_number(session, ledger_id, li, shop, count):
    due = clock.now() + HOUR
    for _ in range(count):
        place(session, ledger_id, Line(make.wallet(li), shop, 1), expires_at=due)
    with clock.held_at(due), counted(session) as statements:
        assert holds.expire_due(session, ledger_id=ledger_id) == count
    # voiding writes no entry: find, lock, claim, read holds, write transfers, move counters
    assert len(statements) == 6, statements


def test_open_holds_are_listed_by_owner(session, ledger_id, li, shop):
    journal_id = place(session, ledger_id, Line(make.wallet(li), shop, 12))
    other = make.member_with(session, ledger_id, 5)
    place(session, ledger_id, Line(make.wallet(other), shop, 5))
    [hold] = holds.list_open(session, ledger_id=ledger_id, owner_id=li)
    assert (hold.journal_id, hold.debit, hold.amount) == (journal_id, make.wallet(li), 12)
