"""Sightings: by duty, once, by the piece, with a day's most; paid duty earns nothing (T26, T27)."""

import pytest
import sqlalchemy as sa

from app.base import pictures
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.people import duties
from app.points import programmes
from app.points.models import Grant
from app.reports import proofs
from app.service_orders import sighting_listings, sighting_rates, sightings
from app.service_orders.errors import DutyRequired, SightingDecided, SightingRepeated
from app.service_orders.sightings import Seen
from tests.factories import community, people
from tests.factories import pictures as files
from tests.factories.activities import DAY, EVE, at
from tests.factories.service_orders import everything


@pytest.fixture
def rider(session, street):
    """The helper is a 流动网格员; a report makes 5 points, two a day earn."""
    with at("09:00", EVE):
        give(session, street, street.helper, "grid_roving")
        sighting_rates.put(
            session,
            programme=programmes.of_ledger(session, street.ledger_id),
            points=5,
            most_a_day=2,
            valid_from_on=EVE,
            actor=SYSTEM,
        )
        session.commit()
    return street.helper


def give(session, street, member, kind, node=None, **more):
    return duties.give(
        session,
        ledger_id=street.ledger_id,
        member_id=member.id,
        node=node or street.world.node,
        kind_code=kind,
        actor=SYSTEM,
        **more,
    )


def seen(text="楼道灯不亮", seed=None, **more):
    picture = pictures.take(files.photo(seed=seed)) if seed is not None else None
    return Seen(**{"kind": "hazard", "place": "三号楼", "text": text, "picture": picture, **more})


def reported(session, street, what, when="10:00", member=None, node=None):
    with at(when):
        made = sightings.report(
            session,
            ledger_id=street.ledger_id,
            member=member or street.helper,
            node=node,
            seen=what,
        )
        session.commit()
    return made


def accepted(session, street, what, when="10:00"):
    made = reported(session, street, what, when)
    with at("18:00"):
        sightings.accept(
            session,
            ledger_id=street.ledger_id,
            sighting_id=made.id,
            actor=street.world.staff,
        )
        session.commit()
    return made


def points_of(session, street):
    query = (
        sa.select(Grant.points)
        .where(Grant.ledger_id == street.ledger_id, Grant.source_kind == "sighting")
        .order_by(Grant.made_at, Grant.id)
    )
    return list(session.scalars(query))


def test_t26_an_accepted_report_earns_by_the_piece_up_to_the_days_most(session, street, rider):
    for number in range(3):
        accepted(session, street, seen(f"第{number}处"))
    assert points_of(session, street) == [5, 5, 0]
    grants = session.scalars(sa.select(Grant).where(Grant.ledger_id == street.ledger_id)).all()
    assert {(each.quantity, each.minutes) for each in grants} == {(1, 0)}
    assert proofs.prove(session, ledger_id=street.ledger_id).is_ok


def test_t26_the_same_report_within_ten_minutes_is_refused_and_later_it_is_not(
    session, street, rider
):
    reported(session, street, seen())
    before = everything(session, street)
    for what in (seen(), seen(" 楼道 灯不亮 ")):
        with at("10:09"), pytest.raises(SightingRepeated), attempt(session):
            sightings.report(
                session,
                ledger_id=street.ledger_id,
                member=rider,
                node=street.world.node,
                seen=what,
            )
    assert everything(session, street) == before
    assert reported(session, street, seen("另一处"), "10:09").state == "waiting"
    assert reported(session, street, seen(), "10:10").state == "waiting"


def test_t26_a_photo_that_was_sent_before_is_refused_whenever(session, street, rider):
    first = reported(session, street, seen(seed=3))
    assert sightings.photo_of(first)[:2] == b"\xff\xd8"
    before = everything(session, street)
    with at("20:00"), pytest.raises(SightingRepeated), attempt(session):
        sightings.report(
            session,
            ledger_id=street.ledger_id,
            member=rider,
            node=street.world.node,
            seen=seen("别的话", seed=3),
        )
    assert everything(session, street) == before


def test_t27_only_those_whose_duty_it_is_report(session, street, rider):
    before = everything(session, street)
    with pytest.raises(DutyRequired), attempt(session):
        reported(session, street, seen(), member=street.asker)
    assert everything(session, street) == before
    give(session, street, street.asker, "elder_reviewer")
    before = everything(session, street)
    with pytest.raises(DutyRequired), attempt(session):
        reported(session, street, seen(), member=street.asker)
    assert everything(session, street) == before


def test_o8_what_is_reported_on_paid_duty_is_kept_and_earns_nothing(session, street, rider):
    with at("08:00"):
        give(session, street, rider, "steward", is_paid=True)
    made = accepted(session, street, seen())
    assert (made.state, points_of(session, street)) == ("accepted", [0])


def another_community(session):
    made = community.make_node(session, None)
    session.commit()
    return made


def test_o8_a_report_is_filed_at_the_place_of_the_duty_and_not_at_home(session, street, rider):
    """Paid in 乙社区 and at home in 金溪: the report is 乙社区's, and earns nothing."""
    other = another_community(session)
    worker = people.member(session, street.ledger_id, street.world.node, "简明川")
    with at("08:00"):
        give(session, street, worker, "steward", is_paid=True, node=other)
    assert worker.node_id == street.world.node.id
    made = reported(session, street, seen(), member=worker)
    assert made.node_id == other.id
    before = everything(session, street)
    with pytest.raises(DutyRequired), attempt(session):
        reported(session, street, seen("别处"), member=worker, node=street.world.node)
    assert everything(session, street) == before
    with at("18:00"):
        key = {"ledger_id": street.ledger_id, "sighting_id": made.id}
        sightings.accept(session, **key, actor=street.world.staff)
        session.commit()
    assert points_of(session, street) == [0]


def test_o8_a_day_with_paid_duty_to_report_earns_nothing_at_the_unpaid_place_either(
    session, street, rider
):
    other = another_community(session)
    with at("08:00"):
        give(session, street, rider, "steward", is_paid=True, node=other)
    assert {each.code for each in sightings.places(session, rider)} == {
        other.code,
        street.world.node.code,
    }
    before = everything(session, street)
    with pytest.raises(ValidationFailed), attempt(session):
        reported(session, street, seen())
    assert everything(session, street) == before
    made = reported(session, street, seen(), node=street.world.node)
    with at("18:00"):
        key = {"ledger_id": street.ledger_id, "sighting_id": made.id}
        sightings.accept(session, **key, actor=street.world.staff)
        session.commit()
    assert points_of(session, street) == [0]


def test_a6_nobody_decides_on_their_own_report_nor_twice_nor_without_a_reason(
    session, street, rider
):
    made = reported(session, street, seen())
    key = {"ledger_id": street.ledger_id, "sighting_id": made.id}
    before, own = everything(session, street), Actor(rider.person_id)
    for refusal, act in (
        (SecondPersonRequired, lambda: sightings.accept(session, **key, actor=own)),
        (
            ValidationFailed,
            lambda: sightings.refuse(session, **key, reason=" ", actor=street.world.staff),
        ),
    ):
        with pytest.raises(refusal), attempt(session):
            act()
        assert everything(session, street) == before
    sightings.refuse(session, **key, reason="看不清", actor=street.world.staff)
    session.commit()
    before = everything(session, street)
    with pytest.raises(SightingDecided), attempt(session):
        sightings.accept(session, **key, actor=street.world.staff)
    assert everything(session, street) == before
    assert points_of(session, street) == []


def test_without_a_rate_a_report_is_accepted_and_makes_no_grant(session, street):
    with at("09:00", EVE):
        give(session, street, street.helper, "grid_roving")
    assert accepted(session, street, seen()).grant_id is None
    for more in ({"place": " "}, {"text": ""}, {"kind": "nothing"}):
        with at("12:00"), pytest.raises(ValidationFailed), attempt(session):
            sightings.report(
                session,
                ledger_id=street.ledger_id,
                member=street.helper,
                node=street.world.node,
                seen=seen(**more) if "text" not in more else seen(more["text"]),
            )
    listed = sighting_listings.list_in(session, ledger_id=street.ledger_id, node=street.world.node)
    assert len(listed) == 1
    assert listed[0].seen_at.date() == DAY
