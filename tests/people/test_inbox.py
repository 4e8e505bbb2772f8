"""The inbox tells each thing once, in as many words as its topic has facts."""

from datetime import timedelta

import pytest

from app.base import clock
from app.people import inbox
from app.people.inbox import Note
from tests.factories.people import member, members, place
from tests.ledger.statements_counted import counted


@pytest.fixture
def here(session):
    return place(session)


def frozen(of, reason="查证", key=None):
    return Note(of.id, "frozen", {"reason": reason}, key)


def reasons(session, of):
    lines = inbox.list_for(session, ledger_id=1, member_id=of.id)
    return [line.facts["reason"] for line in lines]


def test_notes_are_listed_latest_first_and_counted_until_read(session, here):
    one = member(session, 1, here.community)
    with clock.held_at(clock.now() - timedelta(minutes=1)):
        inbox.tell(session, ledger_id=1, notes=[frozen(one, "甲")])
    inbox.tell(session, ledger_id=1, notes=[frozen(one, "乙")])
    assert reasons(session, one) == ["乙", "甲"]
    first = inbox.list_for(session, ledger_id=1, member_id=one.id)[0]
    assert inbox.mark_read(session, ledger_id=1, member_id=one.id, message_ids=[first.id]) == 1
    assert inbox.unread_count(session, ledger_id=1, member_id=one.id) == 1
    assert inbox.mark_read(session, ledger_id=1, member_id=one.id) == 1
    assert inbox.unread_count(session, ledger_id=1, member_id=one.id) == 0


def test_nobody_marks_the_lines_of_another(session, here):
    one, other = members(session, 1, here.community, 2)
    inbox.tell(session, ledger_id=1, notes=[frozen(one)])
    line = inbox.list_for(session, ledger_id=1, member_id=one.id)[0]
    assert inbox.mark_read(session, ledger_id=1, member_id=other.id, message_ids=[line.id]) == 0
    assert inbox.unread_count(session, ledger_id=1, member_id=one.id) == 1


def test_a_natural_key_tells_once(session, here):
    one = member(session, 1, here.community)
    for reason in ("甲", "乙"):
        inbox.tell(session, ledger_id=1, notes=[frozen(one, reason, "frozen:7")])
    assert reasons(session, one) == ["甲"]


def test_many_notes_are_one_statement(session, here):
    many = members(session, 1, here.community, 50)
    with counted(session) as statements:
        inbox.tell(session, ledger_id=1, notes=[frozen(each) for each in many])
        assert len(statements) == 1
        inbox.tell(session, ledger_id=1, notes=[])
    assert len(statements) == 1


def test_dates_in_facts_become_text(session, here):
    one = member(session, 1, here.community)
    facts = {"points": 7, "expires_on": clock.today(), "days": 30}
    inbox.tell(session, ledger_id=1, notes=[Note(one.id, "expiring", facts)])
    (line,) = inbox.list_for(session, ledger_id=1, member_id=one.id)
    assert line.facts["expires_on"] == clock.today().isoformat()


def test_an_unknown_topic_or_a_missing_fact_is_the_programmers_mistake(session, here):
    one = member(session, 1, here.community)
    with pytest.raises(AssertionError, match="no topic"):
        Note(one.id, "gossip", {})
    with pytest.raises(AssertionError):
        Note(one.id, "frozen", {})


def test_d51_what_is_held_until_the_morning_is_not_there_before(session, here):
    one = member(session, 1, here.community)
    morning = clock.now() + timedelta(hours=8)
    inbox.tell(session, ledger_id=1, notes=[frozen(one)], held_until=morning)

    assert reasons(session, one) == []
    assert inbox.unread_count(session, ledger_id=1, member_id=one.id) == 0
    assert inbox.mark_read(session, ledger_id=1, member_id=one.id) == 0
    with clock.held_at(morning):
        assert reasons(session, one) == ["查证"]
        assert inbox.unread_count(session, ledger_id=1, member_id=one.id) == 1
