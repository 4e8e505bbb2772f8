"""Whose work is paid, and calls between the field and the desk (K9, A5, T13)."""

import pytest

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.people import duties, inbox
from app.service_orders import call_listings, crediting, field_calls, finishing, handling, standing
from app.service_orders.errors import FieldCallAnswered, NoVolunteerWork
from app.service_orders.field_calls import Said
from tests.factories import community
from tests.factories import service_orders as make
from tests.factories.activities import at
from tests.factories.service_orders import refused


def duty(session, street, member, *, is_paid=False, kind="steward"):
    """A duty of the member at the street's place, from the morning on."""
    with at("07:30"):
        found = duties.give(
            session,
            ledger_id=street.ledger_id,
            member_id=member.id,
            node=street.world.node,
            kind_code=kind,
            is_paid=is_paid,
            actor=street.world.staff,
        )
        session.commit()
    return found


def given(session, street, member, code="errands", **more):
    """An order of the street, given to one person and taken on."""
    order = make.filed(session, street, code, **more)
    with at("08:30"):
        hands = {"handler_id": member.person_id, "actor": street.world.staff}
        make.step(session, street, handling.assign, order, **hands)
    who = Actor(member.person_id)
    with at("08:40"):
        make.step(session, street, handling.accept, order, actor=who)
        make.step(session, street, handling.go_on, order, actor=who, meaning="worked", note="")
    return order


def told(session, street, member):
    lines = inbox.list_for(session, ledger_id=street.ledger_id, member_id=member.id)
    return [line.topic for line in reversed(lines) if line.topic.startswith(("order", "call", "t"))]


@pytest.mark.parametrize(("is_paid", "kind"), [(False, "volunteer"), (True, "staff")])
def test_k9_whether_a_steward_is_paid_decides_whether_the_work_makes_hours(
    session, street, is_paid, kind
):
    duty(session, street, street.helper, is_paid=is_paid)
    order, who = given(session, street, street.helper), Actor(street.helper.person_id)
    assert order.handler_kind == kind
    if is_paid:
        with at("11:00"), refused(session, street, NoVolunteerWork):
            finishing.finish(
                session,
                ledger_id=street.ledger_id,
                order_id=order.id,
                note="",
                works=[make.work(street.helper.id)],
                actor=who,
            )
    make.finished(session, street, order, actor=who, **({"works": []} if is_paid else {}))
    with at("12:00"):
        make.step(session, street, finishing.rate, order, stars=5, note="", actor=street.asking)
        crediting.credit(session, ledger_id=street.ledger_id, orders=[order], actor=street.asking)
        session.commit()
    minutes = [each.minutes for each in make.grants_of(session, street)]
    assert minutes == ([] if is_paid else [90])


def test_k9_a_steward_takes_on_what_is_paid_hands_work_elsewhere(session, street):
    duty(session, street, street.helper)

    assert given(session, street, street.helper, "lighting").handler_kind == "volunteer"


def test_a5_who_holds_an_office_here_does_an_order_on_duty(session, street):
    order = make.filed(session, street)
    hands = {"handler_id": street.paid.person_id, "actor": street.world.staff}
    with at("08:30"):
        make.step(session, street, handling.assign, order, **hands)
    assert order.handler_kind == "staff"

    with at("08:35"):
        make.step(session, street, handling.send_back, order, reason="没空", actor=street.paid)
    assert (order.handler_kind, order.step_no) == ("volunteer", 1)


def test_a6_nobody_is_given_what_they_asked_for_or_what_is_paid_hands_work(session, street):
    order, lamp = make.filed(session, street), make.filed(session, street, "lighting")
    tries = ((order, street.asker), (lamp, street.helper))
    for each, member in tries:
        with at("08:30"), refused(session, street, ValidationFailed):
            handling.assign(
                session,
                ledger_id=street.ledger_id,
                order_id=each.id,
                handler_id=member.person_id,
                actor=street.world.staff,
            )


def test_t8_who_asked_and_who_does_it_hear_of_each_step(session, street):
    make.done(session, street)

    assert told(session, street, street.asker) == ["order_assigned", "order_finished"]
    assert told(session, street, street.world.leader_member) == ["order_for_you"]


def test_t8_an_order_urged_by_hand_is_urged_once_and_its_hands_are_told(session, street):
    order = make.assigned(session, street)
    with at("09:00"):
        make.step(
            session, street, handling.escalate, order, reason="天冷", actor=street.world.staff
        )
        assert order.escalated_at is not None
        with refused(session, street, handling.standing.OrderStepConflict):
            handling.escalate(
                session,
                ledger_id=street.ledger_id,
                order_id=order.id,
                reason="还没动",
                actor=street.world.staff,
            )
    with at("12:00"):
        assert told(session, street, street.world.leader_member)[-1] == "order_urged"


def called(session, street):
    duty(session, street, street.helper, kind="grid_roving")
    with at("09:00"):
        found = field_calls.call_desk(
            session,
            ledger_id=street.ledger_id,
            member_id=street.helper.id,
            said=Said(text="井盖翻了，先拿锥桶围上", spot="三号楼东侧"),
            actor=Actor(street.helper.person_id),
        )
        session.commit()
    return found


def waiting(session, street):
    return call_listings.unanswered_count(
        session, ledger_id=street.ledger_id, node=street.world.node
    )


def test_t13_a_call_waits_until_the_desk_answers_and_then_for_good(session, street):
    call = called(session, street)
    assert (field_calls.spot_of(call), waiting(session, street)) == ("三号楼东侧", 1)
    assert "井盖".encode() not in call.text_sealed

    key = {"ledger_id": street.ledger_id, "call_id": call.id, "actor": street.world.staff}
    with at("09:05"):
        field_calls.answer(session, text="已报市政，半小时到", **key)
        session.commit()
    assert (waiting(session, street), field_calls.answer_of(call)) == (0, "已报市政，半小时到")
    assert told(session, street, street.helper) == ["call_answered"]
    with at("09:06"), refused(session, street, FieldCallAnswered):
        field_calls.answer(session, text="再说一次", **key)


def test_t13_a_task_of_the_desk_is_answered_by_whom_it_was_given_to(session, street):
    duty(session, street, street.helper, kind="grid_roving")
    with at("09:00"):
        task = field_calls.send_out(
            session,
            ledger_id=street.ledger_id,
            member_id=street.helper.id,
            node=street.world.node,
            said=Said(text="去看看二号楼电梯"),
            actor=street.world.staff,
        )
        session.commit()
    assert told(session, street, street.helper) == ["task_sent"]
    with refused(session, street, PermissionDenied):
        field_calls.answer(
            session,
            ledger_id=street.ledger_id,
            call_id=task.id,
            text="看了",
            actor=street.world.staff,
        )
    field_calls.answer(
        session,
        ledger_id=street.ledger_id,
        call_id=task.id,
        text="看了，能用",
        actor=Actor(street.helper.person_id),
    )
    assert waiting(session, street) == 0


def test_t13_a_task_that_nobody_answers_is_taken_back_and_sent_to_another(session, street):
    for who in (street.helper, street.asker):
        duty(session, street, who, kind="grid_roving")
    key = {"ledger_id": street.ledger_id, "actor": street.world.staff}
    task = {**key, "node": street.world.node, "said": Said(text="去看看二号楼电梯")}
    with at("09:00"):
        sent = field_calls.send_out(session, member_id=street.helper.id, **task)
        session.commit()
    with refused(session, street, ValidationFailed):
        field_calls.take_back(session, call_id=sent.id, reason=" ", **key)
    call = called(session, street)
    with refused(session, street, ValidationFailed):
        field_calls.take_back(session, call_id=call.id, reason="不用了", **key)

    with at("10:00"):
        field_calls.take_back(session, call_id=sent.id, reason="他住院了", **key)
        session.commit()
        assert told(session, street, street.helper) == ["task_sent", "task_taken_back"]
        assert (waiting(session, street), sent.taken_back_at) == (1, sent.answered_at)
        again = field_calls.send_out(session, member_id=street.asker.id, **task)
        session.commit()
    assert (again.member_id, waiting(session, street)) == (street.asker.id, 2)
    with refused(session, street, FieldCallAnswered):
        field_calls.take_back(session, call_id=sent.id, reason="他住院了", **key)
    with refused(session, street, FieldCallAnswered):
        field_calls.answer(
            session,
            ledger_id=street.ledger_id,
            call_id=sent.id,
            text="看了",
            actor=Actor(street.helper.person_id),
        )


def test_t13_who_has_duties_at_several_places_says_which(session, street):
    grid, other = (
        community.make_node(session, street.world.node, code=f"35090200100107{n}", name=f"{n}网格")
        for n in (7, 8)
    )
    duty(session, street, street.helper, kind="grid_roving")
    with at("07:40"):
        duties.give(
            session,
            ledger_id=street.ledger_id,
            member_id=street.helper.id,
            node=grid,
            kind_code="grid_roving",
            actor=street.world.staff,
        )
        session.commit()
    key = {
        "ledger_id": street.ledger_id,
        "member_id": street.helper.id,
        "said": Said(text="井盖翻了"),
        "actor": Actor(street.helper.person_id),
    }
    for node in (street.world.node, grid):
        with at("09:00"):
            assert field_calls.call_desk(session, node_id=node.id, **key).node_id == node.id
    session.commit()
    with refused(session, street, PermissionDenied):
        field_calls.call_desk(session, node_id=other.id, **key)
    with refused(session, street, ValidationFailed):
        field_calls.call_desk(session, **key)


def test_t13_a_call_becomes_an_order_that_its_caller_may_rate(session, street):
    call = called(session, street)
    with at("09:10"):
        order = field_calls.answer_with_order(
            session,
            ledger_id=street.ledger_id,
            call_id=call.id,
            title="井盖翻了",
            category_code="lighting",
            actor=street.world.staff,
        )
        session.commit()

    assert (order.requester_id, call.order_id) == (street.helper.id, order.id)
    assert standing.text_of(order) == "三号楼东侧\n井盖翻了，先拿锥桶围上"
    assert waiting(session, street) == 0


def test_t13_only_who_has_a_duty_in_the_field_calls_and_is_sent_out(session, street):
    key = {"ledger_id": street.ledger_id, "said": Said(text="井盖翻了")}
    helper = {"member_id": street.helper.id, "actor": Actor(street.helper.person_id)}
    with refused(session, street, PermissionDenied):
        field_calls.call_desk(session, **helper, **key)
    held = duty(session, street, street.helper, kind="steward")
    with refused(session, street, PermissionDenied):
        field_calls.call_desk(session, **key, **{**helper, "actor": street.asking})
    workers = field_calls.workers_at(session, ledger_id=street.ledger_id, node=street.world.node)
    assert [each.member.id for each in workers] == [street.helper.id]

    duties.end(session, ledger_id=street.ledger_id, duty_id=held.id, actor=street.world.staff)
    session.commit()
    sent = {"member_id": street.helper.id, "node": street.world.node}
    with refused(session, street, NotFound):
        field_calls.send_out(session, actor=street.world.staff, **sent, **key)
