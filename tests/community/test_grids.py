"""Grids: unified codes and the size warning (O6)."""

import pytest

from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.transactions import attempt
from app.community import grids, tree
from app.community.errors import NodeCodeTaken
from app.community.grids import SizeWarning, size_warning
from tests.factories.community import make_jinxi, make_node


@pytest.mark.parametrize(
    ("households", "residents", "warns"),
    [
        (400, None, False),
        (300, None, False),
        (500, None, False),
        (299, None, True),
        (501, None, True),
        (1_874, None, True),
        (None, 1_000, False),
        (None, 1_500, False),
        (None, 1_501, True),
        (1_874, 1_200, False),
        (400, 9_000, False),
        (200, 999, True),
        (None, None, False),
    ],
)
def test_o6_either_measure_in_range_passes(households, residents, warns):
    expected = SizeWarning(households, residents) if warns else None
    assert size_warning(households, residents) == expected


def test_o6_a_grids_code_is_its_communitys_and_three_digits(session):
    community = make_jinxi(session)[-1]
    first = grids.add(session, parent=community, household_count=400, actor=SYSTEM)
    second = grids.add(session, parent=community, actor=SYSTEM)
    last = grids.add(session, parent=community, number=33, name="末网格", actor=SYSTEM)
    after = grids.add(session, parent=community, actor=SYSTEM)

    codes = [grid.code for grid in (first, second, last, after)]
    assert codes == [f"350902200001{end}" for end in ("001", "002", "033", "034")]
    assert tree.find(session, "350902200001033") is last
    assert first.name == "第1网格"


def test_o6_two_grids_cannot_share_a_code(session):
    community = make_jinxi(session)[-1]
    grids.add(session, parent=community, number=1, actor=SYSTEM)
    with pytest.raises(NodeCodeTaken), attempt(session):
        grids.add(session, parent=community, number=1, actor=SYSTEM)
    assert len(tree.children(session, community)) == 1


def test_a_grid_below_an_estate_carries_the_communitys_code(session):
    community = make_jinxi(session)[-1]
    estate = make_node(session, community, kind_code="estate")
    grid = grids.add(session, parent=estate, actor=SYSTEM)
    assert grid.code == f"{community.code}001"
    assert tree.contains(estate, grid)
    assert grids.add(session, parent=community, actor=SYSTEM).code == f"{community.code}002"


def test_a_grid_belongs_to_a_community_and_has_a_number_of_three_digits(session):
    *_, town, community = make_jinxi(session)
    with pytest.raises(ValidationFailed), attempt(session):
        grids.add(session, parent=town, actor=SYSTEM)
    with pytest.raises(ValidationFailed), attempt(session):
        grids.add(session, parent=community, number=1_000, actor=SYSTEM)
    with pytest.raises(ValidationFailed), attempt(session):
        grids.add(session, parent=community, number=-1, actor=SYSTEM)
    assert tree.children(session, community) == []


def test_o6_grids_of_a_wrong_size_are_listed_below_any_place(session):
    line = make_jinxi(session)
    for households in (400, 1_874, None):
        grids.add(session, parent=line[-1], household_count=households, actor=SYSTEM)
    assert [grid.household_count for grid in grids.list_oversized(session, line[0])] == [1_874]
