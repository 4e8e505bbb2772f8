"""A wish is claimed, fulfilled once by somebody else, and rated (T6, A11, C16, T7)."""

import pytest

from app.base.actors import Actor
from app.base.errors import PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.service_orders import campaigns, wish_links, wishes
from app.service_orders.errors import OwnWish, WishPromised, WishStateConflict
from app.service_orders.wishes import Words
from tests.factories import people
from tests.factories import service_orders as make
from tests.factories.service_orders import refused


@pytest.fixture
def wish(session, street):
    found = wishes.make(
        session,
        ledger_id=street.ledger_id,
        wisher=street.asker,
        words=Words(kind="物品", title="一副老花镜", text="300 度", value_max_yuan=50),
        actor=street.asking,
    )
    session.commit()
    return found


def named(street, wish):
    return {"ledger_id": street.ledger_id, "wish_id": wish.id}


def test_t6_a_wish_is_claimed_fulfilled_and_rated(session, street, wish):
    states = [wish.state]
    wishes.claim(session, **named(street, wish), claimer=street.helper)
    states.append(wish.state)
    wishes.fulfil(session, **named(street, wish), claimer=street.helper)
    states.append(wish.state)
    wishes.rate(session, **named(street, wish), wisher=street.asker, stars=5)
    session.commit()

    assert [*states, wish.state] == ["open", "claimed", "fulfilled", "rated"]
    assert make.grants_of(session, street) == []


def test_t6_who_wished_is_hidden_until_it_is_claimed(session, street, wish):
    assert not wishes.may_know_wisher(wish, street.helper.id)
    wishes.claim(session, **named(street, wish), claimer=street.helper)

    assert wishes.may_know_wisher(wish, street.helper.id)
    assert not wishes.may_know_wisher(wish, street.world.leader_member.id)


def test_a11_nobody_fulfils_their_own_wish(session, street, wish):
    with refused(session, street, OwnWish):
        wishes.claim(session, **named(street, wish), claimer=street.asker)


def test_a11_a_wish_is_fulfilled_once(session, street, wish):
    wishes.claim(session, **named(street, wish), claimer=street.helper)
    wishes.fulfil(session, **named(street, wish), claimer=street.helper)
    session.commit()

    with refused(session, street, WishStateConflict):
        wishes.fulfil(session, **named(street, wish), claimer=street.helper)


def test_a_claimed_wish_is_not_claimed_again(session, street, wish):
    wishes.claim(session, **named(street, wish), claimer=street.helper)
    session.commit()

    with refused(session, street, WishStateConflict):
        wishes.claim(session, **named(street, wish), claimer=street.world.leader_member)


def test_who_gives_up_leaves_the_wish_to_others(session, street, wish):
    wishes.claim(session, **named(street, wish), claimer=street.helper)
    wishes.give_up(session, **named(street, wish), claimer=street.helper)
    session.commit()

    assert (wish.state, wish.claimer_id) == ("open", None)


def test_only_the_wisher_rates(session, street, wish):
    wishes.claim(session, **named(street, wish), claimer=street.helper)
    wishes.fulfil(session, **named(street, wish), claimer=street.helper)
    session.commit()

    with refused(session, street, PermissionDenied):
        wishes.rate(session, **named(street, wish), wisher=street.helper, stars=5)


def test_a_wish_that_cannot_be_taken_on_goes_back_with_a_reason(session, street, wish):
    with refused(session, street, ValidationFailed):
        wishes.send_back(session, **named(street, wish), reason=" ")
    wishes.send_back(session, **named(street, wish), reason="超出了能办的范围")

    assert wish.state == "returned"


def test_c16_an_activity_fulfils_the_wishes_it_was_made_for(session, street, wish):
    activity_id = new_id()
    named_ids = {
        "ledger_id": street.ledger_id,
        "activity_id": activity_id,
        "actor": street.world.staff,
    }
    wish_links.link(session, wish_ids=[wish.id], **named_ids)

    assert wish_links.fulfil_by_activity(session, **named_ids) == 1
    assert wish_links.fulfil_by_activity(session, **named_ids) == 0
    assert (wish.state, wish.activity_id) == ("fulfilled", activity_id)


def test_c16_a_wish_is_free_again_when_its_activity_does_not_fulfil_it(session, street, wish):
    named = {"ledger_id": street.ledger_id, "activity_id": new_id()}
    by_staff = {"actor": street.world.staff, **named}
    wish_links.link(session, wish_ids=[wish.id], **by_staff)

    assert wish_links.unlink(session, wish_ids=[new_id()], **named) == []
    assert wish_links.unlink(session, **named) == [wish]
    assert wish_links.fulfil_by_activity(session, **by_staff) == 0
    assert (wish.state, wish.activity_id) == ("open", None)


def test_c16_a_wish_promised_to_one_activity_is_not_taken_by_another(session, street, wish):
    key = {"ledger_id": street.ledger_id, "wish_ids": [wish.id], "actor": street.world.staff}
    first = new_id()
    wish_links.link(session, activity_id=first, **key)
    wish_links.link(session, activity_id=first, **key)  # said twice, it is the same
    session.commit()

    with refused(session, street, WishPromised):
        wish_links.link(session, activity_id=new_id(), **key)
    assert wish.activity_id == first


def test_a11_nobody_takes_their_households_wish_on_for_an_activity(session, street, wish):
    people.live_together(session, street.asker, street.helper)
    key = {"ledger_id": street.ledger_id, "wish_ids": [wish.id], "activity_id": new_id()}

    for member in (street.asker, street.helper):
        with refused(session, street, OwnWish):
            wish_links.link(session, actor=Actor(member.person_id), **key)


def test_a11_a_wish_of_who_closes_the_activity_waits_for_a_colleague(session, street, wish):
    people.live_together(session, street.asker, street.helper)
    key = {"ledger_id": street.ledger_id, "activity_id": new_id()}
    closer, staff = Actor(street.helper.person_id), street.world.staff
    wish_links.link(session, wish_ids=[wish.id], actor=staff, **key)

    assert wish_links.fulfil_by_activity(session, actor=closer, **key) == 0
    session.commit()
    assert (wish.state, wish.activity_id) == ("open", key["activity_id"])
    with refused(session, street, SecondPersonRequired):
        wish_links.fulfil_linked(session, **named(street, wish), actor=closer)
    wish_links.fulfil_linked(session, **named(street, wish), actor=staff)
    session.commit()
    assert (wish.state, wish.fulfilled_by_id) == ("fulfilled", staff.person_id)
    with refused(session, street, WishStateConflict):
        wish_links.fulfil_linked(session, **named(street, wish), actor=staff)


def test_a6_neither_who_closed_the_activity_nor_who_led_it_writes_its_stars(session, street, wish):
    key = {"ledger_id": street.ledger_id, "activity_id": new_id()}
    staff, leader = street.world.staff, street.world.leader
    wish_links.link(session, wish_ids=[wish.id], actor=staff, **key)
    wish_links.fulfil_by_activity(session, actor=staff, **key)
    session.commit()

    leads = [make.member_of(session, street, leader).id]
    for actor in (staff, leader):
        with refused(session, street, SecondPersonRequired):
            wishes.rate_for(session, **named(street, wish), stars=5, actor=actor, led_by_ids=leads)
    wishes.rate_for(
        session,
        **named(street, wish),
        stars=4,
        actor=street.world.second_staff,
        led_by_ids=leads,
    )
    assert wish.stars == 4


def test_c34_c35_a_place_names_its_campaigns_as_it_likes_and_each_counts_its_own(
    session, street, wish
):
    names = ("进万家门、知万家情、解万家难、暖万家心", "共建美好家园")
    key = {"ledger_id": street.ledger_id}
    for code, name in zip(("visits", "home"), names, strict=True):
        campaigns.make(session, **key, code=code, name=name)
    campaigns.tag(session, **key, code="visits", kind="activity", subject_id=new_id())
    campaigns.tag(session, **key, code="home", kind="wish", subject_id=wish.id)

    assert {each.name for each in campaigns.list_of(session, **key)} == set(names)
    assert campaigns.counts(session, **key, code="visits") == {"activity": 1}
    campaigns.untag(session, **key, code="home", kind="wish", subject_id=wish.id)
    assert campaigns.counts(session, **key, code="home") == {}


def test_t7_a_campaign_counts_wishes_and_activities_apart(session, street, wish):
    code = "5250"
    campaigns.make(session, ledger_id=street.ledger_id, code=code, name="5250(我爱我邻)")
    for kind, subject_id in (("wish", wish.id), ("wish", wish.id), ("activity", new_id())):
        campaigns.tag(
            session, ledger_id=street.ledger_id, code=code, kind=kind, subject_id=subject_id
        )

    assert campaigns.counts(session, ledger_id=street.ledger_id, code=code) == {
        "wish": 1,
        "activity": 1,
    }


@pytest.mark.parametrize(
    "words",
    [
        Words(kind="物品", title=" "),
        Words(kind="", title="老花镜"),
        Words(kind="物品", title="老花镜", value_max_yuan=-1),
    ],
)
def test_a_wish_without_words_is_refused(session, street, words):
    with refused(session, street, ValidationFailed):
        wishes.make(
            session,
            ledger_id=street.ledger_id,
            wisher=street.asker,
            words=words,
            actor=street.asking,
        )
