"""What asks for a skill is offered to its holders first, for a set time (C21)."""

import pytest

from app.base.actors import SYSTEM, Actor
from app.base.errors import PermissionDenied
from app.community import settings
from app.people import skills
from app.service_orders import claims, first_offers, handling, posts
from app.service_orders.errors import OrderStepConflict, SkillFirst
from tests.factories import activities
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at
from tests.factories.service_orders import refused
from tests.ledger.statements_counted import counted


@pytest.fixture
def lawyer(session, street):
    found = activities.a_member(session, street.world, "顾言蹊")
    skills.note(session, ledger_id=street.ledger_id, member_id=found.id, skill="律师", actor=SYSTEM)
    session.commit()
    return found


def called(session, street, kind, thing, skill="律师"):
    told = skills.call(
        session,
        ledger_id=street.ledger_id,
        by=skills.Caller(kind, thing.id, thing.title),
        skill=skill,
        node=street.world.node,
        actor=street.world.staff,
    )
    session.commit()
    return told


@pytest.fixture
def post(session, street, lawyer):
    """A post that asks for a lawyer since eight; it runs for two days."""
    with at("08:00"):
        made = posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=make.a_call(due_at=activities.moment("12:00", DAY.replace(day=12))),
            actor=street.world.staff,
        )
        assert called(session, street, "post", made) == 1
    return made


def claim(session, street, post, member):
    found = claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=member)
    session.commit()
    return found


def test_c21_for_a_day_only_a_holder_claims_the_post(session, street, post, lawyer):
    with at("20:00"):
        with refused(session, street, SkillFirst):
            claim(session, street, post, street.helper)
        assert claim(session, street, post, lawyer).state == "claimed"
    with at("08:01", DAY.replace(day=11)):
        assert claim(session, street, post, street.helper).state == "claimed"


def test_c21_nobody_waits_for_a_holder_that_the_place_has_not(session, street, post, lawyer):
    skills.drop(
        session, ledger_id=street.ledger_id, member_id=lawyer.id, skill="律师", actor=SYSTEM
    )
    session.commit()
    with at("09:00"):
        assert claim(session, street, post, street.helper).state == "claimed"


def test_c21_the_place_sets_how_long_and_may_turn_it_off(session, street, post):
    settings.put(session, node=street.world.node, name=first_offers.HOURS, value=0, actor=SYSTEM)
    session.commit()
    with at("08:05"):
        assert claim(session, street, post, street.helper).state == "claimed"


def test_a_post_that_asks_for_nothing_is_everybodys(session, street, lawyer):
    with at("08:00"):
        made = posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=make.a_call(),
            actor=street.world.staff,
        )
        session.commit()
        assert claim(session, street, made, street.helper).state == "claimed"


def take(session, street, order, member):
    done = first_offers.take_on(
        session,
        ledger_id=street.ledger_id,
        order_id=order.id,
        member=member,
        actor=Actor(member.person_id),
    )
    session.commit()
    return done


def test_c21_an_order_that_asks_for_a_lawyer_is_taken_on_by_one(session, street, lawyer):
    order = make.filed(session, street)
    with at("08:10"):
        called(session, street, "order", order)
        found = first_offers.orders_for(session, ledger_id=street.ledger_id, member=lawyer)
        assert [each.id for each in found] == [order.id]
        for other in (street.helper, street.asker):
            listed = first_offers.orders_for(session, ledger_id=street.ledger_id, member=other)
            assert listed == []
            with refused(session, street, PermissionDenied):
                take(session, street, order, other)
        done = take(session, street, order, lawyer)
        assert (done.handler_id, done.handler_kind, done.step_no) == (
            lawyer.person_id, "volunteer", 2,
        )  # fmt: skip
        with refused(session, street, OrderStepConflict):
            take(session, street, order, lawyer)
        assert first_offers.orders_for(session, ledger_id=street.ledger_id, member=lawyer) == []


def test_c21_staff_may_give_it_to_others_and_after_the_time_it_is_offered_no_more(
    session, street, lawyer
):
    late, given = make.filed(session, street), make.filed(session, street)
    with at("08:10"):
        for order in (late, given):
            called(session, street, "order", order)
    with at("09:00"):
        make.step(
            session, street, handling.assign, given,
            actor=street.world.staff, team_id=street.world.team.id,
        )  # fmt: skip
        with refused(session, street, OrderStepConflict):
            take(session, street, given, lawyer)
    with at("08:11", DAY.replace(day=11)):
        assert first_offers.orders_for(session, ledger_id=street.ledger_id, member=lawyer) == []
        with refused(session, street, PermissionDenied):
            take(session, street, late, lawyer)


def test_c21_who_asked_does_not_take_on_what_they_asked_for(session, street, lawyer):
    order = make.filed(session, street, requester_id=lawyer.id)
    with at("08:10"):
        called(session, street, "order", order)
        with refused(session, street, PermissionDenied):
            take(session, street, order, lawyer)


def orders_of(session, street, member):
    return first_offers.orders_for(session, ledger_id=street.ledger_id, member=member)


def test_c21_looking_for_what_is_offered_costs_the_same_however_many_ask(session, street, lawyer):
    with counted(session) as none:
        assert orders_of(session, street, street.helper) == []
    assert len(none) == 1

    with at("08:10"):
        called(session, street, "order", make.filed(session, street))
        with counted(session) as few:
            assert len(orders_of(session, street, lawyer)) == 1
        for _ in range(9):
            called(session, street, "order", make.filed(session, street))
        with counted(session) as many:
            assert len(orders_of(session, street, lawyer)) == 10
    assert len(many) == len(few)


def test_c21_what_was_called_long_ago_or_is_over_is_not_even_read(session, street, lawyer):
    order = make.assigned(session, street)
    with at("08:40"):
        called(session, street, "order", order)
        with counted(session) as given:
            assert orders_of(session, street, lawyer) == []
    waiting = make.filed(session, street)
    with at("08:10"):
        called(session, street, "order", waiting)
    with at("08:10", DAY.replace(day=20)), counted(session) as late:
        assert orders_of(session, street, lawyer) == []
    assert len(given) == len(late) <= 4


def test_c21_a_list_of_posts_reads_each_place_once(session, street, post, lawyer):
    with at("08:30"):
        found = [post]
        key = {"ledger_id": street.ledger_id, "kind": "post", "member_id": street.helper.id}
        with counted(session) as few:
            first_offers.of_things(session, **key, found=found)
        for _ in range(9):
            found.append(make.a_post(session, street))
            called(session, street, "post", found[-1])
        with counted(session) as many:
            offered = first_offers.of_things(session, **key, found=found)
    assert all(each.until_at is not None for each in offered.values())
    assert (len(offered), len(many)) == (10, len(few))
