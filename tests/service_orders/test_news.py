"""Who is told what about help, claims and wishes; by the clock in the morning only (D51)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.errors import PermissionDenied
from app.people import inbox
from app.service_orders import claim_deadlines, claims, exchanges, neighbours, offers, wishes
from app.service_orders.offers import Proposal
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


def test_whose_offer_is_answered_hears_of_it_and_may_say_no(session, street):
    make.earned(session, street, street.asker, 40)
    exchange = make.asked(session, street, offer_id=offered(session, street))
    key = {"ledger_id": street.ledger_id, "exchange_id": exchange.id}
    assert told(session, street, street.helper) == ["help_wanted"]
    (waiting,) = neighbours.list_asked_of(
        session, ledger_id=street.ledger_id, member_id=street.helper.id
    )
    assert waiting.id == exchange.id
    third = street.world.leader_member
    with make.refused(session, street, PermissionDenied):
        exchanges.decline(session, **key, member=third)
    exchanges.decline(session, **key, member=street.helper)
    assert told(session, street, street.asker) == ["help_declined"]
    assert (exchange.state, exchange.offer_id) == ("open", None)
    with make.refused(session, street, PermissionDenied):
        exchanges.decline(session, **key, member=street.helper)
    with at("14:00"):
        assert exchanges.accept(session, **key, helper=third).state == "accepted"


def test_whose_offer_was_answered_hears_that_the_request_was_taken_back(session, street):
    make.earned(session, street, street.asker, 40)
    exchange = make.asked(session, street, offer_id=offered(session, street))
    with at("14:00"):
        exchanges.withdraw(
            session,
            ledger_id=street.ledger_id,
            exchange_id=exchange.id,
            asker=street.asker,
            actor=street.asking,
        )
        assert sorted(told(session, street, street.helper)) == ["help_wanted", "help_withdrawn"]


def test_taking_on_begins_the_time_anew_and_both_hear_when_it_is_over(session, street):
    make.earned(session, street, street.asker, 40)
    exchange = make.asked(session, street, text="08:00")
    week = DAY + timedelta(days=7)
    key = {"ledger_id": street.ledger_id}
    with at("08:00", week):
        exchanges.accept(session, **key, exchange_id=exchange.id, helper=street.helper)
        session.commit()
    assert exchange.lapses_at == exchange.accepted_at + exchanges.LIFE
    with at("09:00", DAY + exchanges.LIFE):
        assert exchanges.lapse_due(session, **key, now=clock.now()) == 0
    with at("09:00", week + exchanges.LIFE):
        assert exchanges.lapse_due(session, **key, now=clock.now()) == 1
        assert "help_lapsed" in told(session, street, street.asker)
        assert told(session, street, street.helper) == ["help_over"]


def test_who_claimed_a_wish_hears_that_it_was_sent_back(session, street, wish):
    with at("09:00"):
        wishes.claim(session, **wish, claimer=street.helper)
        wishes.send_back(session, **wish, reason="已经有人送来了")
        assert told(session, street, street.helper) == ["wish_not_needed"]


def offered(session, street):
    """The helper's offer to mind somebody's keys."""
    with at("10:00"):
        offer = offers.make(
            session,
            ledger_id=street.ledger_id,
            member=street.helper,
            proposal=Proposal(title="代管钥匙", points=20, minutes=120),
        )
        session.commit()
    return offer.id


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
