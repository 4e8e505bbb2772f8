"""Star boards: off until switched on, one place at a time; the days that a period has."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.base.errors import NotFound, VersionStale
from app.base.transactions import attempt
from app.people.models import Audit
from app.points import boards
from app.points.boards import Terms
from tests.factories import points as make


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def write(session, world, node=None, *, version=0, **terms):
    return boards.write(
        session,
        ledger_id=world.ledger_id,
        node_id=(node or world.node).id,
        terms=Terms(**terms),
        version=version,
        actor=world.staff,
    )


def test_a_board_is_off_until_staff_switch_it_on(session, world):
    where = {"ledger_id": world.ledger_id, "node_id": world.node.id}
    with pytest.raises(NotFound):
        boards.get_open(session, **where)
    write(session, world)
    with pytest.raises(NotFound):
        boards.get_open(session, **where)
    write(session, world, version=1, is_open=True)
    assert boards.get_open(session, **where).period == "quarter"


def test_switching_the_city_on_switches_no_community_on(session, world):
    write(session, world, world.city, is_open=True)
    with pytest.raises(NotFound):
        boards.get_open(session, ledger_id=world.ledger_id, node_id=world.node.id)


def test_of_two_who_switch_at_once_the_second_is_told(session, world):
    write(session, world, is_open=True)
    session.commit()
    for version in (0, 7):
        with pytest.raises(VersionStale), attempt(session):
            write(session, world, version=version)
    found = boards.find(session, ledger_id=world.ledger_id, node_id=world.node.id)
    assert (found.is_open, found.version) == (True, 1)


def test_a_switch_is_written_down(session, world):
    write(session, world, is_open=True)
    query = sa.select(Audit.facts).where(
        Audit.ledger_id == world.ledger_id, Audit.action == "board_switched"
    )
    assert session.scalars(query).one()["is_open"] is True


@pytest.mark.parametrize(
    ("kind", "begins_on"),
    [("month", date(2026, 11, 1)), ("quarter", date(2026, 10, 1)), ("year", date(2026, 1, 1))],
)
def test_a_period_begins_with_its_first_day_and_goes_to_today(kind, begins_on):
    today = date(2026, 11, 22)
    assert boards.period_of(kind, today) == (begins_on, today)
