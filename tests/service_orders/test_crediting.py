"""Volunteers earn after the rating or after silence; nobody earns twice (T8, T9, A3)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.people import duties
from app.people.models import Message
from app.points import approvals, judging
from app.points.errors import GrantStateConflict
from app.reports import proofs
from app.risk.models import Quota
from app.service_orders import crediting, listings, reopening
from app.service_orders.errors import ReopeningOver
from app.service_orders.figures import percent
from tests.factories import people
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at, moment


def states(session, street):
    return [(each.state, each.minutes) for each in make.grants_of(session, street)]


def test_t8_a_volunteer_earns_after_a_good_rating(session, street):
    make.rated(session, street, stars=4)

    assert states(session, street) == [("posted", 90)]


def test_t8_a_bad_rating_holds_the_hours(session, street):
    make.rated(session, street, stars=2)
    (held,) = make.grants_of(session, street)

    assert (held.state, held.hold_reasons) == ("waiting_level_2", "bad_rating")
    decide(session, street, held, verdict="approved", reason="问过了，药送到了")
    assert states(session, street) == [("posted", 90)]


def test_f14_work_for_ones_own_household_waits_for_a_second_person(session, street):
    with at("07:00"):
        people.live_together(session, street.asker, street.helper)
    make.rated(session, street, stars=5)
    (held,) = make.grants_of(session, street)

    assert (held.state, held.hold_reasons) == ("waiting_level_2", "family")


def test_t8_paid_hands_earn_nothing(session, street):
    make.rated(session, street, stars=5, code="lighting")

    assert states(session, street) == []


def test_a_kind_without_a_points_category_earns_nothing(session, street):
    make.rated(session, street, stars=5, code="talk")

    assert [(each.minutes, each.points) for each in make.grants_of(session, street)] == [(0, 0)]


def test_t8_silence_counts_as_content_after_the_days_of_the_setting(session, street):
    make.done(session, street)
    day = timedelta(days=1)

    for now, count in ((6 * day, 0), (7 * day, 1), (8 * day, 0)):
        with at("11:00", DAY + now):
            done = crediting.credit_silent(
                session, ledger_id=street.ledger_id, now=moment("11:00", DAY + now)
            )
            session.commit()
        assert done == count
    assert states(session, street) == [("posted", 90)]


def test_credit_given_twice_is_given_once(session, street):
    order = make.rated(session, street, stars=5)
    with at("13:00"):
        crediting.credit(session, ledger_id=street.ledger_id, orders=[order], actor=street.asking)

    assert states(session, street) == [("posted", 90)]


def test_a3_the_same_time_in_two_orders_is_credited_once(session, street):
    make.rated(session, street, stars=5)
    make.rated(session, street, stars=5)

    assert sorted(states(session, street)) == [("posted", 90), ("waiting_level_2", 90)]


def test_t9_opening_an_order_again_takes_its_hours_back(session, street):
    order = make.rated(session, street, stars=5)
    with at("14:00"):
        make.step(
            session, street, reopening.reopen, order, reason="药取错了", actor=street.world.staff
        )

    assert states(session, street) == [("reversed", 90)]
    assert (order.state, order.stars, order.reopened_count) == ("open", None, 1)


def test_t9_an_order_done_again_earns_again(session, street):
    order = make.rated(session, street, stars=5)
    with at("14:00"):
        make.step(
            session, street, reopening.reopen, order, reason="药取错了", actor=street.world.staff
        )
    with at("16:00"):
        make.finished_again(session, street, order)

    assert sorted(states(session, street)) == [("posted", 60), ("reversed", 90)]


def test_t9_opening_again_refuses_the_hours_that_wait_so_the_work_counts_once(session, street):
    order = make.rated(session, street, stars=1)
    (held,) = make.grants_of(session, street)
    with at("14:00"):
        make.step(session, street, reopening.reopen, order, reason="没有送到", actor=street.asking)

    assert states(session, street) == [("refused", 90)]
    assert day_minutes(session, street) == 0
    with make.refused(session, street, GrantStateConflict):
        decide(session, street, held, verdict="approved", reason="问过了")

    with at("16:00"):
        make.finished_again(session, street, order)
    assert sorted(states(session, street)) == [("posted", 60), ("refused", 90)]
    assert proofs.prove(session, ledger_id=street.ledger_id).is_ok


def reopened(session, street, order, actor, reason="没有办好"):
    return reopening.reopen(
        session, ledger_id=street.ledger_id, order_id=order.id, reason=reason, actor=actor
    )


def test_t9_who_asked_may_say_so_for_the_days_of_the_setting_and_not_once_content(session, street):
    quiet, content = make.done(session, street), make.rated(session, street, stars=3)
    day = timedelta(days=1)
    with at("10:59", DAY + 7 * day):
        assert reopening.asker_until(session, quiet) == moment("11:00", DAY + 7 * day)
        with make.refused(session, street, ReopeningOver):
            reopened(session, street, content, street.asking)
    with at("11:00", DAY + 7 * day):
        assert reopening.asker_until(session, quiet) is None
        with make.refused(session, street, ReopeningOver):
            reopened(session, street, quiet, street.asking)
        with make.refused(session, street, ValidationFailed):
            reopened(session, street, quiet, street.world.staff, reason=" ")
        assert reopened(session, street, quiet, street.world.staff).state == "open"


def test_a6_nobody_of_the_desk_reopens_what_they_had_a_hand_in(session, street):
    order = make.rated(session, street, stars=1)
    helper = Actor(street.helper.person_id)

    for who in (street.leader, helper):
        with at("14:00"), make.refused(session, street, SecondPersonRequired):
            reopened(session, street, order, who)
    with at("14:00"):
        assert reopened(session, street, order, street.world.second_staff).stars is None


def day_minutes(session, street):
    """The minutes of the helper's day, posted and waiting, that the next deed is judged by."""
    query = sa.select(sa.func.sum(Quota.used)).where(
        Quota.ledger_id == street.ledger_id,
        Quota.rule_code == judging.DAY_MINUTES_RULE,
        Quota.subject_id == street.helper.id,
    )
    return session.scalar(query)


def decide(session, street, held, **said):
    approvals.decide(
        session,
        ledger_id=street.ledger_id,
        grant_ids=[held.id],
        level=2,
        actor=street.world.staff,
        **said,
    )


def test_t9_the_share_of_finished_orders_is_counted_from_rows(session, street):
    make.rated(session, street, stars=5)
    make.rated(session, street, stars=3)
    make.filed(session, street)
    found = listings.figures(session, ledger_id=street.ledger_id, node=street.world.node)

    assert (found.filed_count, found.finished_count) == (3, 2)
    assert found.finished_percent() == Decimal("66.7")
    assert found.good_percent() == Decimal("50.0")


@pytest.mark.parametrize(
    ("part", "whole", "places", "said"),
    [
        (1710, 1764, 1, "96.9"),
        (1709, 1764, 1, "96.9"),
        (1708, 1764, 1, "96.8"),
        (7786, 7869, 2, "98.95"),
        (7785, 7869, 2, "98.93"),
        (7787, 7869, 2, "98.96"),
        (1635, 1710, 1, "95.6"),
    ],
)
def test_t9_t10_shares_are_rounded_half_up_in_decimal(part, whole, places, said):
    assert percent(part, whole, places) == Decimal(said)


def test_a_share_of_nothing_is_nothing():
    assert percent(0, 0) is None


def test_o8_work_on_paid_duty_is_kept_and_earns_nothing_whoever_does_it_beside(session, street):
    with at("07:00"):
        node = street.world.node
        for kind, member, is_paid in (
            ("steward", street.helper, True),
            ("able_neighbour", street.asker, False),
        ):
            duties.give(
                session,
                ledger_id=street.ledger_id,
                member_id=member.id,
                node=node,
                kind_code=kind,
                is_paid=is_paid,
                actor=SYSTEM,
            )
    make.rated(session, street, 5)
    (grant,) = make.grants_of(session, street)
    assert (grant.state, grant.provenance, grant.minutes, grant.points) == ("posted", "none", 0, 0)
    topics = session.scalars(
        sa.select(Message.topic).where(
            Message.ledger_id == street.ledger_id, Message.member_id == street.helper.id
        )
    ).all()
    assert "on_duty" in topics
    assert "granted" not in topics
    assert proofs.prove(session, ledger_id=street.ledger_id).is_ok
