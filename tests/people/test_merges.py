"""L13: two memberships of one person become one; asked by one, approved by another."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import AlreadyRequested, NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.community import tree
from app.people import (
    audit,
    inbox,
    merges,
)
from app.people.errors import (
    AlreadyDecided,
    MemberNotActive,
)
from app.people.models import Member, Merge
from tests.factories.teams import (
    SECOND_STAFF,
    STAFF,
    a_place,
    as_person,
    at_once,
    members,
)


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def pair(session, place):
    return members(session, place, 2)


def request(session, old, kept, actor=STAFF, reason="同一人重复登记"):
    return merges.request(
        session,
        ledger_id=old.ledger_id,
        old_member_id=old.id,
        kept_member_id=kept.id,
        reason=reason,
        actor=actor,
    )


def approve(session, merge, actor=SECOND_STAFF):
    return merges.approve(session, ledger_id=merge.ledger_id, merge_id=merge.id, actor=actor)


def merged(session, pair):
    done = approve(session, request(session, *pair))
    session.commit()
    session.expire_all()
    return done


def stored(session, ledger_id):
    session.expire_all()
    requests = session.execute(
        sa.select(Merge.id, Merge.state, Merge.decided_by_id).where(Merge.ledger_id == ledger_id)
    )
    people = session.execute(
        sa.select(Member.id, Member.state, Member.merged_into_id).where(
            Member.ledger_id == ledger_id
        )
    )
    return sorted(map(str, requests)), sorted(map(str, people))


def test_l13_the_old_membership_ends_and_names_the_kept_one(session, place, pair):
    old, kept = pair
    done = merged(session, pair)
    assert (done.old.id, done.kept.id, done.merge.state) == (old.id, kept.id, "approved")
    assert (old.state, old.merged_into_id, kept.state) == ("merged", kept.id, "active")
    found = merges.merged_from(session, ledger_id=place.ledger_id, member_id=kept.id)
    assert found == [old]
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=kept.id)
    assert [(each.topic, each.facts) for each in told] == [
        ("merged", {"volunteer_no": old.volunteer_no})
    ]
    for member in pair:
        acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=member.id)
        assert {each.action for each in acts} == {"merge_requested", "merge_approved"}


def test_l13_neither_asker_nor_the_two_approve(session, place, pair):
    merge = request(session, *pair)
    session.commit()
    before = stored(session, place.ledger_id)
    involved = (
        STAFF,
        *map(as_person, pair),
        Actor(SECOND_STAFF.person_id, on_behalf_id=pair[0].person_id),
    )
    for actor in involved:
        with pytest.raises(SecondPersonRequired), attempt(session):
            approve(session, merge, actor)
    assert stored(session, place.ledger_id) == before


def test_l13_a_merge_is_decided_once(session, place, pair):
    merge = merged(session, pair).merge
    before = stored(session, place.ledger_id)
    with pytest.raises(AlreadyDecided) as refused, attempt(session):
        approve(session, merge)
    assert refused.value.facts == {"state": "approved"}
    with pytest.raises(AlreadyDecided), attempt(session):
        merges.refuse(session, ledger_id=place.ledger_id, merge_id=merge.id, actor=SECOND_STAFF)
    assert stored(session, place.ledger_id) == before


def test_of_parallel_approvals_one_stands(app, session, place, pair):
    merge = request(session, *pair)
    session.commit()
    answers = at_once(app, [lambda own: approve(own, merge)] * 4)
    assert sum(isinstance(each, AlreadyDecided) for each in answers) == 3
    assert stored(session, place.ledger_id)[1] != []


def test_a_refused_merge_changes_no_member_and_may_be_asked_again(session, place, pair):
    merge = request(session, *pair)
    merges.refuse(session, ledger_id=place.ledger_id, merge_id=merge.id, actor=SECOND_STAFF)
    session.commit()
    session.expire_all()
    assert [member.state for member in pair] == ["active", "active"]
    assert request(session, *pair).state == "requested"


def test_one_request_waits_about_a_member(session, place, pair):
    old, kept = pair
    third = members(session, place)[0]
    request(session, old, kept)
    session.commit()
    before = stored(session, place.ledger_id)
    for first, second in ((old, kept), (kept, old), (old, third), (third, kept)):
        with pytest.raises(AlreadyRequested), attempt(session):
            request(session, first, second)
    assert stored(session, place.ledger_id) == before


def test_of_parallel_requests_one_waits(app, session, place, pair):
    old, kept = pair
    works = [lambda own: request(own, old, kept), lambda own: request(own, kept, old)] * 3
    answers = at_once(app, works)
    assert sum(isinstance(each, AlreadyRequested) for each in answers) == 5


def test_nonsense_is_not_requested(session, place, pair):
    old, kept = pair
    stranger = members(session, a_place(session, 2))[0]
    before = stored(session, place.ledger_id)
    for first, second, reason, refusal in (
        (old, old, "同一人", ValidationFailed),
        (old, kept, " ", ValidationFailed),
        (old, kept, "长" * 201, ValidationFailed),
        (old, stranger, "同一人", NotFound),
    ):
        with pytest.raises(refusal), attempt(session):
            request(session, first, second, reason=reason)
    with pytest.raises(NotFound), attempt(session):
        merges.approve(session, ledger_id=place.ledger_id, merge_id=new_id(), actor=SECOND_STAFF)
    assert stored(session, place.ledger_id) == before


def test_a_merged_member_is_not_merged_again(session, place, pair):
    old, kept = pair
    merged(session, pair)
    third = members(session, place)[0]
    before = stored(session, place.ledger_id)
    for first, second in ((old, third), (third, old)):
        with pytest.raises(MemberNotActive), attempt(session):
            request(session, first, second)
    assert stored(session, place.ledger_id) == before


def test_a_member_who_ended_meanwhile_stops_the_approval(session, place, pair):
    merge = request(session, *pair)
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == place.ledger_id, Member.id == pair[1].id)
        .values(state="left")
    )
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(MemberNotActive), attempt(session):
        approve(session, merge)
    assert stored(session, place.ledger_id) == before


def test_staff_see_the_requests_of_their_subtree(session, place, pair):
    merge = request(session, *pair)
    elsewhere = a_place(session, 2)

    def listed(node_id):
        return merges.list_waiting(
            session, ledger_id=place.ledger_id, node=tree.get(session, node_id)
        )

    assert listed(place.node_id) == [merge]
    assert listed(elsewhere.node_id) == []
    approve(session, merge)
    assert listed(place.node_id) == []


def test_a_refused_merge_is_told_to_its_asker_once(session, place, pair):
    asker, other = members(session, place, 2)
    merge = request(session, *pair, actor=as_person(asker))
    merges.refuse(session, ledger_id=place.ledger_id, merge_id=merge.id, actor=SECOND_STAFF)

    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=asker.id)
    assert [(each.topic, each.facts) for each in told] == [
        ("merge_refused", {"old_no": pair[0].volunteer_no, "kept_no": pair[1].volunteer_no})
    ]
    assert not inbox.list_for(session, ledger_id=place.ledger_id, member_id=other.id)


def test_who_withdraws_their_own_request_hears_nothing(session, place, pair):
    asker = members(session, place, 1)[0]
    merge = request(session, *pair, actor=as_person(asker))
    merges.refuse(session, ledger_id=place.ledger_id, merge_id=merge.id, actor=as_person(asker))

    assert not inbox.list_for(session, ledger_id=place.ledger_id, member_id=asker.id)
