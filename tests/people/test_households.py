"""Households: one at a time, with a head; and who may not decide about whom (D23)."""

import pytest
import sqlalchemy as sa

from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import homes, households
from app.people.errors import AlreadyInHousehold
from app.people.models import Household, HouseholdMember
from tests.factories.teams import STAFF, a_place, at_once, members
from tests.ledger.statements_counted import counted


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def family(session, place):
    """Head and spouse in one household, and a neighbour outside it."""
    return members(session, place, 3)


def create(session, place, head):
    household = households.create(
        session,
        ledger_id=place.ledger_id,
        node_id=place.grid_id,
        name="3幢201",
        head_member_id=head.id,
        actor=STAFF,
    )
    session.flush()
    return household


def join(session, household, member, relation="配偶"):
    return households.join(
        session,
        ledger_id=household.ledger_id,
        household_id=household.id,
        member_id=member.id,
        relation=relation,
        actor=STAFF,
    )


def leave(session, household, member):
    households.leave(
        session,
        ledger_id=household.ledger_id,
        household_id=household.id,
        member_id=member.id,
        actor=STAFF,
    )


def stored(session, ledger_id):
    session.expire_all()
    stays = session.execute(
        sa.select(
            HouseholdMember.member_id, HouseholdMember.relation, HouseholdMember.left_on
        ).where(HouseholdMember.ledger_id == ledger_id)
    )
    heads = session.execute(
        sa.select(Household.id, Household.head_member_id).where(Household.ledger_id == ledger_id)
    )
    return sorted(map(str, stays)), sorted(map(str, heads))


def ids(found):
    return {member.id for member in found}


@pytest.fixture
def household(session, place, family):
    household = create(session, place, family[0])
    join(session, household, family[1])
    session.commit()
    return household


def test_a_household_has_its_head_as_first_member(session, place, household, family):
    head, spouse, neighbour = family
    found = households.list_members(session, ledger_id=place.ledger_id, household_id=household.id)
    assert ids(found) == {head.id, spouse.id}
    for member, expected in ((head, household), (spouse, household), (neighbour, None)):
        assert (
            households.household_of(session, ledger_id=place.ledger_id, member_id=member.id)
            == expected
        )


def test_a_member_is_in_one_household_at_a_time(session, place, household, family):
    head, spouse, neighbour = family
    other = create(session, place, neighbour)
    session.commit()
    before = stored(session, place.ledger_id)
    for verb in (lambda: join(session, other, spouse), lambda: create(session, place, head)):
        with pytest.raises(AlreadyInHousehold), attempt(session):
            verb()
    assert stored(session, place.ledger_id) == before


def test_of_parallel_joins_one_wins(app, session, place, household, family):
    homes = [create(session, place, member) for member in members(session, place, 5)]
    session.commit()
    works = [lambda own, home=home: join(own, home, family[2], "邻居") for home in homes]
    answers = at_once(app, works)
    assert sum(isinstance(each, AlreadyInHousehold) for each in answers) == 4


def test_leaving_keeps_the_stay_and_frees_the_member(session, place, household, family):
    _, spouse, neighbour = family
    leave(session, household, spouse)
    other = create(session, place, neighbour)
    join(session, other, spouse, "亲戚")
    history = households.history(session, ledger_id=place.ledger_id, household_id=household.id)
    assert len(history) == 2
    leave(session, other, spouse)
    join(session, household, spouse)
    assert homes.same_household(
        session, ledger_id=place.ledger_id, member_ids=[family[0].id, spouse.id]
    )


def test_the_head_hands_over_before_leaving(session, place, household, family):
    head, spouse, neighbour = family
    before = stored(session, place.ledger_id)
    with pytest.raises(ValidationFailed), attempt(session):
        leave(session, household, head)
    keys = {"ledger_id": place.ledger_id, "household_id": household.id, "actor": STAFF}
    with pytest.raises(NotFound), attempt(session):
        households.set_head(session, **keys, member_id=neighbour.id)
    assert stored(session, place.ledger_id) == before
    households.set_head(session, **keys, member_id=spouse.id)
    leave(session, household, head)
    leave(session, household, spouse)
    found = households.list_members(session, ledger_id=place.ledger_id, household_id=household.id)
    assert found == []


def test_strangers_and_nonsense_are_refused(session, place, household, family):
    neighbour, stranger = family[2], members(session, a_place(session, 2))[0]
    before = stored(session, place.ledger_id)
    with pytest.raises(NotFound), attempt(session):
        leave(session, household, neighbour)
    with pytest.raises(NotFound), attempt(session):
        join(session, household, stranger)
    with pytest.raises(ValidationFailed), attempt(session):
        join(session, household, neighbour, " ")
    with pytest.raises(NotFound), attempt(session):
        households.get(session, ledger_id=place.ledger_id, household_id=new_id())
    assert stored(session, place.ledger_id) == before


def test_two_of_one_household_are_noticed_among_many(session, place, household, family):
    head, spouse, neighbour = family

    def same(*people):
        return homes.same_household(
            session, ledger_id=place.ledger_id, member_ids=[each.id for each in people]
        )

    assert same(head, spouse)
    assert same(neighbour, spouse, head)
    assert not same(head, neighbour)
    assert not same(head, head)
    assert not same()
    leave(session, household, spouse)
    assert not same(head, spouse)


def test_d23_a_persons_circle_is_themselves_and_their_household(session, place, household, family):
    head, spouse, neighbour = family

    def circle(person_id):
        return households.circle_of(session, ledger_id=place.ledger_id, person_id=person_id)

    assert circle(head.person_id) == circle(spouse.person_id) == {head.id, spouse.id}
    assert circle(neighbour.person_id) == {neighbour.id}
    assert circle(STAFF.person_id) == set()
    leave(session, household, spouse)
    assert circle(head.person_id) == {head.id}


def test_d23_the_circle_costs_one_statement(session, place, household, family):
    with counted(session) as seen:
        households.circle_of(session, ledger_id=place.ledger_id, person_id=family[0].person_id)
    assert len(seen) == 1
