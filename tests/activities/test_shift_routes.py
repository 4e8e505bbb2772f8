"""Patrols: checkpoints in order, a code for each place and day, hours from first to last scan."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.activities import attendance, codes, corrections, plans, taking
from app.activities.corrections import Change
from app.activities.crediting import ROUTE_UNFINISHED
from app.activities.errors import (
    BadSignature,
    CheckInMissing,
    CheckpointOutOfOrder,
    KeyRevoked,
    NotInTimeWindow,
    WrongWayIn,
)
from app.activities.shifts import attending, checkpoint_codes, routes, walked
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.people.errors import CodeExpired, WrongAudience
from tests.factories import activities as make
from tests.factories import shifts
from tests.factories.activities import DAY, at, refused
from tests.factories.shifts import GATES, end, reach

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def slot(session, world):
    return shifts.a_patrol(session, world)[1][0]


def test_c13_a_patrol_counts_once_two_of_three_places_were_scanned_in_order(
    session, world, member, slot
):
    first = reach(session, world, slot, member, 1, "20:01")
    assert (first.name, first.next_name, first.is_enough) == (GATES[0], GATES[1], False)
    again = reach(session, world, slot, member, 1, "20:02")
    assert (again.count, again.attendance_id) == (1, first.attendance_id)
    last = reach(session, world, slot, member, 3, "21:10")
    assert (last.count, last.next_name, last.is_enough) == (2, None, True)

    done = end(session, world, slot, member, "21:25")
    assert done.checked_out_at == make.moment("21:10"), "nobody walked after the last scan"
    assert (done.credited_minutes, done.zero_reason) == (69, None)
    made = make.confirm(session, world, slot, "21:40")
    assert [(each.state, each.minutes, each.points) for each in made] == [("posted", 69, 1)]


def test_c13_one_place_alone_is_no_patrol_and_credits_nothing(session, world, member, slot):
    reach(session, world, slot, member, 1, "20:00")
    done = end(session, world, slot, member, "21:20")
    assert (done.credited_minutes, done.zero_reason) == (0, ROUTE_UNFINISHED)
    assert make.confirm(session, world, slot, "21:40") == []

    with at("21:45"):
        stay = make.stay_of(session, world, done.attendance_id)
        change = Change(
            make.moment("20:00"), make.moment("21:30"), "手机没电，队友证明", stay.version
        )
        made = corrections.correct(
            session,
            ledger_id=world.ledger_id,
            attendance_id=stay.id,
            change=change,
            actor=world.leader,
        )
    assert (made.state, made.minutes) == ("waiting_level_2", 90), "put right, it waits for staff"


def test_c13_places_come_in_order_and_the_first_begins_a_new_lap(session, world, member, slot):
    with at("20:00"), refused(session, world, CheckpointOutOfOrder, expected=1, name=GATES[0]):
        routes.scan(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=shifts.seen(session, slot, 2),
            actor=Actor(member.person_id),
        )
    reach(session, world, slot, member, 1, "20:00")
    stay = reach(session, world, slot, member, 3, "20:20").attendance_id
    with at("20:30"), refused(session, world, CheckpointOutOfOrder, expected=1, name=GATES[0]):
        routes.scan(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=shifts.seen(session, slot, 2),
            actor=Actor(member.person_id),
        )
    assert reach(session, world, slot, member, 1, "20:40").lap == 2
    assert reach(session, world, slot, member, 2, "21:29").count == 2
    assert walked.counts(session, ledger_id=world.ledger_id, attendance_ids=[stay]) == {
        stay: (2, 4)
    }
    assert end(session, world, slot, member, "21:40").credited_minutes == 89


def test_c13_a1_yesterdays_sheet_is_refused_and_so_is_every_other_one(session, world, member):
    days = [make.a_plan(world, ("20:00", "21:30"), day=day).sessions[0] for day in (DAY, NEXT_DAY)]
    _activity, (first, second) = shifts.a_patrol(session, world, sessions=days)
    yesterday = checkpoint_codes.token_of(first, 1)
    assert yesterday != checkpoint_codes.token_of(second, 1)
    assert len(yesterday) == 36
    with at("20:10", NEXT_DAY):
        with pytest.raises(CodeExpired):
            checkpoint_codes.redeem(session, token=yesterday)
        with pytest.raises(CodeExpired):
            checkpoint_codes.redeem_digits(
                session,
                ledger_id=world.ledger_id,
                session_id=second.id,
                digits=checkpoint_codes.digits_of(first, 1),
            )
        by_digits = checkpoint_codes.redeem_digits(
            session,
            ledger_id=world.ledger_id,
            session_id=second.id,
            digits=checkpoint_codes.digits_of(second, 3),
        )
        assert by_digits.ordinal == 3
        with pytest.raises(BadSignature):
            checkpoint_codes.redeem(session, token=f"{yesterday[:-2]}AA")
        with pytest.raises(BadSignature):
            codes.redeem(session, token=yesterday)
    with at("18:59", NEXT_DAY), pytest.raises(NotInTimeWindow):
        checkpoint_codes.redeem(session, token=checkpoint_codes.token_of(second, 1))
    with at("20:10", NEXT_DAY):
        shown = checkpoint_codes.token_of(second, 2)
        codes.revoke(session, ledger_id=world.ledger_id, session_id=second.id, actor=world.leader)
        with pytest.raises(KeyRevoked):
            checkpoint_codes.redeem(session, token=shown)


def test_a_checkpoints_ticket_lives_ten_minutes_and_opens_nothing_else(session, world, slot):
    with at("20:00:00"):
        ticket = shifts.seen(session, slot, 1)
        signed = ticket.sign()
        assert checkpoint_codes.is_one(checkpoint_codes.token_of(slot, 1))
        assert not checkpoint_codes.is_one(codes.current(slot, "in").token)
        with pytest.raises(BadSignature):
            codes.read_ticket(signed)
        with pytest.raises(WrongAudience):
            checkpoint_codes.open_ticket(signed, ledger_id=world.ledger_id + 1)
    with at("20:10:00"):
        assert checkpoint_codes.open_ticket(signed) == ticket
    with at("20:10:01"), pytest.raises(CodeExpired):
        checkpoint_codes.open_ticket(signed)


def test_the_screen_does_not_stand_in_for_a_route(session, world, member, slot):
    with at("20:00"), pytest.raises(WrongWayIn) as caught:
        make.ticket(session, slot, "in")
    assert caught.value.facts == {"way": "route"}
    with at("20:00"), refused(session, world, CheckInMissing):
        routes.finish(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )
    plain = make.opened(session, world, ("20:00", "21:30"))[1][0]
    with at("20:00"), refused(session, world, WrongWayIn, way="screen"):
        ticket = replace(shifts.seen(session, slot, 1), session_id=plain.id)
        routes.scan(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=ticket,
            actor=Actor(member.person_id),
        )


def test_who_is_on_the_roll_walks_the_same_route(session, world, member, slot):
    key = {"ledger_id": world.ledger_id, "session_id": slot.id}
    other = make.a_member(session, world, "邱晚晴")
    with at("20:00"):
        taking.roll_in(session, **key, member_ids=[member.id, other.id], actor=world.leader)
        session.commit()
    reach(session, world, slot, member, 1, "20:05")
    reach(session, world, slot, member, 2, "20:40")
    with at("21:30"):
        taking.roll_out(session, **key, member_ids=[member.id, other.id], actor=world.leader)
        session.commit()
    with at("21:40"):
        made = attendance.confirm(session, **key, actor=world.leader)
    assert [(each.member_id, each.minutes, each.state) for each in made] == [
        (member.id, 90, "waiting_level_2")
    ]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("way", {"way": "camera"}),
        ("checkpoints", {"way": "screen"}),
        ("checkpoints", {"checkpoints": ("东门",)}),
        ("checkpoints", {"checkpoints": ("东门", "东门")}),
        ("checkpoints", {"checkpoints": ("东门", "门" * 41)}),
        ("checkpoints", {"checkpoints": tuple(map(str, range(21)))}),
        ("checkpoint_min_count", {"checkpoint_min_count": 1}),
        ("checkpoint_min_count", {"checkpoint_min_count": 4}),
    ],
)
def test_a_route_has_two_to_twenty_places(session, world, field, more):
    values = {"way": "route", "checkpoints": GATES, "checkpoint_min_count": 2} | more
    with at("09:00", make.EVE), refused(session, world, ValidationFailed, field=field):
        plan = make.a_plan(world, **values)
        plans.draft(session, ledger_id=world.ledger_id, plan=plan, actor=world.leader)


def test_an_edited_draft_has_its_new_route_alone(session, world):
    key = {"ledger_id": world.ledger_id}
    with at("09:00", make.EVE):
        plan = make.a_plan(world, way="route", checkpoints=GATES, needs_log=True)
        made = plans.draft(session, **key, plan=plan, actor=world.leader)
        key["activity_id"] = made.id
        assert attending.way_of(session, **key) == "route"
        shorter = replace(plan, checkpoints=GATES[:2])
        made = plans.edit(session, **key, version=1, plan=shorter, actor=world.leader)
        assert [each.name for each in attending.list_checkpoints(session, **key)] == [*GATES[:2]]
        plain = replace(plan, way="screen", checkpoints=(), needs_log=False)
        plans.edit(session, **key, version=2, plan=plain, actor=world.leader)
    assert attending.find(session, **key) is None
    assert not list(attending.list_checkpoints(session, **key))
