"""Quarters in the reports: three inputs by a printed rule, frozen lines, corrections later."""

import io
import zipfile
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.people import team_members, teams
from app.points import grants
from app.points.errors import PeriodConflict
from app.points.models import Assessment
from app.points.quarters import assessing, closing, scoring
from app.points.quarters.assessing import Mark, Subject
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports import exports, verification
from app.reports.quarters import boards, files, freezing
from tests.factories import people
from tests.factories import points as make

Q4, Q1 = Quarter(2025, 4), Quarter(2026, 1)
DECEMBER, JANUARY = date(2025, 12, 20), date(2026, 1, 5)
MIXED = Rule(hours_weight=60, rating_weight=20, review_weight=20, full_minutes=480)


@pytest.fixture(autouse=True)
def on_a_january_day():
    with clock.held_at(make.at(JANUARY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def served(session, world, name, minutes, **more):
    member = make.member(session, world, name)
    made = make.grant(session, world, member.id, minutes, **{"served_on": DECEMBER, **more})
    return member, made


def close(session, world, quarter=Q4):
    named = {"ledger_id": world.ledger_id, "quarter": quarter}
    closing.propose(session, **named, actor=world.staff)
    report = freezing.close(session, **named, actor=world.second)
    session.commit()
    return report


def board(session, world, quarter=Q4, **more):
    named = {"ledger_id": world.ledger_id, "node": world.node, "quarter": quarter}
    return boards.draw(session, **named, **more)


def rows(drawn):
    return [(place, one.minutes, one.score) for place, one in drawn.ranked]


def reverse(session, world, grant):
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant.id, reason="不在场", actor=world.staff
    )


def seat(session, world, name="林晚舟", body="committee"):
    whose = make.member(session, world, name)
    made = assessing.appoint(
        session,
        ledger_id=world.ledger_id,
        node_id=world.node.id,
        member_id=whose.id,
        body=body,
        actor=world.staff,
    )
    return made, Actor(whose.person_id), whose


def mark(session, world, chair, subject, score, quarter=Q4):
    made, actor, _whose = chair
    return assessing.assess(
        session,
        ledger_id=world.ledger_id,
        assessor_id=made.id,
        quarter=quarter,
        subject=subject,
        mark=Mark(score),
        actor=actor,
    )


def test_s2_a_closed_quarter_stays_and_a_later_reversal_shows_minus_in_the_next(session, world):
    first, wrong = served(session, world, "温如许", 120)
    served(session, world, "任清和", 60)
    report = close(session, world)
    before = rows(board(session, world))
    reverse(session, world, wrong)
    assert rows(board(session, world)) == before == [(1, 120, 120), (2, 60, 60)]
    assert freezing.is_unchanged(session, report)
    after = board(session, world, Q1)
    assert [(one.subject_id, one.minutes, one.adjustment_minutes) for one in after.others] == [
        (first.id, -120, -120)
    ]
    assert (after.minutes, after.adjustment_minutes, after.report) == (-120, -120, None)


def test_a15_the_frozen_lines_cannot_be_changed_in_the_database(session, world):
    served(session, world, "温如许", 120)
    report = close(session, world)
    for statement in (
        "UPDATE reports_quarter_line SET score = 1",
        "DELETE FROM reports_quarter_line",
        "UPDATE reports_quarter SET line_count = 0",
    ):
        with pytest.raises(DBAPIError):
            session.execute(sa.text(statement))
        session.rollback()
    found = freezing.find(session, ledger_id=world.ledger_id, quarter=Q4)
    assert (found.line_count, found.sha256) == (1, report.sha256)
    assert freezing.is_unchanged(session, found)


def test_a_merge_or_a_new_rule_after_the_close_moves_nothing(session, world):
    served(session, world, "温如许", 120)
    close(session, world)
    before = rows(board(session, world))
    scoring.add_version(session, programme=world.programme, wanted=MIXED, actor=world.staff)
    assert rows(board(session, world)) == before
    assert board(session, world).rule.is_plain
    assert board(session, world, Q1).rule.version == 1


def test_s1_the_three_inputs_by_their_weights_and_ties_share(session, world):
    scoring.add_version(session, programme=world.programme, wanted=MIXED, actor=world.staff)
    one, _ = served(session, world, "温如许", 240)
    other, _ = served(session, world, "任清和", 240)
    third, _ = served(session, world, "苏小满", 480)
    mark(session, world, seat(session, world), Subject("member", one.id), 100)
    mark(session, world, seat(session, world, "孟听泉", "owners"), Subject("member", one.id), 60)
    mark(session, world, seat(session, world, "江行远"), Subject("member", one.id), 90)
    drawn = board(session, world)
    scores = {each.subject_id: (place, each.score) for place, each in drawn.ranked}
    # the committee's 100 and 90 are 95.00, the owners' 60; hours 50.00 weigh 60, reviews 20
    assert scores[one.id] == (2, (60 * 5_000 + 20 * 7_750) // 80)
    assert (scores[third.id], scores[other.id]) == ((1, 10_000), (3, 5_000))
    served(session, world, "顾一枝", 240)
    assert [place for place, _ in board(session, world).ranked] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("minutes", "rating", "review", "score"),
    [
        (600, (5, 1), 10_000, 10_000),
        (240, (0, 0), None, 5_000),
        (240, (8, 2), None, (60 * 5_000 + 20 * 8_000) // 80),
        (9_999, (1, 1), 0, (60 * 10_000 + 20 * 2_000) // 100),
        (-60, (0, 0), None, 0),
    ],
)
def test_s1_a_score_is_whole_and_what_is_missing_weighs_nothing(minutes, rating, review, score):
    assert MIXED.score(minutes, rating, review) == score
    assert Rule().score(minutes, rating, review) == minutes


def test_s1_the_exported_rows_give_the_same_order(session, world):
    scoring.add_version(session, programme=world.programme, wanted=MIXED, actor=world.staff)
    for name, minutes in (("温如许", 240), ("任清和", 120), ("苏小满", 480), ("林晚舟", 120)):
        served(session, world, name, minutes)
    close(session, world)
    drawn = board(session, world)
    named = {"ledger_id": world.ledger_id, "node": world.node, "quarter": Q4}
    listed = list(files.content(session, **named, kind="member").lines)
    again = [MIXED.score(row[3], (row[8], row[9]), row[10]) for row in listed]
    assert again == [row[2] for row in listed]
    assert [row[0] for row in listed] == [1 + sum(x > y for x in again) for y in again]
    assert [row[0] for row in listed] == [place for place, _ in drawn.ranked] == [1, 2, 3, 3]


def test_a16_a_quarter_board_is_a_file_that_can_be_verified(session, world):
    _, grant = served(session, world, "温如许", 120)
    close(session, world)
    named = {"ledger_id": world.ledger_id, "node": world.node, "quarter": Q4, "kind": "member"}
    file = io.BytesIO()
    made = exports.write(files.content(session, **named), file, "xlsx", operator_name="沈同舟")
    exports.register(session, ledger_id=world.ledger_id, made=made, actor=world.staff)
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "按志愿时长排" in sheet
    assert "温如许" not in sheet
    reverse(session, world, grant)
    found = verification.look_up(session, made.code)
    assert (found.is_standing, found.said) == (True, {"people": 1, "minutes": 120})


def test_s9_nobody_assesses_themselves_their_household_or_their_team(session, world):
    chair = seat(session, world)
    _made, actor, whose = chair
    act = {"ledger_id": world.ledger_id, "actor": SYSTEM}
    wife, _ = served(session, world, "任清和", 60)
    people.live_together(session, whose, wife)
    team = teams.create(
        session, team=teams.NewTeam(world.node.id, "医心医意", "志愿服务队", "社区"), **act
    )
    team_members.join(session, team_id=team.id, member_id=whose.id, **act)
    for subject in (
        Subject("member", whose.id),
        Subject("member", wife.id),
        Subject("team", team.id),
    ):
        with pytest.raises(SecondPersonRequired), attempt(session):
            mark(session, world, chair, subject, 100)
    with pytest.raises(SecondPersonRequired), attempt(session):
        assessing.appoint(
            session,
            ledger_id=world.ledger_id,
            node_id=world.node.id,
            member_id=whose.id,
            body="owners",
            actor=actor,
        )
    query = sa.select(Assessment.id).where(Assessment.ledger_id == world.ledger_id)
    assert session.scalars(query).all() == []


def test_s9_a_score_is_given_anew_until_the_quarter_is_closed(session, world):
    one, _ = served(session, world, "温如许", 60)
    chair, subject = seat(session, world), Subject("member", one.id)
    mark(session, world, chair, subject, 40)
    mark(session, world, chair, subject, 80)
    given = assessing.list_given(
        session, ledger_id=world.ledger_id, assessor_id=chair[0].id, quarter=Q4
    )
    assert [each.score for each in given] == [80]
    with pytest.raises(ValidationFailed), attempt(session):
        mark(session, world, chair, subject, 101)
    close(session, world)
    for quarter in (Q4, Q1.next):
        with pytest.raises(PeriodConflict), attempt(session):
            mark(session, world, chair, subject, 100, quarter)
    (line,) = [one for _, one in board(session, world).ranked]
    assert line.review_hundredths == 8_000


def test_late_hours_of_a_closed_quarter_are_corrections_of_the_next(session, world):
    served(session, world, "温如许", 60)
    close(session, world)
    member, _ = served(session, world, "任清和", 90)
    make.grant(session, world, member.id, 30, served_on=JANUARY - timedelta(days=1))
    ((_, line),) = board(session, world, Q1).ranked
    assert (line.minutes, line.adjustment_minutes) == (120, 90)
