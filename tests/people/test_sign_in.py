"""Signing in: known and unknown phones look alike; sessions end when they should."""

import statistics
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import RateLimited
from app.people import credentials, joining, login_codes, roles, sessions, sign_in
from app.people.errors import NotRegistered, SignInFailed
from app.people.models import SignInSession
from tests.factories.people import holder, member, merged, newcomer, place
from tests.ledger.statements_counted import counted

PHONE, UNKNOWN = "000-0000-0001", "000-0000-0002"
PASSWORD = "竹影横窗 2026"


@pytest.fixture
def here(session):
    return place(session)


@pytest.fixture
def person(session, here):
    person = member(session, 1, here.community, phone=PHONE)
    credentials.set_password(
        session, person_id=person.person_id, password=PASSWORD, actor=roles.SYSTEM
    )
    session.commit()
    return person


def by_password(session, password=PASSWORD, phone=PHONE):
    return sign_in.by_password(session, phone=phone, password=password)


def by_code(session, phone=PHONE):
    code = login_codes.issue(session, phone=phone).text.split("验证码 ")[1][:6]
    return sign_in.by_code(session, phone=phone, code=code)


def test_the_right_password_gives_a_token_that_finds_the_person(session, person):
    token = by_password(session).require()
    assert sign_in.find_session(session, token).person_id == person.person_id


def test_a_wrong_password_gives_no_session(session, person):
    result = by_password(session, "wrong")
    with pytest.raises(SignInFailed):
        result.require()
    assert result.token is None
    assert sessions.list_live(session, person_id=person.person_id) == []


def test_an_unknown_phone_fails_and_locks_exactly_like_a_known_one(session, person):
    answers = {
        phone: [
            (type(each.refusal), each.refusal.facts.get("tries_left_count"))
            for each in (by_password(session, "wrong pass", phone) for _ in range(6))
        ]
        for phone in (PHONE, UNKNOWN)
    }
    assert answers[PHONE] == answers[UNKNOWN]
    assert answers[UNKNOWN][-1] == (RateLimited, None)


def test_an_unknown_phone_takes_as_long_as_a_known_one(session, person):
    def seconds(phone):
        begun = time.perf_counter()
        by_password(session, "wrong pass", phone)
        return time.perf_counter() - begun

    known, unknown = [], []
    for _ in range(4):
        known.append(seconds(PHONE))
        unknown.append(seconds(UNKNOWN))
    # Both verify one hash of 19 MiB; without it an answer takes a tenth of that.
    assert statistics.median(unknown) > statistics.median(known) / 3


def test_a_person_signs_in_by_code_without_a_password(session, here):
    joined = member(session, 1, here.community, phone=UNKNOWN)
    token = by_code(session, UNKNOWN).require()
    assert sign_in.find_session(session, token).person_id == joined.person_id


def test_a_proven_phone_that_nobody_has_gets_a_ticket_to_join(session, here):
    result = by_code(session, UNKNOWN)
    assert isinstance(result.refusal, NotRegistered)
    assert login_codes.is_ticket_of(result.ticket, phone=UNKNOWN)
    joined = joining.join_oneself(
        session, ledger_id=1, newcomer=newcomer(here.community, phone=UNKNOWN)
    )
    token = sign_in.open_session(session, person_id=joined.person_id)
    assert sign_in.find_session(session, token).person_id == joined.person_id


def test_the_secret_of_a_token_is_kept_nowhere(session, person):
    token = by_password(session).require()
    secret = token.split(".")[1]
    (row,) = session.execute(sa.text("SELECT * FROM people_session")).all()
    assert all(secret.encode() not in bytes(c) for c in row if isinstance(c, bytes | memoryview))
    assert secret not in str(row)


@pytest.mark.parametrize(
    "token", ["", ".", "x", "a.b", "é" * 22 + ".x", "A" * 22, "A" * 22 + ".", "!" * 22 + ".x"]
)
def test_a_text_that_is_no_token_finds_nobody(session, token):
    assert sign_in.find_session(session, token) is None
    sign_in.touch(session, token)
    sign_in.revoke(session, token)


def test_a_token_of_another_person_finds_nobody(session, here, person):
    mine = by_password(session).require()
    member(session, 1, here.community, phone=UNKNOWN)
    theirs = by_code(session, UNKNOWN).require()
    mixed = theirs.split(".")[0] + "." + mine.split(".")[1]
    assert sign_in.find_session(session, mixed) is None


@pytest.mark.parametrize(
    ("role", "idle_minutes"),
    [
        (None, 30 * 24 * 60),
        ("leader", 30 * 24 * 60),
        ("clerk", 10),
        ("staff", 30),
        ("second_approver", 30),
        ("auditor", 30),
        ("administrator", 30),
    ],
)
def test_d48_the_strongest_role_chooses_the_idle_time(session, here, person, role, idle_minutes):
    if role:
        holder(session, person.person_id, role, here.community)
    token = by_password(session).require()
    idle = timedelta(minutes=idle_minutes)
    with clock.held_at(clock.now() + idle - timedelta(seconds=5)):
        assert sign_in.find_session(session, token) is not None
    with clock.held_at(clock.now() + idle + timedelta(seconds=5)):
        assert sign_in.find_session(session, token) is None
        assert sessions.list_live(session, person_id=person.person_id) == []


def test_use_prolongs_a_session_until_its_end(session, here, person):
    holder(session, person.person_id, "staff", here.community)
    start = clock.now()
    token = by_password(session).require()
    for minutes in range(20, 12 * 60, 20):
        with clock.held_at(start + timedelta(minutes=minutes)):
            found = sign_in.find_session(session, token)
            assert found.needs_touch
            sign_in.touch(session, token)
    with clock.held_at(start + timedelta(hours=12, minutes=1)):
        assert sign_in.find_session(session, token) is None


def test_use_is_noted_at_most_once_a_minute(session, person):
    start = clock.now()
    with clock.held_at(start):
        token = by_password(session).require()

    def seen(seconds):
        with clock.held_at(start + timedelta(seconds=seconds)):
            sign_in.touch(session, token)
        return session.scalar(
            sa.select(SignInSession.seen_at).where(SignInSession.person_id == person.person_id)
        )

    assert seen(59) == start
    assert seen(60) == start + timedelta(seconds=60)
    assert seen(119) == start + timedelta(seconds=60)


def test_a_volunteers_long_session_is_written_twice_a_day_only(session, person):
    token = by_password(session).require()
    assert not sign_in.find_session(session, token).needs_touch
    for hours, expected in ((11, False), (13, True)):
        with clock.held_at(clock.now() + timedelta(hours=hours)):
            assert sign_in.find_session(session, token).needs_touch is expected


def test_finding_a_session_is_one_select(session, person):
    token = by_password(session).require()
    with counted(session) as statements:
        sign_in.find_session(session, token)
    assert [each.split()[0] for each in statements] == ["SELECT"]


def test_signing_out_ends_one_session_and_leaving_everywhere_ends_all(session, person):
    tokens = [by_password(session).require() for _ in range(3)]
    sign_in.revoke(session, tokens[0])
    alive = [sign_in.find_session(session, token) is not None for token in tokens]
    assert alive == [False, True, True]
    assert len(sessions.list_live(session, person_id=person.person_id)) == 2
    assert sign_in.revoke_all(session, person_id=person.person_id) == 2
    assert not any(sign_in.find_session(session, token) for token in tokens)


def merge(session, old, kept):
    merged(session, old, kept)
    session.commit()
    session.expire_all()


def test_the_old_phone_of_a_merged_person_leads_to_the_kept_membership(session, here, person):
    kept = member(session, 1, here.community, "温如许", UNKNOWN)
    session.commit()
    stale = by_password(session).require()
    merge(session, person, kept)
    assert sign_in.find_session(session, stale) is None
    for result in (by_password(session), by_code(session)):
        assert result.person_id == kept.person_id
        found = sign_in.find_session(session, result.require())
        assert found.person_id == kept.person_id


def test_a_person_with_another_live_membership_stays_themselves(session, here, person):
    there = place(session, ledger_id=2, code="panji")
    other = member(session, 2, there.community, phone=PHONE)
    kept = member(session, 1, here.community, "温如许", UNKNOWN)
    session.commit()
    merge(session, person, kept)
    assert by_code(session).person_id == other.person_id == person.person_id
