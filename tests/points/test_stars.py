"""Stars: reached by hours, granted after review and notice, lost with the hours; bars."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.people import objections
from app.people.objections import DisputedRecord
from app.points import backfills, grants, notices
from app.points.backfills import BackfillClaim
from app.points.errors import NoticeEmpty, StarBarred, StarNotReached
from app.points.models import Star, StarFall, StarRise
from app.points.stars import bars, counting, granting, rises, tables
from app.points.stars.tables import USUAL, Table
from tests.factories import people
from tests.factories import points as make
from tests.factories.snapshots import refused

DAY = date(2026, 3, 20)
"""A Friday; five working days later is Friday 27 March."""
OVER = date(2026, 3, 28)
LOW = Table(steps=(600, 1_200, 2_400), valid_from_on=DAY)


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(make.at(DAY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def low_table(session, world, **more):
    wanted = Table(**{"steps": LOW.steps, "valid_from_on": DAY, **more})
    return tables.add_version(session, programme=world.programme, wanted=wanted, actor=world.staff)


def served(session, world, minutes, name="温如许", **more):
    """A member with so many minutes, eight hours a day at most."""
    member = make.member(session, world, name)
    day = DAY
    while minutes:
        part = min(minutes, 480)
        make.grant(session, world, member.id, part, served_on=day, **more)
        minutes, day = minutes - part, day - timedelta(days=1)
    session.commit()
    return member


def review(session, world, *members, verdict="approved", reason=None, actor=None):
    return rises.review(
        session,
        ledger_id=world.ledger_id,
        member_ids=[each.id for each in members],
        verdict=verdict,
        reason=reason,
        actor=actor or world.staff,
    )


def put_up(session, world):
    return granting.put_up(
        session,
        ledger_id=world.ledger_id,
        node_id=world.node.id,
        title="三月星级公示",
        contact="党群服务中心一楼",
        actor=world.staff,
    )


def grant_due(session, world, day=OVER):
    with clock.held_at(make.at(day, 1)):
        return granting.grant_due(session, ledger_id=world.ledger_id)


def granted(session, world, *members):
    review(session, world, *members)
    put_up(session, world)
    grant_due(session, world)


def standing(session, world, member):
    return counting.standing(session, ledger_id=world.ledger_id, member_id=member.id)


def due(session, world, node=None):
    found = rises.list_due(session, ledger_id=world.ledger_id, node=node or world.node)
    return [(each.name_masked, each.granted, each.reached) for each in found]


@pytest.mark.parametrize(
    ("minutes", "stars"),
    [(5_999, 0), (6_000, 1), (35_999, 2), (36_000, 3), (59_999, 3), (60_000, 4), (90_000, 5)],
)
def test_e13_stars_by_the_minute(minutes, stars):
    assert USUAL.stars_of(minutes) == stars
    assert USUAL.hours == (100, 300, 600, 1_000, 1_500)


def test_d41_the_table_is_data_of_a_programme_and_a_version_never_changes(session, world):
    member = served(session, world, 600)
    assert standing(session, world, member).next_at == 6_000
    first = low_table(session, world)
    later = low_table(session, world, steps=(300,), valid_from_on=DAY + timedelta(days=1))
    assert (first.version, later.version) == (1, 2)
    found = standing(session, world, member)
    assert (found.reached, found.granted, found.missing_minutes) == (1, 0, 600)
    with clock.held_at(make.at(DAY + timedelta(days=1), 9)):
        assert tables.current(session, world.programme.id) == later
    listed = tables.list_versions(session, world.programme.id)
    assert [each.steps for each in listed] == [(300,), LOW.steps]


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": ()},
        {"steps": (60, 60)},
        {"steps": (0, 60)},
        {"steps": (1, 2, 3, 4, 5, 6)},
        {"notice_workdays": 4},
        {"bar_days": 364},
        {"valid_from_on": DAY - timedelta(days=1)},
    ],
)
def test_a_table_that_makes_no_sense_is_refused(session, world, wrong):
    with refused(session, ValidationFailed):
        low_table(session, world, **wrong)
    assert tables.current(session, world.programme.id) == USUAL


def test_d41_only_credited_hours_count_where_the_table_says_so(session, world):
    member = served(session, world, 600, provenance="honorary")
    low_table(session, world)
    assert standing(session, world, member).reached == 1
    low_table(session, world, counts="credited")
    assert (standing(session, world, member).minutes, due(session, world)) == (0, [])


def test_d41_stars_are_granted_after_review_and_five_working_days_of_notice(session, world):
    low_table(session, world)
    member = served(session, world, 1_200)
    served(session, world, 599, "任清和")
    assert due(session, world) == [("温*许", 0, 2)]
    assert due(session, world, world.city) == [("温*许", 0, 2)]
    review(session, world, member)
    assert due(session, world) == []
    notice = put_up(session, world)
    assert (notice.closes_on, notice.kind) == (date(2026, 3, 27), "stars")
    (line,) = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    stars_of = granting.of_notice(session, ledger_id=world.ledger_id, notice_id=notice.id)
    assert (line.name, line.minutes, stars_of[line.id]) == ("温*许", 1_200, 2)
    assert grant_due(session, world, date(2026, 3, 27)) == 0
    assert standing(session, world, member).granted == 0
    assert (grant_due(session, world), grant_due(session, world)) == (1, 0)
    found = standing(session, world, member)
    assert (found.granted, found.reached, found.rise) == (2, 2, None)
    assert due(session, world) == []


def test_p10_a_reversal_takes_the_star_at_once(session, world):
    low_table(session, world)
    member = served(session, world, 1_200)
    granted(session, world, member)
    made = grants.list_of_member(session, ledger_id=world.ledger_id, member_id=member.id)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=made[0].id, reason="不在场", actor=world.staff
    )
    found = standing(session, world, member)
    assert (found.granted, found.minutes) == (1, 720)
    fall = session.query(StarFall).filter_by(ledger_id=world.ledger_id).one()
    assert (fall.from_stars, fall.to_stars, fall.grant_id) == (2, 1, made[0].id)
    make.grant(session, world, member.id, 480, served_on=DAY - timedelta(days=30))
    assert due(session, world) == [("温*许", 1, 2)]


def test_stars_stand_by_the_table_they_were_granted_by(session, world):
    low_table(session, world)
    member = served(session, world, 1_200)
    granted(session, world, member)
    low_table(session, world, steps=(6_000,))
    made = make.grant(session, world, member.id, 60, served_on=DAY - timedelta(days=30))
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=made.id, reason="不在场", actor=world.staff
    )
    found = standing(session, world, member)
    assert (found.granted, found.reached) == (2, 0)


def test_d23_nobody_reviews_themselves_or_their_household(session, world):
    low_table(session, world)
    one, other = (served(session, world, 600, name) for name in ("温如许", "温和平"))
    people.live_together(session, one, other, relation="子女")
    for subject in (one, other):
        with refused(session, SecondPersonRequired):
            review(session, world, subject, actor=Actor(one.person_id))
    assert len(due(session, world)) == 2


def test_a_rise_is_refused_with_a_reason_and_may_be_reviewed_again(session, world):
    low_table(session, world)
    member = served(session, world, 600)
    with refused(session, ValidationFailed):
        review(session, world, member, verdict="refused")
    review(session, world, member, verdict="refused", reason="先核对二月的记录")
    assert due(session, world) == [("温*许", 0, 1)]
    review(session, world, member)
    with refused(session, StarNotReached):
        review(session, world, member)
    states = rises.list_of_member(session, ledger_id=world.ledger_id, member_id=member.id)
    assert sorted(each.state for each in states) == ["refused", "reviewed"]


def test_an_objection_stops_its_line_only_and_ends_it_when_upheld(session, world):
    low_table(session, world)
    one, other = served(session, world, 1_200), served(session, world, 600, "任清和")
    review(session, world, one, other)
    notice = put_up(session, world)
    named = {"ledger_id": world.ledger_id}
    lines = notices.list_lines(session, **named, notice_id=notice.id)
    record = DisputedRecord("notice", lines[0].id, other.id, world.staff.person_id, world.node.id)
    raised = objections.raise_objection(
        session,
        **named,
        member_id=other.id,
        record=record,
        claim="那天没有看到他",
        actor=Actor(other.person_id),
    )
    assert grant_due(session, world) == 1
    assert (standing(session, world, one).granted, standing(session, world, other).granted) == (
        0,
        1,
    )
    objections.answer(
        session,
        **named,
        objection_id=raised.id,
        verdict="upheld",
        reason="有两次没到",
        actor=world.second,
    )
    assert grant_due(session, world) == 1
    assert standing(session, world, one).rise is None
    (rise,) = rises.list_of_member(session, **named, member_id=one.id)
    assert rise.state == "refused"


def test_hours_that_went_during_the_notice_let_the_rise_lapse(session, world):
    low_table(session, world)
    member = served(session, world, 600)
    review(session, world, member)
    put_up(session, world)
    made = grants.list_of_member(session, ledger_id=world.ledger_id, member_id=member.id)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=made[0].id, reason="不在场", actor=world.staff
    )
    assert grant_due(session, world) == 1
    (rise,) = rises.list_of_member(session, ledger_id=world.ledger_id, member_id=member.id)
    assert (rise.state, standing(session, world, member).granted) == ("lapsed", 0)


def test_a_notice_that_was_taken_down_grants_nothing(session, world):
    low_table(session, world)
    member = served(session, world, 600)
    review(session, world, member)
    notice = put_up(session, world)
    notices.withdraw(
        session,
        ledger_id=world.ledger_id,
        notice_id=notice.id,
        reason="名单不全",
        actor=world.staff,
    )
    assert grant_due(session, world) == 0
    assert standing(session, world, member).rise.state == "reviewed"
    assert put_up(session, world).id != notice.id
    with refused(session, NoticeEmpty):
        put_up(session, world)


def test_d41_false_hours_bar_from_rising(session, world):
    low_table(session, world)
    member = served(session, world, 600)
    claim = BackfillClaim(
        member_id=member.id,
        node_id=world.node.id,
        category_code="other",
        provenance="honorary",
        minutes=60,
        served_on=DAY - timedelta(days=1),
        evidence="签到表",
        applied_by_id=member.person_id,
    )
    named = {"ledger_id": world.ledger_id}
    asked = backfills.request(session, **named, claim=claim, actor=world.staff)
    backfills.decide(
        session,
        **named,
        backfill_id=asked.id,
        level=3,
        verdict="approved",
        reason=None,
        actor=world.second,
    )
    backfills.find_false(
        session, **named, backfill_id=asked.id, reason="表是假的", actor=world.staff
    )
    until_on = DAY + timedelta(days=365)
    assert standing(session, world, member).barred_until_on == until_on
    with refused(session, StarBarred) as barred:
        review(session, world, member)
    assert barred.value.facts["until_on"] == until_on.isoformat()
    assert session.query(StarRise).filter_by(ledger_id=world.ledger_id).count() == 0
    with clock.held_at(make.at(until_on, 9)):
        assert standing(session, world, member).barred_until_on is None


def test_a_bar_of_staff_is_lifted_by_another_person(session, world):
    low_table(session, world)
    member = served(session, world, 600)
    named = {"ledger_id": world.ledger_id}
    whose = {**named, "member_id": member.id}
    wrong = {"member_id": member.id, "days": 364, "reason": "代签"}
    with refused(session, ValidationFailed):
        bars.bar(session, **named, **wrong, actor=world.staff)
    review(session, world, member)
    put_up(session, world)
    barred = bars.bar(session, **named, **{**wrong, "days": 400}, actor=world.staff)
    assert grant_due(session, world) == 1
    assert standing(session, world, member).granted == 0
    with refused(session, SecondPersonRequired):
        bars.lift(session, **whose, bar_id=barred.id, reason="弄错了", actor=world.staff)
    bars.lift(session, **whose, bar_id=barred.id, reason="弄错了", actor=world.second)
    assert bars.list_live(session, **named, member_id=member.id) == []
    assert standing(session, world, member).barred_until_on is None


def test_l13_a_merged_members_stars_go_to_who_was_kept(session, world):
    low_table(session, world)
    old = served(session, world, 1_200)
    granted(session, world, old)
    kept = make.member(session, world)
    make.merge(session, old, kept)
    assert standing(session, world, kept).granted == 2
    assert session.get(Star, (world.ledger_id, old.id)).stars == 0


def test_l13_d41_a_lower_rise_under_way_takes_no_star_of_who_was_kept(session, world):
    low_table(session, world)
    old, kept = served(session, world, 2_400), served(session, world, 600, "岑一帆")
    granted(session, world, old)
    review(session, world, kept)
    put_up(session, world)
    make.merge(session, old, kept)
    (rise,) = rises.list_of_member(session, ledger_id=world.ledger_id, member_id=kept.id)
    assert (rise.stars, rise.state) == (1, "refused")
    grant_due(session, world)
    assert standing(session, world, kept).granted == 3


def test_l13_d41_a_merge_shakes_no_bar_off(session, world):
    low_table(session, world)
    old, kept = served(session, world, 600), make.member(session, world, "岑一帆")
    named = {"ledger_id": world.ledger_id}
    barred = bars.bar(
        session, **named, member_id=old.id, days=400, reason="代签", actor=world.staff
    )
    make.merge(session, old, kept)
    assert standing(session, world, kept).barred_until_on == barred.until_on
    with refused(session, StarBarred):
        review(session, world, kept)
    assert [each.id for each in bars.list_live(session, **named, member_id=kept.id)] == [barred.id]
    other = make.member(session, world, "关小雨")
    lifting = {"bar_id": barred.id, "reason": "弄错了", "actor": world.second}
    with refused(session, NotFound):
        bars.lift(session, **named, member_id=other.id, **lifting)
    bars.lift(session, **named, member_id=kept.id, **lifting)
    assert standing(session, world, kept).barred_until_on is None
