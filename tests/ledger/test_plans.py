"""No everyday statement walks a whole book: SQLite, which keeps no statistics, shows how."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.base import clock
from app.base.actors import SYSTEM
from app.base.ids import new_id
from app.ledger import accounts, balances, holds, lines, posting, reversals
from app.ledger.batches import dialect_of
from app.ledger.drafts import Line
from app.ledger.statements import statement
from tests.factories import ledger as make

WALKS_A_BOOK = re.compile(
    r"SCAN ledger_"
    r"|SEARCH (ledger_|\w+ USING INDEX \w*ledger_)\w* .*\(ledger_id=\?\)"
)


@contextmanager
def no_walk_over_a_book(session):
    """Ask SQLite how it would find the rows of each statement sent meanwhile."""
    sent = []

    def note(_connection, _cursor, sql, parameters, _context, _many):
        if sql.startswith(("SELECT", "UPDATE")):
            sent.append((sql, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)
    assert sent
    if dialect_of(session) != "sqlite":
        return  # PostgreSQL plans by statistics, and for tables of a few rows rightly scans
    cursor = session.connection().connection.cursor()
    for sql, parameters in sent:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        steps = [step for *_, step in cursor.fetchall()]
        assert not [step for step in steps if WALKS_A_BOOK.search(step)], (sql, steps)


@pytest.fixture
def lived(session, ledger_id):
    """A member, a shop, a journal between them, an open hold."""
    li, shop = make.member_with(session, ledger_id, 50), make.shop(new_id())
    journal_id = make.post(session, ledger_id, Line(make.wallet(li), shop, 1), key="once")
    draft = make.draft(Line(make.wallet(li), shop, 2))
    held = holds.place(session, ledger_id=ledger_id, draft=draft, expires_at=clock.now())
    return li, shop, journal_id, held


def test_posting_goes_to_its_rows(session, ledger_id, lived):
    li, shop, _, _ = lived
    line = Line(make.wallet(li), shop, 1)
    with no_walk_over_a_book(session):
        make.post(session, ledger_id, line)
        make.post(session, ledger_id, line, key="once")
        drafts = [make.draft(line) for _ in range(20)]
        posting.post(session, ledger_id=ledger_id, drafts=drafts)


def test_opening_goes_to_its_rows(session, ledger_id):
    refs = [make.ISSUANCE, make.wallet(new_id())]
    with no_walk_over_a_book(session):
        accounts.ensure(session, ledger_id=ledger_id, refs=refs)


def test_reversing_and_ending_holds_go_to_their_rows(session, ledger_id, lived):
    _, _, journal_id, held = lived
    act = {"kind": "test", "actor": SYSTEM}
    with no_walk_over_a_book(session):
        reversals.reverse(session, ledger_id=ledger_id, journal_id=journal_id, key="r", **act)
        lines.moved_by(session, ledger_id=ledger_id, journal_id=journal_id)
        holds.void(session, ledger_id=ledger_id, journal_id=held, key="v", **act)
        holds.expire_due(session, ledger_id=ledger_id)


def test_reading_goes_to_its_rows(session, ledger_id, lived):
    li, *_ = lived
    now = clock.now()
    with no_walk_over_a_book(session):
        found = balances.of_owner(session, ledger_id=ledger_id, owner_id=li)
        balances.available(session, ledger_id=ledger_id, ref=found[0].ref)
        balances.at(session, ledger_id=ledger_id, account_id=found[0].account_id, instant=now)
        statement(session, ledger_id=ledger_id, owner_id=li, unit="points", begins_at=now)
        statement(session, ledger_id=ledger_id, owner_id=li, unit="points", ends_at=now)
        holds.list_open(session, ledger_id=ledger_id, owner_id=li)
