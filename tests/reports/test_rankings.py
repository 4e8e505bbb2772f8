"""Hours rankings: order, shared ranks, cuts, and what does not count."""

from datetime import date

import pytest

from app.base import clock
from app.people import teams
from app.points import reversals
from app.reports import rankings
from app.reports.errors import PeriodEmpty
from tests.factories import community as places
from tests.factories import points


def cut(made, **more):
    defaults = {
        "ledger_id": made.ledger_id,
        "node": made.node,
        "begins_on": date(2020, 1, 1),
        "ends_on": clock.today(),
    }
    return rankings.Cut(**{**defaults, **more})


def ranked(session, made, **more):
    return [
        (row.rank, row.name, row.total_minutes) for row in rankings.rank(session, cut(made, **more))
    ]


@pytest.fixture
def made(session):
    return points.world(session)


def test_d42_ties_share_a_rank_and_the_next_rank_is_skipped(session, made):
    for name, minutes in (("甲一", 300), ("乙二", 120), ("丙三", 120), ("丁四", 60)):
        points.grant(session, made, points.member(session, made, name).id, minutes)

    assert ranked(session, made) == [
        (1, "甲一", 300),
        (2, "乙二", 120),
        (2, "丙三", 120),
        (4, "丁四", 60),
    ]


def test_d42_reversed_hours_are_excluded(session, made):
    member = points.member(session, made)
    kept = points.grant(session, made, member.id, 60)
    false = points.grant(session, made, member.id, 120, served_on=date(2025, 3, 1))
    reversals.reverse(
        session, ledger_id=made.ledger_id, grant_id=false.id, reason="假的", actor=made.second
    )

    (row,) = rankings.rank(session, cut(made))

    assert (row.total_minutes, row.grant_count) == (kept.minutes, 1)


def test_waiting_hours_do_not_count(session, made):
    member = points.member(session, made)
    points.grant(session, made, member.id, 60, hold_reasons=("roll",))

    assert rankings.rank(session, cut(made)) == []


def test_both_ends_of_the_period_belong_to_it(session, made):
    member = points.member(session, made)
    for day in (1, 2, 3, 4):
        points.grant(session, made, member.id, 60, served_on=date(2025, 3, day))

    days = {"begins_on": date(2025, 3, 2), "ends_on": date(2025, 3, 3)}

    assert ranked(session, made, **days) == [(1, "温如许", 120)]


def test_provenance_is_split_and_may_be_chosen(session, made):
    member = points.member(session, made)
    points.grant(session, made, member.id, 60)
    points.grant(session, made, member.id, 90, provenance="honorary", served_on=date(2025, 3, 1))

    (row,) = rankings.rank(session, cut(made))

    assert (row.credited_minutes, row.honorary_minutes, row.historical_minutes) == (60, 90, 0)
    assert ranked(session, made, provenances=("credited",)) == [(1, "温如许", 60)]


def test_a_member_counts_where_they_are_registered(session, made):
    here = points.member(session, made, "甲一")
    other = places.make_node(session, parent=made.city)
    points.grant(session, made, here.id, 60)

    assert ranked(session, made, node=made.city) == [(1, "甲一", 60)]
    assert ranked(session, made, node=other) == []


def test_a_merged_members_past_counts_for_the_one_who_was_kept(session, made):
    old, kept = points.member(session, made, "甲一"), points.member(session, made, "甲一")
    points.grant(session, made, old.id, 60)
    points.grant(session, made, kept.id, 30, served_on=date(2025, 3, 1))
    points.merge(session, old, kept)

    (row,) = rankings.rank(session, cut(made))

    assert (row.volunteer_no, row.total_minutes) == (kept.volunteer_no, 90)


def test_the_past_of_a_chain_of_merges_counts_for_the_last(session, made):
    first, second, last = (points.member(session, made, "甲一") for _ in range(3))
    points.grant(session, made, first.id, 60)
    for old, kept in ((first, second), (second, last)):
        points.merge(session, old, kept)
    session.expire_all()

    (row,) = rankings.rank(session, cut(made))

    assert (row.volunteer_no, row.total_minutes) == (last.volunteer_no, 60)


def test_a_team_or_a_category_may_be_chosen(session, made):
    member = points.member(session, made)
    team = teams.create(
        session,
        ledger_id=made.ledger_id,
        team=teams.NewTeam(made.node.id, "绿洲课后", "volunteer", "金溪社区"),
        actor=made.staff,
    )
    points.grant(session, made, member.id, 60, team_id=team.id)
    points.grant(session, made, member.id, 30, served_on=date(2025, 3, 1))

    assert ranked(session, made, team_id=team.id) == [(1, "温如许", 60)]
    assert ranked(session, made, category_code="other") == [(1, "温如许", 90)]
    assert ranked(session, made, category_code="patrol") == []


def test_a_period_that_ends_before_it_begins_is_refused(session, made):
    with pytest.raises(PeriodEmpty):
        rankings.rank(session, cut(made, begins_on=date(2025, 3, 2), ends_on=date(2025, 3, 1)))


def test_a_stream_and_its_slices_are_the_ranking(session, made):
    for name, minutes in (("甲一", 300), ("乙二", 120), ("丙三", 120), ("丁四", 60)):
        points.grant(session, made, points.member(session, made, name).id, minutes)
    whole = rankings.rank(session, cut(made))

    total, lines = rankings.stream(session, cut(made))
    slices = [rankings.page(session, cut(made), limit=2, offset=offset) for offset in (0, 1, 2, 9)]

    assert (total, list(lines)) == (4, whole)
    assert [(page.total, page.rows) for page in slices] == [
        (4, whole[:2]),
        (4, whole[1:3]),
        (4, whole[2:]),
        (4, []),
    ]


def test_a_ranking_of_nobody_has_no_lines(session, made):
    total, lines = rankings.stream(session, cut(made))

    assert (total, list(lines)) == (0, [])
    assert rankings.page(session, cut(made), limit=5, offset=5) == rankings.Page(0, [])
