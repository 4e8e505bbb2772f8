"""L13: what the old membership leaves behind moves to the kept one, or dies."""

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import agents, cards, codes, households, team_members
from app.people.errors import CardNotActive, CodeExpired
from app.people.models import Agent, TeamMember
from tests.factories import people
from tests.factories.teams import STAFF, a_place, a_team, members


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def pair(session, place):
    return members(session, place, 2)


def merged(session, pair):
    people.merged(session, *pair)
    session.commit()
    session.expire_all()


def test_l13_cards_codes_and_helpers_of_the_old_one_die(session, place, pair):
    old, kept = pair
    of_old = {"ledger_id": place.ledger_id, "member_id": old.id}
    old_card = cards.issue(session, **of_old, actor=STAFF)
    kept_card = cards.issue(session, ledger_id=place.ledger_id, member_id=kept.id, actor=STAFF)
    code = codes.issue(session, **of_old, purpose="redeem")
    agents.begin(
        session,
        ledger_id=place.ledger_id,
        person_id=old.person_id,
        agent_person_id=new_id(),
        relation="女儿",
        consent_note="同意",
        actor=STAFF,
    )
    merged(session, pair)
    with pytest.raises(CardNotActive) as refused, attempt(session):
        cards.identify(session, token=old_card.token, ledger_id=place.ledger_id)
    assert refused.value.facts["state"] == "cancelled"
    assert cards.identify(session, token=kept_card.token, ledger_id=place.ledger_id)
    with pytest.raises(CodeExpired), attempt(session):
        codes.consume(
            session,
            ledger_id=place.ledger_id,
            presented=code.token,
            purpose="redeem",
            used_by_id=STAFF.person_id,
        )
    live = sa.select(Agent).where(Agent.person_id == old.person_id, Agent.ended_at.is_(None))
    assert session.scalars(live).all() == []


def test_l13_team_stays_move_and_the_past_remains(session, place, pair):
    old, kept = pair
    shared, only_old = a_team(session, place), a_team(session, place, "讲习骑兵")
    for team, member, role in (
        (shared, old, "leader"),
        (shared, kept, "member"),
        (only_old, old, "member"),
    ):
        team_members.join(
            session,
            ledger_id=place.ledger_id,
            team_id=team.id,
            member_id=member.id,
            actor=STAFF,
            role=role,
        )
    session.commit()
    merged(session, pair)
    assert team_members.teams_of(session, ledger_id=place.ledger_id, member_id=old.id) == []
    for team, role in ((shared, "leader"), (only_old, "member")):
        listed = team_members.list_members(session, ledger_id=place.ledger_id, team_id=team.id)
        assert [(member.id, stay.role) for member, stay in listed] == [(kept.id, role)]
    ended = sa.select(TeamMember.left_on).where(
        TeamMember.ledger_id == place.ledger_id, TeamMember.member_id == old.id
    )
    assert list(session.scalars(ended)) == [clock.today()] * 2


def household_with(session, place, *people):
    household = households.create(
        session,
        ledger_id=place.ledger_id,
        node_id=place.grid_id,
        name="户",
        head_member_id=people[0].id,
        actor=STAFF,
    )
    for member in people[1:]:
        households.join(
            session,
            ledger_id=place.ledger_id,
            household_id=household.id,
            member_id=member.id,
            relation="配偶",
            actor=STAFF,
        )
    session.commit()
    return household


def present(session, household):
    found = households.list_members(
        session, ledger_id=household.ledger_id, household_id=household.id
    )
    return {member.id for member in found}


def test_l13_the_kept_one_takes_the_place_in_the_household(session, place, pair):
    old, kept = pair
    spouse = members(session, place)[0]
    household = household_with(session, place, old, spouse)
    merged(session, pair)
    assert present(session, household) == {kept.id, spouse.id}
    assert household.head_member_id == kept.id


def test_l13_in_one_household_the_kept_one_becomes_head(session, place, pair):
    household = household_with(session, place, *pair)
    merged(session, pair)
    assert present(session, household) == {pair[1].id}
    assert household.head_member_id == pair[1].id


def test_l13_who_has_a_household_stays_in_it(session, place, pair):
    old, kept = pair
    spouse = members(session, place)[0]
    left, own = household_with(session, place, old, spouse), household_with(session, place, kept)
    merged(session, pair)
    assert present(session, left) == {spouse.id}
    assert left.head_member_id == spouse.id
    assert present(session, own) == {kept.id}


def test_l13_a_household_may_not_decide_about_what_was_merged_into_it(session, place, pair):
    old, kept = pair
    (spouse,) = members(session, place, 1)
    home = households.create(
        session,
        ledger_id=place.ledger_id,
        node_id=place.grid_id,
        name="3幢201",
        head_member_id=kept.id,
        actor=STAFF,
    )
    households.join(
        session,
        ledger_id=place.ledger_id,
        household_id=home.id,
        member_id=spouse.id,
        relation="配偶",
        actor=STAFF,
    )
    merged(session, pair)

    for each in (old, kept, spouse):
        circle = households.circle_of(session, ledger_id=place.ledger_id, person_id=each.person_id)
        assert circle == {old.id, kept.id, spouse.id}
