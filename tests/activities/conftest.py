"""The community in which activities are held."""

import pytest

from tests.factories.activities import a_member, a_world


@pytest.fixture
def world(stage):
    return stage.put_up(a_world, "session")


@pytest.fixture
def member(session, world):
    return a_member(session, world)
