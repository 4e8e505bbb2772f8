"""Screen codes: fifteen seconds, current and previous, one session, one direction (E15, A1)."""

import base64
from datetime import timedelta

import pytest

from app.activities import codes, plans
from app.activities.errors import (
    ActivityStateConflict,
    BadSignature,
    KeyRevoked,
    NotInTimeWindow,
)
from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.people.errors import CodeExpired, WrongAudience
from tests.factories import activities as make
from tests.factories.activities import at, refused

SHOWN = make.moment("09:00:00")


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def held(seconds: float):
    return clock.held_at(SHOWN + timedelta(seconds=seconds))


def shown(slot, direction="in", seconds=0.0):
    with held(seconds):
        return codes.current(slot, direction)


def test_e15_a_code_shown_at_0_is_good_at_29_and_dead_at_31(session, world, slot):
    token, short, left = shown(slot)
    assert left == 15
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "direction": "in"}

    with held(29):
        seen = codes.redeem(session, token=token)
        assert seen.seen_at == SHOWN + timedelta(seconds=29)
        assert codes.redeem_short(session, **named, digits=short).slot == seen.slot
    for seconds in (30, 31):
        with refused(session, world, CodeExpired), held(seconds):
            codes.redeem(session, token=token)
        with refused(session, world, CodeExpired), held(seconds):
            codes.redeem_short(session, **named, digits=short)


def test_the_screen_counts_down(slot):
    assert [shown(slot, seconds=each).seconds_left for each in (0, 1, 14, 15)] == [15, 14, 1, 15]
    assert shown(slot, seconds=14).token == shown(slot).token != shown(slot, seconds=15).token


def test_a1_a_picture_of_the_code_opens_nothing_two_minutes_or_a_day_later(session, world, slot):
    token = shown(slot).token
    for later in (120, 24 * 3600):
        with refused(session, world, CodeExpired), held(later):
            codes.redeem(session, token=token)


def test_d10_the_token_is_42_characters_and_differs_by_direction(slot):
    coming, going = shown(slot, "in"), shown(slot, "out")

    assert len(coming.token) == len(going.token) == 42
    assert coming.token != going.token
    assert coming.short_code != going.short_code


def test_a_forged_or_changed_code_is_no_code(session, world, slot):
    token = shown(slot).token
    raw = bytearray(base64.urlsafe_b64decode(token + "=="))
    raw[10] ^= 1
    turned = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    raw[10] ^= 1
    raw[9] ^= 1
    elsewhere = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    for bad in (turned, elsewhere, token[:-4], "", "错", "x" * 42, token + "AAAA"):
        with refused(session, world, BadSignature), held(1):
            codes.redeem(session, token=bad)


def test_revoking_kills_the_codes_of_a_stolen_screen(session, world, slot, member):
    token = shown(slot).token
    named = {"ledger_id": world.ledger_id, "session_id": slot.id}
    with refused(session, world, PermissionDenied), held(1):
        codes.revoke(session, **named, actor=Actor(member.person_id))
    with held(1):
        assert codes.revoke(session, **named, actor=world.leader) == 2
    session.refresh(slot)

    with refused(session, world, KeyRevoked), held(2):
        codes.redeem(session, token=token)
    with held(2):
        assert codes.redeem(session, token=codes.current(slot, "in").token)


@pytest.mark.parametrize(
    ("text", "direction", "is_good"),
    [
        ("07:59:59", "in", False),
        ("08:00", "in", True),
        ("10:59:59", "in", True),
        ("11:00", "in", False),
        ("07:59:59", "out", False),
        ("11:20", "out", True),
    ],
)
def test_d12_codes_open_an_hour_before_and_take_nobody_in_after_the_end(
    session, world, slot, text, direction, is_good
):
    if is_good:
        with at(text):
            assert make.ticket(session, slot, direction).direction == direction
        return
    with refused(session, world, NotInTimeWindow), at(text):
        make.ticket(session, slot, direction)


def test_a_cancelled_activity_takes_nobody_in(session, world):
    activity, (slot,) = make.opened(session, world)
    with at("08:10"):
        plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            reason="暴雨",
            actor=world.leader,
        )

    with refused(session, world, ActivityStateConflict, state="cancelled"), at("08:30"):
        make.ticket(session, slot, "in")


def test_a_ticket_waits_ten_minutes_for_a_slow_sign_in(session, world, slot):
    with held(3):
        seen = make.ticket(session, slot, "in")
        text = seen.sign()
    with held(3 + 600):
        assert codes.open_ticket(text, ledger_id=world.ledger_id) == seen
        with pytest.raises(WrongAudience):
            codes.open_ticket(text, ledger_id=world.ledger_id + 1)
        with pytest.raises(BadSignature):
            codes.open_ticket("B" + text[1:], ledger_id=world.ledger_id)
    with held(3 + 601), pytest.raises(CodeExpired):
        codes.open_ticket(text, ledger_id=world.ledger_id)
