"""The desk takes back and rates for who has no phone, never what they had a hand in (P1, A6)."""

import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import PermissionDenied, SecondPersonRequired, ValidationFailed
from app.people.models import Audit
from app.service_orders import filing
from app.service_orders import in_name as names_of
from app.service_orders.errors import OwnOrderRating
from tests.factories import people
from tests.factories import service_orders as make
from tests.factories.service_orders import refused
from tests.service_orders.test_steps import told


def in_name(session, street, verb, order, actor, consent_note="本人电话里说的", **said):
    return verb(
        session,
        ledger_id=street.ledger_id,
        order_id=order.id,
        consent_note=consent_note,
        actor=actor,
        **said,
    )


def test_p1_the_desk_takes_back_for_who_has_no_phone_and_says_how_they_agreed(session, street):
    order, staff = make.assigned(session, street), street.world.staff
    with refused(session, street, ValidationFailed):
        in_name(session, street, names_of.withdraw, order, staff, consent_note="", reason="好了")
    for who in (street.leader, street.asking):
        with refused(session, street, SecondPersonRequired):
            in_name(session, street, names_of.withdraw, order, who, reason="自己去了")

    in_name(session, street, names_of.withdraw, order, staff, reason="自己去了")
    assert order.state == "withdrawn"
    assert told(session, street, street.world.leader_member) == "order_withdrawn"
    assert told(session, street, street.asker) == "order_taken_back"


def test_what_a_colleague_entered_by_mistake_is_taken_back_by_another(session, street):
    order = make.filed(session, street, requester_id=None)
    staff = street.world.second_staff
    with refused(session, street, PermissionDenied):
        filing.withdraw(
            session, ledger_id=street.ledger_id, order_id=order.id, reason="", actor=staff
        )

    in_name(session, street, names_of.withdraw, order, staff, consent_note="", reason="登记错了")
    assert order.state == "withdrawn"


def test_a6_nobody_rates_what_their_household_did_for_somebody_without_an_account(session, street):
    order = make.done(session, street, requester_id=None)
    staff, second = street.world.staff, street.world.second_staff
    people.live_together(session, street.helper, make.member_of(session, street, staff))
    said = {"consent_note": "", "stars": 5, "note": "送到了"}
    with refused(session, street, SecondPersonRequired):
        in_name(session, street, names_of.rate, order, staff, **said)
    for who in (street.leader, Actor(street.helper.person_id)):
        with refused(session, street, OwnOrderRating):
            in_name(session, street, names_of.rate, order, who, **said)

    in_name(session, street, names_of.rate, order, second, **said)
    assert order.stars == 5


def test_p1_the_desk_writes_down_the_rating_of_a_member_without_a_phone(session, street):
    order, said = make.done(session, street), {"stars": 4, "note": "送到了"}
    for who in (street.leader, Actor(street.helper.person_id), street.asking):
        with refused(session, street, SecondPersonRequired):
            in_name(session, street, names_of.rate, order, who, **said)
    with refused(session, street, ValidationFailed):
        in_name(session, street, names_of.rate, order, street.world.staff, consent_note="", **said)

    in_name(session, street, names_of.rate, order, street.world.staff, **said)
    assert order.stars == 4
    acts = sa.select(Audit).where(
        Audit.ledger_id == street.ledger_id, Audit.action == "order_rated_for"
    )
    act = session.scalars(acts).one()
    assert (act.actor_id, act.on_behalf_id) == (
        street.world.staff.person_id,
        street.asker.person_id,
    )
