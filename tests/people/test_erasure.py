"""Erasure: the person is gone, the member's rows stay and name nobody (D47)."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import (
    cards,
    consents,
    credentials,
    erasure,
    households,
    login_codes,
    members,
    own_record,
    phone_changes,
    roles,
    sign_in,
    team_members,
    teams,
)
from app.people.errors import AlreadyMember, SignInFailed
from app.people.models import Audit, Credential, Login, LoginCode, Person
from tests.factories.people import CONSENT, holder, member, place

PHONE = "000-0000-0001"
PASSWORD = "竹影横窗 2026"


@pytest.fixture
def here(session):
    return place(session)


@pytest.fixture
def person(session, here):
    """Somebody with all that a person can have."""
    person = member(session, 1, here.community, "温如许", PHONE, birth_year=1950, external_id="E1")
    own = Actor(person.person_id)
    credentials.set_password(session, person_id=own.person_id, password=PASSWORD, actor=own)
    holder(session, own.person_id, "leader", here.community)
    cards.issue(session, ledger_id=1, member_id=person.id, actor=SYSTEM)
    new = teams.NewTeam(here.community.id, "畲乡枫警", "patrol", "派出所")
    team = teams.create(session, ledger_id=1, team=new, actor=SYSTEM)
    team_members.join(session, ledger_id=1, team_id=team.id, member_id=person.id, actor=SYSTEM)
    other = member(session, 1, here.community, "任清和")
    household = households.create(
        session,
        ledger_id=1,
        node_id=here.community.id,
        name="一号",
        head_member_id=person.id,
        actor=SYSTEM,
    )
    households.join(
        session,
        ledger_id=1,
        household_id=household.id,
        member_id=other.id,
        relation="子女",
        actor=SYSTEM,
    )
    login_codes.issue(session, phone=PHONE)
    session.commit()
    return person


def rows(session, table):
    statement = sa.select(sa.func.count()).select_from(table)
    return session.scalar(statement.execution_options(cross_ledger=True))


def test_d47_the_identity_is_blank_and_the_membership_remains(session, here, person):
    there = place(session, ledger_id=2, code="jianyang")
    second = member(session, 2, there.community, "温如许", PHONE)
    number = person.volunteer_no
    erasure.erase(session, person_id=person.person_id, actor=Actor(person.person_id))
    session.expire_all()
    for ledger_id, member_id in ((1, person.id), (2, second.id)):
        left = members.get(session, ledger_id=ledger_id, member_id=member_id)
        assert (left.state, left.name_masked, left.name_cipher) == ("erased", "已注销", None)
        assert members.full_name(left) == "已注销"
        assert left.external_id is None
    assert members.by_volunteer_no(session, ledger_id=1, volunteer_no=number).id == person.id
    gone = session.get(Person, person.person_id)
    assert (gone.name_cipher, gone.phone_cipher, gone.birth_year) == (None, None, None)
    assert [rows(session, table) for table in (Login, LoginCode, Credential)] == [0, 0, 0]


def test_d47_nobody_acts_in_an_erased_name(session, here, person):
    token = sign_in.by_password(session, phone=PHONE, password=PASSWORD).require()
    erasure.erase(session, person_id=person.person_id, actor=SYSTEM)
    assert sign_in.find_session(session, token) is None
    refused = sign_in.by_password(session, phone=PHONE, password=PASSWORD).refusal
    assert isinstance(refused, SignInFailed)
    assert roles.list_of(session, person_id=person.person_id) == []
    assert not consents.has(session, person_id=person.person_id, purpose="membership")
    (card,) = cards.list_of(session, ledger_id=1, member_id=person.id)
    assert card.state == "cancelled"
    assert team_members.teams_of(session, ledger_id=1, member_id=person.id) == []
    assert households.household_of(session, ledger_id=1, member_id=person.id) is None


def test_the_phone_of_an_erased_person_may_join_anew_as_somebody_else(session, here, person):
    erasure.erase(session, person_id=person.person_id, actor=SYSTEM)
    fresh = member(session, 1, here.community, "任清和", PHONE)
    assert fresh.person_id != person.person_id


def test_nobody_is_erased_twice(session, person):
    erasure.erase(session, person_id=person.person_id, actor=SYSTEM)
    before = rows(session, Audit)
    for person_id in (person.person_id, new_id()):
        with pytest.raises(NotFound), attempt(session):
            erasure.erase(session, person_id=person_id, actor=SYSTEM)
    assert rows(session, Audit) == before


def test_my_record_holds_what_is_known_of_me_and_nothing_of_others(session, here, person):
    record = own_record.my_record(session, person_id=person.person_id, ledger_id=1)
    assert record["person"]["name"] == record["membership"]["name"] == "温如许"
    assert record["person"]["phone"] == "00000000001"
    assert record["membership"]["teams"] == ["畲乡枫警"]
    assert [each["text_version"] for each in record["consents"]] == [CONSENT]
    assert "任清和" not in str(record)
    with pytest.raises(NotFound):
        own_record.my_record(session, person_id=person.person_id, ledger_id=2)


def test_a_new_phone_signs_in_and_the_old_one_is_free(session, here, person):
    token = sign_in.by_password(session, phone=PHONE, password=PASSWORD).require()
    own = Actor(person.person_id)
    phone_changes.change(session, person_id=own.person_id, phone="000-0000-0002", actor=own)
    assert sign_in.find_session(session, token) is None
    assert sign_in.by_password(session, phone=PHONE, password=PASSWORD).token is None
    assert sign_in.by_password(session, phone="000-0000-0002", password=PASSWORD).token
    assert member(session, 1, here.community, "任清和", PHONE).person_id != person.person_id


def test_a_card_holder_gets_a_first_phone(session, here):
    holder_of_card = member(session, 1, here.community)
    for _ in range(2):
        phone_changes.change(session, person_id=holder_of_card.person_id, phone=PHONE, actor=SYSTEM)
    assert members.find_person_by_phone(session, PHONE) == holder_of_card.person_id


def test_nobody_takes_the_phone_of_another(session, here, person):
    other = member(session, 1, here.community, "任清和", "000-0000-0002")
    with pytest.raises(AlreadyMember), attempt(session):
        phone_changes.change(
            session, person_id=other.person_id, phone=PHONE, actor=Actor(other.person_id)
        )
    assert members.find_person_by_phone(session, PHONE) == person.person_id
    assert members.find_person_by_phone(session, "000-0000-0002") == other.person_id
