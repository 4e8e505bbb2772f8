"""Who is told what about help, claims and wishes; by the clock in the morning only (D51)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.people import inbox
from app.service_orders import claim_deadlines, claims, exchanges, wishes
from app.service_orders.wishes import Words
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at, moment


def told(session, street, member):
    session.commit()
    found = inbox.list_for(session, ledger_id=street.ledger_id, member_id=member.id)
    return [each.topic for each in found]


@pytest.fixture
def wish(session, street):
    with at("08:00"):
        made = wishes.make(
            session,
            ledger_id=street.ledger_id,
            wisher=street.asker,
            words=Words(kind="物品", title="一副老花镜"),
            actor=street.asking,
        )
        session.commit()
    return {"ledger_id": street.ledger_id, "wish_id": made.id}


def test_a_wisher_hears_of_every_step_and_who_looks_for_wishes_of_none(session, street, wish):
    with at("09:00"):
        wishes.claim(session, **wish, claimer=street.helper)
        wishes.give_up(session, **wish, claimer=street.helper)
        wishes.claim(session, **wish, claimer=street.helper)
        wishes.fulfil(session, **wish, claimer=street.helper)
        assert sorted(told(session, street, street.asker)) == [
            "wish_claimed",
            "wish_claimed",
            "wish_fulfilled",
            "wish_left",
        ]
        assert told(session, street, street.helper) == []


def test_neighbours_hear_of_each_other(session, street):
    make.earned(session, street, street.asker, 40)
    exchange = make.taken_on(session, street)
    with at("14:00"):
        exchanges.withdraw(
            session,
            ledger_id=street.ledger_id,
            exchange_id=exchange.id,
            asker=street.asker,
            actor=street.asking,
        )
        assert told(session, street, street.asker) == ["help_taken"]
        assert told(session, street, street.helper) == ["help_withdrawn"]
    make.helped(session, street)
    with at("16:30"):
        assert "help_done" in told(session, street, street.asker)


def test_t3_a_volunteer_is_reminded_once_a_day_before_the_slot_goes(session, street):
    post = make.a_post(session, street, due_at=moment("18:00", DAY + timedelta(days=30)))
    with at("09:00"):
        claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=street.helper)
        session.commit()
    for days, topics in ((13, []), (14, ["claim_due"]), (14, ["claim_due"])):
        with at("10:00", DAY + timedelta(days=days)):
            claim_deadlines.remind(session, ledger_id=street.ledger_id, now=clock.now())
            session.commit()
            assert told(session, street, street.helper) == topics


def test_d51_who_was_too_late_is_told_in_the_morning(session, street):
    post = make.a_post(session, street)
    with at("09:00"):
        claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=street.helper)
        session.commit()
    night = DAY + timedelta(days=1)
    with at("23:30", night):
        claims.release_due(session, ledger_id=street.ledger_id, now=clock.now())
        assert told(session, street, street.helper) == []
    with at("08:30", night + timedelta(days=1)):
        assert told(session, street, street.helper) == ["claim_released"]
