"""Lists and the funnel: what people see, what staff look at, what reports count (C4, C5, C9)."""

from datetime import timedelta

from app.activities import attendance, closing, funnel, listings, plans, responses, taking
from app.activities.funnel import Cohort
from app.community.models import Unit
from tests.factories import activities as make
from tests.factories import community
from tests.factories.activities import DAY, EVE, at, moment


def near(session, world, node, text="09:00", day=EVE):
    with at(text, day):
        slots = listings.near_me(session, ledger_id=world.ledger_id, node=node)
    return [slot.activity.title for slot in slots]


def close(session, world, activity, served=0):
    with at("12:00"):
        closing.close(
            session,
            ledger_id=world.ledger_id,
            activity_id=activity.id,
            beneficiary_count=served,
            actor=world.leader,
        )
        session.commit()


def test_people_see_what_is_to_come_here_below_and_above(session, world):
    grid = community.make_node(session, world.node, kind_code="grid")
    beside = community.make_node(session, world.node, kind_code="grid")
    make.opened(session, world, title="社区的")
    make.called(session, world, title="网格的", node_id=grid.id)
    with at("09:00", EVE):
        plans.draft(
            session,
            ledger_id=world.ledger_id,
            plan=make.a_plan(world, title="草稿"),
            actor=world.leader,
        )

    assert near(session, world, world.node) == ["社区的", "网格的"]
    assert near(session, world, grid) == ["社区的", "网格的"]
    assert near(session, world, beside) == ["社区的"]
    assert near(session, world, world.node, "11:00", DAY) == []


def test_a_member_sees_what_they_signed_up_for_and_where_they_were(session, world, member):
    _, (one,) = make.opened(session, world, title="报了名")
    _, (two,) = make.opened(session, world, ("13:00", "14:00"), title="直接来")
    make.opened(session, world, title="别人的")
    make.enrol(session, world, one, member)
    make.been(session, world, two, member, "13:00", "14:00")
    mine = listings.mine(session, ledger_id=world.ledger_id, member_id=member.id)

    assert [(each.activity.title, bool(each.enrolment), len(each.stays)) for each in mine] == [
        ("直接来", False, 1),
        ("报了名", True, 0),
    ]


def test_the_calendar_shows_the_span_in_order(session, world):
    make.opened(session, world, ("14:00", "15:00"), ("09:00", "10:00"))
    found = listings.calendar(
        session,
        ledger_id=world.ledger_id,
        node=world.node,
        begins_at=moment("09:30"),
        ends_at=moment("14:30"),
    )
    assert [slot.session.starts_at for slot in found] == [moment("09:00"), moment("14:00")]
    assert [slot.session.ordinal for slot in found] == [1, 2]


def test_the_calendar_shows_plans_to_whoever_asks_for_them(session, world):
    make.opened(session, world, ("14:00", "15:00"), title="开着的")
    with at("09:00", EVE):
        made = plans.draft(
            session,
            ledger_id=world.ledger_id,
            plan=make.a_plan(world, title="交上来的"),
            actor=world.leader,
        )
        plans.submit(session, ledger_id=world.ledger_id, activity_id=made.id, actor=world.leader)
    span = {"begins_at": moment("00:00"), "ends_at": moment("23:00")}
    scope = {"ledger_id": world.ledger_id, "node": world.node, **span}

    def titles(**more):
        found = listings.calendar(session, **scope, **more)
        return [slot.activity.title for slot in found]

    assert titles() == ["开着的"]
    assert titles(states=("submitted",)) == ["交上来的"]


def test_staff_see_plans_to_approve_and_records_to_look_at(session, world, member):
    _, (slot,) = make.opened(session, world)
    make.been(session, world, slot, member, "08:50", "11:00")
    by_hand, forgot = (make.a_member(session, world, name) for name in ("甲", "乙"))
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "actor": world.leader}
    with at("08:55"):
        taking.check_in(session, **named, member_id=by_hand.id, door="card")
    make.scan_in(session, world, slot, forgot, "08:56")
    with at("11:00"):
        taking.check_out(session, **named, member_id=by_hand.id, door="card")
    with at("11:30") as now:
        attendance.autoclose(session, ledger_id=world.ledger_id, now=now)
    make.confirm(session, world, slot)
    with at("09:00", EVE):
        plan = plans.draft(
            session, ledger_id=world.ledger_id, plan=make.a_plan(world), actor=world.leader
        )
        plans.submit(session, ledger_id=world.ledger_id, activity_id=plan.id, actor=world.leader)
    session.expire_all()

    scope = {"ledger_id": world.ledger_id, "node": world.node}
    assert [each.id for each in listings.to_approve(session, **scope)] == [plan.id]
    looked = {stay.member_id for stay, _ in listings.to_review(session, **scope)}
    assert looked == {by_hand.id, forgot.id}
    stays = listings.stays_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)
    assert [each.member_id for each in stays] == [member.id, by_hand.id, forgot.id]


def test_c4_c5_the_funnel_counts_called_held_enrolled_and_there(session, world, member):
    absent = make.a_member(session, world, "许知秋")
    held, (slot,) = make.opened(session, world)
    for each in (member, absent):
        make.enrol(session, world, slot, each)
    make.been(session, world, slot, member, "08:50", "09:30")
    make.been(session, world, slot, member, "09:40", "11:00")
    make.confirm(session, world, slot)
    close(session, world, held, served=30)
    empty, _ = make.opened(session, world)
    close(session, world, empty)
    make.called(session, world)
    cancelled, (slot,) = make.opened(session, world, ("15:00", "16:00"))
    make.enrol(session, world, slot, absent)
    with at("12:00"):
        plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=cancelled.id,
            reason="暴雨",
            actor=world.leader,
        )
    counted = funnel.count(session, ledger_id=world.ledger_id, node=world.node, cohort=Cohort())

    assert (counted.called_count, counted.held_count) == (4, 2)
    assert (counted.held_session_count, counted.enrolled_count) == (2, 2)
    assert (counted.attended_count, counted.beneficiary_count) == (1, 30)
    assert counted.median_response_seconds == 3600
    earlier = Cohort(ends_at=moment("09:00"))
    nothing = funnel.count(session, ledger_id=world.ledger_id, node=world.node, cohort=earlier)
    assert (nothing.called_count, nothing.median_response_seconds) == (0, None)


def test_c9_each_unit_has_its_own_subset_and_the_sum_may_exceed_the_whole(session, world):
    session.add_all(
        Unit(id=number, node_id=world.node.id, kind="property", name=f"物业{number}")
        for number in (1, 2)
    )
    session.commit()
    for units in ((1, 2), (2,), ()):
        activity, _ = make.opened(session, world, unit_ids=units)
        close(session, world, activity)
    scope = {"ledger_id": world.ledger_id, "node": world.node}

    by_unit = funnel.count_by_unit(session, **scope, cohort=Cohort())
    assert by_unit == {1: 1, 2: 2}
    assert funnel.count(session, **scope, cohort=Cohort()).held_count == 3
    assert funnel.count(session, **scope, cohort=Cohort(unit_id=2)).held_count == 2
    assert len(listings.list_activities(session, **scope, unit_id=1)) == 1


def test_cohorts_are_cut_by_team_category_and_span(session, world):
    activity, _ = make.opened(session, world)
    close(session, world, activity)
    scope = {"ledger_id": world.ledger_id, "node": world.node}
    for cohort, number in (
        (Cohort(team_id=world.team.id), 1),
        (Cohort(team_id=activity.id), 0),
        (Cohort(category_code="health_clinic"), 1),
        (Cohort(category_code="haircut"), 0),
        (Cohort(begins_at=moment("09:00"), ends_at=moment("09:00") + timedelta(days=1)), 1),
        (Cohort(begins_at=moment("09:01")), 0),
    ):
        assert funnel.count(session, **scope, cohort=cohort).held_count == number
    assert responses.list_live(session, ledger_id=world.ledger_id, activity_id=activity.id)
