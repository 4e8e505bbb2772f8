"""Passwords and PINs: what is taken, what locks, and that the count survives (D48)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, RateLimited, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import credentials, sessions
from app.people.errors import SignInFailed, StepUpRequired, WrongPin
from app.people.models import Credential
from tests.factories.people import member, place

PASSWORD = "竹影横窗 2026"
PIN = "274915"


@pytest.fixture
def person_id(session):
    here = place(session)
    return member(session, 1, here.community, phone="000-0000-0427").person_id


def set_password(session, person_id, password=PASSWORD, **more):
    credentials.set_password(
        session, person_id=person_id, password=password, actor=Actor(person_id), **more
    )


def try_password(session, person_id, password):
    return credentials.check_password(session, person_id=person_id, password=password)


def stored(session):
    columns = sa.select(Credential.password_hash, Credential.pin_hash, Credential.failed_count)
    return session.execute(columns.execution_options(cross_ledger=True)).all()


def test_the_right_password_opens_and_a_wrong_one_tells_the_tries_left(session, person_id):
    set_password(session, person_id)
    assert try_password(session, person_id, PASSWORD) is None
    wrong = try_password(session, person_id, PASSWORD + "x")
    assert isinstance(wrong, SignInFailed)
    assert wrong.facts == {"tries_left_count": 4}
    assert try_password(session, person_id, PASSWORD) is None
    assert try_password(session, person_id, "x").facts == {"tries_left_count": 4}


def test_a_password_is_kept_as_argon2id_with_the_houses_cost(session, person_id):
    set_password(session, person_id)
    ((kept, _pin, _failed),) = stored(session)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "weak",
    [
        "short12",
        "x" * 129,
        "password123",
        "PASSWORD123",
        "12345678",
        "87654321",
        "abcdefgh",
        "12341234",
        "aaaaaaaa",
        "abababab",
        "00000000427",
        "00000427",
        "a00000000427",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(session, person_id, weak):
    with pytest.raises(ValidationFailed) as caught, attempt(session):
        set_password(session, person_id, weak)
    assert caught.value.facts["field"] == "password"
    assert stored(session) == []


@pytest.mark.parametrize(
    "good", ["correcthorse", "x1y2z3w4", "春江潮水连海平海上明月共潮生" * 5, "a b c d e f " * 10]
)
def test_long_and_plain_passwords_are_taken_whole(session, person_id, good):
    set_password(session, person_id, good)
    assert try_password(session, person_id, good) is None
    assert try_password(session, person_id, good[:-1]) is not None


def test_d48_five_failures_lock_for_fifteen_minutes(session, person_id):
    set_password(session, person_id)
    answers = [try_password(session, person_id, "wrong") for _ in range(5)]
    assert [type(each) for each in answers] == [SignInFailed] * 4 + [RateLimited]
    assert 890 <= answers[-1].facts["retry_after_seconds"] <= 900
    assert isinstance(try_password(session, person_id, PASSWORD), RateLimited)
    with clock.held_at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert try_password(session, person_id, PASSWORD) is None


def test_d48_the_count_survives_the_refusal_of_the_verb_around_it(session, person_id):
    set_password(session, person_id)
    session.commit()
    for _ in range(5):
        refusal = try_password(session, person_id, "wrong")
        with pytest.raises(type(refusal)), attempt(session):
            raise refusal
        session.commit()
    assert isinstance(try_password(session, person_id, PASSWORD), RateLimited)


def test_d48_staff_open_a_lock(session, person_id):
    set_password(session, person_id)
    for _ in range(5):
        try_password(session, person_id, "wrong")
    credentials.unlock(session, person_id=person_id, actor=SYSTEM)
    assert try_password(session, person_id, PASSWORD) is None


def test_a_person_without_a_password_fails_and_locks_like_any_other(session, person_id):
    nobody = new_id()
    for who in (person_id, nobody):
        answers = [try_password(session, who, "wrong pass") for _ in range(5)]
        assert [type(each) for each in answers] == [SignInFailed] * 4 + [RateLimited]


def test_a_new_password_ends_every_session_but_the_one_that_set_it(session, person_id):
    mine, other = (
        sessions.begin(session, person_id=person_id, idle_minutes=30, lasts=timedelta(hours=1))
        for _ in range(2)
    )
    set_password(session, person_id, keep_token=mine)
    assert sessions.find(session, mine) is not None
    assert sessions.find(session, other) is None
    set_password(session, person_id, "松风入弦 2026")
    assert sessions.find(session, mine) is None
    assert try_password(session, person_id, PASSWORD) is not None


def test_a_pin_is_six_digits_that_nobody_guesses_first(session, person_id):
    for bad in (
        "12345",
        "1234567",
        "12345a",
        "１２３４５６",
        "111111",
        "123456",
        "654321",
        "000427",
    ):
        with pytest.raises(ValidationFailed), attempt(session):
            credentials.set_pin(session, person_id=person_id, pin=bad, actor=SYSTEM)
    assert stored(session) == []


def test_d48_a_pin_locks_by_itself_and_leaves_the_password_open(session, person_id):
    set_password(session, person_id)
    credentials.set_pin(session, person_id=person_id, pin=PIN, actor=Actor(person_id))

    def check(pin):
        return credentials.check_pin(session, person_id=person_id, pin=pin)

    assert check(PIN) is None
    answers = [check("000000") for _ in range(5)]
    assert [type(each) for each in answers] == [WrongPin] * 4 + [RateLimited]
    assert isinstance(check(PIN), RateLimited)
    assert try_password(session, person_id, PASSWORD) is None


def test_without_a_pin_the_act_asks_for_one_and_counts_nothing(session, person_id):
    assert not credentials.has_pin(session, person_id=person_id)
    for _ in range(6):
        refusal = credentials.check_pin(session, person_id=person_id, pin=PIN)
        assert isinstance(refusal, StepUpRequired)
    assert stored(session) == []


def test_nobody_gets_a_password_who_is_nobody(session):
    with pytest.raises(NotFound), attempt(session):
        set_password(session, new_id())
    assert stored(session) == []
