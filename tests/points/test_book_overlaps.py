"""One person at one time in two books: flagged in each by the nightly job, never refused (C18)."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.cli import jobs
from app.people import joining
from app.points import grants, programmes
from app.points.rates import Terms
from app.reports.proofs import prove
from app.risk import signals
from tests.factories import community as places
from tests.factories import desk as desks
from tests.factories import households as make
from tests.factories import people, points

DAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(DAY, 20)):
        yield


@pytest.fixture
def world(session):
    return points.world(session)


@pytest.fixture
def other(session, world):
    """A book of its own in the next township."""
    return another_book(session)


def another_book(session):
    node = places.make_node(session, None, name="上洋社区")
    programme = programmes.start(
        session, node=node, book_code="shangyang", name="上洋时间银行", actor=SYSTEM
    )
    made = points.World(programme, node, node)
    for indicator in programmes.list_indicators(session, programme):
        points.rate(session, made, indicator.code, Terms(1, 60))
    session.commit()
    return made


def in_both(session, world, other, name="温如许"):
    """One person who belongs to both books."""
    mine = points.member(session, world, name)
    theirs = joining.join_another_book(
        session, ledger_id=other.ledger_id, person_id=mine.person_id, node_id=other.node.id,
        consent_version=people.CONSENT, actor=Actor(mine.person_id),
    )  # fmt: skip
    session.commit()
    return mine, theirs


def serve(session, world, member, begins, ends, day=DAY):
    made = points.grant(session, world, member.id, **points.stay(day, begins, ends))
    session.commit()
    return made


def flag(session, world):
    """The nightly job over one book."""
    count = jobs.flag_overlaps(session, world.ledger_id)
    session.commit()
    return count


def cases(session, world):
    return [
        each
        for each in signals.list_open(session, ledger_id=world.ledger_id)
        if each.rule_code == "presence_across_books"
    ]


def test_c18_the_same_time_in_two_books_is_flagged_in_both_and_both_stay_credited(
    session, world, other
):
    mine, theirs = in_both(session, world, other)
    first = serve(session, world, mine, 9, 11)
    second = serve(session, other, theirs, 10, 12)
    assert (first.state, second.state) == ("posted", "posted")
    assert (flag(session, world), flag(session, other)) == (1, 1)
    (here,), (there,) = cases(session, world), cases(session, other)
    assert (here.subject_id, there.subject_id) == (mine.id, theirs.id)
    assert here.facts["other_book"] == "上洋时间银行"
    assert there.facts["other_book"] == "爱心银行"
    for case in (here, there):
        assert (case.facts["day"], case.facts["overlap_minutes"]) == ("2026-03-20", 60)
    assert points.hours_of(session, world, mine.id) == 120
    assert points.hours_of(session, other, theirs.id) == 120
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_a_case_is_raised_once_however_often_the_job_runs_also_when_it_was_judged(
    session, world, other
):
    mine, theirs = in_both(session, world, other)
    serve(session, world, mine, 9, 11)
    serve(session, other, theirs, 9, 11)
    for _ in range(3):
        flag(session, world)
    (case,) = cases(session, world)
    signals.decide(
        session, ledger_id=world.ledger_id, signal_id=case.id, verdict="dismissed",
        actor=world.staff,
    )  # fmt: skip
    flag(session, world)
    assert cases(session, world) == []
    serve(session, other, theirs, 14, 16)
    serve(session, world, mine, 15, 17)
    flag(session, world)
    assert [each.facts["overlap_minutes"] for each in cases(session, world)] == [60]


def test_what_touches_is_another_days_or_was_taken_back_is_not_flagged(session, world, other):
    mine, theirs = in_both(session, world, other)
    serve(session, world, mine, 9, 11)
    serve(session, other, theirs, 11, 12)
    serve(session, other, theirs, 9, 11, day=DAY - timedelta(days=1))
    wrong = serve(session, other, theirs, 8, 10)
    grants.reverse(
        session, ledger_id=other.ledger_id, grant_id=wrong.id, reason="没有去", actor=other.staff
    )
    session.commit()
    assert (flag(session, world), flag(session, other)) == (0, 0)
    assert cases(session, world) == cases(session, other) == []


def test_two_people_at_one_time_in_two_books_are_nobodys_case(session, world, other):
    mine, _ = in_both(session, world, other)
    _, theirs = in_both(session, world, other, name="林知远")
    serve(session, world, mine, 9, 11)
    serve(session, other, theirs, 9, 11)
    assert (flag(session, world), flag(session, other)) == (0, 0)


def test_the_job_looks_back_three_days_on_what_was_granted_and_not_further(session, world, other):
    mine, theirs = in_both(session, world, other)
    serve(session, world, mine, 9, 11)
    serve(session, other, theirs, 9, 11)
    with clock.held_at(points.at(DAY + timedelta(days=5), 1)):
        assert flag(session, world) == 0
    with clock.held_at(points.at(DAY + timedelta(days=2), 1)):
        assert flag(session, world) == 1


def test_c18_an_application_posted_days_later_is_flagged_in_both_books(session, world, other):
    """It is put up for working days (D30): the hours it tells of are old by then."""
    mine, theirs = in_both(session, world, other)
    serve(session, world, mine, 9, 11)
    slot = {"starts_at": points.at(DAY, 10), "ends_at": points.at(DAY, 12)}
    asked = make.apply(
        session, other, theirs, category_code="other", quantity=0, minutes=120, **slot
    )
    make.review(session, other, asked)
    make.put_up(session, other)
    session.commit()
    with clock.held_at(points.at(DAY + timedelta(days=8), 1)):
        assert (flag(session, world), flag(session, other)) == (0, 0)
        jobs.post_applications(session, other.ledger_id)
        session.commit()
        assert asked.state == "posted"
        assert (flag(session, world), flag(session, other)) == (1, 1)
    for book in (world, other):
        (case,) = cases(session, book)
        assert (case.facts["day"], case.facts["overlap_minutes"]) == ("2026-03-20", 60)


def test_c18_the_desk_reads_in_which_book_and_how_long_and_judges_it(app, session):
    desk = desks.a_desk(app, session)
    other = another_book(session)
    mine, theirs = in_both(session, desk.world, other)
    serve(session, desk.world, mine, 9, 11)
    serve(session, other, theirs, 10, 12)
    flag(session, desk.world)
    assert "系统觉得奇怪的事" in desk.at("staff").get(desk.path("/")).text
    page = desk.at("staff").get(desk.path("/signals")).text
    assert "同一时间在两本账里都有服务" in page
    for words in ("上洋时间银行", "2026-03-20", "重了多少分钟 60", mine.name_masked):
        assert words in page
    (case,) = cases(session, desk.world)
    door = desk.path(f"/signals/{case.id}/decide")
    assert desk.at("staff").send(door, verdict="dismissed").status_code == 303
    assert mine.name_masked not in desk.at("staff").get(desk.path("/signals")).text
