"""Points that expire soon: members' own and households', by who is to hear of it (D28, D29)."""

from datetime import date

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.ledger import holds
from app.ledger.drafts import JournalDraft
from app.people import households
from app.people.models import Message
from app.points import expiry, pooling, wallets
from app.reports import desk_figures
from tests.factories import households as make
from tests.factories import points

CHRISTMAS = date(2026, 12, 25)
NEW_YEARS_EVE = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def in_march():
    with clock.held_at(points.at(make.DAY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session", expiry_policy="calendar_year")


def expiring(session, world, today=CHRISTMAS, until_on=NEW_YEARS_EVE):
    with clock.held_at(points.at(today, 10)):
        return desk_figures.list_expiring(
            session, ledger_id=world.ledger_id, node=world.city, until_on=until_on
        )


def told(session, world, topic):
    query = session.query(Message.member_id).where(
        Message.ledger_id == world.ledger_id, Message.topic == topic
    )
    return sorted(row.member_id for row in query)


def test_d28_the_list_holds_members_and_households_each_by_who_is_to_hear(session, world):
    _home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    alone = points.member(session, world, "林知远")
    make.clean(session, world, spouse.id, 2)
    make.clean(session, world, alone.id, 1)
    found = {each.member_id: each for each in expiring(session, world)}
    assert set(found) == {head.id, alone.id}
    assert (found[head.id].points, found[head.id].home_name) == (20, "温家")
    assert (found[head.id].name_masked, found[head.id].first_on) == ("温*许", NEW_YEARS_EVE)
    assert (found[alone.id].points, found[alone.id].home_name) == (10, None)
    assert expiring(session, world, today=date(2027, 1, 1), until_on=date(2027, 1, 31)) == []
    assert expiring(session, world, until_on=date(2026, 12, 30)) == []


def test_an_empty_household_is_on_the_list_with_nobody_to_call(session, world):
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    households.leave(
        session, ledger_id=world.ledger_id, household_id=home.id, member_id=head.id,
        actor=world.staff,
    )  # fmt: skip
    (found,) = expiring(session, world)
    assert (found.member_id, found.home_name, found.points) == (None, "温家", 20)


def test_what_a_reservation_holds_back_does_not_expire_and_is_not_counted(session, world):
    _home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    named = {"ledger_id": world.ledger_id}
    kept = wallets.payment(
        session, **named, member_id=head.id, amount_points=15, to=wallets.EXPIRED
    )
    draft = JournalDraft(key="test:kept", kind="test", lines=kept.lines, actor=SYSTEM)
    holds.place(session, **named, draft=draft)
    (found,) = expiring(session, world)
    assert found.points == 5


def test_d28_everybody_in_the_household_is_told_30_and_7_days_before_and_once_each(session, world):
    _home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id, 2)
    named = {"ledger_id": world.ledger_id}
    for today in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)):
        expiry.remind(session, **named, today=today)
    both = sorted([head.id, spouse.id])
    assert told(session, world, "home_expiring") == both
    for today in (CHRISTMAS, date(2026, 12, 26)):
        expiry.remind(session, **named, today=today)
    assert told(session, world, "home_expiring") == sorted([*both, *both])
    assert told(session, world, "expiring") == []


def test_the_households_page_reads_when_its_lots_expire(session, world):
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    with clock.held_at(points.at(date(2027, 2, 1), 10)):
        make.clean(session, world, head.id, 1)
        score = pooling.score(session, ledger_id=world.ledger_id, household_id=home.id)
        assert score.lots == ((date(2027, 12, 31), 10),)
    score = pooling.score(session, ledger_id=world.ledger_id, household_id=home.id)
    assert score.lots == ((NEW_YEARS_EVE, 20), (date(2027, 12, 31), 10))
