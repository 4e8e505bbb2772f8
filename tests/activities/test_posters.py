"""Posters: they open the activity; who saw one is evidence for the leader and no presence."""

import pytest
import sqlalchemy as sa

from app.activities import codes, posters, scans
from app.activities.errors import BadSignature, NotInTimeWindow
from app.activities.models import Activity, Attendance
from app.activities.posters import PosterTicket
from app.base import clock
from app.base.errors import NotFound
from app.people.errors import CodeExpired
from tests.factories import activities as make
from tests.factories.activities import at, refused


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def ticket(slot):
    return PosterTicket(slot.ledger_id, slot.activity_id, clock.now())


def test_a_poster_ticket_is_good_for_ten_minutes_and_for_nothing_else(session, world, slot):
    with at("08:50:00"):
        signed = ticket(slot).sign()
        for read in (codes.read_ticket, lambda text: codes.open_ticket(text, ledger_id=1)):
            with pytest.raises(BadSignature):
                read(signed)
        with pytest.raises(BadSignature):
            posters.open_ticket(signed[:-2] + "AA")
    with at("09:00:00"):
        assert posters.open_ticket(signed).seen_at == make.moment("08:50")
    with at("09:00:01"), pytest.raises(CodeExpired):
        posters.open_ticket(signed)


def test_seeing_the_poster_leaves_one_line_and_no_presence(session, world, slot):
    member = make.a_member(session, world)
    with at("08:50:00"):
        first = posters.note(session, ticket=ticket(slot), member_id=member.id)
    with at("08:55:00"):
        again = posters.note(session, ticket=ticket(slot), member_id=member.id)

    named = {"ledger_id": world.ledger_id, "session_id": slot.id}
    assert again.id == first.id
    assert first.seen_at == make.moment("08:50")
    assert [each.member_id for each in posters.list_seen(session, **named)] == [member.id]
    assert scans.list_of_session(session, **named) == []
    query = sa.select(sa.func.count()).where(Attendance.ledger_id == world.ledger_id)
    assert session.scalar(query) == 0


def test_who_checked_in_needs_no_poster(session, world, slot):
    member = make.a_member(session, world)
    with at("08:50:00"):
        posters.note(session, ticket=ticket(slot), member_id=member.id)
    make.scan_in(session, world, slot, member, "08:51")

    named = {"ledger_id": world.ledger_id, "session_id": slot.id}
    assert posters.list_seen(session, **named) == []


def test_a_poster_at_home_leaves_nothing(session, world, slot):
    member = make.a_member(session, world)
    for moment in ("07:59:59", "11:00:00"):
        with at(moment), refused(session, world, NotInTimeWindow):
            posters.note(session, ticket=ticket(slot), member_id=member.id)


def test_a_poster_opens_what_anybody_may_see_only(session, world, slot):
    activity = session.get(Activity, (world.ledger_id, slot.activity_id))
    named = {"ledger_id": world.ledger_id, "number": activity.number}
    assert posters.find(session, **named).id == activity.id

    activity.state = "submitted"
    session.flush()
    with pytest.raises(NotFound):
        posters.find(session, **named)
