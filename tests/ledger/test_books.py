"""Books: opened under a number and a code of their own."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.ledger import balances, books
from app.ledger.errors import InsufficientPoints, LedgerReadOnly
from app.ledger.posting import Line
from app.ledger.tables import ACCOUNT, BOOK
from tests.factories import ledger as make


def opened(session, book_id, code):
    return books.open_book(
        session, book_id=book_id, code=code, name="爱心银行", has_points=True,
        opened_on=date(2025, 1, 1),
    )  # fmt: skip


def test_a_book_is_found_by_number_and_by_code(session):
    book = opened(session, 7, "ningde")
    assert books.get(session, 7) is book
    assert books.by_code(session, "ningde") is book
    assert [book.code for book in books.list_books(session)] == ["house", "ningde"]


@pytest.mark.parametrize(("book_id", "code"), [(7, "other"), (8, "ningde")])
def test_a_number_or_code_is_given_once(session, book_id, code):
    opened(session, 7, "ningde")
    with pytest.raises(ValidationFailed), attempt(session):
        opened(session, book_id, code)
    assert len(books.list_books(session)) == 2


def test_there_is_no_book_that_nobody_opened(session):
    with pytest.raises(NotFound):
        books.get(session, 404)
    with pytest.raises(NotFound):
        books.by_code(session, "nowhere")
    with pytest.raises(NotFound):
        books.require_writable(session, ledger_id=404)


def test_a_stopped_book_is_not_writable(session):
    ledger_id = make.open_book(session)
    books.require_writable(session, ledger_id=ledger_id)
    stop = sa.update(BOOK).where(BOOK.c.id == ledger_id)
    session.execute(stop.values(read_only_at=clock.now()))
    with pytest.raises(LedgerReadOnly) as refusal:
        books.require_writable(session, ledger_id=ledger_id)
    assert refusal.value.code == "ledger_read_only"


def test_d52_points_of_one_book_pay_nothing_in_another(session):
    here, there = make.open_book(session), make.open_book(session)
    member_id = make.member_with(session, here, 30)
    make.issue(session, there, member_id, 5)
    before = make.everything(session, here), make.everything(session, there)

    with pytest.raises(InsufficientPoints), attempt(session):
        make.post(session, there, Line(make.wallet(member_id), make.shop(make.new_id()), 6))

    assert (make.everything(session, here), make.everything(session, there)) == before
    kinds = sa.select(ACCOUNT.c.kind).where(ACCOUNT.c.ledger_id.in_([here, there]))
    assert "clearing" not in set(session.scalars(kinds))
    assert [each.posted for each in balances.of_owner(
        session, ledger_id=here, owner_id=member_id
    )] == [30]  # fmt: skip
