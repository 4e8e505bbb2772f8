"""Numbers come in order, once each."""

from concurrent.futures import ThreadPoolExecutor

from app.base import serials
from app.base.transactions import unit_of_work


def take(session, name="R2025", ledger_id=0, **count):
    return serials.take(session, ledger_id=ledger_id, name=name, **count)


def test_numbers_begin_at_one_and_follow(session):
    assert [take(session), take(session), take(session)] == [1, 2, 3]


def test_many_numbers_are_taken_in_one_piece(session):
    assert take(session, count=100) == 1
    assert take(session) == 101


def test_each_book_and_each_series_counts_by_itself(session):
    take(session, count=5)
    assert take(session, name="other") == 1
    assert take(session, ledger_id=7) == 1


def test_a_locked_series_gives_the_number_it_promised(session):
    take(session, count=4)
    assert serials.lock(session, ledger_id=0, name="R2025") == 5
    assert take(session, count=2) == 5
    assert serials.lock(session, ledger_id=0, name="new") == 1
    assert take(session, name="new") == 1


def test_a_number_that_was_rolled_back_is_given_again(session):
    take(session)
    session.commit()
    take(session)
    session.rollback()
    assert take(session) == 2


def test_no_number_is_given_twice_to_those_who_ask_at_once(app):
    def ask(_: int) -> int:
        with app.app_context():
            return unit_of_work(take)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(ask, range(24))) == list(range(1, 25))
