"""Objections: to one's own record, one at a time, answered by another person with a reason."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import NOBODY, new_id
from app.base.transactions import attempt
from app.community import tree
from app.people import audit, households, inbox, objections
from app.people.errors import AlreadyDecided, ObjectionOpen
from app.people.models import Objection
from app.people.models_member import OBJECTION_KINDS
from tests.factories.teams import SECOND_STAFF, STAFF, a_place, as_person, at_once, members


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def member(session, place):
    return members(session, place)[0]


@pytest.fixture
def record(place, member):
    return objections.DisputedRecord(
        "attendance", new_id(), member.id, STAFF.person_id, place.grid_id
    )


def object_to(session, member, record, **more):
    return objections.raise_objection(
        session,
        ledger_id=member.ledger_id,
        member_id=member.id,
        record=record,
        claim=more.get("claim", "签退时间记早了"),
        actor=more.get("actor", as_person(member)),
    )


def answer(session, objection, actor=SECOND_STAFF, verdict="upheld", reason="核对后确认"):
    return objections.answer(
        session,
        ledger_id=objection.ledger_id,
        objection_id=objection.id,
        verdict=verdict,
        reason=reason,
        actor=actor,
    )


def stored(session, ledger_id):
    session.expire_all()
    query = sa.select(Objection.id, Objection.state, Objection.answer, Objection.answered_by_id)
    return sorted(map(str, session.execute(query.where(Objection.ledger_id == ledger_id))))


@pytest.mark.parametrize("kind", OBJECTION_KINDS)
def test_a_member_objects_and_another_person_answers(session, place, member, kind):
    record = objections.DisputedRecord(kind, new_id(), member.id, STAFF.person_id, place.node_id)
    objection = object_to(session, member, record)
    assert objection.state == "open"
    answered = answer(session, objection, verdict="rejected", reason="记录与现场名单一致")
    assert (answered.state, answered.answered_by_id) == ("rejected", SECOND_STAFF.person_id)
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    assert [(each.topic, each.facts) for each in told] == [
        ("objection_answered", {"verdict": "rejected", "answer": "记录与现场名单一致"})
    ]
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=record.id)
    assert {each.action for each in acts} == {"objection_raised", "objection_answered"}


def test_nobody_objects_to_anothers_record(session, place, member, record):
    stranger = members(session, place)[0]
    with pytest.raises(NotFound), attempt(session):
        object_to(session, stranger, record)
    with pytest.raises(PermissionDenied), attempt(session):
        object_to(session, member, record, actor=as_person(stranger))
    assert stored(session, place.ledger_id) == []


def test_a_helper_objects_for_a_member(session, member, record):
    helper = Actor(new_id(), on_behalf_id=member.person_id)
    objection = object_to(session, member, record, actor=helper)
    assert (objection.member_id, objection.raised_by_id) == (member.id, helper.person_id)


def test_one_objection_is_open_for_a_record(session, place, member, record):
    first = object_to(session, member, record)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(ObjectionOpen), attempt(session):
        object_to(session, member, record, claim="再说一次")
    assert stored(session, place.ledger_id) == before
    answer(session, first)
    assert object_to(session, member, record).id != first.id


def test_of_parallel_objections_one_is_written(app, session, place, member, record):
    answers = at_once(app, [lambda own: object_to(own, member, record)] * 5)
    assert sum(isinstance(each, ObjectionOpen) for each in answers) == 4
    assert len(stored(session, place.ledger_id)) == 1


def test_a6_recorder_member_and_helper_do_not_answer(session, place, member, record):
    helper = Actor(new_id(), on_behalf_id=member.person_id)
    objection = object_to(session, member, record, actor=helper)
    session.commit()
    before = stored(session, place.ledger_id)
    involved = (
        STAFF,
        as_person(member),
        Actor(helper.person_id),
        Actor(SECOND_STAFF.person_id, on_behalf_id=member.person_id),
        Actor(SECOND_STAFF.person_id, on_behalf_id=STAFF.person_id),
    )
    for actor in involved:
        with pytest.raises(SecondPersonRequired), attempt(session):
            answer(session, objection, actor)
    assert stored(session, place.ledger_id) == before


def test_d23_the_household_does_not_answer(session, place, member, record):
    spouse = members(session, place)[0]
    household = households.create(
        session,
        ledger_id=place.ledger_id,
        node_id=place.grid_id,
        name="户",
        head_member_id=member.id,
        actor=STAFF,
    )
    households.join(
        session,
        ledger_id=place.ledger_id,
        household_id=household.id,
        member_id=spouse.id,
        relation="配偶",
        actor=STAFF,
    )
    objection = object_to(session, member, record)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(SecondPersonRequired), attempt(session):
        answer(session, objection, as_person(spouse))
    assert stored(session, place.ledger_id) == before


def test_what_the_system_recorded_any_staff_answers(session, place, member):
    record = objections.DisputedRecord("grant", new_id(), member.id, NOBODY, place.node_id)
    assert answer(session, object_to(session, member, record), STAFF).state == "upheld"


def test_an_answer_and_a_claim_say_something(session, place, member, record):
    for claim in ("", " ", "长" * 501):
        with pytest.raises(ValidationFailed), attempt(session):
            object_to(session, member, record, claim=claim)
    assert stored(session, place.ledger_id) == []
    objection = object_to(session, member, record)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(ValidationFailed), attempt(session):
        answer(session, objection, reason=" ")
    assert stored(session, place.ledger_id) == before


def test_a_member_takes_an_objection_back(session, place, member, record):
    objection = object_to(session, member, record)
    ids = {"ledger_id": place.ledger_id, "objection_id": objection.id}
    with pytest.raises(PermissionDenied), attempt(session):
        objections.withdraw(session, **ids, actor=STAFF)
    assert objections.withdraw(session, **ids, actor=as_person(member)).state == "withdrawn"
    session.commit()
    before = stored(session, place.ledger_id)
    for verb in (
        lambda: objections.withdraw(session, **ids, actor=as_person(member)),
        lambda: answer(session, objection),
    ):
        with pytest.raises(AlreadyDecided) as refused, attempt(session):
            verb()
        assert refused.value.facts == {"state": "withdrawn"}
    assert stored(session, place.ledger_id) == before


def test_of_parallel_answers_one_stands(app, session, place, member, record):
    objection = object_to(session, member, record)
    session.commit()
    works = [
        lambda own, n=n: answer(own, objection, Actor(new_id()), reason=f"{n}") for n in range(5)
    ]
    answers = at_once(app, works)
    assert sum(isinstance(each, AlreadyDecided) for each in answers) == 4


def test_staff_see_what_waits_in_their_subtree(session, place, member, record):
    waiting = object_to(session, member, record)
    elsewhere = a_place(session, 2)
    done = answer(
        session,
        object_to(
            session,
            member,
            objections.DisputedRecord("grant", new_id(), member.id, STAFF.person_id, place.node_id),
        ),
    )

    def listed(node_id):
        return objections.list_open(
            session, ledger_id=place.ledger_id, node=tree.get(session, node_id)
        )

    assert listed(place.node_id) == listed(place.grid_id) == [waiting]
    assert listed(elsewhere.node_id) == []
    node = tree.get(session, place.node_id)
    answered = objections.list_answered(session, ledger_id=place.ledger_id, node=node)
    assert [each.id for each in answered] == [done.id]
    own = objections.list_for_member(session, ledger_id=place.ledger_id, member_id=member.id)
    assert {each.id for each in own} == {waiting.id, done.id}
