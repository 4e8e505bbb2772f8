"""Neighbours help each other for points; points only change hands (P1, P11, L5–L7, T28, A12)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.db import NEVER
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.ledger.errors import InsufficientPoints
from app.ledger.models import Account, Journal
from app.people import audit, inbox
from app.points import expiry, programmes, vintages, wallets
from app.reports import explanations, proofs
from app.risk import freezes
from app.risk.errors import AccountFrozen
from app.risk.models import Signal
from app.service_orders import asking_for, confirming, exchanges, neighbours, offers
from app.service_orders.confirming import Done
from app.service_orders.errors import AskerFrozen, ExchangeStateConflict, HelpAtHome
from app.service_orders.exchanges import HelpWanted
from app.service_orders.offers import Proposal
from tests.factories import people, points
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at, moment
from tests.factories.service_orders import refused


@pytest.fixture
def rich(session, street):
    """The asker has 50 points from service, 20 of them for this year only."""
    for number, vintage_on in ((20, DAY.replace(month=12, day=31)), (30, NEVER)):
        make.earned(session, street, street.asker, number, vintage_on)
    return street


def spendable(session, street, member):
    with at("20:00"):
        return points.spendable(session, member)


def circulating(session, street):
    """All points in wallets and escrow."""
    query = sa.select(sa.func.sum(Account.credits_posted - Account.debits_posted)).where(
        Account.ledger_id == street.ledger_id, Account.kind.in_(("wallet", "escrow"))
    )
    return session.scalar(query)


def test_l5_asking_puts_the_points_into_escrow(session, rich):
    exchange = make.asked(session, rich)

    assert exchange.state == "open"
    assert spendable(session, rich, rich.asker) == 30
    assert circulating(session, rich) == 50
    make.prove(session, rich)


def test_l6_confirmed_help_moves_the_points_and_records_the_hours(session, rich):
    exchange = make.helped(session, rich)
    (grant,) = [each for each in make.grants_of(session, rich) if each.source_kind == "exchange"]

    assert exchange.state == "done"
    assert (spendable(session, rich, rich.asker), spendable(session, rich, rich.helper)) == (30, 20)
    assert (grant.minutes, grant.points, grant.state) == (120, 0, "posted")
    assert circulating(session, rich) == 50
    make.prove(session, rich)


def test_d28_points_keep_their_last_day_through_the_exchange(session, rich):
    make.helped(session, rich, points=30)
    with at("20:00"):
        held = wallets.holding(session, ledger_id=rich.ledger_id, member_id=rich.helper.id)

    assert held.lots == [(DAY.replace(month=12, day=31), 20), (NEVER, 10)]


@pytest.mark.parametrize("policy", ["calendar_year", "rolling_36_months"])
def test_l6_points_that_lapsed_in_escrow_reach_the_helper_alive(session, rich, policy):
    programme = programmes.of_ledger(session, rich.ledger_id)
    programme.expiry_policy = policy
    session.commit()
    last = DAY.replace(month=12, day=31)
    exchange = make.taken_on(session, rich, on=last, points=30)
    new_year = last + timedelta(days=1)
    with at("10:00", new_year):
        expiry.expire_due(session, ledger_id=rich.ledger_id, today=new_year)
        confirming.confirm(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            done=Done(
                starts_at=moment("15:00", last), ends_at=moment("16:00", last), confirmed_by="code"
            ),
            actor=rich.asking,
        )
        session.commit()
        held = wallets.holding(session, ledger_id=rich.ledger_id, member_id=rich.helper.id)

    fresh = vintages.vintage_on(policy, new_year)
    assert held.lots == [(fresh, 20), (NEVER, 10)]
    assert held.spendable_points == 30
    assert circulating(session, rich) == 50
    make.prove(session, rich)


def test_l7_withdrawn_before_it_is_confirmed_gives_all_back(session, rich):
    exchange = make.taken_on(session, rich)
    with at("15:00"):
        exchanges.withdraw(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            asker=rich.asker,
            actor=rich.asking,
        )
        session.commit()

    assert spendable(session, rich, rich.asker) == 50
    assert make.grants_of(session, rich) == []
    make.prove(session, rich)


WANTED = HelpWanted(title="代买菜", points=20, minutes=120)


def asked_for(session, rich, note="本人当面同意", **more):
    with at("13:00"):
        made = asking_for.ask(
            session,
            ledger_id=rich.ledger_id,
            asker=rich.asker,
            wanted=WANTED,
            consent_note=note,
            actor=more.pop("actor", rich.world.staff),
        )
        session.commit()
    return made


def test_l5_staff_ask_in_the_name_of_who_has_no_phone_and_both_names_are_kept(session, rich):
    made = asked_for(session, rich)
    key = {"ledger_id": rich.ledger_id}
    journal = session.get(Journal, (rich.ledger_id, made.escrow_journal_id))

    assert spendable(session, rich, rich.asker) == 30
    assert (journal.actor_id, journal.on_behalf_id) == (
        rich.world.staff.person_id,
        rich.asker.person_id,
    )
    (line,) = [
        each
        for each in audit.list_of_subject(session, **key, subject_id=rich.asker.id, limit=50)
        if each.action == "help_asked_for"
    ]
    assert line.facts == {"exchange": made.number, "consent": "本人当面同意"}
    told = [
        each.topic for each in inbox.list_for(session, **key, member_id=rich.asker.id, limit=50)
    ]
    assert "help_asked" in told
    assert asking_for.askers(session, **key, exchanges_of=[made]) == {
        made.id: rich.world.staff.person_id
    }
    make.prove(session, rich)


def test_a6_who_asked_for_somebody_does_not_sign_for_the_help(session, rich):
    made = asked_for(session, rich)
    with at("13:30"):
        exchanges.accept(session, ledger_id=rich.ledger_id, exchange_id=made.id, helper=rich.helper)
        session.commit()
    with at("16:00"):
        with refused(session, rich, SecondPersonRequired):
            make.confirm(session, rich, made, confirmed_by="staff", actor=rich.world.staff)
        make.confirm(session, rich, made, confirmed_by="staff", actor=rich.world.second_staff)

    assert made.state == "done"
    assert spendable(session, rich, rich.helper) == 20
    make.prove(session, rich)


def test_a6_nobody_asks_for_themselves_or_without_saying_how_they_agreed(session, rich):
    with refused(session, rich, ValidationFailed):
        asked_for(session, rich, note=" ")
    with refused(session, rich, SecondPersonRequired):
        asked_for(session, rich, actor=rich.asking)


def test_l7_staff_take_a_request_back_as_the_asker_said(session, rich):
    made = asked_for(session, rich)
    key = {"ledger_id": rich.ledger_id, "exchange_id": made.id}
    with at("14:00"):
        with refused(session, rich, ValidationFailed):
            asking_for.withdraw(session, **key, consent_note="", actor=rich.world.staff)
        asking_for.withdraw(
            session, **key, consent_note="本人来说不用了", actor=rich.world.second_staff
        )
        session.commit()

    assert made.state == "withdrawn"
    assert spendable(session, rich, rich.asker) == 50
    make.prove(session, rich)


def test_e10_what_comes_back_after_its_last_day_is_expired(session, rich):
    exchange = make.asked(session, rich, points=30, on=DAY.replace(month=12, day=6))
    later = DAY.replace(year=DAY.year + 1, month=1, day=6)
    with at("09:00", later):
        assert exchanges.lapse_due(session, ledger_id=rich.ledger_id, now=moment("09:00", later))
        session.commit()
        left = wallets.holding(session, ledger_id=rich.ledger_id, member_id=rich.asker.id)

    assert exchange.state == "lapsed"
    assert left.spendable_points == 30
    make.prove(session, rich)


def test_points_that_are_not_there_are_not_promised(session, rich):
    with at("13:00"), refused(session, rich, InsufficientPoints):
        exchanges.ask(
            session,
            ledger_id=rich.ledger_id,
            asker=rich.asker,
            wanted=HelpWanted(title="代管钥匙", points=51, minutes=60),
            actor=rich.asking,
        )


def test_nobody_helps_themselves(session, rich):
    exchange = make.asked(session, rich)

    with refused(session, rich, HelpAtHome):
        exchanges.accept(
            session, ledger_id=rich.ledger_id, exchange_id=exchange.id, helper=rich.asker
        )


def test_a11_help_within_one_household_is_no_exchange(session, rich):
    exchange = make.asked(session, rich)
    people.live_together(session, rich.asker, rich.helper)

    with refused(session, rich, HelpAtHome):
        exchanges.accept(
            session, ledger_id=rich.ledger_id, exchange_id=exchange.id, helper=rich.helper
        )


def test_a11_an_offer_of_ones_own_household_is_not_taken_up(session, rich):
    offer = offered(session, rich)
    people.live_together(session, rich.asker, rich.helper)

    with refused(session, rich, HelpAtHome):
        make.asked(session, rich, offer_id=offer.id)


def offered(session, street):
    """The helper offers to watch the builders, for 20 points."""
    with at("10:00"):
        offer = offers.make(
            session,
            ledger_id=street.ledger_id,
            member=street.helper,
            proposal=Proposal(title="代看施工", points=20, minutes=120),
        )
        session.commit()
    return offer


@pytest.mark.parametrize("confirmed_by", ["code", "staff"])
def test_a11_two_who_moved_together_since_confirm_nothing(session, rich, confirmed_by):
    exchange = make.taken_on(session, rich)
    people.live_together(session, rich.helper, rich.asker)
    actor = rich.asking if confirmed_by == "code" else rich.world.staff

    with at("16:00"), refused(session, rich, HelpAtHome):
        make.confirm(session, rich, exchange, confirmed_by=confirmed_by, actor=actor)
    with at("17:00"):
        exchanges.withdraw(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            asker=rich.asker,
            actor=rich.asking,
        )
        session.commit()
    assert spendable(session, rich, rich.asker) == 50
    make.prove(session, rich)


def test_a_frozen_asker_asks_nothing_and_confirms_nothing_by_code(session, rich):
    exchange = make.taken_on(session, rich)
    freeze(session, rich, rich.asker)

    with refused(session, rich, AccountFrozen):
        make.asked(session, rich, text="15:00", points=5)
    with at("16:00"), refused(session, rich, AskerFrozen):
        make.confirm(session, rich, exchange)


def test_staff_who_looked_at_it_sign_for_help_that_a_frozen_asker_got(session, rich):
    exchange = make.taken_on(session, rich)
    freeze(session, rich, rich.asker)
    with at("16:00"):
        make.confirm(session, rich, exchange, confirmed_by="staff", actor=rich.world.staff)

    assert exchange.state == "done"
    assert spendable(session, rich, rich.helper) == 20
    make.prove(session, rich)


def freeze(session, street, member):
    with at("14:00"):
        freezes.freeze(
            session,
            ledger_id=street.ledger_id,
            subject_kind="member",
            subject_id=member.id,
            reason="正在核实",
            actor=street.world.staff,
        )
        session.commit()


def test_the_second_to_take_it_on_is_too_late(session, rich):
    exchange = make.taken_on(session, rich)

    with refused(session, rich, ExchangeStateConflict):
        exchanges.accept(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            helper=rich.world.leader_member,
        )


def test_who_cannot_help_after_all_leaves_it_open_with_its_points(session, rich):
    exchange = make.taken_on(session, rich)
    exchanges.give_up(
        session, ledger_id=rich.ledger_id, exchange_id=exchange.id, helper=rich.helper
    )
    session.commit()

    assert (exchange.state, exchange.helper_id) == ("open", None)
    assert spendable(session, rich, rich.asker) == 30


def test_t28_only_the_helped_neighbour_confirms(session, rich):
    exchange = make.taken_on(session, rich)
    done = Done(starts_at=moment("14:00"), ends_at=moment("16:00"), confirmed_by="code")

    with at("16:00"), refused(session, rich, PermissionDenied):
        confirming.confirm(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            done=done,
            actor=Actor(rich.helper.person_id),
        )


def test_staff_sign_for_a_neighbour_without_a_phone(session, rich):
    exchange = make.helped(session, rich, confirmed_by="staff", actor=rich.world.staff)

    assert (exchange.state, exchange.confirmed_by) == ("done", "staff")


def test_a6_nobody_signs_for_their_own_household(session, rich):
    exchange = make.taken_on(session, rich)
    staff = make.member_of(session, rich, rich.world.staff)
    people.live_together(session, staff, rich.helper)
    done = Done(starts_at=moment("14:00"), ends_at=moment("16:00"), confirmed_by="staff")

    with at("16:00"), refused(session, rich, SecondPersonRequired):
        confirming.confirm(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            done=done,
            actor=rich.world.staff,
        )


@pytest.mark.parametrize(
    ("begin", "end"),
    [("14:00", "14:00"), ("16:00", "14:00"), ("12:00", "14:30"), ("15:00", "17:30")],
)
def test_help_at_an_impossible_time_is_refused(session, rich, begin, end):
    exchange = make.taken_on(session, rich)
    done = Done(starts_at=moment(begin), ends_at=moment(end), confirmed_by="code")

    with at("17:00"), refused(session, rich, ValidationFailed):
        confirming.confirm(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            done=done,
            actor=rich.asking,
        )


def test_a3_help_during_an_activity_is_credited_once(session, rich):
    make.rated(session, rich, stars=5)  # the helper worked from 9:00 to 10:30
    exchange = make.asked(session, rich, text="08:10")
    with at("08:20"):
        exchanges.accept(
            session, ledger_id=rich.ledger_id, exchange_id=exchange.id, helper=rich.helper
        )
        session.commit()
    with at("12:30"):
        make.confirm(session, rich, exchange, "09:30", "11:00")
    grant = next(each for each in make.grants_of(session, rich) if each.source_kind == "exchange")

    assert grant.state == "waiting_level_2"
    assert spendable(session, rich, rich.helper) >= 20


def test_an_offer_names_who_will_help(session, rich):
    offer = offered(session, rich)
    exchange = make.asked(session, rich, offer_id=offer.id)

    with refused(session, rich, PermissionDenied):
        exchanges.accept(
            session,
            ledger_id=rich.ledger_id,
            exchange_id=exchange.id,
            helper=rich.world.leader_member,
        )
    with refused(session, rich, NotFound):
        offers.get_live(session, ledger_id=rich.ledger_id, offer_id=offer.id, but_of=rich.helper.id)


def test_p11_what_was_given_and_received_stands_side_by_side(session, rich):
    make.helped(session, rich)
    helper = neighbours.reciprocity(session, ledger_id=rich.ledger_id, member_id=rich.helper.id)
    asker = neighbours.reciprocity(session, ledger_id=rich.ledger_id, member_id=rich.asker.id)

    assert (helper.given_count, helper.given_minutes, helper.earned_points) == (1, 120, 20)
    assert (asker.received_count, asker.received_minutes, asker.spent_points) == (1, 120, 20)


def test_the_line_of_an_exchange_says_whose_help_it_was(session, rich):
    exchange = make.helped(session, rich)
    for member, delta in ((rich.asker, -20), (rich.helper, 20)):
        found = explanations.explain(
            session, ledger_id=rich.ledger_id, member_id=member.id, unit="points"
        )
        (line,) = [each for each in found.lines if each.source["kind"] == "exchange"]
        assert (line.source["number"], line.line.delta) == (exchange.number, delta)
    assert found.is_proven


def test_what_waits_to_be_confirmed_is_listed_oldest_first_and_in_pages(session, rich):
    made = [make.taken_on(session, rich, points=1, on=DAY + timedelta(days=n)) for n in range(3)]
    scope = {"ledger_id": rich.ledger_id, "node": rich.world.node}
    listed = [
        [each.id for each in neighbours.list_unconfirmed(session, **scope, limit=2, offset=offset)]
        for offset in (0, 2)
    ]

    assert listed == [[made[0].id, made[1].id], [made[2].id]]


def signals_of(session, street):
    query = sa.select(Signal).where(
        Signal.ledger_id == street.ledger_id, Signal.rule_code == "exchange_ring"
    )
    return list(session.scalars(query))


def test_a12_five_times_in_a_week_is_put_before_a_person(session, rich):
    for no in range(5):
        make.swap(session, rich, rich.asker, rich.helper, DAY + timedelta(days=no))
        assert len(signals_of(session, rich)) == (no == 4)


def test_a12_a_circle_of_three_is_put_before_a_person(session, rich):
    third = rich.world.leader_member
    for no, (asker, helper) in enumerate(
        ((rich.asker, rich.helper), (rich.helper, third), (third, rich.asker))
    ):
        make.swap(session, rich, asker, helper, DAY + timedelta(days=no))

    (found,) = signals_of(session, rich)
    assert found.facts["people_count"] == 3


def test_a_damaged_escrow_fails_the_proof(session, rich):
    exchange = make.asked(session, rich)
    session.execute(
        sa.text("UPDATE service_orders_exchange SET points = 19 WHERE ledger_id = :l"),
        {"l": rich.ledger_id},
    )
    session.commit()
    found = proofs.prove(session, ledger_id=rich.ledger_id)

    broken = {each.name: each.detail for each in found.checks if not each.is_ok}
    assert set(broken) == {"exchange_in_escrow"}
    assert exchange.number in broken["exchange_in_escrow"]
