"""Login codes: once, ten minutes, five tries, one a minute, five an hour."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import RateLimited, ValidationFailed
from app.base.transactions import attempt
from app.people import login_codes, senders
from app.people.errors import SignInFailed
from app.people.models import LoginCode

PHONE = "000-0000-0001"
START = clock.local_instant(clock.today())


def issue(session, phone=PHONE):
    outgoing = login_codes.issue(session, phone=phone)
    assert outgoing.phone == "00000000001"
    return outgoing.text.split("验证码 ")[1][:6]


def redeem(session, code, phone=PHONE):
    return login_codes.redeem(session, phone=phone, code=code)


def other(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def later(**delta):
    return clock.held_at(START + timedelta(**delta))


def sent(session):
    return session.scalar(
        sa.select(sa.func.count()).select_from(LoginCode).execution_options(cross_ledger=True)
    )


def test_a_code_is_right_once(session):
    code = issue(session)
    assert code.isdigit()
    assert redeem(session, f" {code} ") is None
    assert isinstance(redeem(session, code), SignInFailed)


def test_a_code_is_dead_after_ten_minutes(session):
    with later(minutes=0):
        code = issue(session)
    with later(minutes=10):
        assert isinstance(redeem(session, code), SignInFailed)


def test_a_code_bears_five_tries(session):
    code = issue(session)
    for _ in range(5):
        assert isinstance(redeem(session, other(code)), SignInFailed)
    assert isinstance(redeem(session, code), SignInFailed)


def test_the_fifth_try_may_be_right(session):
    code = issue(session)
    for _ in range(4):
        redeem(session, other(code))
    assert redeem(session, code) is None


def test_a_new_code_replaces_the_one_before(session):
    with later(minutes=0):
        first = issue(session)
    with later(minutes=2):
        second = issue(session)
        if first != second:
            assert isinstance(redeem(session, first), SignInFailed)
        assert redeem(session, second) is None


def test_a_code_of_one_phone_does_not_open_another(session):
    code = issue(session)
    assert isinstance(redeem(session, code, "000-0000-0002"), SignInFailed)
    assert redeem(session, code) is None


def test_one_code_a_minute_and_five_an_hour(session):
    for minute in range(5):
        with later(minutes=minute):
            issue(session)
        for seconds in (0, 30, 59):
            with later(minutes=minute, seconds=seconds):
                before = sent(session)
                with pytest.raises(RateLimited) as caught, attempt(session):
                    issue(session)
                assert caught.value.facts["retry_after_seconds"] >= 1
                assert sent(session) == before
    with later(minutes=30), pytest.raises(RateLimited) as caught, attempt(session):
        issue(session)
    assert caught.value.facts["retry_after_seconds"] == 30 * 60
    with later(minutes=60):
        issue(session)


def test_what_is_no_phone_gets_no_code(session):
    with pytest.raises(ValidationFailed), attempt(session):
        login_codes.issue(session, phone="12345")
    assert sent(session) == 0


def test_the_table_holds_neither_code_nor_phone(session):
    code = issue(session)
    session.commit()
    row = session.execute(sa.text("SELECT * FROM people_login_code")).one()
    raw = b"|".join(bytes(c) if isinstance(c, bytes | memoryview) else str(c).encode() for c in row)
    assert b"00000000001" not in raw
    assert code.encode() not in raw


def test_a_ticket_proves_one_phone_for_ten_minutes(session):
    with later(minutes=0):
        ticket = login_codes.ticket("00000000001")
        assert login_codes.is_ticket_of(ticket, phone=PHONE)
        assert not login_codes.is_ticket_of(ticket, phone="000-0000-0002")
        changed = ("A" if ticket[0] != "A" else "B") + ticket[1:]
        for forged in ("", "x", "é", changed, ticket[:-2]):
            assert not login_codes.is_ticket_of(forged, phone=PHONE)
    with later(minutes=10):
        assert not login_codes.is_ticket_of(ticket, phone=PHONE)


def test_the_console_sender_shows_the_text_but_not_the_phone():
    lines = []
    senders.ConsoleSender(lines.append).send(senders.Outgoing("00000000001", "验证码 123456"))
    assert lines == ["000****0001: 验证码 123456"]
    assert isinstance(senders.choose("console"), senders.ConsoleSender)
    with pytest.raises(RuntimeError, match="no sender"):
        senders.choose("pigeon")
