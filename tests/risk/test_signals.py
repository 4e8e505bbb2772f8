"""Signals and their rules: put before a person, judged by another, refusing nothing."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import audit
from app.people.errors import AlreadyDecided
from app.risk import rules, signals
from app.risk.models import Rule, Signal
from app.risk.signals import Finding
from tests.factories.teams import STAFF, a_place, as_person, at_once, members
from tests.ledger.statements_counted import counted


@pytest.fixture
def place(session):
    return a_place(session)


def find(session, place, subject_id, rule_code="repeated_refused_scans", score=60, **facts):
    signals.raise_signal(
        session,
        ledger_id=place.ledger_id,
        rule_code=rule_code,
        subject_kind="member",
        subject_id=subject_id,
        score=score,
        **facts,
    )


def decide(session, place, signal, actor=STAFF, verdict="confirmed"):
    return signals.decide(
        session, ledger_id=place.ledger_id, signal_id=signal.id, verdict=verdict, actor=actor
    )


def opened(session, place, **more):
    return signals.list_open(session, ledger_id=place.ledger_id, **more)


def stored(session, ledger_id):
    session.expire_all()
    query = sa.select(Signal.id, Signal.verdict, Signal.decided_by_id)
    return sorted(map(str, session.execute(query.where(Signal.ledger_id == ledger_id))))


def test_rules_are_written_once_however_often_ensured(session):
    for _ in range(2):
        rules.ensure(session)
    written = {(rule.code, rule.version): rule.action for rule in rules.list_all(session)}
    assert written == {(rule.code, rule.version): rule.action for rule in rules.REGISTRY}
    assert {
        "one_device_many_people",
        "fast_entry",
        "roll_share",
        "repeated_refused_scans",
        "presence_overlap",
        "clerk_same_member",
    } <= {code for code, _ in written}


def test_no_rule_refuses_by_itself():
    assert {rule.action for rule in rules.REGISTRY} <= {"flag", "hold"}


def test_parallel_first_signals_write_the_rules_once(app, session, place):
    at_once(app, [lambda own: find(own, place, new_id())] * 5)
    assert len(opened(session, place)) == 5
    assert session.scalar(sa.select(sa.func.count()).select_from(Rule)) == len(rules.REGISTRY)


def test_the_gravest_signal_is_listed_first_with_its_facts_and_version(session, place):
    session_id = new_id()
    find(session, place, new_id(), score=20)
    find(session, place, new_id(), "one_device_many_people", 90, session_id=session_id, people=4)
    gravest, lesser = opened(session, place)
    assert (gravest.rule_code, gravest.rule_version) == ("one_device_many_people", 1)
    assert gravest.facts == {"session_id": str(session_id), "people": 4}
    assert lesser.score == 20
    assert opened(session, place, rule_code="one_device_many_people") == [gravest]
    assert opened(session, place, limit=1, offset=1) == [lesser]


def test_an_open_case_is_not_raised_again_with_the_same_facts(session, place):
    subject_id = new_id()
    for count in (5, 5, 6):
        find(session, place, subject_id, count=count)
    assert len(opened(session, place)) == 2
    for signal in opened(session, place):
        decide(session, place, signal, verdict="dismissed")
    find(session, place, subject_id, count=5)
    assert len(opened(session, place)) == 1
    history = signals.list_of_subject(session, ledger_id=place.ledger_id, subject_id=subject_id)
    assert len(history) == 3


def test_many_findings_cost_as_much_as_one(session, place):
    find(session, place, new_id())
    findings = [Finding("presence_overlap", "member", new_id(), 50, {"n": n}) for n in range(40)]
    with counted(session) as seen:
        signals.raise_many(session, ledger_id=place.ledger_id, findings=findings)
        signals.raise_many(session, ledger_id=place.ledger_id, findings=[])
    assert len(seen) == 3
    assert len(opened(session, place)) == 41


def test_a_signal_is_judged_once_and_audited(session, place):
    find(session, place, subject_id := new_id())
    signal = opened(session, place)[0]
    assert decide(session, place, signal).verdict == "confirmed"
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(AlreadyDecided) as refused, attempt(session):
        decide(session, place, signal, verdict="dismissed")
    assert refused.value.facts == {"state": "confirmed"}
    assert stored(session, place.ledger_id) == before
    assert opened(session, place) == []
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=subject_id)
    assert [(each.action, each.facts["verdict"]) for each in acts] == [
        ("signal_decided", "confirmed")
    ]


def test_of_parallel_judgements_one_stands(app, session, place):
    find(session, place, new_id())
    session.commit()
    signal = opened(session, place)[0]
    session.commit()
    answers = at_once(app, [lambda own: decide(own, place, signal, Actor(new_id()))] * 5)
    assert sum(isinstance(each, AlreadyDecided) for each in answers) == 4


def test_a6_nobody_judges_a_case_about_themselves(session, place):
    member = members(session, place)[0]
    find(session, place, member.id)
    find(session, place, member.person_id)
    session.commit()
    before = stored(session, place.ledger_id)
    for signal in opened(session, place):
        for actor in (as_person(member), Actor(new_id(), on_behalf_id=member.person_id)):
            with pytest.raises(SecondPersonRequired), attempt(session):
                decide(session, place, signal, actor)
    assert stored(session, place.ledger_id) == before


def test_a_signal_of_another_book_is_not_found(session, place):
    find(session, place, new_id())
    other = a_place(session, 2)
    signal = opened(session, place)[0]
    with pytest.raises(NotFound), attempt(session):
        decide(session, other, signal)
    assert opened(session, other) == []
    assert opened(session, place) == [signal]
