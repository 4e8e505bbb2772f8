"""Freezes and signals of a place: those about its own people, cards and whatever is held there."""

import pytest
import sqlalchemy as sa

from app.base.ids import new_id
from app.community import tree
from app.people import cards
from app.people.models import Member
from app.risk import freezes, signals
from tests.factories.teams import STAFF, a_place, members


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def there(session, place):
    """One member of the community itself, one of its grid."""
    above = members(session, place)[0]
    below = members(session, place, node_id=place.grid_id)[0]
    return above, below


def node_of(session, node_id):
    return tree.get(session, node_id)


def freeze(session, kind, subject_id, ledger_id):
    freezes.freeze(
        session,
        ledger_id=ledger_id,
        subject_kind=kind,
        subject_id=subject_id,
        reason="卡被他人使用",
        actor=STAFF,
    )


def see(session, place, kind, subject_id):
    signals.raise_signal(
        session,
        ledger_id=place.ledger_id,
        rule_code="repeated_refused_scans",
        subject_kind=kind,
        subject_id=subject_id,
        score=60,
    )


def test_freezes_of_a_place_are_those_of_its_members_and_their_cards(session, place, there):
    above, below = there
    issued = cards.issue(session, ledger_id=place.ledger_id, member_id=below.id, actor=STAFF)
    freeze(session, "member", above.id, place.ledger_id)
    freeze(session, "card", issued.card.id, place.ledger_id)

    def frozen(**more):
        found = freezes.list_live(session, ledger_id=place.ledger_id, **more)
        return {each.subject_id for each in found}

    assert frozen() == {above.id, issued.card.id}
    assert frozen(node=node_of(session, place.node_id)) == {above.id, issued.card.id}
    assert frozen(node=node_of(session, place.grid_id)) == {issued.card.id}


def test_signals_of_a_place_are_about_its_people(session, place, there):
    above, below = there
    see(session, place, "member", above.id)
    see(session, place, "clerk", below.person_id)
    see(session, place, "device", new_id())

    def seen(node_id):
        node = node_of(session, node_id)
        found = signals.list_open(session, ledger_id=place.ledger_id, node=node)
        return {each.subject_id for each in found}

    assert seen(place.node_id) == {above.id, below.person_id}
    assert seen(place.grid_id) == {below.person_id}


def test_what_rooms_above_hold_at_a_place_is_told_by_them(session, place, there):
    held = new_id()
    see(session, place, "session", held)
    node = node_of(session, place.grid_id)
    # Any query of ids will do: the room does not ask what a session is.
    query = sa.select(sa.literal(held, type_=Member.id.type)).where(sa.true())

    def seen(**more):
        return len(signals.list_open(session, ledger_id=place.ledger_id, node=node, **more))

    assert seen() == 0
    assert seen(places={"session": query}) == 1
