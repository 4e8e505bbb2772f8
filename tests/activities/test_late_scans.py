"""Late scans: kept for the leader, never a presence by themselves, refused without a trace."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.activities import codes, corrections, late_listings, late_scans, plans
from app.activities.corrections import Change
from app.activities.crediting import Times
from app.activities.errors import (
    ActivityStateConflict,
    AlreadyCheckedIn,
    BadSignature,
    KeyRevoked,
    LateScanTooOld,
    NotInTimeWindow,
    OverlapWithOtherActivity,
)
from app.activities.models import Attendance, LateScan
from app.base import clock
from app.base.actors import Actor
from app.base.errors import (
    NotFound,
    PermissionDenied,
    SecondPersonRequired,
    ValidationFailed,
)
from app.base.transactions import attempt
from app.people.errors import MemberNotActive, WrongAudience
from app.points.models import Grant
from app.risk.errors import LimitExceeded
from tests.activities.test_attendance import minutes_of, points_of
from tests.factories import activities as make
from tests.factories.activities import at, everything, moment, refused


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def token_at(slot, text, direction="in"):
    """What the screen showed at a time of the day."""
    with at(text):
        return codes.current(slot, direction).token


def keep(session, world, member, token, **more):
    values = {"ledger_id": world.ledger_id, "claimed_at": moment("08:55")}
    scan = late_scans.keep(session, member_id=member.id, token=token, **(values | more))
    session.commit()
    return scan


def admit(session, world, slot, member, came="08:50", went="11:00", **more):
    values = {"reason": "没有网，我看见人了", "actor": world.leader} | more
    with at("12:00"):
        stay = late_scans.admit(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            times=Times(moment(came), moment(went)),
            **values,
        )
        session.commit()
    return stay


def kept(session, world):
    table = LateScan.__table__
    query = sa.select(table).where(table.c.ledger_id == world.ledger_id)
    return sorted(map(tuple, session.execute(query)), key=repr)


def but(session, world, *names):
    """Every row of the other tables."""
    return {name: rows for name, rows in everything(session, world).items() if name not in names}


def nothing_kept(session, world, member, token, error, text="12:00", **facts):
    """The scan is refused at that time; no state, no book and no evidence changed."""
    with at(text), refused(session, world, error, **facts):
        late_scans.keep(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            token=token,
            claimed_at=clock.now(),
        )


def test_a_late_scan_is_kept_and_nobody_is_in(session, world, slot, member):
    token, evidence = token_at(slot, "08:52:20"), ("activities_late_scan", "risk_quota")
    before = but(session, world, *evidence)
    with at("13:30"):
        scan = keep(session, world, member, token)

    assert but(session, world, *evidence) == before
    assert (scan.state, scan.direction, scan.session_id) == ("waiting", "in", slot.id)
    assert late_listings.shown_at(scan) == moment("08:52:15")
    assert (scan.claimed_at, scan.received_at) == (moment("08:55"), moment("13:30"))
    waiting = late_listings.list_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)
    assert [each.id for each in waiting] == [scan.id]


def test_a_code_that_is_still_on_the_screen_waits_for_the_leader_all_the_same(
    session, world, slot, member
):
    with at("08:52"):
        keep(session, world, member, codes.current(slot, "in").token)

    assert session.scalar(sa.select(sa.func.count()).select_from(Attendance).where(
        Attendance.ledger_id == world.ledger_id)) == 0  # fmt: skip


def test_the_first_of_a_member_session_and_direction_stays(session, world, slot, member):
    with at("12:00"):
        first = keep(session, world, member, token_at(slot, "08:52"))
        again = keep(session, world, member, token_at(slot, "09:10"))
        out = keep(session, world, member, token_at(slot, "11:00", "out"))

    assert again.id == first.id
    assert late_listings.shown_at(again) == moment("08:52")
    assert out.id != first.id
    assert len(kept(session, world)) == 2


def test_seventy_two_hours_are_the_limit(session, world, slot, member):
    token = token_at(slot, "08:52")
    after = moment("08:52") + late_scans.LIFE
    with clock.held_at(after):
        keep(session, world, member, token)
    other = make.a_member(session, world, "苏合")
    with (
        clock.held_at(after + timedelta(seconds=1)),
        refused(session, world, LateScanTooOld, closed_at=after.isoformat()),
    ):
        late_scans.keep(
            session,
            ledger_id=world.ledger_id,
            member_id=other.id,
            token=token,
            claimed_at=moment("08:52"),
        )
    assert len(kept(session, world)) == 1


@pytest.mark.parametrize(
    ("text", "direction"), [("07:59", "in"), ("11:00", "in"), ("11:31", "out")]
)
def test_a_code_from_outside_the_open_doors_is_not_kept(
    session, world, slot, member, text, direction
):
    token = token_at(slot, text, direction)
    nothing_kept(session, world, member, token, NotInTimeWindow)


def test_a_code_that_was_not_on_the_screen_yet_is_not_kept(session, world, slot, member):
    nothing_kept(session, world, member, token_at(slot, "09:30"), NotInTimeWindow, "09:00")


def test_a_made_up_code_is_not_kept(session, world, slot, member):
    nothing_kept(session, world, member, "A" * 42, BadSignature)


def test_a_revoked_code_is_not_kept(session, world, slot, member):
    token = token_at(slot, "08:52")
    with at("08:53"):
        codes.revoke(session, ledger_id=world.ledger_id, session_id=slot.id, actor=world.leader)
        session.commit()
    nothing_kept(session, world, member, token, KeyRevoked)


def test_a_code_of_another_book_is_not_kept(session, world, slot):
    other = make.a_world(session)
    stranger = make.a_member(session, other)
    token = token_at(slot, "08:52")
    with at("12:00"), refused(session, other, WrongAudience):
        late_scans.keep(
            session,
            ledger_id=other.ledger_id,
            member_id=stranger.id,
            token=token,
            claimed_at=clock.now(),
        )
    assert kept(session, other) == []


def test_a_code_of_a_cancelled_activity_is_not_kept(session, world, slot, member):
    token = token_at(slot, "08:52")
    with at("08:40"):
        plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=slot.activity_id,
            reason="下雨",
            actor=world.leader,
        )
        session.commit()
    nothing_kept(session, world, member, token, ActivityStateConflict)


def test_who_is_no_member_any_more_sends_nothing(session, world, slot, member):
    token = token_at(slot, "08:52")
    member.state = "left"
    session.commit()
    nothing_kept(session, world, member, token, MemberNotActive, state="left")


def test_twelve_a_day_are_kept_of_one_member(session, world, member):
    spans = [(f"{hour:02}:00", f"{hour:02}:30") for hour in range(9, 22)]
    slots = make.opened(session, world, *spans)[1]
    tokens = [token_at(each, f"{hour:02}:00") for hour, each in enumerate(slots, start=9)]
    with at("23:00"):
        for token in tokens[: late_scans.DAY_MAX]:
            keep(session, world, member, token)
        before = kept(session, world)
        with pytest.raises(LimitExceeded), attempt(session):
            late_scans.keep(
                session,
                ledger_id=world.ledger_id,
                member_id=member.id,
                token=tokens[late_scans.DAY_MAX],
                claimed_at=clock.now(),
            )
    assert kept(session, world) == before


def test_the_leader_makes_a_record_of_it_and_staff_look_once_more(session, world, slot, member):
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
        keep(session, world, member, token_at(slot, "11:00", "out"))
    stay = admit(session, world, slot, member)

    assert (stay.state, stay.in_door, stay.out_door) == ("closed", "correction", "correction")
    assert stay.credited_minutes == 120
    assert {scan.state for scan in late_listings.list_of_member(
        session, ledger_id=world.ledger_id, member_id=member.id)} == {"taken"}  # fmt: skip
    grant = make.confirm(session, world, slot)[0]
    assert grant.state == "waiting_level_2"
    assert (minutes_of(session, world, member), points_of(session, world, member)) == (0, 0)


def test_a_record_from_a_late_scan_can_be_put_right_like_any_other(session, world, slot, member):
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
    stay = admit(session, world, slot, member)
    with at("13:00"):
        grant = corrections.correct(
            session,
            ledger_id=world.ledger_id,
            attendance_id=stay.id,
            change=Change(moment("09:00"), moment("10:30"), "早走半小时", 1),
            actor=world.leader,
        )
        session.commit()

    assert isinstance(grant, Grant)
    assert grant.minutes == 90


def test_without_a_late_scan_there_is_nothing_to_make_a_record_of(session, world, slot, member):
    with refused(session, world, NotFound):
        admit(session, world, slot, member)


def test_nobody_makes_a_record_for_themselves(session, world, slot):
    with at("11:30"):
        keep(session, world, world.leader_member, token_at(slot, "08:52"))
    with refused(session, world, SecondPersonRequired):
        admit(session, world, slot, world.leader_member)


def test_a_volunteer_decides_on_no_late_scan(session, world, slot, member):
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
    other = make.a_member(session, world, "苏合")
    with refused(session, world, PermissionDenied):
        admit(session, world, slot, member, actor=Actor(other.person_id))
    with refused(session, world, PermissionDenied):
        late_scans.dismiss(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(other.person_id),
        )


@pytest.mark.parametrize(("came", "went"), [("07:00", "11:00"), ("09:00", "11:45")])
def test_the_times_lie_within_the_open_doors(session, world, slot, member, came, went):
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
    with refused(session, world, ValidationFailed):
        admit(session, world, slot, member, came, went)
    with refused(session, world, ValidationFailed):
        admit(session, world, slot, member, reason=" ")


def test_who_has_a_record_already_gets_no_second_one(session, world, slot, member):
    make.been(session, world, slot, member, "08:50", "09:30")
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
    with refused(session, world, AlreadyCheckedIn):
        admit(session, world, slot, member, "09:40", "11:00")


def test_who_was_elsewhere_gets_no_record_here(session, world, slot, member):
    other = make.opened(session, world, ("09:00", "10:00"), title="法律咨询")[1][0]
    make.been(session, world, other, member, "08:55", "10:00")
    with at("11:30"):
        keep(session, world, member, token_at(slot, "10:01"))
    with refused(session, world, OverlapWithOtherActivity):
        admit(session, world, slot, member)


def test_what_the_leader_puts_aside_changes_no_hours_and_the_member_is_told(
    session, world, slot, member
):
    with at("11:30"):
        keep(session, world, member, token_at(slot, "08:52"))
    told = ("activities_late_scan", "people_audit", "people_message")
    before = but(session, world, *told)
    with at("12:00"):
        late_scans.dismiss(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=world.leader,
        )
        session.commit()

    assert but(session, world, *told) == before
    assert [row[9] for row in kept(session, world)] == ["dismissed"]
    waiting = late_listings.list_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)
    assert waiting == []
    with refused(session, world, NotFound):
        admit(session, world, slot, member)


def test_one_phone_for_several_people_shows(session, world, slot, member):
    other = make.a_member(session, world, "苏合")
    third = make.a_member(session, world, "林一")
    token = token_at(slot, "08:52")
    with at("12:00"):
        for who, device in ((member, b"a" * 32), (other, b"a" * 32), (third, b"b" * 32)):
            keep(session, world, who, token, device_hash=device)
    found = late_listings.list_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)

    assert late_listings.people_of_devices(found) == {b"a" * 32: 2, b"b" * 32: 1}
