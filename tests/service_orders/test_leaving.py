"""Who is erased leaves rows without words; what they asked for ends, points come back (D47)."""

import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.people import duties, erasure, own_record
from app.people.models import Message
from app.people.names import ERASED
from app.service_orders import (
    call_listings,
    claims,
    exchanges,
    field_calls,
    finishing,
    forgetting,
    offers,
    posts,
    standing,
    wishes,
)
from app.service_orders import own_record as asked_and_given
from app.service_orders.field_calls import Said
from app.service_orders.models import Claim, OrderLog, OrderNote, Post
from app.service_orders.offers import Proposal
from app.service_orders.wishes import Words
from tests.factories import service_orders as make
from tests.factories.activities import at

SECRET = "腿脚不便"


def forget(session, member):
    with at("18:00"):
        forgetting.forget_all(session, person_id=member.person_id, actor=Actor(member.person_id))
        session.commit()
    session.expire_all()


def test_d47_a_rated_order_keeps_its_steps_and_loses_its_words(session, street):
    order = make.rated(session, street, 5)
    lines = len(standing.history(session, ledger_id=street.ledger_id, order_id=order.id))
    key = {"ledger_id": street.ledger_id, "order_id": order.id}
    assert "办好了" in standing.notes_of(session, **key).values()
    forget(session, street.asker)

    assert (order.title, standing.text_of(order)) == (ERASED, "")
    assert standing.notes_of(session, **key) == {}
    assert len(standing.history(session, **key)) == lines
    assert (order.state, order.stars) == ("finished", 5)
    assert [each.state for each in make.grants_of(session, street)] == ["posted"]


def test_d47_an_order_under_way_ends_and_its_slot_and_points_are_free(session, street):
    order = make.accepted(session, street)
    make.earned(session, street, street.asker, 20)
    exchange = make.taken_on(session, street)
    offer = offers.make(
        session,
        ledger_id=street.ledger_id,
        member=street.asker,
        proposal=Proposal(title="教写毛笔字", points=5, minutes=60),
    )
    with at("08:00"):
        post = posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=make.a_call(),
            actor=street.world.staff,
        )
        claim = claims.claim(
            session, ledger_id=street.ledger_id, post_id=post.id, member=street.asker
        )
        session.commit()
    forget(session, street.asker)

    assert order.state == "withdrawn"
    last = standing.history(session, ledger_id=street.ledger_id, order_id=order.id)[-1]
    assert (last.act, last.actor_id) == ("withdrawn", street.asker.person_id)
    assert (exchange.state, exchange.title, exchanges.text_of(exchange)) == (
        "withdrawn",
        ERASED,
        "",
    )
    assert exchange.end_journal_id is not None
    assert offer.ended_at is not None
    assert offer.title == ERASED
    assert session.get(Claim, (street.ledger_id, claim.id)).state == "withdrawn"
    assert session.get(Post, (street.ledger_id, post.id)).taken_count == 0


def test_d47_what_the_person_promised_others_may_do_again(session, street):
    make.earned(session, street, street.asker, 20)
    exchange = make.taken_on(session, street)
    wish = wishes.make(
        session,
        ledger_id=street.ledger_id,
        wisher=street.asker,
        words=Words(kind="物品", title="一副老花镜"),
        actor=street.asking,
    )
    wishes.claim(session, ledger_id=street.ledger_id, wish_id=wish.id, claimer=street.helper)
    session.commit()
    forget(session, street.helper)

    assert (exchange.state, exchange.helper_id, exchange.title) == ("open", None, "代管钥匙")
    assert (wish.state, wish.claimer_id, wish.title) == ("open", None, "一副老花镜")


def test_d47_a_call_and_a_wish_are_closed_without_their_words(session, street):
    duties.give(
        session,
        ledger_id=street.ledger_id,
        member_id=street.asker.id,
        node=street.world.node,
        kind_code="grid_roving",
        actor=SYSTEM,
    )
    call = field_calls.call_desk(
        session,
        ledger_id=street.ledger_id,
        member_id=street.asker.id,
        said=Said(text="我家门口井盖翻了", spot="三号楼"),
        actor=street.asking,
    )
    wish = wishes.make(
        session,
        ledger_id=street.ledger_id,
        wisher=street.asker,
        words=Words(kind="物品", title="一副老花镜", text="300 度"),
        actor=street.asking,
    )
    session.commit()
    forget(session, street.asker)

    assert (
        call_listings.unanswered_count(session, ledger_id=street.ledger_id, node=street.world.node)
        == 0
    )
    said = (field_calls.text_of(call), field_calls.spot_of(call), field_calls.answer_of(call))
    assert said == ("", "", "")
    assert (wish.state, wish.title, wishes.text_of(wish)) == ("returned", ERASED, "")


def test_d47_no_title_of_the_person_is_left_in_the_inboxes_of_others(session, street):
    """Who helped or handled kept a line with the erased person's own words in it."""
    make.accepted(session, street)
    make.earned(session, street, street.asker, 20)
    make.taken_on(session, street)
    wish = wishes.make(
        session,
        ledger_id=street.ledger_id,
        wisher=street.asker,
        words=Words(kind="物品", title="一副老花镜"),
        actor=street.asking,
    )
    wishes.claim(session, ledger_id=street.ledger_id, wish_id=wish.id, claimer=street.helper)
    own = wishes.make(
        session,
        ledger_id=street.ledger_id,
        wisher=street.helper,
        words=Words(kind="物品", title="一把伞"),
        actor=Actor(street.helper.person_id),
    )
    wishes.send_back(session, ledger_id=street.ledger_id, wish_id=own.id, reason="重复了")
    session.commit()
    forget(session, street.asker)

    lines = session.execute(
        sa.select(Message.topic, Message.facts).where(Message.ledger_id == street.ledger_id)
    ).all()
    told = [(topic, facts["title"]) for topic, facts in lines if "title" in facts]
    written = [each for each in told if each[0].startswith(("order_", "help_", "wish_not_"))]
    assert {"order_assigned", "help_withdrawn", "wish_not_needed"} <= {each[0] for each in written}
    assert {title for _, title in written} == {ERASED}
    assert ("wish_returned", "一把伞") in told, "of somebody who stays"


def test_d47_no_word_of_the_person_is_left_in_what_their_record_showed(session, street):
    order = make.done(session, street)
    with at("12:00"):
        make.step(
            session,
            street,
            finishing.rate,
            order,
            stars=4,
            note="谢谢小陆",
            actor=street.asking,
        )
    key = {"ledger_id": street.ledger_id, "member_id": street.asker.id}
    record = asked_and_given.of_member(session, **key)
    assert SECRET in str(record)
    assert record["orders"][0]["notes"][-1] == "谢谢小陆"
    person_id = street.asker.person_id
    forget(session, street.asker)
    erasure.erase(session, person_id=person_id, actor=Actor(person_id))
    session.commit()

    after = asked_and_given.of_member(session, **key)
    assert SECRET not in str(after)
    assert "谢谢小陆" not in str(after)
    assert after["orders"][0]["stars"] == 4


def test_my_record_holds_what_i_did_for_others_but_not_what_they_asked(session, street):
    make.rated(session, street, 5)
    key = {"ledger_id": street.ledger_id, "member_id": street.helper.id}
    record = asked_and_given.of_member(session, **key)

    assert record["orders"] == []
    assert [each["minutes"] for each in record["order_work"]] == [90]
    assert SECRET not in str(record)
    assert "帮忙取药" not in str(record)
    assert own_record.my_record(
        session, person_id=street.helper.person_id, ledger_id=street.ledger_id
    )


def test_the_words_lie_beside_the_log_and_the_log_is_never_changed(session, street):
    make.done(session, street)
    logged = session.scalar(
        sa.select(sa.func.count()).where(OrderLog.ledger_id == street.ledger_id)
    )
    noted = session.scalar(
        sa.select(sa.func.count()).where(OrderNote.ledger_id == street.ledger_id)
    )
    assert (logged, noted) == (5, 2)
    assert "note_sealed" not in OrderLog.__table__.columns
