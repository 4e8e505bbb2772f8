"""A town at every door."""

import pytest

from tests.factories import doors
from tests.staging import Stage


@pytest.fixture
def town(stage: Stage) -> doors.Town:
    return stage.put_up(doors.town, "session", "client")
