"""Balances: of an owner, of an account, and as they were."""

from datetime import UTC, datetime, timedelta

from app.base import clock
from app.base.ids import new_id
from app.ledger import balances
from app.ledger.drafts import Line
from tests.factories import ledger as make
from tests.ledger.test_posting import V26, V27

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_owners_balances_are_listed_by_unit_kind_and_vintage(session, ledger_id):
    li = make.member_with(session, ledger_id, 20, V27)
    make.issue(session, ledger_id, li, 30, V26)
    make.post(session, ledger_id, Line(make.ISSUANCE_MINUTES, make.hours(li), 120))
    found = balances.of_owner(session, ledger_id=ledger_id, owner_id=li)
    assert [(b.ref, b.available) for b in found] == [
        (make.hours(li), 120),
        (make.wallet(li, V26), 30),
        (make.wallet(li, V27), 20),
    ]


def test_an_account_that_was_never_opened_holds_nothing(session, ledger_id):
    ref = make.wallet(new_id())
    assert balances.available(session, ledger_id=ledger_id, ref=ref) == 0
    assert balances.of_owner(session, ledger_id=ledger_id, owner_id=ref.owner_id) == []


def test_a_balance_of_one_book_is_not_seen_in_another(session, ledger_id):
    li, other = make.member_with(session, ledger_id, 20), make.open_book(session)
    assert balances.available(session, ledger_id=other, ref=make.wallet(li)) == 0


def test_a_past_balance_is_what_the_entries_said_then(session, ledger_id):
    li = new_id()
    for hours_later, points in ((0, 10), (1, 5), (2, 7)):
        with clock.held_at(NOON + hours_later * HOUR):
            make.issue(session, ledger_id, li, points)
    [balance] = balances.of_owner(session, ledger_id=ledger_id, owner_id=li)

    def at(instant):
        return balances.at(
            session, ledger_id=ledger_id, account_id=balance.account_id, instant=instant
        )

    assert at(NOON - HOUR) == 0
    assert at(NOON) == 10
    assert at(NOON + HOUR / 2) == 10
    assert at(NOON + HOUR) == 15
    assert at(NOON + 9 * HOUR) == 22 == balance.posted
