"""Plans: drafted by leaders, approved by others, always before they start (D20)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.activities import plans, standing
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import Organiser
from app.base.actors import SYSTEM, Actor
from app.base.errors import (
    NotFound,
    PermissionDenied,
    SecondPersonRequired,
    ValidationFailed,
    VersionStale,
)
from app.community import settings
from app.community.models import Unit
from app.people.models import Message
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import DAY, EVE, at, refused


def draft(session, world, *spans, **more):
    with at("09:00", EVE):
        plan = make.a_plan(world, *spans, **more)
        return plans.draft(session, ledger_id=world.ledger_id, plan=plan, actor=world.leader)


def test_a_plan_becomes_visible_by_another_persons_approval(session, world):
    activity = draft(session, world, ("14:00", "15:00"), ("09:00", "11:00"), quota=20)
    assert activity.state == "draft"
    assert activity.number.endswith("-A20260301-0001")
    slots = plans.list_sessions(session, ledger_id=world.ledger_id, activity_id=activity.id)
    assert [slot.starts_at for slot in slots] == [make.moment("09:00"), make.moment("14:00")]
    assert [slot.opens_at for slot in slots] == [make.moment("08:00"), make.moment("13:00")]
    assert slots[1].session_no == slots[0].session_no + 1

    named = {"ledger_id": world.ledger_id, "activity_id": activity.id}
    with at("10:00", EVE):
        plans.submit(session, **named, actor=world.leader)
        approved = plans.approve(session, **named, actor=world.staff)

    assert approved.state == "called"
    assert approved.approved_by_id == world.staff.person_id
    assert approved.respond_by_at == make.moment("10:00", EVE) + timedelta(hours=48)


def test_a_call_never_waits_longer_than_the_start(session, world):
    with at("09:00", EVE):
        settings.put(
            session,
            node=world.node,
            name="activity.respond_within_hours",
            value=720,
            actor=SYSTEM,
        )
    activity = make.called(session, world)

    assert activity.respond_by_at == make.moment("09:00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"title": "义诊\0"}, "title"),
        ({"description": "详" * 1001}, "description"),
        ({"address": "党群服务中心\x1b[1m"}, "address"),
        ({"title": "三月活动 补录"}, "title"),
        ({"title": "三月活动补 录"}, "title"),
        ({"address": "村口"}, "address"),
        ({"team_id": SYSTEM.person_id}, "team_id"),
        ({"alliance_id": SYSTEM.person_id}, "alliance_id"),
        ({"venue_id": 4711}, "venue_id"),
        ({"unit_ids": (4711,)}, "unit_ids"),
        ({"quota": 0}, "quota_count"),
        ({"day": EVE - timedelta(days=1)}, "sessions"),
        ({"sessions": ()}, "sessions"),
    ],
    ids=str,
)
def test_d20_a_plan_outside_the_rules_is_not_kept(session, world, change, field):
    with refused(session, world, ValidationFailed, field=field):
        draft(session, world, **change)


def test_d20_the_communitys_own_name_is_no_precise_address(session, world):
    with refused(session, world, ValidationFailed, field="address"):
        draft(session, world, address=world.node.name)


def test_d20_an_activity_lasts_a_year_at_most(session, world):
    far = (
        make.a_plan(world, day=DAY).sessions
        + make.a_plan(world, day=DAY + timedelta(days=366)).sessions
    )

    with refused(session, world, ValidationFailed, field="sessions"):
        draft(session, world, sessions=far)


def test_a_category_the_programme_does_not_have_is_refused(session, world):
    with refused(session, world, NotFound):
        draft(session, world, category_code="gambling")


def test_only_a_leader_of_the_team_or_staff_plans(session, world, member):
    with refused(session, world, PermissionDenied), at("09:00", EVE):
        plans.draft(
            session,
            ledger_id=world.ledger_id,
            plan=make.a_plan(world),
            actor=make.Actor(member.person_id),
        )


def test_d20_what_has_begun_can_neither_be_submitted_nor_approved(session, world):
    activity = draft(session, world)
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id}
    with refused(session, world, NotInTimeWindow), at("09:00"):
        plans.submit(session, **named, actor=world.leader)
    with at("08:00"):
        plans.submit(session, **named, actor=world.leader)
    with refused(session, world, NotInTimeWindow), at("09:00"):
        plans.approve(session, **named, actor=world.staff)


def test_a6_nobody_approves_their_own_plan(session, world):
    with at("09:00", EVE):
        activity = plans.draft(
            session, ledger_id=world.ledger_id, plan=make.a_plan(world), actor=world.staff
        )
        named = {"ledger_id": world.ledger_id, "activity_id": activity.id}
        plans.submit(session, **named, actor=world.staff)
        with refused(session, world, SecondPersonRequired):
            plans.approve(session, **named, actor=world.staff)
        with refused(session, world, PermissionDenied):
            plans.approve(session, **named, actor=world.leader)
        plans.approve(session, **named, actor=world.second_staff)


def test_a_submitted_plan_is_refused_with_a_reason(session, world):
    activity = draft(session, world)
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id}
    with at("10:00", EVE):
        plans.submit(session, **named, actor=world.leader)
        with refused(session, world, ValidationFailed, field="reason"):
            plans.refuse(session, **named, reason=" ", actor=world.staff)
        done = plans.refuse(session, **named, reason="地点不明", actor=world.staff)
        with refused(session, world, ActivityStateConflict, state="refused"):
            plans.approve(session, **named, actor=world.staff)

    assert (done.state, done.ended_reason) == ("refused", "地点不明")


def test_editing_a_draft_needs_the_version_that_was_read(session, world):
    activity = draft(session, world)
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id, "actor": world.leader}
    with at("10:00", EVE):
        plan = make.a_plan(world, ("10:00", "12:00"), title="义剪", category_code="haircut")
        plans.edit(session, **named, version=1, plan=plan)
        with refused(session, world, VersionStale, version=2):
            plans.edit(session, **named, version=1, plan=make.a_plan(world))
        plans.submit(session, **named)
        with refused(session, world, ActivityStateConflict, state="submitted"):
            plans.edit(session, **named, version=3, plan=plan)

    assert (activity.title, activity.category_code) == ("义剪", "haircut")
    slots = plans.list_sessions(session, ledger_id=world.ledger_id, activity_id=activity.id)
    assert [slot.starts_at for slot in slots] == [make.moment("10:00")]


def test_co_organising_units_are_kept_with_the_plan(session, world):
    units = [
        Unit(id=number, node_id=world.node.id, kind="property", name=f"物业{number}")
        for number in (1, 2)
    ]
    session.add_all(units)
    activity = draft(session, world, unit_ids=(1, 2))

    query = sa.select(Organiser.unit_id).where(
        Organiser.ledger_id == world.ledger_id, Organiser.activity_id == activity.id
    )
    assert set(session.scalars(query)) == {1, 2}


def test_cancelling_tells_everybody_who_signed_up(session, world, member):
    activity, (slot,) = make.opened(session, world)
    make.enrol(session, world, slot, member)
    with at("08:00"):
        done = plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            reason="暴雨",
            actor=world.leader,
        )

    assert done.state == "cancelled"
    told = session.scalars(
        sa.select(Message).where(
            Message.ledger_id == world.ledger_id,
            Message.member_id == member.id,
            Message.topic == "activity_cancelled",
        )
    ).one()
    assert told.facts["reason"] == "暴雨"


def test_what_people_have_been_to_cannot_be_cancelled(session, world, member):
    activity, (slot,) = make.opened(session, world)
    make.scan_in(session, world, slot, member, "08:50")

    with refused(session, world, ActivityStateConflict), at("09:10"):
        plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            reason="人少",
            actor=world.leader,
        )


def test_who_was_granted_the_role_of_leader_plans_for_the_place_without_a_team(session, world):
    member = make.a_member(session, world, "顾星河")
    nobody = make.a_member(session, world, "程北辰")
    with at("09:00", EVE):
        leader = people.holder(session, member.person_id, "leader", world.node)
        plan = make.a_plan(world, team_id=None)
        activity = plans.draft(session, ledger_id=world.ledger_id, plan=plan, actor=leader)
        plans.submit(session, ledger_id=world.ledger_id, activity_id=activity.id, actor=leader)
        with refused(session, world, PermissionDenied):
            plans.draft(
                session, ledger_id=world.ledger_id, plan=plan, actor=Actor(nobody.person_id)
            )

    assert standing.of(session, activity=activity, actor=leader).may_lead
    assert not standing.of(session, activity=activity, actor=Actor(nobody.person_id)).may_lead
