"""Corrections: by another person, with a reason, never an edit of what was posted (D3)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.activities import attendance, corrections
from app.activities.corrections import Change
from app.activities.errors import ActivityStateConflict, OverlapWithOtherActivity
from app.activities.models import Correction
from app.base import clock
from app.base.actors import Actor
from app.base.errors import (
    PermissionDenied,
    SecondPersonRequired,
    ValidationFailed,
    VersionStale,
)
from app.people.models import Audit, Message
from app.points import approvals, programmes
from app.points.models import Grant, Star
from app.points.stars import granting, rises, tables
from app.points.stars.tables import Table
from tests.activities.test_attendance import minutes_of, points_of
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import at, moment, refused


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


@pytest.fixture
def stay(session, world, slot, member):
    """A confirmed and posted stay of two hours."""
    done = make.been(session, world, slot, member, "08:50", "11:20")
    make.confirm(session, world, slot)
    return make.stay_of(session, world, done.attendance_id)


def correct(session, world, stay, came, went, *, actor=None, version=1, reason="早退"):
    change = Change(moment(came), moment(went), reason, version)
    with at("14:00"):
        return corrections.correct(
            session,
            ledger_id=world.ledger_id,
            attendance_id=stay.id,
            change=change,
            actor=actor or world.staff,
        )


def reverse(session, world, stay, *, actor=None, version=1, reason="未到场"):
    with at("14:00"):
        return corrections.reverse(
            session,
            ledger_id=world.ledger_id,
            attendance_id=stay.id,
            version=version,
            reason=reason,
            actor=actor or world.staff,
        )


def grants_of(session, world, stay):
    query = sa.select(Grant).where(Grant.ledger_id == world.ledger_id, Grant.source_id == stay.id)
    query = query.order_by(Grant.source_version).execution_options(populate_existing=True)
    return [
        (each.source_version, each.minutes, each.state, each.hold_reasons)
        for each in session.scalars(query)
    ]


def test_d3_a_correction_reverses_the_old_and_grants_the_new_version(session, world, member, stay):
    grant = correct(session, world, stay, "09:00", "10:30")

    assert (grant.state, grant.hold_reasons, grant.minutes) == ("waiting_level_2", "edited", 90)
    assert grants_of(session, world, stay) == [
        (1, 120, "reversed", None),
        (2, 90, "waiting_level_2", "edited"),
    ]
    assert minutes_of(session, world, member) == points_of(session, world, member) == 0
    kept = session.scalars(
        sa.select(Correction).where(Correction.ledger_id == world.ledger_id)
    ).one()
    assert (kept.version, kept.before_minutes, kept.after_minutes) == (2, 120, 90)
    assert (kept.before_out_at, kept.after_out_at) == (moment("11:20"), moment("10:30"))
    assert (kept.reason, kept.corrected_by_id) == ("早退", world.staff.person_id)

    with at("15:00"):
        approvals.decide(
            session,
            ledger_id=world.ledger_id,
            grant_ids=[grant.id],
            level=2,
            verdict="approved",
            reason=None,
            actor=world.second_staff,
        )
    assert (minutes_of(session, world, member), points_of(session, world, member)) == (90, 1)


def test_a_waiting_record_is_corrected_by_another_than_who_confirmed_it(session, world, stay):
    correct(session, world, stay, "09:00", "10:30")
    with refused(session, world, SecondPersonRequired):
        correct(session, world, stay, "09:00", "10:40", version=2)
    correct(session, world, stay, "09:00", "10:40", version=2, actor=world.second_staff)

    assert [each[2] for each in grants_of(session, world, stay)] == [
        "reversed",
        "refused",
        "waiting_level_2",
    ]


@pytest.fixture
def starred(session, world, member, stay):
    """The member has two stars by the two hours of the stay: reviewed, put up, granted."""
    named = {"ledger_id": world.ledger_id}
    with at("13:00"):
        programme = programmes.of_ledger(session, world.ledger_id)
        table = Table(steps=(100, 120), valid_from_on=clock.today())
        tables.add_version(session, programme=programme, wanted=table, actor=world.staff)
        rises.review(
            session, **named, member_ids=[member.id], verdict="approved", actor=world.staff
        )
        notice = granting.put_up(
            session,
            **named,
            node_id=world.node.id,
            title="星级公示",
            contact="一楼",
            actor=world.staff,
        )
    with at("01:00", notice.closes_on + timedelta(days=1)):
        granting.grant_due(session, **named)
    assert stars_of(session, member) == 2
    return member


def stars_of(session, member):
    session.expire_all()
    return session.get(Star, (member.ledger_id, member.id)).stars


def decide(session, world, grant, verdict="approved"):
    with at("15:00"):
        approvals.decide(
            session, ledger_id=world.ledger_id, grant_ids=[grant.id], level=2, verdict=verdict,
            reason="看过了", actor=world.second_staff,
        )  # fmt: skip


def of_topic(session, model, column, ledger_id):
    query = sa.select(model).where(model.ledger_id == ledger_id, column == "star_restored")
    return session.scalars(query).all()


def test_d3_p10_a_correction_that_keeps_the_hours_gives_the_star_back(
    session, world, stay, starred
):
    grant = correct(session, world, stay, "08:50", "11:30", reason="申诉成立")
    assert (grant.minutes, stars_of(session, starred)) == (120, 0)
    decide(session, world, grant)
    assert stars_of(session, starred) == 2
    (told,) = of_topic(session, Message, Message.topic, world.ledger_id)
    assert (told.member_id, told.facts) == (starred.id, {"stars": 2})
    (kept,) = of_topic(session, Audit, Audit.action, world.ledger_id)
    assert kept.subject_id == starred.id


def test_p10_a_correction_gives_back_no_more_than_the_new_hours_reach(
    session, world, stay, starred
):
    decide(session, world, correct(session, world, stay, "09:00", "10:45"))
    assert stars_of(session, starred) == 1
    again = correct(session, world, stay, "09:00", "10:30", version=2)
    decide(session, world, again)
    assert (again.minutes, stars_of(session, starred)) == (90, 0)


def test_p10_a_new_version_that_is_refused_gives_no_star_back(session, world, stay, starred):
    grant = correct(session, world, stay, "09:00", "11:00")
    decide(session, world, grant, "refused")
    assert stars_of(session, starred) == 0
    later = correct(session, world, stay, "09:00", "11:00", version=2, actor=world.staff)
    decide(session, world, later)
    assert stars_of(session, starred) == 2


def test_l10_a_reversed_record_gives_back_hours_and_points(session, world, member, stay):
    assert points_of(session, world, member) == 2
    done = reverse(session, world, stay)

    assert (done.state, done.version, done.credited_minutes) == ("reversed", 2, 0)
    assert minutes_of(session, world, member) == points_of(session, world, member) == 0
    with refused(session, world, ActivityStateConflict, state="reversed"):
        reverse(session, world, stay, version=2)


def test_an_upheld_objection_revives_a_refused_record(session, world, slot, member):
    done = make.been(session, world, slot, member, "08:50", "11:20")
    with at("12:00"):
        stay = attendance.refuse(
            session,
            ledger_id=world.ledger_id,
            attendance_id=done.attendance_id,
            reason="代签",
            actor=world.leader,
        )
    grant = correct(session, world, stay, "09:00", "11:00", version=2, reason="申诉成立")

    assert (grant.minutes, grant.hold_reasons) == (120, "edited")
    assert make.stay_of(session, world, stay.id).state == "confirmed"


def test_d23_nobody_corrects_their_own_or_their_households_record(session, world, slot, member):
    people.live_together(session, world.leader_member, member)
    done = make.been(session, world, slot, member, "08:50", "11:20")
    stay = make.stay_of(session, world, done.attendance_id)

    with refused(session, world, SecondPersonRequired):
        correct(session, world, stay, "09:00", "10:30", actor=world.leader)
    with refused(session, world, PermissionDenied):
        correct(session, world, stay, "09:00", "10:30", actor=Actor(member.person_id))


@pytest.mark.parametrize(
    ("came", "went"), [("07:30", "10:00"), ("10:30", "10:00"), ("09:00", "11:31")]
)
def test_corrected_times_stay_within_the_open_doors(session, world, stay, came, went):
    with refused(session, world, ValidationFailed, field="checked_in_at"):
        correct(session, world, stay, came, went)


def test_a_correction_needs_the_version_and_a_reason(session, world, stay):
    with refused(session, world, VersionStale, version=1):
        correct(session, world, stay, "09:00", "10:30", version=7)
    with refused(session, world, ValidationFailed, field="reason"):
        correct(session, world, stay, "09:00", "10:30", reason="  ")


def test_d19_a_correction_into_another_presence_is_refused(session, world, member, stay):
    other = make.opened(session, world, ("11:30", "12:30"))[1][0]
    make.been(session, world, other, member, "11:25", "12:30")

    with refused(session, world, OverlapWithOtherActivity):
        correct(session, world, stay, "09:00", "11:30")
    correct(session, world, stay, "09:00", "11:25")


def test_who_is_still_there_is_checked_out_first(session, world, slot, member):
    done = make.scan_in(session, world, slot, member, "08:50")
    stay = make.stay_of(session, world, done.attendance_id)

    with refused(session, world, ActivityStateConflict, state="open"):
        correct(session, world, stay, "09:00", "11:00")
