"""Correcting what is held of a person: in every book, told and audited (PIPL 46)."""

import pytest

from app.base import crypto
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import audit, corrections, inbox, members
from app.people.models import Person
from tests.factories.people import member, place

PHONE = "000-0000-0001"


@pytest.fixture
def here(session):
    return place(session)


@pytest.fixture
def one(session, here):
    return member(session, 1, here.community, "温如旭", PHONE, birth_year=1950)


def correct(session, one, name="温如许", birth_year=1950):
    person_id = one.person_id
    return corrections.correct(
        session,
        person_id=person_id,
        name=name,
        birth_year=birth_year,
        actor=Actor(person_id),
    )


def held(session, one):
    person = session.get(Person, one.person_id)
    name = crypto.unseal(person.name_cipher, person.person_id)
    return name, person.birth_year, members.full_name(one), one.name_masked


def test_a_name_is_corrected_in_every_book_and_the_member_is_told(session, here, one):
    there = place(session, ledger_id=2, code="panji")
    other = member(session, 2, there.community, "温如旭", PHONE)

    assert correct(session, one)

    assert held(session, one) == ("温如许", 1950, "温如许", "温*许")
    assert members.full_name(other) == "温如许"
    for each in (one, other):
        key = {"ledger_id": each.ledger_id, "member_id": each.id}
        assert [note.topic for note in inbox.list_for(session, **key)] == ["name_corrected"]


def test_a_correction_is_audited_without_the_name(session, one):
    correct(session, one, birth_year=1951)

    found = audit.list_of_subject(session, ledger_id=audit.HOUSE, subject_id=one.person_id)
    assert [(each.action, each.facts) for each in found] == [
        ("person_corrected", {"fields": ["name", "birth_year"]})
    ]


def test_what_is_right_already_changes_nothing(session, one):
    assert not correct(session, one, "温如旭")
    key = {"ledger_id": 1, "member_id": one.id}
    assert inbox.list_for(session, **key) == []
    assert audit.list_of_subject(session, ledger_id=audit.HOUSE, subject_id=one.person_id) == []


@pytest.mark.parametrize(
    ("name", "birth_year", "field"),
    [("  ", 1950, "name"), ("温如许", 1066, "birth_year"), ("温如许", 2025, "birth_year")],
)
def test_an_impossible_correction_changes_nothing(session, one, name, birth_year, field):
    before = held(session, one)
    with pytest.raises(ValidationFailed) as refusal, attempt(session):
        correct(session, one, name, birth_year)
    assert refusal.value.facts["field"] == field
    session.expire_all()
    assert held(session, one) == before


def test_nobody_corrects_a_person_who_is_not_there(session, one):
    with pytest.raises(NotFound):
        corrections.correct(
            session, person_id=new_id(), name="甲", birth_year=None, actor=Actor(one.person_id)
        )
