"""Working days of China: 调休 included, and an unannounced year refused, never guessed.

`chinesecalendar` knows the years it was published with. Years beyond are entered
by hand when the State Council has announced them (`enter_year`); a year entered by
hand wins over the library.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import UnknownYear, ValidationFailed
from app.base.models import CalendarDay, CalendarYear

SATURDAY = 5


def is_workday(session: Session, day: date) -> bool:
    """Whether people work on this day.

    Raises:
        UnknownYear: Neither the library nor the tables know the year.
    """
    return _judge(day, _entered(session, day.year))


def add_workdays(session: Session, day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; before it, if `count` is negative (D25).

    Statements grow with the years that are crossed, not with the days.

    Raises:
        UnknownYear: The count reaches into a year that is not known.
    """
    step = timedelta(days=1 if count > 0 else -1)
    years: dict[int, dict[date, bool] | None] = {}
    left = abs(count)
    while left:
        day += step
        if day.year not in years:
            years[day.year] = _entered(session, day.year)
        left -= _judge(day, years[day.year])
    return day


def enter_year(
    session: Session, *, year: int, source: str, days: Mapping[date, tuple[bool, str]]
) -> None:
    """Enter a year's announced exceptions: per day, whether it is worked, and its name.

    Entering a year again replaces it.

    Raises:
        ValidationFailed: A day is of another year, or the source is not said.
    """
    if not source or any(day.year != year for day in days):
        raise ValidationFailed("name the source, and days of that year only", field="days")
    span = CalendarDay.on_date.between(date(year, 1, 1), date(year, 12, 31))
    session.execute(sa.delete(CalendarDay).where(span))
    session.execute(sa.delete(CalendarYear).where(CalendarYear.year == year))
    session.execute(sa.insert(CalendarYear), [{"year": year, "source": source}])
    rows = [
        {"on_date": day, "is_workday": is_worked, "name": name}
        for day, (is_worked, name) in days.items()
    ]
    if rows:
        session.execute(sa.insert(CalendarDay), rows)


def _entered(session: Session, year: int) -> dict[date, bool] | None:
    """The exceptions of a year that was entered by hand; None if it was not."""
    in_year = CalendarDay.on_date.between(date(year, 1, 1), date(year, 12, 31))
    query = (
        sa.select(CalendarYear.year, CalendarDay.on_date, CalendarDay.is_workday)
        .join_from(CalendarYear, CalendarDay, in_year, isouter=True)
        .where(CalendarYear.year == year)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    return {row.on_date: row.is_workday for row in rows if row.on_date is not None}


def _judge(day: date, entered: dict[date, bool] | None) -> bool:
    if entered is not None:
        return entered.get(day, day.weekday() < SATURDAY)
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise UnknownYear(f"the holidays of {day.year} are not known", year=day.year) from error
