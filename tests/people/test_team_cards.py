"""Team cards: off until opened, of the team's own area, and never with a person's phone (C25)."""

import pytest
import sqlalchemy as sa

from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.transactions import attempt
from app.community import tree
from app.people import team_cards, teams
from app.people.errors import PhoneIsPrivate
from app.people.models import TeamArea, TeamCard
from app.people.team_cards import CardText
from tests.factories import people
from tests.factories.teams import STAFF, a_place, a_team


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def team(session, place):
    return a_team(session, place)


def write(session, place, team, *, version=0, **more):
    said = {"work": "义诊和送餐", "reach": "工作日 9:00–17:00", "phone": "0593-2820000"}
    text = CardText(**{**said, "area": (place.grid_id,), "is_open": True, **more})
    return team_cards.write(
        session,
        ledger_id=place.ledger_id,
        team_id=team.id,
        text=text,
        version=version,
        actor=STAFF,
    )


def shown(session, place, team):
    return team_cards.show(session, ledger_id=place.ledger_id, team_id=team.id)


def refused(session, refusal, act):
    session.commit()
    before = stored(session)
    with pytest.raises(refusal), attempt(session):
        act()
    assert stored(session) == before


def stored(session):
    session.expire_all()
    every = {"cross_ledger": True}
    cards = session.execute(sa.select(TeamCard.__table__), execution_options=every).all()
    areas = session.execute(sa.select(TeamArea.__table__), execution_options=every).all()
    return sorted(map(repr, cards)), sorted(map(repr, areas))


def test_a_card_says_what_the_team_does_where_and_how_to_reach_it(session, place, team):
    write(session, place, team)
    card = shown(session, place, team)
    assert (card.team.name, card.work, card.phone) == ("旗帜先锋", "义诊和送餐", "0593-2820000")
    assert [node.id for node in card.area] == [place.grid_id]


def test_a_card_that_staff_did_not_open_is_not_there(session, place, team):
    for act in (lambda: None, lambda: write(session, place, team, is_open=False)):
        act()
        with pytest.raises(NotFound):
            shown(session, place, team)


def test_the_card_of_a_closed_team_is_gone(session, place, team):
    write(session, place, team)
    teams.close(session, ledger_id=place.ledger_id, team_id=team.id, actor=STAFF)
    with pytest.raises(NotFound):
        shown(session, place, team)


def test_c25_a_persons_own_phone_is_refused(session, place, team):
    own = people.phone()
    people.member(session, place.ledger_id, home(session, place), "温如许", own)
    for spelling in (own, f"{own[:3]}-{own[3:7]}-{own[7:]}"):
        refused(
            session, PhoneIsPrivate, lambda said=spelling: write(session, place, team, phone=said)
        )


def test_c25_a_phone_that_becomes_somebodys_own_is_not_shown_any_more(session, place, team):
    later = people.phone()
    write(session, place, team, phone=later)
    assert shown(session, place, team).phone == later
    people.member(session, place.ledger_id, home(session, place), "温如许", later)
    assert shown(session, place, team).phone is None


@pytest.mark.parametrize("phone", ["不是号码", "123", "1" * 19, "0593-2820000<b>"])
def test_what_is_no_phone_is_refused(session, place, team, phone):
    refused(session, ValidationFailed, lambda: write(session, place, team, phone=phone))


def test_a_card_needs_no_phone(session, place, team):
    assert write(session, place, team, phone="  ").phone is None


def test_an_area_is_made_of_the_places_of_the_team(session, place, team):
    other = a_place(session, 2)
    refused(session, ValidationFailed, lambda: write(session, place, team, area=(other.grid_id,)))
    refused(session, ValidationFailed, lambda: write(session, place, team, area=(place.node_id,)))
    refused(session, NotFound, lambda: write(session, place, team, area=(987654321,)))
    assert [node.id for node in team_cards.list_parts(session, home(session, place))] == [
        place.grid_id
    ]


def test_of_two_who_write_at_once_the_second_is_told(session, place, team):
    assert write(session, place, team).version == 1
    refused(session, VersionStale, lambda: write(session, place, team, work="别的"))
    assert write(session, place, team, version=1, work="别的", area=()).version == 2
    refused(session, VersionStale, lambda: write(session, place, team, version=1))
    assert (shown(session, place, team).work, shown(session, place, team).area) == ("别的", [])


def home(session, place):
    return tree.get(session, place.node_id)
