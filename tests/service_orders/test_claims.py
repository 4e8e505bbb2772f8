"""Posts and projects are claimed, done, submitted and accepted; nothing is earned twice (T3)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.community import settings
from app.people.models import Audit
from app.service_orders import campaigns, claim_deadlines, claims, post_shifts, posts
from app.service_orders.errors import ClaimStateConflict, NoSlotLeft
from app.service_orders.posts import Call
from tests.factories import activities
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


def a_month(session, street, **more):
    """A post with one slot that is open for a month."""
    month = {"due_at": moment("18:00", DAY + timedelta(days=30)), "slot_count": 1}
    return make.a_post(session, street, **(month | more))


def release(session, street, days):
    """What the clock frees so many days after the day, at half past twelve."""
    now = moment("12:30", DAY + timedelta(days=days))
    with at("12:30", DAY + timedelta(days=days)):
        count = claims.release_due(session, ledger_id=street.ledger_id, now=now)
        session.commit()
    return count


def test_t3_a_freed_slot_is_taken_by_another_while_the_post_is_open(session, street):
    post = a_month(session, street)
    found = claim(session, street, post)
    assert claim_deadlines.of(found, post) == moment("00:00", DAY + timedelta(days=15))
    assert release(session, street, 14) == 0

    with at("09:00", DAY + timedelta(days=15)), refused(session, street, ClaimStateConflict):
        claims.submit(
            session,
            ledger_id=street.ledger_id,
            claim_id=found.id,
            member=street.helper,
            starts_at=moment("09:30"),
            ends_at=moment("11:30"),
        )
    assert release(session, street, 15) == 1
    with at("09:00", DAY + timedelta(days=16)):
        other = claims.claim(
            session, ledger_id=street.ledger_id, post_id=post.id, member=street.asker
        )
        session.commit()
    assert (other.member_id, other.state) == (street.asker.id, "claimed")
    assert taken(session, street, post) == 1
    assert make.grants_of(session, street) == []


def test_t3_a_place_says_how_many_days_and_the_posts_end_comes_first(session, street):
    node = street.world.node
    settings.put(session, node=node, name="claim.days_to_do", value=3, actor=SYSTEM)
    session.commit()
    long, short = a_month(session, street), make.a_post(session, street)

    found = claim(session, street, long)
    assert claim_deadlines.of(found, long) == moment("00:00", DAY + timedelta(days=4))
    assert claim_deadlines.of(claim(session, street, short), short) == short.due_at


@pytest.mark.parametrize("kind", ["project", "standing", "shifts"])
def test_c6_who_joins_a_project_or_serves_at_shifts_stays_until_they_leave(session, street, kind):
    standing = {"kind": "project", "due_at": None}
    more = {"shifts": {}, "project": {"kind": "project"}}.get(kind, standing)
    post = a_month(session, street, **more)
    found = claim(session, street, post)
    if kind == "shifts":
        activity, _slots = activities.opened(session, street.world)
        with at("10:00"):
            named = {"post_id": post.id, "activity_id": activity.id}
            post_shifts.link(session, ledger_id=street.ledger_id, **named)
            session.commit()

    assert release(session, street, 20) == 0
    session.refresh(found)
    assert found.state == "claimed"
    assert claim_deadlines.of(found, post) == post.due_at


def test_t3_the_desk_gives_a_post_more_time_and_claims_follow(session, street, post):
    found, end = claim(session, street, post), post.due_at
    later = end + timedelta(days=2)
    for wrong in (end, moment("08:30")):
        with at("09:00"), refused(session, street, ValidationFailed):
            extend(session, street, post, wrong)

    with at("09:00", DAY + timedelta(days=2)):
        assert extend(session, street, post, later).due_at == later
        assert claim_deadlines.of(found, post) == later
        key = {"ledger_id": street.ledger_id, "post_id": post.id}
        assert claims.claim(session, **key, member=street.asker).state == "claimed"
        session.commit()
    acts = sa.select(Audit).where(
        Audit.ledger_id == street.ledger_id, Audit.action == "post_extended"
    )
    assert session.scalars(acts).one().actor_id == street.world.staff.person_id


def test_what_is_closed_or_stands_is_not_extended(session, street, post):
    standing = a_month(session, street, kind="project", due_at=None)
    posts.close(session, ledger_id=street.ledger_id, post_id=post.id)
    session.commit()

    for each in (post, standing):
        with at("09:00"), refused(session, street, ClaimStateConflict):
            extend(session, street, each, moment("09:00", DAY + timedelta(days=40)))


def extend(session, street, post, due_at):
    return posts.extend(
        session,
        ledger_id=street.ledger_id,
        post_id=post.id,
        due_at=due_at,
        actor=street.world.staff,
    )


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


def test_t7_a_campaign_names_its_posts_however_many_the_place_has(session, street):
    key = {"ledger_id": street.ledger_id}
    campaigns.make(session, **key, code="5250", name="5250(我爱我邻)")
    make.a_post(session, street)
    tagged = make.a_post(session, street, title="爱心岗")
    campaigns.tag(session, **key, code="5250", kind="post", subject_id=tagged.id)
    found = posts.of_campaign(session, **key, node=street.world.node, code="5250", limit=1)

    assert [each.id for each in found] == [tagged.id]
