"""Posts and projects are claimed, done, submitted and accepted; nothing is earned twice (T3)."""

from datetime import timedelta

import pytest

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.service_orders import claims, posts
from app.service_orders.errors import ClaimStateConflict, NoSlotLeft
from app.service_orders.posts import Call
from tests.factories import service_orders as make
from tests.factories.activities import DAY, at, moment
from tests.factories.service_orders import refused


@pytest.fixture
def post(session, street):
    return make.a_post(session, street)


def claim(session, street, post, member=None, text="09:00"):
    with at(text):
        found = claims.claim(
            session, ledger_id=street.ledger_id, post_id=post.id, member=member or street.helper
        )
        session.commit()
    return found


def submitted(session, street, post):
    found = claim(session, street, post)
    with at("12:00"):
        claims.submit(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            member=street.helper,
            starts_at=moment("09:30"),
            ends_at=moment("11:30"),
            note="楼道扫干净了",
        )
        session.commit()
    return found


def taken(session, street, post):
    return posts.get(session, ledger_id=street.ledger_id, post_id=post.id).taken_count


def test_t3_accepted_work_is_credited_once(session, street, post):
    found = submitted(session, street, post)
    with at("13:00"):
        claims.accept(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            actor=street.world.staff,
        )
        session.commit()
    (grant,) = make.grants_of(session, street)

    assert (grant.source_kind, grant.minutes, grant.state) == ("claim", 120, "posted")
    assert (found.state, taken(session, street, post)) == ("accepted", 1)
    with refused(session, street, ClaimStateConflict):
        claims.accept(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            actor=street.world.staff,
        )


def test_t3_the_last_slot_goes_to_one(session, street):
    post = make.a_post(session, street, slot_count=1)
    claim(session, street, post)

    with at("09:01"), refused(session, street, NoSlotLeft):
        claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=street.asker)


def test_claiming_twice_takes_one_slot(session, street, post):
    first = claim(session, street, post)
    again = claim(session, street, post, text="09:05")

    assert first.id == again.id
    assert taken(session, street, post) == 1


def test_t3_what_is_not_done_in_time_is_freed_without_points(session, street, post):
    found = claim(session, street, post)
    late = post.due_at + timedelta(minutes=1)

    assert claims.release_due(session, ledger_id=street.ledger_id, now=late) == 1
    assert claims.release_due(session, ledger_id=street.ledger_id, now=late) == 0
    session.commit()
    session.refresh(found)
    assert (found.state, taken(session, street, post)) == ("released", 0)
    assert make.grants_of(session, street) == []


def test_submitting_after_the_deadline_is_refused(session, street, post):
    found = claim(session, street, post)

    with at("09:00", DAY + timedelta(days=3)), refused(session, street, ClaimStateConflict):
        claims.submit(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            member=street.helper,
            starts_at=moment("09:30"),
            ends_at=moment("11:30"),
        )


def test_a_slot_given_back_is_free_again(session, street, post):
    found = claim(session, street, post)
    claims.withdraw(session, ledger_id=street.ledger_id, claim_id=found.id, member=street.helper)
    session.commit()

    assert (found.state, taken(session, street, post)) == ("withdrawn", 0)


def test_refused_work_frees_the_slot_and_earns_nothing(session, street, post):
    found = submitted(session, street, post)
    with at("13:00"):
        claims.refuse(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            reason="没有扫",
            actor=street.world.staff,
        )
        session.commit()

    assert (found.state, taken(session, street, post)) == ("refused", 0)
    assert make.grants_of(session, street) == []


def test_a6_nobody_accepts_their_own_work(session, street, post):
    found = submitted(session, street, post)

    with at("13:00"), refused(session, street, SecondPersonRequired):
        claims.accept(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            actor=Actor(street.helper.person_id),
        )


def test_nobody_works_on_anothers_claim(session, street, post):
    found = claim(session, street, post)

    with refused(session, street, PermissionDenied):
        claims.withdraw(session, ledger_id=street.ledger_id, claim_id=found.id, member=street.asker)


def test_a_closed_post_takes_no_more_claims(session, street, post):
    posts.close(session, ledger_id=street.ledger_id, post_id=post.id)
    session.commit()

    with at("09:00"), refused(session, street, ClaimStateConflict):
        claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=street.helper)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("title", " ", ValidationFailed),
        ("kind", "job", ValidationFailed),
        ("slot_count", 0, ValidationFailed),
        ("due_at", moment("07:59"), ValidationFailed),
        ("category_code", "nonsense", NotFound),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(session, street, name, value, error):
    call = make.a_call(**{name: value})

    with at("08:00"), refused(session, street, error):
        posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=call,
            actor=street.world.staff,
        )
    assert isinstance(call, Call)


def test_free_posts_are_those_one_can_still_claim(session, street):
    free, full = make.a_post(session, street), make.a_post(session, street, slot_count=1)
    claim(session, street, full)
    with at("10:00"):
        found = posts.list_in(
            session, ledger_id=street.ledger_id, node=street.world.node, only_free=True
        )

    assert [each.id for each in found] == [free.id]
