"""A town at every door."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import doors


@pytest.fixture
def town(session: Session, client: FlaskClient) -> doors.Town:
    return doors.town(session, client)
