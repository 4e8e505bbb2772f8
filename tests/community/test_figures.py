"""Figures that came from elsewhere keep all that they were stated with, and their history."""

from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.base.actors import SYSTEM, Actor
from app.base.errors import (
    AlreadyRequested,
    CsvUnreadable,
    NotFound,
    SecondPersonRequired,
    ValidationFailed,
)
from app.base.ids import new_id
from app.community import figure_imports, figure_withdrawals, figures
from app.community.figure_words import Stated, about, allows, said, step_of
from app.community.models import Figure, FigureKind
from tests.factories.community import make_jinxi
from tests.factories.snapshots import refused
from tests.factories.teams import at_once

HEADER = "地方编码,指标编码,指标,数,约数词,单位,时间范围,截至,来源\n"
BRANCHES = "3509,estate_group,小区组织,{value},,个,,{day},报道{source}\n"


@pytest.fixture
def city(session):
    return make_jinxi(session)[1]


def entered(session, city, text, header=HEADER):
    file = BytesIO((header + text).encode())
    found = figure_imports.import_figures(session, file, within=[city], actor=SYSTEM)
    session.flush()
    return found


def rows(session):
    return session.scalar(sa.select(sa.func.count()).select_from(Figure))


@pytest.mark.parametrize(
    ("printed", "unit", "least", "most"),
    [
        ("600", "张", 601, 699),
        ("440", "人次", 441, 449),
        ("530", "场", 531, 539),
        ("260", "场", 261, 269),
        ("910", "个", 911, 919),
        ("1000", "人次", 1_001, 1_099),
        ("4000", "人", 4_001, 4_999),
        ("2.1万", "小时", 21_001, 21_999),
        ("1.2万", "人次", 12_001, 12_999),
        ("120", "名", 121, 129),
        ("500", "人次", 501, 599),
    ],
)
def test_a_qualified_figure_stands_for_a_range_and_is_printed_as_in_the_article(
    printed, unit, least, most
):
    value = figures.read_value(printed)
    stated = Stated(value, "余", unit)

    assert said(stated) == f"{printed}余{unit}"
    assert [allows(stated, each) for each in (least - 1, least, most, most + 1)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert about(least, stated) == about(most, stated) == f"{printed}余{unit}"


def test_a_figure_without_a_qualifier_is_exact():
    stated = Stated(Decimal("98.95"), "", "%")
    assert said(stated) == "98.95%"
    assert allows(stated, Decimal("98.95"))
    assert not allows(stated, Decimal("98.94"))
    assert about(5_571, Stated(Decimal(5_570), "", "人")) == "5571人"


def test_what_outgrew_its_figure_is_printed_in_the_same_manner():
    cards = Stated(Decimal(600), "余", "张")
    assert [about(n, cards) for n in (612, 712, 700, 59)] == ["600余张", "700余张", "700张", "59张"]
    assert said(Stated(Decimal(300), "以上", "家")) == "300家以上"
    assert said(Stated(Decimal(500), "近", "家")) == "近500家"
    assert [allows(Stated(Decimal(500), "近"), n) for n in (400, 401, 499, 500)] == [
        False, True, True, False,
    ]  # fmt: skip


@given(st.integers(1, 10**9), st.sampled_from(["余", "多"]))
def test_a_printed_figure_never_promises_more_than_there_is(value, qualifier):
    stated = Stated(Decimal(value), qualifier, "人")
    assert allows(stated, value + 1) or step_of(stated.value) == 1
    assert not allows(stated, value)
    assert not allows(stated, value + step_of(stated.value))


def test_a_later_figure_stands_beside_the_earlier_and_neither_is_overwritten(session, city):
    first = BRANCHES.format(value=413, day="2024-12-31", source="二")
    later = BRANCHES.format(value=454, day="2025-12-31", source="零")
    assert entered(session, city, first + later).new == 2

    (history,) = figures.list_at(session, city)
    assert [each.value for each in history.figures] == [454, 413]
    assert [each.source for each in history.figures] == ["报道零", "报道二"]
    with pytest.raises(sa.exc.DatabaseError), session.begin_nested():
        session.execute(sa.update(Figure).values(digits=1))
    assert rows(session) == 2


def test_the_same_file_again_changes_nothing_and_another_number_is_named(session, city):
    file = BRANCHES.format(value=413, day="2024-12-31", source="二")
    entered(session, city, file)
    again = entered(session, city, file)
    other = entered(session, city, BRANCHES.format(value=999, day="2024-12-31", source="二"))

    assert (again.new, again.unchanged, again.bad) == (0, 1, ())
    assert (other.new, [(row.line_no, row.reason) for row in other.bad]) == (
        0,
        [(2, "figure_differs")],
    )
    assert [each.value for each in figures.list_at(session, city)[0].figures] == [413]


def test_equal_numbers_of_two_kinds_are_two_kinds(session, city):
    """430 is 楼栋小组 in one report and 能人服务队 in another; 2200多 is 件 here and 个 there."""
    entered(
        session,
        city,
        "3509,building_group,楼栋小组,430,,个,,2024-12-31,甲\n"
        "3509,able_team,能人服务队,430,,支,,2025-12-31,乙\n"
        "3509,real_trouble,急难愁盼,2200,多,个,,2025-12-31,乙\n"
        "3509,joint_meeting,联席会议办理,2200,多,件,,2024-12-31,甲\n",
    )
    found = {h.kind.code: said(h.stated(h.latest)) for h in figures.list_at(session, city)}
    assert found == {
        "able_team": "430支",
        "building_group": "430个",
        "joint_meeting": "2200多件",
        "real_trouble": "2200多个",
    }


def test_a_kind_keeps_its_unit_and_its_span_is_part_of_the_figure(session, city):
    made = entered(
        session,
        city,
        "3509,served,服务,58,,次,去年以来,2025-06-30,甲\n"
        "3509,served,服务,58,,场次,去年以来,2025-06-30,乙\n"
        "3509,served,服务,58,,次,累计,2025-06-30,甲\n",
    )
    assert [(row.line_no, row.reason) for row in made.bad] == [(3, "kind_differs")]
    (history,) = figures.list_at(session, city)
    assert {each.span for each in history.figures} == {"去年以来", "累计"}


def test_every_bad_row_is_named_with_its_line_and_the_good_ones_come_in(session, city):
    made = entered(
        session,
        city,
        "9999,a,甲,1,,个,,2025-01-01,甲\n"
        "3509,Ä,甲,1,,个,,2025-01-01,甲\n"
        "3509,a,甲,一,,个,,2025-01-01,甲\n"
        "3509,a,甲,1,约莫,个,,2025-01-01,甲\n"
        "3509,a,甲,1,,个,,昨天,甲\n"
        "3509,a,甲,1,,个,,2025-01-01,\n"
        "3509,a,甲,3.73万,,名,,2025/01/01,甲\n",
    )
    assert [(row.line_no, row.reason) for row in made.bad] == [
        (2, "unknown_place"),
        (3, "bad_code"),
        (4, "bad_number"),
        (5, "unknown_qualifier"),
        (6, "bad_day"),
        (7, "text"),
    ]
    (history,) = figures.list_at(session, city)
    assert (history.latest.value, said(history.stated(history.latest))) == (37_300, "3.73万名")


def test_a_file_that_cannot_be_read_enters_nothing(session, city):
    with refused(session, CsvUnreadable):
        entered(session, city, "x\n", header="编码\n")
    assert (rows(session), session.scalar(sa.select(sa.func.count(FigureKind.code)))) == (0, 0)


ASKER, OTHER = Actor(new_id()), Actor(new_id())


def only(session):
    return session.scalars(sa.select(Figure).order_by(Figure.id)).all()


def taken_down(session, city, figure):
    asked = figure_withdrawals.ask(
        session, figure_id=figure.id, within=city, reason="抄错了一位", actor=ASKER
    )
    return figure_withdrawals.decide(
        session, withdrawal_id=asked.id, within=city, verdict="approved", actor=OTHER
    )


def test_a_wrong_figure_is_taken_down_by_two_people_and_the_right_one_comes_in(session, city):
    row = BRANCHES.format(value=4_540, day="2025-12-31", source="乙")
    entered(session, city, row)
    (wrong,) = only(session)
    named = {"within": city, "actor": ASKER}
    asked = figure_withdrawals.ask(session, figure_id=wrong.id, reason="多了一位", **named)
    assert [each.latest.value for each in figures.list_at(session, city)] == [4_540]
    with refused(session, SecondPersonRequired):
        figure_withdrawals.decide(session, withdrawal_id=asked.id, verdict="approved", **named)
    assert asked.state == "waiting"
    named["actor"] = OTHER
    figure_withdrawals.decide(session, withdrawal_id=asked.id, verdict="approved", **named)
    assert figures.list_at(session, city) == []
    right = BRANCHES.format(value=454, day="2025-12-31", source="乙")
    assert entered(session, city, right).new == 1
    assert (entered(session, city, right).unchanged, rows(session)) == (1, 2)
    assert [each.latest.value for each in figures.list_in(session, city)] == [454]
    (kept,) = figure_withdrawals.list_in(session, city, "withdrawn")
    assert (kept.figure.value, kept.withdrawal.reason) == (4_540, "多了一位")
    with refused(session, NotFound):
        taken_down(session, city, wrong)


def test_a_withdrawal_that_is_refused_leaves_the_figure_and_may_be_asked_again(session, city):
    entered(session, city, BRANCHES.format(value=454, day="2025-12-31", source="乙"))
    (figure,) = only(session)
    named = {"figure_id": figure.id, "within": city, "actor": ASKER}
    for wrong, reason in ((ValidationFailed, " "), (ValidationFailed, "长" * 201)):
        with refused(session, wrong):
            figure_withdrawals.ask(session, **named, reason=reason)
    asked = figure_withdrawals.ask(session, **named, reason="看着不像")
    with refused(session, AlreadyRequested):
        figure_withdrawals.ask(session, **named, reason="看着不像")
    figure_withdrawals.decide(
        session, withdrawal_id=asked.id, within=city, verdict="refused", actor=OTHER
    )
    assert len(figures.list_at(session, city)) == 1
    taken_down(session, city, figure)
    assert figures.list_at(session, city) == []


def test_of_parallel_requests_to_take_a_figure_down_one_is_written(app, session, city):
    entered(session, city, BRANCHES.format(value=454, day="2025-12-31", source="乙"))
    (figure,) = only(session)
    session.commit()
    named = {"figure_id": figure.id, "within": city, "reason": "不对"}
    answers = at_once(
        app, [lambda own: figure_withdrawals.ask(own, **named, actor=Actor(new_id()))] * 5
    )
    assert sum(isinstance(each, AlreadyRequested) for each in answers) == 4
    assert len(figure_withdrawals.list_in(session, city, "waiting")) == 1


def test_who_asked_does_not_decide_in_the_name_of_another(session, city):
    entered(session, city, BRANCHES.format(value=454, day="2025-12-31", source="乙"))
    (figure,) = only(session)
    named = {"within": city, "actor": ASKER}
    asked = figure_withdrawals.ask(session, figure_id=figure.id, reason="不对", **named)
    one, other = ASKER.person_id, OTHER.person_id
    for actor in (ASKER, Actor(one, on_behalf_id=other), Actor(other, on_behalf_id=one)):
        with refused(session, SecondPersonRequired):
            figure_withdrawals.decide(
                session, withdrawal_id=asked.id, within=city, verdict="approved", actor=actor
            )


def test_a_figure_of_elsewhere_is_not_there_to_be_taken_down(session, city):
    entered(session, city, BRANCHES.format(value=454, day="2025-12-31", source="乙"))
    (figure,) = only(session)
    below = make_jinxi(session)[-1]
    with refused(session, NotFound):
        figure_withdrawals.ask(
            session, figure_id=figure.id, within=below, reason="不对", actor=ASKER
        )
    assert figure_withdrawals.list_in(session, city, "waiting") == []


def test_a_new_kind_is_named_by_a_city_and_by_nobody_below_it(session, city):
    community = make_jinxi(session)[-1]
    text = f"{community.code},own_kind,自己的指标,3,,个,,2025-12-31,报道丙\n"
    assert [row.reason for row in entered(session, community, text).bad] == ["new_kind"]
    assert (rows(session), figures.kinds_of(session, {"own_kind"})) == (0, {})
    assert entered(session, city, text).new == 1
    other = text.replace("丙", "丁")
    assert entered(session, community, other).new == 1


def test_a_kind_that_was_named_wrong_is_renamed_for_every_place(session, city):
    entered(session, city, BRANCHES.format(value=454, day="2025-12-31", source="乙"))
    figures.rename_kind(session, code="estate_group", name="小区党支部", unit="个支部")
    (history,) = figures.list_at(session, city)
    assert said(history.stated(history.latest)) == "454个支部"
    with refused(session, ValidationFailed):
        figures.rename_kind(session, code="estate_group", name=" ", unit="个")
    with refused(session, NotFound):
        figures.rename_kind(session, code="nobody", name="无", unit="个")
    assert figures.kinds_of(session, {"estate_group"})["estate_group"].name == "小区党支部"
