"""Working days, 调休 included; an unknown year is refused."""

from datetime import date

import pytest

from app.base.errors import UnknownYear, ValidationFailed
from app.base.transactions import attempt
from app.base.workdays import add_workdays, enter_year, is_workday

NEW_YEAR_2027 = {
    date(2027, 1, 1): (False, "元旦"),
    date(2027, 1, 3): (True, "元旦"),
}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 10, 1), False),  # 国庆节, a Wednesday
        (date(2025, 9, 28), True),  # a Sunday worked for it
        (date(2025, 3, 3), True),
        (date(2025, 3, 8), False),
        (date(2026, 2, 17), False),  # 春节
    ],
)
def test_the_library_knows_its_years(session, day, expected):
    assert is_workday(session, day) is expected


def test_ten_working_days_pass_over_the_national_holiday(session):
    assert add_workdays(session, date(2025, 9, 26), 10) == date(2025, 10, 16)
    assert add_workdays(session, date(2025, 10, 16), -10) == date(2025, 9, 26)


def test_no_working_days_are_no_step(session):
    assert add_workdays(session, date(2025, 10, 1), 0) == date(2025, 10, 1)


def test_an_unannounced_year_is_refused(session):
    for ask in (
        lambda: is_workday(session, date(2027, 1, 4)),
        lambda: add_workdays(session, date(2026, 12, 28), 10),
        lambda: is_workday(session, date(2003, 3, 3)),
    ):
        with pytest.raises(UnknownYear) as refused, attempt(session):
            ask()
        assert refused.value.code == "unknown_year"


def test_a_year_entered_by_hand_is_known(session):
    enter_year(session, year=2027, source="国办发明电（拟）", days=NEW_YEAR_2027)

    assert is_workday(session, date(2027, 1, 1)) is False
    assert is_workday(session, date(2027, 1, 3)) is True
    assert is_workday(session, date(2027, 1, 4)) is True
    assert is_workday(session, date(2027, 1, 9)) is False
    assert add_workdays(session, date(2026, 12, 31), 2) == date(2027, 1, 4)


def test_a_year_entered_by_hand_wins_over_the_library(session):
    enter_year(session, year=2025, source="更正", days={})
    assert is_workday(session, date(2025, 10, 1)) is True


def test_entering_a_year_again_replaces_it(session):
    enter_year(session, year=2027, source="拟", days=NEW_YEAR_2027)
    enter_year(session, year=2027, source="拟", days={})
    assert is_workday(session, date(2027, 1, 1)) is True


def test_a_day_of_another_year_is_refused_and_nothing_is_entered(session):
    with pytest.raises(ValidationFailed), attempt(session):
        enter_year(session, year=2028, source="拟", days=NEW_YEAR_2027)
    with pytest.raises(UnknownYear), attempt(session):
        is_workday(session, date(2028, 1, 4))
