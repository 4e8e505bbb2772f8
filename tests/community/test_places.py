"""Venues and units hang on places."""

import pytest

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import units, venues
from tests.factories.community import make_jinxi, make_node


def test_venues_are_listed_for_every_place_above(session):
    *_, town, community = make_jinxi(session)
    beside = make_node(session, town)
    for name in ("近邻之家", "党群服务中心"):
        venues.add(session, node=community, kind="站点", name=name, actor=SYSTEM)

    assert len(venues.list_in(session, town)) == 2
    assert venues.list_in(session, beside) == []
    venue = venues.list_in(session, community)[0]
    assert venues.get(session, venue.id) is venue


def test_a_unit_of_one_name_is_kept_once_in_a_place(session):
    *_, town, community = make_jinxi(session)
    first = units.add(session, node=community, kind="partner", name="社工站", actor=SYSTEM)
    again = units.add(session, node=community, kind="partner", name="社工站", actor=SYSTEM)
    other = units.add(session, node=town, kind="partner", name="社工站", actor=SYSTEM)

    assert first is again
    assert other.id != first.id
    assert units.list_in(session, community) == [first]
    assert units.get(session, other.id) is other


def test_names_are_needed_and_strangers_are_not_found(session):
    community = make_jinxi(session)[-1]
    with pytest.raises(ValidationFailed), attempt(session):
        venues.add(session, node=community, kind="站点", name=" ", actor=SYSTEM)
    with pytest.raises(ValidationFailed), attempt(session):
        units.add(session, node=community, kind="", name="社工站", actor=SYSTEM)
    with pytest.raises(NotFound):
        venues.get(session, 1)
    with pytest.raises(NotFound):
        units.get(session, 1)
