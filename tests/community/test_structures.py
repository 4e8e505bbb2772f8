"""The places of the field: every chain of levels stands, sums are right at each (O2, O4, O5)."""

from datetime import date

import pytest

from app.base.actors import SYSTEM
from app.community import tree
from app.reports import desk_figures
from tests.factories import people, points

CHAINS = {
    "o2": ("subdistrict", "community", "grid", "building"),
    "o4": ("estate", "building", "hub_household"),
    "o5": ("subdistrict", "community", "estate", "building"),
}


def chain(session, world, name):
    node, made = world.city, []
    for number, kind in enumerate(CHAINS[name]):
        node = tree.add(
            session,
            parent=node,
            kind_code=kind,
            code=f"{name}-{number}",
            name=f"{name}{kind}",
            actor=SYSTEM,
        )
        made.append(node)
    return made


def minutes(session, world, node):
    span = {"begins_on": date(2000, 1, 1), "ends_on": date(2100, 1, 1)}
    return desk_figures.of_span(session, ledger_id=world.ledger_id, node=node, **span).minutes


@pytest.fixture
def world(session):
    return points.world(session)


def stands(session, world, name):
    """Build a chain, serve a different time at every level, and add up at every level."""
    made = chain(session, world, name)
    (member,) = people.members(session, world.ledger_id, made[-1], 1)
    for number, node in enumerate(made):
        points.grant(session, world, member.id, 10 + number, node_id=node.id)
    session.commit()
    assert [node.kind_code for node in tree.ancestors(session, made[-1])][-len(made) :] == [
        node.kind_code for node in made
    ]
    expected = [sum(10 + below for below in range(at, len(made))) for at in range(len(made))]
    assert [minutes(session, world, node) for node in made] == expected


def test_o2_street_community_grid_and_building_stand_and_add_up(session, world):
    stands(session, world, "o2")


def test_o4_buildings_and_hub_households_stand_below_an_estate(session, world):
    stands(session, world, "o4")


def test_o5_street_community_estate_and_building_stand_and_add_up(session, world):
    stands(session, world, "o5")
