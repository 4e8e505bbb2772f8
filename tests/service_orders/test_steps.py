"""An order goes step by step, and only whose turn it is takes a step (T8, T11, T22)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.people import team_members
from app.people.models import Message
from app.points import activity_types, indicators, programmes
from app.points.errors import CountedInCases
from app.service_orders import categories, filing, finishing, handling, standing, templates
from app.service_orders.categories import Kind
from app.service_orders.errors import (
    NoVolunteerWork,
    OrderStepConflict,
    OwnOrderRating,
    TeamWithoutLeader,
    WorkBeforeTalk,
)
from app.service_orders.templates import Step
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at, moment
from tests.factories.service_orders import refused


def names(session, street, order):
    found = standing.history(session, ledger_id=street.ledger_id, order_id=order.id)
    by_code = {each.code: each.name for each in standing.steps(session, order)}
    return [by_code.get(line.step_code, line.act) for line in found]


def test_t8_an_order_goes_through_six_steps(session, street):
    order = make.rated(session, street, stars=5)

    assert order.state == "finished"
    assert names(session, street, order) == [
        *("点单", "派单", "接单", "办理", "办结", "评单"),
        "credited",
    ]


def test_t8_no_step_is_skipped(session, street):
    order = make.assigned(session, street)

    with at("09:00"), refused(session, street, OrderStepConflict):
        finishing.finish(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            note="",
            works=[],
            actor=street.leader,
        )


def test_t11_another_place_calls_the_same_steps_by_other_names(session, street):
    templates.ensure_built_in(session)
    templates.choose(session, node=street.world.node, code="hongguanjia", actor=street.world.staff)
    order = make.assigned(session, street)
    make.finished(session, street, order)
    with at("12:00"):
        make.step(session, street, finishing.rate, order, stars=5, note="", actor=street.asking)

    assert names(session, street, order) == ["上报", "派单", "红管家服务", "评价"]


def test_t22_five_things_in_order_and_work_only_in_the_fourth(session, street):
    templates.ensure_built_in(session)
    templates.choose(session, node=street.world.node, code="wushi", actor=street.world.staff)
    order = make.assigned(session, street)
    with at("09:30"), refused(session, street, OrderStepConflict):
        finishing.finish(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            note="",
            works=[make.work(street.helper.id, "09:00", "09:20")],
            actor=street.leader,
        )
    talked_over(session, street, order)
    with refused(session, street, WorkBeforeTalk):
        make.finished(session, street, order)
    work = make.work(street.helper.id, "10:00", "10:45")
    make.finished(session, street, order, works=[work])

    assert standing.step_now(session, order).name == "联合办事"


def talked_over(session, street, order):
    """The order of five things is talked over at ten."""
    with at("10:00"):
        make.step(
            session,
            street,
            handling.go_on,
            order,
            meaning="deliberated",
            note="议过了",
            actor=street.leader,
        )


def test_t22_work_begins_after_the_talk_of_its_own_round(session, street):
    templates.choose(session, node=street.world.node, code="wushi", actor=street.world.staff)
    order = make.assigned(session, street)
    with at("08:40"):
        make.step(
            session,
            street,
            handling.go_on,
            order,
            meaning="deliberated",
            note="",
            actor=street.leader,
        )
        make.step(session, street, handling.send_back, order, reason="再议", actor=street.leader)
        make.step(
            session,
            street,
            handling.assign,
            order,
            team_id=street.world.team.id,
            actor=street.world.staff,
        )
    talked_over(session, street, order)

    with refused(session, street, WorkBeforeTalk):
        make.finished(session, street, order)


def test_a_team_that_nobody_leads_is_given_nothing(session, street):
    order = make.filed(session, street)
    with at("08:10"):
        team_members.set_role(
            session,
            ledger_id=street.ledger_id,
            team_id=street.world.team.id,
            member_id=street.world.leader_member.id,
            role="member",
            actor=SYSTEM,
        )
        session.commit()

    with at("08:30"), refused(session, street, TeamWithoutLeader):
        handling.assign(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            team_id=street.world.team.id,
            actor=street.world.staff,
        )


def test_an_order_keeps_the_template_it_was_filed_under(session, street):
    order = make.filed(session, street)
    templates.choose(session, node=street.world.node, code="wushi", actor=street.world.staff)
    session.commit()

    assert standing.step_now(session, order).name == "点单"
    assert templates.of_node(session, street.world.node).code == "wushi"


@pytest.mark.parametrize(
    "meanings",
    [
        ["filed", "finished", "rated"],
        ["assigned", "filed", "finished", "rated"],
        ["filed", "assigned", "rated", "finished"],
        ["filed", "assigned", "finished"],
        ["filed", "assigned", "blessed", "finished", "rated"],
        [],
    ],
)
def test_steps_that_make_no_workflow_are_refused(session, street, meanings):
    steps = [Step(f"s{no}", f"步{no}", meaning) for no, meaning in enumerate(meanings)]

    with refused(session, street, ValidationFailed):
        templates.add_version(session, code="odd", name="怪", steps=steps, actor=street.world.staff)


def test_only_whom_it_was_assigned_to_takes_it_on(session, street):
    order = make.assigned(session, street)

    with refused(session, street, PermissionDenied):
        handling.accept(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            actor=Actor(street.helper.person_id),
        )


def test_t8_what_is_sent_back_waits_to_be_assigned_again(session, street):
    order = make.accepted(session, street)
    make.step(session, street, handling.send_back, order, reason="人手不够", actor=street.leader)

    assert (order.step_no, order.team_id, order.state) == (1, None, "open")
    make.step(
        session,
        street,
        handling.assign,
        order,
        handler_id=street.helper.person_id,
        actor=street.world.staff,
    )
    assert names(session, street, order)[-2:] == ["returned", "派单"]


def test_t8_rerouting_gives_it_to_other_hands_with_new_time(session, street):
    order = make.accepted(session, street)
    with at("09:00"):
        make.step(
            session,
            street,
            handling.reroute,
            order,
            category_code="lighting",
            reason="是电路的事",
            actor=street.world.staff,
        )
        assert order.handler_kind == "staff"
        assert told(session, street, street.world.leader_member) == "order_rerouted"
        assert told(session, street, street.asker) == "order_moved"
        assert (order.due_at - order.filed_at).total_seconds() == (72 + 1) * 3600


def test_t8_overdue_orders_come_onto_the_list_once(session, street):
    make.filed(session, street)
    with at("08:00"):
        assert handling.escalate_overdue(session, ledger_id=street.ledger_id, now=late()) == 1
        assert handling.escalate_overdue(session, ledger_id=street.ledger_id, now=late()) == 0


def late():
    return moment("08:01", DAY + timedelta(days=1))


def test_one_takes_back_what_nobody_has_taken_on(session, street):
    order = make.assigned(session, street)
    make.step(session, street, filing.withdraw, order, reason="不用了", actor=street.asking)
    assert order.state == "withdrawn"
    assert told(session, street, street.world.leader_member) == "order_withdrawn"

    taken = make.accepted(session, street)
    with refused(session, street, OrderStepConflict):
        filing.withdraw(
            session,
            ledger_id=street.ledger_id,
            order_id=taken.id,
            reason="不用了",
            actor=street.asking,
        )


def test_paid_hands_tell_no_hours(session, street):
    order = make.accepted(session, street, "lighting")

    with at("11:00"), refused(session, street, NoVolunteerWork):
        finishing.finish(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            note="",
            works=[make.work(street.helper.id)],
            actor=street.paid,
        )


@pytest.mark.parametrize(
    ("begin", "end"), [("10:00", "10:00"), ("07:00", "09:00"), ("10:00", "11:30")]
)
def test_work_that_makes_no_sense_is_refused(session, street, begin, end):
    order = make.accepted(session, street)

    with at("11:00"), refused(session, street, ValidationFailed):
        finishing.finish(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            note="",
            works=[make.work(street.helper.id, begin, end)],
            actor=street.leader,
        )


def test_s9_nobody_rates_what_they_handled(session, street):
    order = make.done(session, street, requester_id=street.world.leader_member.id)

    for who in (street.leader, Actor(street.helper.person_id)):
        with refused(session, street, OwnOrderRating):
            finishing.rate(
                session,
                ledger_id=street.ledger_id,
                order_id=order.id,
                stars=5,
                note="",
                actor=who,
            )


def test_only_who_asked_rates(session, street):
    order = make.done(session, street)

    with refused(session, street, PermissionDenied):
        finishing.rate(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            stars=5,
            note="",
            actor=street.world.staff,
        )


def told(session, street, member):
    """The topic of the last line that a member was told."""
    query = sa.select(Message.topic).where(
        Message.ledger_id == street.ledger_id, Message.member_id == member.id
    )
    return session.scalars(query.order_by(Message.id.desc())).first()


def test_c33_a_kind_that_counts_in_cases_is_not_paid_to_each_who_helped(session, street):
    programme = programmes.of_ledger(session, street.ledger_id)
    indicators.measure_by(
        session, programme=programme, indicator_code="mediation", measure="pieces", actor=SYSTEM
    )
    session.commit()
    kind = Kind(code="dispute", name="邻里纠纷", credit_category_code="neighbour_mediation")

    with refused(session, street, CountedInCases):
        categories.put(session, ledger_id=street.ledger_id, kind=kind)
    with refused(session, street, CountedInCases):
        make.a_post(session, street, category_code="neighbour_mediation")
    offered = {each.code for each in activity_types.list_each_own(session, programme)}
    assert "neighbour_mediation" not in offered
    assert "legal_advice" in offered
