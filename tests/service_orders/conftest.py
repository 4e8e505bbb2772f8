"""A community whose people ask for things, and whose teams do them."""

import pytest

from tests.factories import service_orders as make


@pytest.fixture
def street(stage):
    return stage.put_up(make.a_street, "session")
