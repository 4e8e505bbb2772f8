"""Acting on behalf: by consent that another person records, ended by the member at will."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import agents, audit, inbox
from app.people.errors import AlreadyAgent
from app.people.models import Agent, Member
from tests.factories.teams import SECOND_STAFF, STAFF, a_place, as_person, at_once, members


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def elder(session, place):
    return members(session, place)[0]


@pytest.fixture
def helper(session, place):
    return members(session, place)[0]


def begin(session, elder, agent_person_id, actor=STAFF, **more):
    return agents.begin(
        session,
        ledger_id=elder.ledger_id,
        person_id=elder.person_id,
        agent_person_id=agent_person_id,
        relation=more.get("relation", "女儿"),
        consent_note=more.get("consent_note", "本人当面同意"),
        actor=actor,
    )


def may_act(session, elder, agent_person_id, ledger_id=None):
    agents.require_may_act_for(
        session,
        ledger_id=ledger_id or elder.ledger_id,
        agent_person_id=agent_person_id,
        person_id=elder.person_id,
    )


def stored(session, elder):
    session.expire_all()
    query = sa.select(Agent.id, Agent.agent_person_id, Agent.ended_at)
    return sorted(map(str, session.execute(query.where(Agent.person_id == elder.person_id))))


def test_a_helper_acts_by_consent_that_staff_recorded(session, elder, helper):
    with pytest.raises(PermissionDenied), attempt(session):
        may_act(session, elder, helper.person_id)
    agent = begin(session, elder, helper.person_id)
    may_act(session, elder, helper.person_id)
    assert (agent.relation, agent.recorded_by_id) == ("女儿", STAFF.person_id)


def test_a_member_names_a_helper_or_staff_themselves(session, elder):
    begin(session, elder, STAFF.person_id, actor=as_person(elder), relation="社区工作者")
    may_act(session, elder, STAFF.person_id)


def test_everybody_acts_for_themselves(session, elder):
    may_act(session, elder, elder.person_id)


def test_nobody_records_consent_to_themselves(session, elder, helper):
    for agent in (helper.person_id, STAFF.person_id):
        with pytest.raises(SecondPersonRequired), attempt(session):
            begin(session, elder, agent, actor=Actor(agent))
    assert stored(session, elder) == []


def test_leave_holds_in_one_direction_and_one_book(session, place, elder, helper):
    other = a_place(session, 2)
    begin(session, elder, helper.person_id)
    with pytest.raises(PermissionDenied), attempt(session):
        may_act(session, helper, elder.person_id)
    with pytest.raises(PermissionDenied), attempt(session):
        may_act(session, elder, helper.person_id, ledger_id=other.ledger_id)


def test_a_helper_may_act_in_two_books_of_one_person(session, elder, helper):
    twin = members(session, a_place(session, 2))[0]
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == twin.ledger_id, Member.id == twin.id)
        .values(person_id=elder.person_id)
    )
    session.refresh(twin)
    begin(session, elder, helper.person_id)
    begin(session, twin, helper.person_id)
    may_act(session, elder, helper.person_id)
    may_act(session, twin, helper.person_id)


def test_the_member_sees_and_ends_it(session, place, elder, helper):
    agent = begin(session, elder, helper.person_id)
    assert agents.list_of(session, person_id=elder.person_id) == [agent]
    agents.end(session, person_id=elder.person_id, agent_id=agent.id, actor=as_person(elder))
    with pytest.raises(PermissionDenied), attempt(session):
        may_act(session, elder, helper.person_id)
    again = begin(session, elder, helper.person_id)
    listed = agents.list_of(session, person_id=elder.person_id)
    assert [each.id for each in listed] == [again.id, agent.id]
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=elder.id)
    assert sorted(each.topic for each in told) == ["agent_begun", "agent_begun", "agent_ended"]
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=elder.id)
    assert {each.action for each in acts} == {"agent_begun", "agent_ended"}


def test_a_leave_is_given_once_and_ended_once(session, elder, helper):
    agent = begin(session, elder, helper.person_id)
    session.commit()
    before = stored(session, elder)
    with pytest.raises(AlreadyAgent), attempt(session):
        begin(session, elder, helper.person_id, actor=SECOND_STAFF)
    assert stored(session, elder) == before
    agents.end(session, person_id=elder.person_id, agent_id=agent.id, actor=STAFF)
    session.commit()
    before = stored(session, elder)
    for agent_id in (agent.id, new_id()):
        with pytest.raises(NotFound), attempt(session):
            agents.end(session, person_id=elder.person_id, agent_id=agent_id, actor=STAFF)
    assert stored(session, elder) == before


def test_of_parallel_leaves_one_is_written(app, session, elder, helper):
    answers = at_once(app, [lambda own: begin(own, elder, helper.person_id)] * 5)
    assert sum(isinstance(each, AlreadyAgent) for each in answers) == 4
    assert len(stored(session, elder)) == 1


@pytest.mark.parametrize(
    "wrong", [{"consent_note": " "}, {"consent_note": "长" * 201}, {"relation": ""}]
)
def test_consent_is_noted_in_words(session, elder, helper, wrong):
    with pytest.raises(ValidationFailed), attempt(session):
        begin(session, elder, helper.person_id, **wrong)
    with pytest.raises(ValidationFailed), attempt(session):
        begin(session, elder, elder.person_id)
    assert stored(session, elder) == []


def test_only_members_give_leave(session, elder, helper):
    other = a_place(session, 2)
    with pytest.raises(NotFound), attempt(session):
        agents.begin(
            session,
            ledger_id=other.ledger_id,
            person_id=elder.person_id,
            agent_person_id=helper.person_id,
            relation="女儿",
            consent_note="同意",
            actor=STAFF,
        )
    assert stored(session, elder) == []
