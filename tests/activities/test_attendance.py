"""From presence to points: E1 to E6, forgotten check-outs, and who may say so (D16, D23)."""

import pytest

from app.activities import archiving, attendance, closing, taking
from app.activities.errors import ActivityStateConflict
from app.activities.models import ActivitySession, Correction, Enrolment
from app.base.actors import SYSTEM, Actor
from app.base.errors import (
    NotFound,
    PermissionDenied,
    SecondPersonRequired,
    ValidationFailed,
)
from app.community import grids, settings
from app.ledger import balances
from app.people import duties, inbox, team_members
from app.points import approvals, wallets
from app.points.models import Carry
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import EVE, at, moment, refused
from tests.ledger.statements_counted import counted


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def points_of(session, world, member):
    return wallets.holding(session, ledger_id=world.ledger_id, member_id=member.id).spendable_points


def minutes_of(session, world, member, kind="hours_credited"):
    return sum(
        each.posted
        for each in balances.of_owner(session, ledger_id=world.ledger_id, owner_id=member.id)
        if each.ref.kind == kind
    )


def carry_of(session, world, member):
    rows = session.query(Carry).filter_by(ledger_id=world.ledger_id, member_id=member.id)
    return sum(row.remainder_quantity for row in rows)


def autoclose(session, world, text):
    with at(text) as now:
        done = attendance.autoclose(session, ledger_id=world.ledger_id, now=now)
        session.commit()
    return done


def forgotten(session, world, slot, member):
    """A stay whose person never checked out, closed by the job."""
    done = make.scan_in(session, world, slot, member, "08:50")
    assert autoclose(session, world, "11:30") == 1
    return done.attendance_id


@pytest.mark.parametrize(
    ("came", "went", "minutes", "points", "carry"),
    [
        ("08:50", "11:20", 120, 2, 0),
        ("09:05", "10:50", 105, 1, 45),
        ("09:00", "10:10", 0, 0, 0),
        ("09:00", "10:12", 72, 1, 12),
    ],
    ids=["e1", "e2", "e3", "e4"],
)
def test_e1_to_e4_from_the_scan_to_the_wallet(
    session, world, slot, member, came, went, minutes, points, carry
):
    done = make.been(session, world, slot, member, came, went)
    made = make.confirm(session, world, slot)

    assert done.credited_minutes == minutes
    assert done.zero_reason == (None if minutes else "below_min_presence")
    assert [each.state for each in made] == (["posted"] if minutes else [])
    assert minutes_of(session, world, member) == minutes
    assert points_of(session, world, member) == points
    # The carry is kept in 1/points of the rate's quantity: here minutes.
    assert carry_of(session, world, member) == carry
    stay = make.stay_of(session, world, done.attendance_id)
    assert (stay.state, stay.confirmed_by_id) == ("confirmed", world.leader.person_id)


def test_who_is_credited_nothing_is_told_so(session, world, slot, member):
    make.been(session, world, slot, member, "09:00", "10:10")
    make.confirm(session, world, slot)

    lines = inbox.list_for(session, ledger_id=world.ledger_id, member_id=member.id)
    assert [(line.topic, line.facts["minutes"]) for line in lines] == [("attendance_confirmed", 0)]


def test_e5_the_ninth_hour_waits_for_the_second_level(session, world, member):
    _, (long,) = make.opened(session, world, ("08:00", "16:00"))
    _, (late,) = make.opened(session, world, ("17:00", "18:00"))
    make.been(session, world, long, member, "08:00", "16:00")
    make.been(session, world, late, member, "17:00", "18:00")
    (first,) = make.confirm(session, world, long, "19:00")
    (second,) = make.confirm(session, world, late, "19:00")

    assert (first.state, first.minutes) == ("posted", 480)
    assert (second.state, second.minutes) == ("waiting_level_2", 60)
    assert minutes_of(session, world, member) == 480
    with at("19:30"):
        approvals.decide(
            session,
            ledger_id=world.ledger_id,
            grant_ids=[second.id],
            level=2,
            verdict="approved",
            reason=None,
            actor=world.staff,
        )
    assert minutes_of(session, world, member) == 540


def test_e6_what_crosses_twelve_hours_waits_for_the_third_level(session, world, member):
    _, (long,) = make.opened(session, world, ("06:00", "14:00"))
    _, (late,) = make.opened(session, world, ("15:00", "19:10"))
    make.been(session, world, long, member, "06:00", "14:00")
    make.been(session, world, late, member, "15:00", "19:10")
    make.confirm(session, world, long, "20:00")
    (second,) = make.confirm(session, world, late, "20:00")

    assert (second.minutes, second.state) == (250, "waiting_level_3")
    assert minutes_of(session, world, member) == 480


def test_d15_the_share_is_a_setting_of_the_place(session, world, slot, member):
    settings.put(
        session,
        node=world.node,
        name="attendance.min_presence_percent",
        value=25,
        actor=SYSTEM,
    )
    assert make.been(session, world, slot, member, "09:00", "09:30").credited_minutes == 30


def test_confirming_twice_posts_once(session, world, slot, member):
    make.been(session, world, slot, member, "08:50", "11:00")
    make.confirm(session, world, slot)

    assert make.confirm(session, world, slot) == []
    assert minutes_of(session, world, member) == 120


def test_a_short_stay_is_not_settled_while_a_second_may_lift_it(session, world, slot, member):
    first = make.been(session, world, slot, member, "09:00", "09:40")
    assert make.confirm(session, world, slot, "09:45") == []
    assert make.stay_of(session, world, first.attendance_id).state == "closed"
    with refused(session, world, ActivityStateConflict):
        make.confirm(session, world, slot, "09:45", attendance_ids=[first.attendance_id])
    make.been(session, world, slot, member, "10:10", "10:45")

    assert [each.minutes for each in make.confirm(session, world, slot)] == [40, 35]


def test_a_leader_confirms_one_by_name_and_leaves_the_others(session, world, slot, member):
    other = make.a_member(session, world, "许知秋")
    one = make.been(session, world, slot, member, "08:50", "11:00")
    two = make.been(session, world, slot, other, "08:50", "11:00")
    make.confirm(session, world, slot, attendance_ids=[one.attendance_id])

    assert make.stay_of(session, world, two.attendance_id).state == "closed"
    with refused(session, world, ActivityStateConflict, state="confirmed"):
        make.confirm(session, world, slot, attendance_ids=[one.attendance_id])
    with refused(session, world, NotFound):
        make.confirm(session, world, slot, attendance_ids=[world.team.id])


def test_only_leaders_and_staff_confirm(session, world, slot, member):
    make.been(session, world, slot, member, "08:50", "11:00")

    with refused(session, world, PermissionDenied):
        make.confirm(session, world, slot, actor=Actor(member.person_id))


def test_d23_the_leaders_own_record_and_their_households_wait_for_staff(
    session, world, slot, member
):
    people.live_together(session, world.leader_member, member)
    for each in (world.leader_member, member):
        make.been(session, world, slot, each, "08:50", "11:00")
    made = make.confirm(session, world, slot)

    assert [(each.state, each.hold_reasons) for each in made] == [("waiting_level_2", "own")] * 2
    decision = {"level": 2, "verdict": "approved", "reason": None}
    named = {"ledger_id": world.ledger_id, "grant_ids": [each.id for each in made]}
    with at("13:00"):
        with refused(session, world, SecondPersonRequired):
            approvals.decide(session, **named, **decision, actor=world.leader)
        approvals.decide(session, **named, **decision, actor=world.staff)
    assert minutes_of(session, world, world.leader_member) == 120


@pytest.mark.parametrize(("door", "hold"), [("card", "roll"), ("roll", "roll")])
def test_card_and_roll_are_credited_after_staff_looked(session, world, slot, member, door, hold):
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "member_id": member.id}
    with at("08:50"):
        taking.check_in(session, **named, door=door, actor=world.leader)
    with at("11:00"):
        taking.check_out(session, **named, door=door, actor=world.leader)
        session.commit()
    (grant,) = make.confirm(session, world, slot)

    assert (grant.state, grant.hold_reasons) == ("waiting_level_2", hold)
    assert grant.provenance == "credited"


def test_a_one_time_code_is_as_good_as_the_screen(session, world, slot, member):
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "member_id": member.id}
    with at("08:50"):
        taking.check_in(session, **named, door="personal_code", actor=world.leader)
        session.commit()
    make.scan_out(session, world, slot, member, "11:00")

    assert make.confirm(session, world, slot)[0].state == "posted"


def test_a4_emergency_hours_need_a_second_signature(session, world, member):
    _, (slot,) = make.opened(session, world, is_emergency=True)
    make.been(session, world, slot, member, "08:50", "11:00")
    (grant,) = make.confirm(session, world, slot)

    assert (grant.state, grant.hold_reasons) == ("waiting_level_2", "emergency")


def test_d16_a_forgotten_check_out_counts_nothing_until_it_is_confirmed_by_name(
    session, world, slot, member
):
    attendance_id = forgotten(session, world, slot, member)
    stay = make.stay_of(session, world, attendance_id)
    assert (stay.state, stay.out_door, stay.credited_minutes) == ("needs_confirmation", "auto", 0)
    assert make.confirm(session, world, slot) == []
    assert minutes_of(session, world, member) == 0

    (grant,) = make.confirm(session, world, slot, attendance_ids=[attendance_id])
    assert (grant.state, grant.provenance, grant.minutes) == ("posted", "honorary", 120)
    assert minutes_of(session, world, member, "hours_honorary") == 120
    assert points_of(session, world, member) == 0


def test_d16_the_leader_says_when_a_person_left(session, world, slot, member):
    attendance_id = forgotten(session, world, slot, member)
    named = {"attendance_ids": [attendance_id]}
    with refused(session, world, ValidationFailed, field="left_at"):
        make.confirm(session, world, slot, **named, left_at={attendance_id: moment("11:10")})
    (grant,) = make.confirm(session, world, slot, **named, left_at={attendance_id: moment("10:30")})

    assert grant.minutes == 90


def test_d16_why_a_check_out_was_forgotten_is_kept_with_the_record(session, world, slot, member):
    attendance_id = forgotten(session, world, slot, member)
    named = {"attendance_ids": [attendance_id], "left_at": {attendance_id: moment("10:30")}}
    with refused(session, world, ValidationFailed, field="reason"):
        make.confirm(session, world, slot, **named, reason=" ")
    (grant,) = make.confirm(session, world, slot, **named, reason="手机没电了，我看着他走的")

    (kept,) = session.query(Correction).filter_by(ledger_id=world.ledger_id)
    assert (kept.reason, kept.after_minutes) == ("手机没电了，我看着他走的", 90)
    assert kept.corrected_by_id == world.leader.person_id
    assert (grant.provenance, grant.minutes) == ("honorary", 90)


def test_d16_nothing_is_closed_before_the_half_hour_is_over(session, world, slot, member):
    done = make.scan_in(session, world, slot, member, "08:50")

    assert autoclose(session, world, "11:29") == 0
    assert make.stay_of(session, world, done.attendance_id).state == "open"
    assert autoclose(session, world, "11:30") == 1
    assert autoclose(session, world, "11:31") == 0


def test_closing_a_session_marks_who_never_came(session, world, slot, member):
    absent = make.a_member(session, world, "许知秋")
    for each in (member, absent):
        make.enrol(session, world, slot, each)
    make.been(session, world, slot, member, "08:50", "11:00")
    autoclose(session, world, "11:30")
    session.expire_all()

    states = {
        each.member_id: each.state
        for each in session.query(Enrolment).filter_by(ledger_id=world.ledger_id)
    }
    assert states == {member.id: "enrolled", absent.id: "absent"}
    assert session.get(ActivitySession, (world.ledger_id, slot.id)).state == "closed"


def test_leader_and_staff_together_make_a_forgotten_check_out_credited(
    session, world, slot, member
):
    attendance_id = forgotten(session, world, slot, member)
    make.confirm(session, world, slot, attendance_ids=[attendance_id])
    named = {
        "ledger_id": world.ledger_id,
        "attendance_id": attendance_id,
        "reason": "签到表有签名",
    }
    with at("13:00"):
        with refused(session, world, SecondPersonRequired):
            attendance.second(session, **named, actor=world.leader)
        grant = attendance.second(session, **named, actor=world.staff)
        with refused(session, world, ActivityStateConflict):
            attendance.second(session, **named, actor=world.second_staff)

    assert (grant.state, grant.provenance, grant.source_version) == ("posted", "credited", 2)
    assert minutes_of(session, world, member, "hours_honorary") == 0
    assert minutes_of(session, world, member) == 120
    assert points_of(session, world, member) == 2


def test_two_leaders_without_staff_leave_it_honorary(session, world, slot, member):
    second = make.a_member(session, world, "方晓岚")
    team_members.join(
        session,
        ledger_id=world.ledger_id,
        team_id=world.team.id,
        member_id=second.id,
        actor=SYSTEM,
        role="leader",
    )
    attendance_id = forgotten(session, world, slot, member)
    make.confirm(session, world, slot, attendance_ids=[attendance_id])

    with refused(session, world, SecondPersonRequired), at("13:00"):
        attendance.second(
            session,
            ledger_id=world.ledger_id,
            attendance_id=attendance_id,
            reason="我也看见了",
            actor=Actor(second.person_id),
        )


def test_a_record_is_refused_with_a_reason_and_the_member_is_told(session, world, slot, member):
    done = make.been(session, world, slot, member, "08:50", "11:00")
    named = {"ledger_id": world.ledger_id, "attendance_id": done.attendance_id}
    with at("12:00"):
        with refused(session, world, ValidationFailed, field="reason"):
            attendance.refuse(session, **named, reason="", actor=world.leader)
        attendance.refuse(session, **named, reason="代签", actor=world.leader)
        with refused(session, world, ActivityStateConflict, state="refused"):
            attendance.refuse(session, **named, reason="代签", actor=world.leader)

    assert make.confirm(session, world, slot) == []
    (line,) = inbox.list_for(session, ledger_id=world.ledger_id, member_id=member.id)
    assert (line.topic, line.facts["reason"]) == ("attendance_refused", "代签")


def test_an_activity_is_closed_with_a_number_and_archived_when_nothing_waits(
    session, world, member
):
    activity, (slot,) = make.opened(session, world, is_emergency=True)
    make.been(session, world, slot, member, "08:50", "11:00")
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id, "actor": world.leader}
    with at("12:00"):
        with refused(session, world, ValidationFailed, field="beneficiary_count"):
            closing.close(session, **named, beneficiary_count=-1)
        closing.close(session, **named, beneficiary_count=42)
        with refused(session, world, ActivityStateConflict, waiting_count=1):
            closing.archive(session, **named)
    assert (activity.state, activity.beneficiary_count) == ("finished", 42)

    (grant,) = make.confirm(session, world, slot)
    with refused(session, world, ActivityStateConflict, waiting_count=1):
        closing.archive(session, **named)
    assert archiving.archive_settled(session, ledger_id=world.ledger_id) == 0
    with at("13:00"):
        approvals.decide(
            session,
            ledger_id=world.ledger_id,
            grant_ids=[grant.id],
            level=2,
            verdict="approved",
            reason=None,
            actor=world.staff,
        )
        closing.set_beneficiaries(session, **named, beneficiary_count=43)
    assert archiving.archive_settled(session, ledger_id=world.ledger_id) == 1
    session.expire_all()
    assert (activity.state, activity.beneficiary_count) == ("archived", 43)
    assert minutes_of(session, world, member) == 120


def test_an_activity_is_not_closed_while_somebody_is_still_in(session, world, member):
    activity, (slot,) = make.opened(session, world)
    make.scan_in(session, world, slot, member, "08:50")
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id, "actor": world.leader}

    with refused(session, world, ActivityStateConflict, open_count=1), at("11:05"):
        closing.close(session, **named, beneficiary_count=0)
    with refused(session, world, closing.NotInTimeWindow), at("10:00"):
        closing.close(session, **named, beneficiary_count=0)


def test_confirming_thirty_costs_what_confirming_six_costs(session, world):
    with at("08:30", EVE):
        crowd = people.members(session, world.ledger_id, world.node, 36)
        session.commit()
    costs = []
    for group in (crowd[:6], crowd[6:]):
        _, (slot,) = make.opened(session, world)
        for verb, text in ((taking.roll_in, "08:50"), (taking.roll_out, "11:00")):
            with at(text):
                verb(
                    session,
                    ledger_id=world.ledger_id,
                    session_id=slot.id,
                    member_ids=[each.id for each in group],
                    actor=world.leader,
                )
        session.commit()
        session.expunge_all()
        with counted(session) as statements:
            assert len(make.confirm(session, world, slot)) == len(group)
        costs.append(len(statements))
    # The first also writes down the rules of its signals.
    assert costs[1] <= costs[0]


def test_o8_in_one_shift_the_full_time_worker_earns_nothing_and_the_part_time_one_does(
    session, world, slot
):
    paid, part = (make.a_member(session, world, name) for name in ("简明川", "池映月"))
    with at("07:00", EVE):
        grid = grids.add(session, parent=world.node, actor=SYSTEM)
        for kind, member in (("grid_full", paid), ("grid_part", part)):
            duties.give(
                session,
                ledger_id=world.ledger_id,
                member_id=member.id,
                node=grid,
                kind_code=kind,
                actor=SYSTEM,
            )
    made = [make.been(session, world, slot, member, "08:50", "11:05") for member in (paid, part)]
    make.confirm(session, world, slot, "11:30")

    stays = [make.stay_of(session, world, each.attendance_id) for each in made]
    assert [(stay.state, stay.credited_minutes, stay.zero_reason) for stay in stays] == [
        ("confirmed", 0, "on_duty"),
        ("confirmed", 120, None),
    ]
    assert [minutes_of(session, world, each) for each in (paid, part)] == [0, 120]
    assert points_of(session, world, paid) == 0 < points_of(session, world, part)
