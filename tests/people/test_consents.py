"""Consents: per purpose and version, and gone at once when taken back."""

import pytest

from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import consents
from tests.factories.people import member, place


@pytest.fixture
def person_id(session):
    return member(session, 1, place(session).community).person_id


def give(session, person_id, purpose="board", version="b1"):
    return consents.give(
        session, person_id=person_id, purpose=purpose, text_version=version, actor=Actor(person_id)
    )


def test_d43_a_withdrawn_consent_is_gone_at_once_and_remembered(session, person_id):
    give(session, person_id)
    give(session, person_id, version="b2")
    other = new_id()
    ids = [person_id, other]
    assert consents.holders(session, person_ids=ids, purpose="board") == {person_id}
    consents.withdraw(session, person_id=person_id, purpose="board", actor=Actor(person_id))
    assert consents.holders(session, person_ids=ids, purpose="board") == set()
    kept = consents.list_of(session, person_id=person_id)
    assert [(each.purpose, each.withdrawn_at is None) for each in kept] == [
        ("membership", True),
        ("board", False),
        ("board", False),
    ]


def test_the_same_consent_again_is_the_one_that_stands(session, person_id):
    assert give(session, person_id).id == give(session, person_id).id


def test_what_is_no_consent_is_refused(session, person_id):
    before = len(consents.list_of(session, person_id=person_id))
    for arguments in ({"purpose": "sale"}, {"version": ""}, {"version": "v" * 17}):
        with pytest.raises(ValidationFailed), attempt(session):
            give(session, person_id, **arguments)
    with pytest.raises(NotFound), attempt(session):
        give(session, new_id())
    with pytest.raises(NotFound), attempt(session):
        consents.withdraw(session, person_id=person_id, purpose="board", actor=SYSTEM)
    assert len(consents.list_of(session, person_id=person_id)) == before
