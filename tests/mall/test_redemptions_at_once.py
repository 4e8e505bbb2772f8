"""Many tills at the same instant: one code, one balance, one shelf are spent once."""

import threading
from datetime import date
from itertools import count

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.base import idempotency
from app.base.db import db
from app.base.errors import DomainError
from app.base.ids import new_id
from app.base.transactions import attempt, unit_of_work
from app.ledger.errors import InsufficientPoints
from app.mall import listings, redemptions
from app.mall.errors import StockConflict
from app.mall.models import Redemption
from app.people import cards, codes
from app.people.errors import CardNotActive, CodeAlreadyUsed, WrongAudience
from tests.factories import mall as make
from tests.factories.points import spendable

pytestmark = pytest.mark.slow

THREADS = 8


def run_all(app, works):
    """Run works on a few threads, each in a unit of work; return answers or refusals."""
    answers, numbers = [None] * len(works), count()
    failures = []

    def run():
        with app.app_context():
            for place in iter(lambda: next(numbers), None):
                if place >= len(works):
                    return
                try:
                    answers[place] = unit_of_work(works[place])
                except DomainError as refusal:
                    answers[place] = refusal
                except Exception as error:  # a thread's failure must reach the test
                    failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return answers


def at_till(mall, member, goods, till, *, pieces=1, **rest):
    """One redemption as a door runs it: the verb in a savepoint of its own transaction."""

    def work(session):
        with attempt(session):
            return make.redeem(session, mall, member, (goods, pieces), till=till, **rest)

    return work


def done_count(session, mall):
    query = sa.select(sa.func.count()).where(
        Redemption.ledger_id == mall.ledger_id, Redemption.state == "done"
    )
    return session.scalar(query)


def test_a8_twenty_tries_on_the_last_points_make_one_redemption(app, session):
    mall = make.a_mall(session, clerk_count=4)
    member = make.a_member(session, mall, points=60)
    soap = make.put_goods(session, mall, price=60, stock_count=50, person_period_max=99)
    session.commit()
    answers = run_all(app, [at_till(mall, member, soap, n % 4) for n in range(20)])
    assert sum(isinstance(one, redemptions.Slip) for one in answers) == 1
    assert sum(isinstance(one, InsufficientPoints) for one in answers) == 19
    session.rollback()
    assert (spendable(session, member), make.stock_of(session, mall, soap)) == (0, 49)
    make.require_clean(session, mall.ledger_id)


def test_a8_the_last_piece_on_the_shelf_goes_to_one(app, session):
    mall = make.a_mall(session, clerk_count=4)
    soap = make.put_goods(session, mall, price=10, stock_count=1)
    people = [make.a_member(session, mall, f"志愿者{n}", points=10) for n in range(8)]
    session.commit()
    answers = run_all(app, [at_till(mall, one, soap, n % 4) for n, one in enumerate(people)])
    assert sum(isinstance(one, redemptions.Slip) for one in answers) == 1
    assert sum(isinstance(one, StockConflict) for one in answers) == 7
    session.rollback()
    assert make.stock_of(session, mall, soap) == 0
    make.require_clean(session, mall.ledger_id)


@pytest.mark.slow
def test_e18_of_two_hundred_at_once_exactly_one_hundred_succeed(app, session):
    mall = make.a_mall(session, clerk_count=8)
    member = make.a_member(session, mall, points=60)
    make.ledger.issue(session, mall.ledger_id, member.id, 40, date(2099, 12, 31))
    match = make.put_goods(session, mall, price=1, stock_count=500, person_period_max=999)
    session.commit()
    works = [at_till(mall, member, match, n % 8, confirmed_by="pin") for n in range(200)]
    answers = run_all(app, works)
    assert sum(isinstance(one, redemptions.Slip) for one in answers) == 100
    assert sum(isinstance(one, InsufficientPoints) for one in answers) == 100
    session.rollback()
    assert (spendable(session, member), done_count(session, mall)) == (0, 100)
    assert make.stock_of(session, mall, match) == 400
    numbers = {one.number for one in answers if isinstance(one, redemptions.Slip)}
    assert len(numbers) == 100
    make.require_clean(session, mall.ledger_id)


def test_two_baskets_in_opposite_order_do_not_block_each_other(app, session):
    mall = make.a_mall(session, clerk_count=2)
    salt, soap = (make.put_goods(session, mall, price=1, person_period_max=999) for _ in "ab")
    people = [make.a_member(session, mall, f"志愿者{n}", points=10) for n in range(2)]
    session.commit()

    def both(till, *order):
        def work(session):
            return make.redeem(session, mall, people[till], *((one, 1) for one in order), till=till)

        return work

    works = [both(0, salt, soap), both(1, soap, salt)] * 5
    answers = run_all(app, works)
    assert all(isinstance(one, redemptions.Slip) for one in answers)
    session.rollback()
    assert make.stock_of(session, mall, salt) == make.stock_of(session, mall, soap) == 0


def test_e17_two_clerks_scan_one_code_and_one_gets_it(app, session):
    mall = make.a_mall(session, clerk_count=2)
    member = make.a_member(session, mall, points=100)
    soap = make.put_goods(session, mall, price=20)
    code = codes.issue(session, ledger_id=mall.ledger_id, member_id=member.id, purpose="redeem")
    session.commit()

    def scan(till):
        def work(session):
            spent = codes.consume(
                session,
                ledger_id=mall.ledger_id,
                presented=code.token,
                purpose="redeem",
                used_by_id=mall.clerks[till].person_id,
            )
            assert spent.member_id == member.id
            return at_till(mall, member, soap, till)(session)

        return work

    answers = run_all(app, [scan(0), scan(1)])
    assert sorted(type(one).__name__ for one in answers) == ["CodeAlreadyUsed", "Slip"]
    assert any(isinstance(one, CodeAlreadyUsed) for one in answers)
    session.rollback()
    assert (spendable(session, member), make.stock_of(session, mall, soap)) == (80, 9)
    assert done_count(session, mall) == 1


def test_d34_a_code_is_used_up_by_a_refused_redemption_too(app, session):
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=5)
    soap = make.put_goods(session, mall, price=20)
    code = codes.issue(session, ledger_id=mall.ledger_id, member_id=member.id, purpose="redeem")
    session.commit()
    spend = {
        "ledger_id": mall.ledger_id,
        "presented": code.digits,
        "purpose": "redeem",
        "used_by_id": mall.clerk.person_id,
    }
    codes.consume(session, **spend)
    with make.refused(session, mall, InsufficientPoints, short_points=15):
        make.redeem(session, mall, member, (soap, 1))
    session.commit()
    with pytest.raises(CodeAlreadyUsed):
        codes.consume(session, **spend)


def once(mall, member, goods, key):
    """A till's request as a door answers it: the first is done, a repeat reads its answer."""
    request = idempotency.Request(
        ledger_id=mall.ledger_id,
        actor_id=mall.clerk.person_id,
        key=key,
        route="POST /books/{book}/redemptions",
        fingerprint=idempotency.fingerprint_of({"goods": str(goods.id)}),
    )

    def work(session):
        earlier = idempotency.claim(session, request)
        if earlier is not None:
            return earlier.body
        slip = make.redeem(session, mall, member, (goods, 1))
        answer = idempotency.Answer(201, slip.number.encode(), None)
        idempotency.keep(session, request, answer)
        return answer.body

    return work


def test_e16_sending_a_redemption_twice_charges_once(app, session):
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=100)
    soap = make.put_goods(session, mall, price=20)
    session.commit()
    with app.app_context():
        work = once(mall, member, soap, new_id().hex)
        first, second = unit_of_work(work), unit_of_work(work)
    assert first == second
    session.rollback()
    assert (spendable(session, member), done_count(session, mall)) == (80, 1)


def test_a7_a_double_click_makes_one_redemption(app, session):
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=100)
    soap = make.put_goods(session, mall, price=20)
    session.commit()
    answers = run_all(app, [once(mall, member, soap, new_id().hex)] * 6)
    assert len(set(answers)) == 1
    session.rollback()
    assert (spendable(session, member), done_count(session, mall)) == (80, 1)
    assert make.stock_of(session, mall, soap) == 9


def test_a9_a_voided_card_and_a_foreign_card_are_refused(session):
    mall, elsewhere = make.a_mall(session), make.a_mall(session)
    member = make.a_member(session, mall, points=100)
    stranger = make.a_member(session, elsewhere, points=100)
    old, foreign = make.a_card(session, mall, member), make.a_card(session, elsewhere, stranger)
    new = cards.replace(session, ledger_id=mall.ledger_id, card_id=old.card.id, actor=mall.staff)
    session.commit()
    for token, error in ((old.token, CardNotActive), (foreign.token, WrongAudience)):
        with make.refused(session, mall, error):
            cards.identify(session, token=token, ledger_id=mall.ledger_id)
    card, owner = cards.identify(session, token=new.token, ledger_id=mall.ledger_id)
    soap = make.put_goods(session, mall, price=20)
    make.redeem(session, mall, owner, (soap, 1), presented="card", card_id=card.id)
    assert spendable(session, member) == 80


@pytest.fixture
def statements(app):
    """Every statement that reaches the database, but not savepoints."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_redemption_takes_fifteen_statements_whatever_the_basket(session, statements):
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=1000)
    shelf = [make.put_goods(session, mall, price=1, person_period_max=99) for _ in range(12)]
    make.redeem(session, mall, member, (shelf[0], 1))
    counts = []
    for basket in (shelf[:1], shelf):
        session.expunge_all()
        statements.clear()
        make.redeem(session, mall, member, *((one, 1) for one in basket))
        counts.append(len(statements))
    assert counts == [15, 15]
    others = ("community_setting", "risk_quota", "people_message")
    own = [one for one in statements if not any(f" {name}" in one for name in others)]
    assert len(own) <= 13


def test_a_hundred_redemptions_are_listed_with_their_lines_in_two_statements(session, statements):
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=1, person_period_max=99)
    for _ in range(5):
        make.redeem(session, mall, member, (salt, 1))
    statements.clear()
    found = listings.list_of_member(session, ledger_id=mall.ledger_id, member_id=member.id)
    lines = listings.lines_of(
        session, ledger_id=mall.ledger_id, redemption_ids=[one.id for one in found]
    )
    assert (len(statements), len(found), len(lines)) == (2, 5, 5)
