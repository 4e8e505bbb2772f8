"""A book for every test of the ledger."""

import pytest

from tests.factories import ledger as make


@pytest.fixture
def ledger_id(session):
    ledger_id = make.open_book(session)
    session.commit()
    return ledger_id
