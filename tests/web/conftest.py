"""A town at every door, and an activity in it with its leader's phone."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import doors, onsite, pages
from tests.factories.pages import Browser
from tests.staging import Stage


@pytest.fixture
def town(stage: Stage) -> doors.Town:
    return stage.put_up(doors.town, "session", "client")


@pytest.fixture
def site(stage: Stage) -> onsite.Site:
    return stage.put_up(onsite.site, "session", "client")


@pytest.fixture
def lead(app: Flask, session: Session, site: onsite.Site) -> Browser:
    """The leader's phone, signed in on the eve."""
    with onsite.at("08:00", onsite.EVE):
        return pages.browser(app, session, site.leader.member)
