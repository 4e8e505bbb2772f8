"""Accounts: named by what they are, opened once, bounded by their kind."""

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import accounts
from app.ledger.accounts import AccountRef
from app.ledger.errors import LedgerReadOnly
from app.ledger.models import KINDS
from app.ledger.tables import ACCOUNT, BOOK
from tests.factories import ledger as make
from tests.ledger.statements_counted import counted


def test_an_account_is_opened_once(session, ledger_id):
    refs = {make.ISSUANCE, make.wallet(new_id())}
    first = accounts.ensure(session, ledger_id=ledger_id, refs=refs)
    assert accounts.ensure(session, ledger_id=ledger_id, refs=refs) == first
    assert set(first) == refs


def test_finding_accounts_costs_one_statement_whatever_their_number(session, ledger_id):
    refs = {make.wallet(new_id()) for _ in range(100)}
    with counted(session) as opening:
        accounts.ensure(session, ledger_id=ledger_id, refs=refs)
    with counted(session) as finding:
        accounts.ensure(session, ledger_id=ledger_id, refs=refs)
    assert (len(opening), len(finding)) == (4, 1)


@pytest.mark.parametrize(
    ("ref", "bounds"),
    [
        (make.ISSUANCE, (None, None)),
        (make.wallet(new_id()), (0, None)),
        (make.hours(new_id()), (0, None)),
        (AccountRef("points", "household", new_id()), (0, None)),
        (make.escrow(new_id()), (0, None)),
        (AccountRef("points", "common_pool"), (0, None)),
        (make.receivable(new_id()), (None, 0)),
        (make.shop(new_id()), (None, None)),
        (make.OPENING, (None, None)),
        (AccountRef("points", "clearing"), (None, None)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_i4_an_account_is_opened_with_the_bounds_of_its_kind(session, ledger_id, ref, bounds):
    account_id = accounts.ensure(session, ledger_id=ledger_id, refs=[ref])[ref]
    query = sa.select(ACCOUNT.c.floor_amount, ACCOUNT.c.ceiling_amount).where(
        ACCOUNT.c.ledger_id == ledger_id, ACCOUNT.c.id == account_id
    )
    assert tuple(session.execute(query).one()) == bounds


def test_every_kind_belongs_to_a_unit():
    assert frozenset().union(*accounts.KINDS_OF_UNIT.values()) == set(KINDS)


def test_a_stopped_book_opens_no_account(session, ledger_id):
    stop = sa.update(BOOK).where(BOOK.c.id == ledger_id)
    session.execute(stop.values(read_only_at=clock.now()))
    before = make.everything(session, ledger_id)
    with pytest.raises(LedgerReadOnly), attempt(session):
        accounts.ensure(session, ledger_id=ledger_id, refs=[make.ISSUANCE])
    assert make.everything(session, ledger_id) == before


def test_a_book_that_does_not_exist_opens_no_account(session):
    with pytest.raises(NotFound), attempt(session):
        accounts.ensure(session, ledger_id=404, refs=[make.ISSUANCE])
