"""Reviewers by duty: which orders wait for them, never their own, page by page (S9)."""

from app.base.actors import SYSTEM
from app.people import duties
from app.service_orders import reviewing
from tests.factories import service_orders as make
from tests.factories.activities import at
from tests.ledger.statements_counted import counted


def reviewer(session, street, member):
    with at("07:30"):
        duties.give(
            session,
            ledger_id=street.ledger_id,
            member_id=member.id,
            node=street.world.node,
            kind_code="elder_reviewer",
            actor=SYSTEM,
        )
        session.commit()
    return {"ledger_id": street.ledger_id, "member": member}


def test_s9_the_orders_of_ones_own_team_or_hands_do_not_wait_for_one(session, street):
    order = make.done(session, street, requester_id=None)
    make.done(session, street)

    for member, waiting in (
        (street.asker, [order.id]),
        (street.world.leader_member, []),
        (street.helper, []),
    ):
        with at("12:00"):
            key = reviewer(session, street, member)
            found = reviewing.to_rate(session, **key)
            assert [each.id for each in found] == waiting
            assert reviewing.count_to_rate(session, **key) == len(waiting)


def test_what_waits_is_cut_by_the_database_and_costs_the_same_however_much_it_is(session, street):
    key = reviewer(session, street, street.asker)
    orders = [make.done(session, street, requester_id=None)]
    with at("12:00"):
        with counted(session) as few:
            assert len(reviewing.to_rate(session, **key, limit=2)) == 1
        orders += [make.done(session, street, requester_id=None) for _ in range(3)]
        with counted(session) as many:
            first = reviewing.to_rate(session, **key, limit=2)
        rest = reviewing.to_rate(session, **key, limit=2, offset=2)

    assert len(many) == len(few)
    assert {each.id for each in first + rest} == {each.id for each in orders}
    assert [len(first), len(rest)] == [2, 2]


def test_without_the_duty_nothing_waits(session, street):
    make.done(session, street, requester_id=None)
    key = {"ledger_id": street.ledger_id, "member": street.asker}

    assert reviewing.to_rate(session, **key) == []
    assert reviewing.count_to_rate(session, **key) == 0
