"""Many hands at the same instant: the last slots go to as many as there are slots (T3)."""

import threading

import pytest

from app.base.errors import DomainError
from app.base.transactions import unit_of_work
from app.service_orders import claims, posts
from app.service_orders.errors import NoSlotLeft
from tests.factories import activities
from tests.factories import service_orders as make
from tests.factories.activities import at

pytestmark = pytest.mark.slow

HANDS, SLOTS = 8, 3


def test_t3_two_at_once_for_the_last_slot_one_gets_it(app, session, street):
    post = make.a_post(session, street, slot_count=SLOTS)
    people = [activities.a_member(session, street.world, f"志愿者{no}") for no in range(HANDS)]
    ledger_id, post_id = street.ledger_id, post.id
    session.commit()
    answers: list[object] = []

    def take(member) -> None:
        with app.app_context(), at("09:00"):
            try:
                unit_of_work(
                    lambda writing: (
                        claims.claim(
                            writing, ledger_id=ledger_id, post_id=post_id, member=member
                        ).id
                    )
                )
                answers.append("taken")
            except DomainError as refusal:
                answers.append(type(refusal))

    threads = [threading.Thread(target=take, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count("taken") == SLOTS
    assert answers.count(NoSlotLeft) == HANDS - SLOTS
    assert posts.get(session, ledger_id=ledger_id, post_id=post_id).taken_count == SLOTS
