"""The inbox about activities: each decision and each refusal reaches whom it concerns."""

from app.activities import plans, responses, scans
from app.activities.errors import AlreadyCheckedIn
from app.people import inbox
from tests.factories import activities as make
from tests.factories.activities import EVE, at


def told(session, world, member):
    lines = inbox.list_for(session, ledger_id=world.ledger_id, member_id=member.id)
    return [(each.topic, each.facts) for each in lines]


def test_the_planner_hears_that_the_plan_was_approved(session, world):
    activity = make.called(session, world)

    assert told(session, world, world.leader_member)[0] == (
        "plan_approved",
        {"title": activity.title, "respond_by_at": activity.respond_by_at.isoformat()},
    )


def test_the_planner_hears_why_the_plan_was_refused(session, world):
    named = {"ledger_id": world.ledger_id}
    with at("09:00", EVE):
        plan = make.a_plan(world)
        drafted = plans.draft(session, **named, plan=plan, actor=world.leader)
        named["activity_id"] = drafted.id
        plans.submit(session, **named, actor=world.leader)
        plans.refuse(session, **named, reason="场地没有空", actor=world.staff)

    assert told(session, world, world.leader_member)[0] == (
        "plan_refused",
        {"title": drafted.title, "reason": "场地没有空"},
    )


def test_the_planner_hears_that_nobody_answered_once(session, world):
    activity = make.called(session, world)
    with at("09:00"):  # by day: at night the line waits for the morning
        for _ in range(2):
            responses.close_unanswered(
                session, ledger_id=world.ledger_id, now=activity.respond_by_at
            )

    lines = [line for line in told(session, world, world.leader_member) if "no_" in line[0]]
    assert lines == [("no_response", {"title": activity.title})]


def test_a_member_hears_of_a_refused_scan_once_for_each_cause(session, world, member):
    activity, (slot,) = make.opened(session, world)
    make.scan_in(session, world, slot, member, "08:50")
    with at("08:51"):
        tried = scans.tried_with(make.ticket(session, slot, "in"), member_id=member.id)
        for _ in range(3):
            scans.keep(session, ledger_id=world.ledger_id, tried=tried, refusal=AlreadyCheckedIn())

    assert told(session, world, member) == [
        ("checkin_refused", {"title": activity.title, "outcome": AlreadyCheckedIn.code})
    ]
