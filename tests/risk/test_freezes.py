"""Freezes: with a reason, refused at every spending door, lifted by another person."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import audit, cards, inbox
from app.risk import freezes
from app.risk.errors import AccountFrozen, AlreadyFrozen, AlreadyReleased
from app.risk.models import Freeze
from tests.factories.teams import SECOND_STAFF, STAFF, a_place, as_person, at_once, members
from tests.ledger.statements_counted import counted


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def member(session, place):
    return members(session, place)[0]


def freeze(session, subject, actor=STAFF, reason="卡被他人使用", kind="member"):
    return freezes.freeze(
        session,
        ledger_id=subject.ledger_id,
        subject_kind=kind,
        subject_id=subject.id,
        reason=reason,
        actor=actor,
    )


def release(session, subject, actor, reason="已查清", kind="member"):
    return freezes.release(
        session,
        ledger_id=subject.ledger_id,
        subject_kind=kind,
        subject_id=subject.id,
        reason=reason,
        actor=actor,
    )


def stored(session, ledger_id):
    session.expire_all()
    rows = session.scalars(sa.select(Freeze).where(Freeze.ledger_id == ledger_id))
    return sorted((row.id, row.reason, row.released_at, row.released_by_id) for row in rows)


def test_a_frozen_member_is_refused_and_a_free_one_passes(session, place, member):
    freeze(session, member)
    free = members(session, place)[0]
    freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[free.id])
    with pytest.raises(AccountFrozen) as refused, attempt(session):
        freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[free.id, member.id])
    assert refused.value.code == "account_frozen"
    assert refused.value.facts == {"subject_kind": "member"}


def test_a_frozen_card_is_refused_and_its_member_is_not(session, place, member):
    card = cards.issue(session, ledger_id=place.ledger_id, member_id=member.id, actor=STAFF).card
    freeze(session, card, kind="card")
    freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[member.id])
    with pytest.raises(AccountFrozen) as refused, attempt(session):
        freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[member.id, card.id])
    assert refused.value.facts == {"subject_kind": "card"}


def test_asking_whether_all_are_free_is_one_statement(session, place, member):
    with counted(session) as seen:
        freezes.require_free(
            session, ledger_id=place.ledger_id, subject_ids=[member.id, new_id(), new_id()]
        )
        freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[])
    assert len(seen) == 2


def test_the_frozen_of_many_are_found_among_members_and_cards(session, place, member):
    (other,), card = members(session, place), new_id()
    freeze(session, member)
    freeze(session, other)
    session.flush()
    release(session, other, SECOND_STAFF)
    ids = {member.id, other.id, card}
    assert freezes.frozen_among(session, ledger_id=member.ledger_id, subject_ids=ids) == {member.id}
    assert freezes.frozen_among(session, ledger_id=member.ledger_id, subject_ids=()) == set()


def test_a_freeze_tells_its_reason_to_the_member_alone(session, place, member):
    frozen = freeze(session, member)
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    assert [(each.topic, each.facts) for each in told] == [("frozen", {"reason": "卡被他人使用"})]
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=member.id)
    assert [(each.action, each.facts) for each in acts] == [
        ("frozen", {"freeze_id": str(frozen.id)})
    ]


def test_a_freeze_needs_a_reason(session, place, member):
    for reason in ("", "  ", "长" * 201):
        with pytest.raises(ValidationFailed), attempt(session):
            freeze(session, member, reason=reason)
    assert stored(session, place.ledger_id) == []
    freeze(session, member)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(ValidationFailed), attempt(session):
        release(session, member, SECOND_STAFF, reason=" ")
    assert stored(session, place.ledger_id) == before


def test_what_is_frozen_is_not_frozen_twice(session, place, member):
    freeze(session, member)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(AlreadyFrozen), attempt(session):
        freeze(session, member, actor=SECOND_STAFF)
    assert stored(session, place.ledger_id) == before


def test_of_parallel_freezes_one_wins(app, session, place, member):
    answers = at_once(app, [lambda own: freeze(own, member)] * 6)
    assert sum(isinstance(each, AlreadyFrozen) for each in answers) == 5
    assert len(stored(session, place.ledger_id)) == 1


@pytest.mark.parametrize("kind", ["member", "card"])
def test_only_members_and_cards_of_the_book_are_frozen(session, place, member, kind):
    other = a_place(session, 2)
    with pytest.raises(NotFound), attempt(session):
        freezes.freeze(
            session,
            ledger_id=other.ledger_id,
            subject_kind=kind,
            subject_id=member.id,
            reason="查",
            actor=STAFF,
        )
    with pytest.raises(ValidationFailed), attempt(session):
        freeze(session, member, kind="shop")
    assert stored(session, place.ledger_id) == stored(session, other.ledger_id) == []


def test_a6_another_person_lifts_a_freeze(session, place, member):
    freeze(session, member)
    released = release(session, member, SECOND_STAFF)
    assert (released.released_by_id, released.release_reason) == (SECOND_STAFF.person_id, "已查清")
    freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[member.id])
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    assert {each.topic for each in told} == {"frozen", "released"}


def test_a6_neither_who_froze_nor_the_member_lifts_it(session, place, member):
    freeze(session, member)
    session.commit()
    before = stored(session, place.ledger_id)
    for_member = Actor(SECOND_STAFF.person_id, on_behalf_id=member.person_id)
    for actor in (STAFF, as_person(member), for_member):
        with pytest.raises(SecondPersonRequired), attempt(session):
            release(session, member, actor)
    assert stored(session, place.ledger_id) == before
    with pytest.raises(AccountFrozen):
        freezes.require_free(session, ledger_id=place.ledger_id, subject_ids=[member.id])


def test_a6_the_owner_of_a_frozen_card_does_not_lift_it(session, place, member):
    card = cards.issue(session, ledger_id=place.ledger_id, member_id=member.id, actor=STAFF).card
    freeze(session, card, kind="card")
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(SecondPersonRequired), attempt(session):
        release(session, card, as_person(member), kind="card")
    assert stored(session, place.ledger_id) == before


def test_what_is_not_frozen_is_not_lifted(session, place, member):
    with pytest.raises(NotFound), attempt(session):
        release(session, member, SECOND_STAFF)
    freeze(session, member)
    release(session, member, SECOND_STAFF)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(AlreadyReleased), attempt(session):
        release(session, member, SECOND_STAFF)
    assert stored(session, place.ledger_id) == before


def test_a_member_can_be_frozen_again_and_all_is_remembered(session, place, member):
    freeze(session, member)
    release(session, member, SECOND_STAFF)
    again = freeze(session, member, actor=SECOND_STAFF, reason="再次异常")
    assert freezes.list_live(session, ledger_id=place.ledger_id) == [again]
    history = freezes.history(session, ledger_id=place.ledger_id, subject_id=member.id)
    assert [each.reason for each in history] == ["再次异常", "卡被他人使用"]
