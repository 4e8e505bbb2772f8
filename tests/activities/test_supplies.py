"""Supplies: half an hour of codes for a screen that may lose its network; audited, revocable."""

import pytest
import sqlalchemy as sa

from app.activities import codes, plans, supplies
from app.activities.errors import ActivityStateConflict, KeyRevoked, NotInTimeWindow
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.community import settings
from app.people.errors import CodeExpired
from app.people.models import Audit
from tests.factories import activities as make
from tests.factories.activities import at, refused

HALF_HOUR = 30 * 60 // codes.SLOT_SECONDS
RENEWAL = 5 * 60 // codes.SLOT_SECONDS


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def hand_out(session, world, slot, direction="in", actor=None, **more):
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "direction": direction}
    return supplies.hand_out(session, **named, actor=actor or world.leader, **more)


def notes(session, world):
    query = sa.select(Audit).where(
        Audit.ledger_id == world.ledger_id, Audit.action == "screen_codes_supplied"
    )
    return list(session.scalars(query))


def test_a_screen_is_handed_half_an_hour_and_the_five_minutes_until_it_asks_again(
    session, world, slot
):
    with at("09:00:00"):
        made = hand_out(session, world, slot)
        newest = codes.slot_of(make.moment("09:00:00"))

    assert [each.slot for each in made.codes] == list(
        range(newest, newest + HALF_HOUR + RENEWAL + 1)
    )
    assert made.renew_seconds == 300
    assert made.closes_at == slot.ends_at


def test_each_supplied_code_is_what_the_screen_would_show_then(session, world, slot):
    with at("09:00:00"):
        made = hand_out(session, world, slot)
    with at("09:20:07"):
        shown = codes.current(slot, "in")

    later = made.codes[20 * 60 // codes.SLOT_SECONDS]
    assert (later.token, later.short_code) == (shown.token, shown.short_code)


def test_e15_a_supplied_code_opens_in_its_own_seconds_only(session, world, slot):
    with at("09:00:00"):
        later = hand_out(session, world, slot).codes[80]
        with refused(session, world, CodeExpired):
            codes.redeem(session, token=later.token)
    with at("09:20:29"):
        assert codes.redeem(session, token=later.token).direction == "in"
    with at("09:20:31"), refused(session, world, CodeExpired):
        codes.redeem(session, token=later.token)


def test_revoking_the_screen_kills_what_was_handed_out(session, world, slot):
    with at("09:00:00"):
        later = hand_out(session, world, slot).codes[40]
        codes.revoke(session, ledger_id=world.ledger_id, session_id=slot.id, actor=world.leader)
        session.flush()
        fresh = hand_out(session, world, slot)
    with at("09:10:05"):
        with refused(session, world, KeyRevoked):
            codes.redeem(session, token=later.token)
        assert codes.redeem(session, token=fresh.codes[40].token).session_id == slot.id


def test_handing_out_is_written_down_with_its_span(session, world, slot):
    with at("09:00:00"):
        made = hand_out(session, world, slot)
    with at("09:05:00"):
        more = hand_out(session, world, slot, after_slot=made.codes[-1].slot)

    first, second = sorted(notes(session, world), key=lambda note: note.facts["first_slot"])
    assert first.actor_id == world.leader.person_id
    assert first.subject_id == slot.id
    assert (first.facts["direction"], first.facts["key_version"]) == ("in", 1)
    assert len(more.codes) == RENEWAL
    assert second.facts["first_slot"] == first.facts["last_slot"] + 1


def test_d12_codes_for_coming_end_with_the_session_and_for_going_with_its_closing(
    session, world, slot
):
    with at("10:55:00"):
        coming = hand_out(session, world, slot)
        going = hand_out(session, world, slot, "out")
    with at("11:10:00"):
        with refused(session, world, NotInTimeWindow):
            hand_out(session, world, slot)
        late = hand_out(session, world, slot, "out")
    with at("11:30:00"), refused(session, world, NotInTimeWindow):
        hand_out(session, world, slot, "out")

    assert coming.codes[-1].slot == codes.slot_of(make.moment("10:59:59"))
    assert going.codes[-1].slot == codes.slot_of(make.moment("11:29:59"))
    assert late.codes[-1].slot == going.codes[-1].slot


def test_a_place_may_forbid_codes_without_network(session, world, slot):
    settings.put(
        session, node=world.node, name="attendance.offline_minutes", value=0, actor=world.staff
    )
    with at("09:00:00"):
        made = hand_out(session, world, slot)

    assert len(made.codes) == supplies.LIVE_SLOTS
    assert made.renew_seconds == codes.SLOT_SECONDS
    assert notes(session, world) == []


def test_only_a_leader_or_staff_is_handed_codes(session, world, slot):
    stranger = Actor(make.a_member(session, world).person_id)
    with at("09:00:00"):
        with refused(session, world, PermissionDenied):
            hand_out(session, world, slot, actor=stranger)
        with refused(session, world, NotFound):
            hand_out(session, world, slot, "sideways")
        assert hand_out(session, world, slot, actor=world.staff).codes


def test_a_cancelled_activity_has_no_codes_to_hand_out(session, world, slot):
    named = {"ledger_id": world.ledger_id, "activity_id": slot.activity_id}
    with at("08:00"):
        plans.cancel(session, **named, reason="下大雨", actor=world.leader)
        with refused(session, world, ActivityStateConflict):
            hand_out(session, world, slot)
