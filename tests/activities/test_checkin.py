"""Check-in and check-out by the screen code: the hot path and every refusal on it."""

import pytest
import sqlalchemy as sa

from app.activities import checkin, codes, scans
from app.activities.errors import (
    ActivityStateConflict,
    AlreadyCheckedIn,
    AlreadyCheckedOut,
    CheckInMissing,
    NotInTimeWindow,
    OverlapWithOtherActivity,
)
from app.activities.models import Attendance
from app.base import clock
from app.base.actors import Actor
from app.base.errors import DomainError
from app.base.transactions import attempt
from app.people.errors import MemberNotActive, WrongAudience
from app.people.models import Member
from app.risk.errors import LimitExceeded
from app.risk.models import Signal
from tests.factories import activities as make
from tests.factories.activities import at, refused
from tests.factories.teams import at_once
from tests.ledger.statements_counted import counted


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def stays(session, world, member):
    query = sa.select(Attendance).where(
        Attendance.ledger_id == world.ledger_id, Attendance.member_id == member.id
    )
    return list(session.scalars(query.order_by(Attendance.ordinal)))


def test_check_in_costs_3_statements_and_check_out_4(session, world, slot, member):
    with at("08:50"):
        ticket = make.ticket(session, slot, "in")
        with counted(session) as statements:
            checkin.check_in(
                session,
                ledger_id=world.ledger_id,
                member_id=member.id,
                ticket=ticket,
                actor=Actor(member.person_id),
            )
        session.commit()
    assert len(statements) == 3, statements
    session.expunge_all()
    with at("11:00"):
        ticket = make.ticket(session, slot, "out")
        with counted(session) as statements:
            checkin.check_out(
                session,
                ledger_id=world.ledger_id,
                member_id=member.id,
                ticket=ticket,
                actor=Actor(member.person_id),
            )
    assert len(statements) == 4, statements


def test_the_time_is_when_the_code_was_seen_not_when_sign_in_was_done(session, world, slot, member):
    with at("08:50:05"):
        text = make.ticket(session, slot, "in").sign()
    with at("08:59:30"):
        done = checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=codes.open_ticket(text, ledger_id=world.ledger_id),
            actor=Actor(member.person_id),
            device_hash=b"d" * 32,
        )
    (stay,) = stays(session, world, member)

    assert done.checked_in_at == make.moment("08:50:05")
    assert (stay.in_door, stay.state, stay.device_hash) == ("code", "open", b"d" * 32)


def test_d11_a_second_scan_says_since_when_they_are_in(session, world, slot, member):
    make.scan_in(session, world, slot, member, "08:50")

    with refused(session, world, AlreadyCheckedIn, since=make.moment("08:50").isoformat()):
        make.scan_in(session, world, slot, member, "09:30")


def test_d11_one_slot_lets_a_person_in_once_and_out_once(session, world, slot, member):
    make.been(session, world, slot, member, "09:00:00", "09:00:05")

    with refused(session, world, AlreadyCheckedIn):
        make.scan_in(session, world, slot, member, "09:00:10")
    make.scan_in(session, world, slot, member, "09:00:15")
    with refused(session, world, DomainError):
        make.scan_out(session, world, slot, member, "09:00:14")


def test_a_stale_ticket_lets_nobody_in_again(session, world, slot, member):
    with at("09:00"):
        early = make.ticket(session, slot, "in")
    make.been(session, world, slot, member, "09:01", "09:05")

    with refused(session, world, AlreadyCheckedOut), at("09:08"):
        checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=early,
            actor=Actor(member.person_id),
        )


@pytest.mark.parametrize("text", ["07:30", "11:00", "11:05"])
def test_d12_a_ticket_outside_the_window_lets_nobody_in(session, world, slot, member, text):
    with refused(session, world, NotInTimeWindow), at(text) as now:
        checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=codes.SeenTicket(world.ledger_id, slot.id, "in", codes.slot_of(now), now),
            actor=Actor(member.person_id),
        )


def test_d13_three_stays_a_session_and_no_fourth(session, world, slot, member):
    for minute in (0, 10, 20):
        make.been(session, world, slot, member, f"09:{minute:02}", f"09:{minute + 5:02}")
    assert [each.ordinal for each in stays(session, world, member)] == [1, 2, 3]

    with refused(session, world, LimitExceeded, rule_code="attendance.pairs"):
        make.scan_in(session, world, slot, member, "09:40")


def test_d13_a_second_stay_lifts_the_first_over_the_share(session, world, slot, member):
    first = make.been(session, world, slot, member, "09:00", "09:40")
    assert (first.credited_minutes, first.zero_reason) == (0, "below_min_presence")
    second = make.been(session, world, slot, member, "10:10", "10:45")

    assert second.credited_minutes == 35
    assert make.stay_of(session, world, first.attendance_id).credited_minutes == 40


def test_e14_an_open_stay_refuses_an_overlapping_session_and_both_are_flagged(
    session, world, slot, member
):
    other = make.opened(session, world, ("10:00", "12:00"))[1][0]
    mine = make.scan_in(session, world, slot, member, "09:00")
    named = {"ledger_id": world.ledger_id}
    with refused(session, world, OverlapWithOtherActivity, title="健康义诊"):
        make.scan_in(session, world, other, member, "10:00")

    with at("10:01"):
        ticket = make.ticket(session, other, "in")
        try:
            with attempt(session):
                checkin.check_in(
                    session,
                    **named,
                    member_id=member.id,
                    ticket=ticket,
                    actor=Actor(member.person_id),
                )
        except OverlapWithOtherActivity as refusal:
            tried = scans.tried_with(ticket, member_id=member.id)
            kept = scans.keep(session, **named, tried=tried, refusal=refusal)
        session.commit()
    signal = session.scalars(sa.select(Signal).where(Signal.ledger_id == world.ledger_id)).one()
    assert kept.outcome == "overlap_with_other_activity"
    assert signal.facts == {
        "scan_id": str(kept.id),
        "attendance_id": str(mine.attendance_id),
    }
    listed = scans.list_of_session(session, **named, session_id=other.id)
    assert [each.id for each in listed] == [kept.id]


def test_d19_a_scan_seen_while_one_was_elsewhere_is_refused_later_too(session, world, slot, member):
    other = make.opened(session, world, ("10:00", "12:00"))[1][0]
    with at("10:20"):
        seen = make.ticket(session, other, "in")
    make.been(session, world, slot, member, "09:00", "10:25")

    with refused(session, world, OverlapWithOtherActivity), at("10:26"):
        checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=seen,
            actor=Actor(member.person_id),
        )
    make.scan_in(session, world, other, member, "10:30")


def test_a3_while_one_session_runs_no_other_is_begun(session, world, slot, member):
    later = make.opened(session, world, ("11:00", "12:00"))[1][0]
    make.scan_in(session, world, slot, member, "09:00")

    with refused(session, world, AlreadyCheckedIn, title="健康义诊"):
        make.scan_in(session, world, later, member, "10:30")


def test_d16_who_went_on_without_checking_out_may_come_in_elsewhere(session, world, slot, member):
    later = make.opened(session, world, ("11:00", "12:00"))[1][0]
    forgotten = make.scan_in(session, world, slot, member, "09:00")
    make.scan_in(session, world, later, member, "11:05")

    stay = make.stay_of(session, world, forgotten.attendance_id)
    assert (stay.state, stay.out_door) == ("needs_confirmation", "auto")
    assert (stay.credited_minutes, stay.zero_reason) == (0, "no_check_out")


def test_a2_a_check_out_five_hours_late_is_held_not_credited(session, world, slot, member):
    make.scan_in(session, world, slot, member, "09:00")

    with refused(session, world, NotInTimeWindow):
        make.scan_out(session, world, slot, member, "16:00")


def test_d16_the_code_out_is_good_for_half_an_hour_after_the_end(session, world, slot, member):
    make.scan_in(session, world, slot, member, "09:00")
    assert make.scan_out(session, world, slot, member, "11:30").credited_minutes == 120


def test_nobody_checks_out_who_is_not_in(session, world, slot, member):
    with refused(session, world, CheckInMissing):
        make.scan_out(session, world, slot, member, "10:00")
    make.been(session, world, slot, member, "09:00", "10:30")
    since = make.moment("10:30").isoformat()
    with refused(session, world, AlreadyCheckedOut, since=since):
        make.scan_out(session, world, slot, member, "10:40")


def test_a_ticket_is_good_for_one_direction_and_one_book(session, world, slot, member):
    actor = Actor(member.person_id)
    with at("09:30"):
        coming, going = (make.ticket(session, slot, each) for each in ("in", "out"))
        named = {"ledger_id": world.ledger_id, "member_id": member.id, "actor": actor}
        with refused(session, world, WrongAudience):
            checkin.check_in(session, **named, ticket=going)
        with refused(session, world, WrongAudience):
            checkin.check_out(session, **named, ticket=coming)
        with refused(session, world, WrongAudience):
            checkin.check_in(session, **(named | {"ledger_id": 4711}), ticket=coming)


def test_a5_paid_work_is_attended_but_earns_nothing(session, world, member):
    _, (slot,) = make.opened(session, world, is_paid=True)
    done = make.been(session, world, slot, member, "08:50", "11:20")
    assert (done.credited_minutes, done.zero_reason) == (0, "paid")

    assert make.confirm(session, world, slot) == []
    assert make.stay_of(session, world, done.attendance_id).state == "confirmed"


def test_a_walk_in_comes_in_until_the_quota_is_full(session, world, member):
    _, (slot,) = make.opened(session, world, quota=1)
    walk_in = make.a_member(session, world, "许知秋")
    make.scan_in(session, world, slot, walk_in, "08:40")
    make.enrol(session, world, slot, member)
    late = make.a_member(session, world, "方晓岚")

    with refused(session, world, LimitExceeded, rule_code="activity.quota"):
        make.scan_in(session, world, slot, late, "08:45")
    make.scan_in(session, world, slot, member, "08:50")


def test_a_merged_membership_attends_nothing(session, world, slot, member):
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == world.ledger_id, Member.id == member.id)
        .values(state="merged")
    )
    session.commit()

    with refused(session, world, MemberNotActive, state="merged"):
        make.scan_in(session, world, slot, member, "08:50")


def test_an_activity_that_is_not_open_takes_nobody_in(session, world, member):
    activity = make.called(session, world)
    (slot,) = make.slots(session, world, activity)
    with refused(session, world, ActivityStateConflict), at("08:50") as now:
        checkin.check_in(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=codes.SeenTicket(world.ledger_id, slot.id, "in", codes.slot_of(now), now),
            actor=Actor(member.person_id),
        )


@pytest.mark.slow
@pytest.mark.parametrize("session_count", [1, 2])
def test_d11_of_ten_parallel_scans_of_one_person_one_becomes_a_stay(
    app, session, world, member, session_count
):
    slots = [make.opened(session, world)[1][0] for _ in range(session_count)]
    session.commit()

    def scan(slot):
        def work(own):
            with clock.held_at(make.moment("08:50")):
                ticket = make.ticket(own, slot, "in")
                return checkin.check_in(
                    own,
                    ledger_id=world.ledger_id,
                    member_id=member.id,
                    ticket=ticket,
                    actor=Actor(member.person_id),
                )

        return work

    done = at_once(app, [scan(slots[place % session_count]) for place in range(10)])

    assert sum(isinstance(each, checkin.CheckedIn) for each in done) == 1
    assert {type(each) for each in done} <= {
        checkin.CheckedIn,
        AlreadyCheckedIn,
        OverlapWithOtherActivity,
    }
    assert len(stays(session, world, member)) == 1


def test_of_parallel_check_outs_one_ends_the_stay(app, session, world, slot, member):
    make.scan_in(session, world, slot, member, "08:50")

    def work(own):
        with clock.held_at(make.moment("11:00")):
            return checkin.check_out(
                own,
                ledger_id=world.ledger_id,
                member_id=member.id,
                ticket=make.ticket(own, slot, "out"),
                actor=Actor(member.person_id),
            )

    done = at_once(app, [work] * 6)

    assert sum(isinstance(each, checkin.CheckedOut) for each in done) == 1
    assert [each.state for each in stays(session, world, member)] == ["closed"]
