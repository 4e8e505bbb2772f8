"""Many at once: no point is lost or made, whoever comes first."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import IdempotencyMismatch
from app.base.ids import new_id
from app.base.transactions import reading, unit_of_work
from app.ledger import balances, posting, proof, reversals
from app.ledger.drafts import Line
from app.ledger.errors import AlreadyReversed, InsufficientPoints
from app.ledger.tables import ACCOUNT, ENTRY
from tests.factories import ledger as make

pytestmark = pytest.mark.slow

WRITERS = 6


@pytest.fixture
def at_once(app):
    """Run a function over many arguments by several threads, each in the application."""

    def run(work, arguments):
        def one(argument):
            with app.app_context():
                return work(argument)

        with ThreadPoolExecutor(WRITERS) as pool:
            return list(pool.map(one, arguments))

    return run


def spending(ledger_id, *lines, **rest):
    """Post one journal as a door would; say whether it went through."""
    draft = make.draft(*lines, **rest)
    try:
        unit_of_work(lambda session: posting.post_one(session, ledger_id=ledger_id, draft=draft))
    except InsufficientPoints:
        return False
    return True


def clean(session, ledger_id):
    return [c for c in proof.checks(session, ledger_id=ledger_id) if not c.is_ok] == []


def test_e18_of_200_parallel_spends_of_100_points_exactly_100_succeed(session, ledger_id, at_once):
    li, shop = make.member_with(session, ledger_id, 100), make.shop(new_id())
    session.commit()
    outcomes = at_once(lambda _: spending(ledger_id, Line(make.wallet(li), shop, 1)), range(200))
    assert outcomes.count(True) == 100
    assert balances.available(session, ledger_id=ledger_id, ref=make.wallet(li)) == 0
    assert balances.available(session, ledger_id=ledger_id, ref=shop) == 100
    assert clean(session, ledger_id)


def test_random_transfers_of_many_writers_keep_the_sum(session, ledger_id, app, at_once):
    members = [make.member_with(session, ledger_id, 50) for _ in range(8)]
    session.commit()
    is_over, sums = Event(), set()

    def read(_):
        own = (ACCOUNT.c.ledger_id == ledger_id, ACCOUNT.c.kind == "wallet")
        counters = sa.select(sa.func.sum(ACCOUNT.c.credits_posted - ACCOUNT.c.debits_posted))
        entries = sa.select(sa.func.sum(ENTRY.c.delta)).join(
            ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id
        )
        while not is_over.is_set():
            with reading() as reader:
                sums.add(int(reader.execute(counters.where(*own)).scalar_one()))
                in_book = ENTRY.c.ledger_id == ledger_id
                sums.add(int(reader.execute(entries.where(*own, in_book)).scalar_one()))

    def write(seed):
        chance = random.Random(seed)
        for _ in range(20):
            one, other = chance.sample(members, 2)
            line = Line(make.wallet(one), make.wallet(other), chance.randint(1, 30))
            spending(ledger_id, line)

    def work(seed):
        try:
            return read(seed) if seed == 0 else write(seed)
        finally:
            if seed == WRITERS - 1:
                is_over.set()

    at_once(work, range(WRITERS))
    assert sums == {400}
    assert clean(session, ledger_id)


def test_new_accounts_opened_at_once_are_opened_once(session, ledger_id, at_once):
    members = [new_id() for _ in range(4)]

    def grant(number):
        lines = [Line(make.ISSUANCE, make.wallet(member), 1) for member in members]
        random.Random(number).shuffle(lines)
        return spending(ledger_id, *lines)

    assert all(at_once(grant, range(12)))
    for member in members:
        left = balances.available(session, ledger_id=ledger_id, ref=make.wallet(member))
        assert left == 12
    assert clean(session, ledger_id)


def test_a_key_sent_by_many_at_once_posts_once(session, ledger_id, at_once):
    draft = make.draft(Line(make.ISSUANCE, make.wallet(new_id()), 10))

    def send(_):
        return unit_of_work(
            lambda session: posting.post_one(session, ledger_id=ledger_id, draft=draft)
        )

    assert len(set(at_once(send, range(12)))) == 1
    assert proof.totals(session, ledger_id=ledger_id) == (0, 10)
    assert clean(session, ledger_id)


def test_a_key_sent_at_once_with_different_contents_posts_one_of_them(session, ledger_id, at_once):
    def send(number):
        try:
            spending(ledger_id, Line(make.ISSUANCE, make.wallet(new_id()), number), key="one")
        except IdempotencyMismatch:
            return False
        return True

    assert at_once(send, range(1, 13)).count(True) == 1
    assert clean(session, ledger_id)


def test_a_journal_reversed_by_many_at_once_is_reversed_once(session, ledger_id, at_once):
    li = new_id()
    journals = [make.issue(session, ledger_id, li, 10) for _ in range(6)]
    session.commit()

    def back(number):
        def work(session):
            return reversals.reverse(
                session, ledger_id=ledger_id, journal_id=journals[number % 6],
                key=f"back:{number}", kind="reversal", actor=SYSTEM,
            )  # fmt: skip

        try:
            unit_of_work(work)
        except AlreadyReversed:
            return False
        return True

    assert at_once(back, range(12)).count(True) == 6
    assert balances.available(session, ledger_id=ledger_id, ref=make.wallet(li)) == 0
    assert clean(session, ledger_id)
