"""Statements: opening, what came and went, closing, and holds below the line."""

from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.ids import new_id
from app.ledger import holds
from app.ledger.drafts import Line
from app.ledger.statements import statement
from tests.factories import ledger as make
from tests.ledger.statements_counted import counted
from tests.ledger.test_posting import V26, V27

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.fixture
def li(session, ledger_id):
    """Earns 30 and 20 on two days, spends 35 over both lots on a third, owes 4 on a fourth."""
    li, shop = new_id(), make.shop(new_id())
    with clock.held_at(START):
        make.issue(session, ledger_id, li, 30, V26)
    with clock.held_at(START + DAY):
        make.issue(session, ledger_id, li, 20, V27)
    with clock.held_at(START + 2 * DAY):
        lines = (Line(make.wallet(li, V26), shop, 30), Line(make.wallet(li, V27), shop, 5))
        make.post(session, ledger_id, *lines, kind="redemption", reason="洗衣粉")
    with clock.held_at(START + 3 * DAY):
        make.post(session, ledger_id, Line(make.receivable(li), make.ISSUANCE, 4), kind="reversal")
    return li


def of(session, ledger_id, owner_id, **span):
    return statement(session, ledger_id=ledger_id, owner_id=owner_id, unit="points", **span)


def test_a_statement_runs_from_opening_to_closing_over_all_lots(session, ledger_id, li):
    whole = of(session, ledger_id, li)
    assert whole.opening == 0
    assert [(line.delta, line.balance) for line in whole.lines] == [
        (30, 30), (20, 50), (-30, 20), (-5, 15), (-4, 11),
    ]  # fmt: skip
    assert whole.closing == 11
    spent = whole.lines[2]
    assert (spent.kind, spent.reason, spent.other.kind) == ("redemption", "洗衣粉", "shop")
    assert spent.ref == make.wallet(li, V26)


def test_a_statement_of_a_span_opens_with_what_was_there(session, ledger_id, li):
    span = of(session, ledger_id, li, begins_at=START + DAY, ends_at=START + 3 * DAY)
    assert (span.opening, span.closing) == (30, 15)
    assert [line.delta for line in span.lines] == [20, -30, -5]


def test_statements_of_adjoining_spans_meet(session, ledger_id, li):
    middle = START + 2 * DAY
    before = of(session, ledger_id, li, ends_at=middle)
    after = of(session, ledger_id, li, begins_at=middle)
    assert before.closing == after.opening == 50
    assert after.closing == of(session, ledger_id, li).closing


def test_minutes_and_points_have_statements_of_their_own(session, ledger_id, li):
    make.post(session, ledger_id, Line(make.ISSUANCE_MINUTES, make.hours(li), 120))
    hours = statement(session, ledger_id=ledger_id, owner_id=li, unit="minutes")
    assert (hours.closing, len(hours.lines)) == (120, 1)
    assert of(session, ledger_id, li).closing == 11


def test_holds_stand_below_the_line(session, ledger_id, li):
    shop = make.shop(new_id())
    with clock.held_at(START + 4 * DAY):
        draft = make.draft(Line(make.wallet(li, V27), shop, 12))
        journal_id = holds.place(session, ledger_id=ledger_id, draft=draft)
    open_hold = of(session, ledger_id, li)
    assert (open_hold.closing, open_hold.held) == (11, 12)
    with clock.held_at(START + 6 * DAY):
        holds.void(
            session, ledger_id=ledger_id, journal_id=journal_id, key="v", kind="v", actor=SYSTEM
        )
    assert of(session, ledger_id, li).holds == ()
    assert of(session, ledger_id, li, ends_at=START + 5 * DAY).held == 12
    assert of(session, ledger_id, li, ends_at=START + 4 * DAY).holds == ()


def test_who_has_nothing_has_an_empty_statement(session, ledger_id):
    empty = of(session, ledger_id, new_id(), begins_at=START)
    assert (empty.opening, empty.lines, empty.closing, empty.holds) == (0, (), 0, ())


def test_a_statement_costs_four_statements(session, ledger_id, li):
    with counted(session) as statements:
        of(session, ledger_id, li, begins_at=START + DAY)
    assert len(statements) == 4
