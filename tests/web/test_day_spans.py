"""A stretch of time that people write as a day and two times of the wall clock."""

from datetime import UTC, date, datetime, time

import pytest

from app.base.errors import ValidationFailed
from app.web import day_spans

DAY = date(2026, 3, 10)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "span"),
    [
        (time(9), time(10, 30), (at(10, 1), at(10, 2, 30))),
        (time(23), time(1), (at(10, 15), at(10, 17))),
        (time(20), time(8), (at(10, 12), at(11, 0))),
        (time(14), time(13), (at(10, 6), at(10, 5))),
        (time(9), time(9), (at(10, 1), at(10, 1))),
        (time(9), None, (at(10, 1), None)),
        (None, time(9), (None, at(10, 1))),
        (None, None, (None, None)),
    ],
)
def test_an_end_that_is_earlier_is_of_the_next_day_unless_it_is_a_slip(begins, ends, span):
    assert day_spans.said_of(DAY, begins, ends) == span


@pytest.mark.parametrize(
    ("opens_at", "said", "instant"),
    [
        (at(10, 0, 30), time(9), at(10, 1)),
        (at(10, 13, 30), time(0, 20), at(10, 16, 20)),
        (at(10, 15, 40), time(0, 5), at(10, 16, 5)),
        (at(10, 0, 30).replace(second=40), time(8, 30), at(10, 0, 30)),
        (at(10, 0, 30), time(8, 29), at(11, 0, 29)),
    ],
)
def test_a_time_that_was_said_is_the_first_since_the_doors_opened(opens_at, said, instant):
    assert day_spans.first_from(opens_at, said) == instant


def test_a_phones_form_is_read_the_same_way():
    form = {"on": "2026-03-10", "begins": "23:00", "ends": "01:00"}
    assert day_spans.typed(form) == (at(10, 15), at(10, 17))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"on": "?"}, "starts_at"),
        ({"on": "1066-10-14"}, "starts_at"),
        ({"begins": "9"}, "starts_at"),
        ({"ends": "10:00+08:00"}, "ends_at"),
        ({"ends": ""}, "ends_at"),
    ],
)
def test_a_day_or_a_time_that_cannot_be_read_is_refused_where_it_stands(wrong, field):
    form = {"on": "2026-03-10", "begins": "09:00", "ends": "10:00", **wrong}
    with pytest.raises(ValidationFailed) as refusal:
        day_spans.typed(form)
    assert refusal.value.facts == {"field": field}
