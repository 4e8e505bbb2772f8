"""A roll-call taken back: within ten minutes, by who made it, and nothing else changes."""

import pytest
import sqlalchemy as sa

from app.activities import roll_undo, taking
from app.activities.models import Attendance
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.people.models import Audit
from tests.factories import activities as make
from tests.factories.activities import at, refused
from tests.ledger.statements_counted import counted


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


@pytest.fixture
def wen(session, world):
    return make.a_member(session, world)


def roll(session, world, slot, way, *members):
    call = taking.roll_in if way == "in" else taking.roll_out
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "actor": world.leader}
    return call(session, **named, member_ids=[member.id for member in members])


def undo(session, world, slot, way, *members, actor=None):
    return roll_undo.undo(
        session,
        ledger_id=world.ledger_id,
        session_id=slot.id,
        direction=way,
        member_ids=[member.id for member in members],
        actor=actor or world.leader,
    )


def stays(session, world):
    session.flush()
    query = sa.select(Attendance).where(Attendance.ledger_id == world.ledger_id)
    return list(session.scalars(query.order_by(Attendance.ordinal)))


def test_a_wrong_tick_counts_for_nothing_and_may_be_made_again(session, world, slot, wen):
    with at("08:50"):
        roll(session, world, slot, "in", wen)
    with at("08:52"):
        assert undo(session, world, slot, "in", wen).taken == {wen.id}
    with at("08:55"):
        assert roll(session, world, slot, "in", wen).taken == {wen.id}

    first, second = stays(session, world)
    assert (first.state, first.credited_minutes) == ("reversed", 0)
    assert (second.state, second.checked_in_at) == ("open", make.moment("08:55"))


def test_who_was_let_out_by_mistake_is_in_again(session, world, slot, wen):
    with at("08:50"):
        roll(session, world, slot, "in", wen)
    with at("10:00"):
        roll(session, world, slot, "out", wen)
        assert undo(session, world, slot, "out", wen).taken == {wen.id}
    (stay,) = stays(session, world)
    assert (stay.state, stay.checked_out_at, stay.out_door) == ("open", None, None)
    assert stay.credited_minutes is None

    with at("11:00"):
        roll(session, world, slot, "out", wen)
    assert stays(session, world)[0].credited_minutes == 120


def test_an_earlier_stay_is_reckoned_without_the_one_taken_back(session, world, slot, wen):
    with at("09:00"):
        roll(session, world, slot, "in", wen)
    with at("09:40"):
        roll(session, world, slot, "out", wen)
    with at("10:00"):
        roll(session, world, slot, "in", wen)
    with at("11:00"):
        roll(session, world, slot, "out", wen)
        assert [stay.credited_minutes for stay in stays(session, world)] == [40, 60]
        undo(session, world, slot, "out", wen)

    first, second = stays(session, world)
    assert (first.credited_minutes, first.zero_reason) == (0, "below_min_presence")
    assert second.state == "open"


@pytest.mark.parametrize("way", ["in", "out"])
def test_after_ten_minutes_or_by_another_it_stands(session, world, slot, wen, way):
    with at("08:50"):
        roll(session, world, slot, "in", wen)
    with at("09:50"):
        if way == "out":
            roll(session, world, slot, "out", wen)
        other = undo(session, world, slot, way, wen, actor=world.staff)
    with at("10:00:01"):
        late = undo(session, world, slot, way, wen)

    assert other.taken == late.taken == set()
    assert set(late.refused) == {wen.id}
    assert stays(session, world)[0].state == ("open" if way == "in" else "closed")


def test_a_scan_is_not_undone_as_a_roll(session, world, slot, wen):
    make.scan_in(session, world, slot, wen, "08:50")
    with at("08:51"):
        assert undo(session, world, slot, "in", wen).taken == set()

    assert stays(session, world)[0].state == "open"


def test_only_a_leader_takes_a_roll_back(session, world, slot, wen):
    with at("08:50"):
        roll(session, world, slot, "in", wen)
        session.commit()
        with refused(session, world, PermissionDenied):
            undo(session, world, slot, "in", wen, actor=Actor(wen.person_id))


def test_taking_back_is_written_down_and_many_cost_what_one_costs(session, world, slot):
    members = [make.a_member(session, world, f"人{name}") for name in "甲乙丙丁"]
    counts = []
    for some in (members[:1], members[1:]):
        with at("08:50"):
            roll(session, world, slot, "in", *some)
            session.commit()
            with counted(session) as statements:
                undo(session, world, slot, "in", *some)
            counts.append(len(statements))
            session.commit()

    notes = session.scalars(
        sa.select(Audit).where(Audit.ledger_id == world.ledger_id, Audit.action == "roll_undone")
    ).all()
    assert len(notes) == 4
    assert counts[0] == counts[1]
