"""A place's report as it is told: every line that is not zero, beside what others stated."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.community.figure_words import allows, said
from app.community.figures import History
from app.reports.place_reports.lines import LINES, Line
from app.reports.place_reports.readings import Readings
from app.reports.place_reports.said import percent

MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A line with its value, the share it is of another line, and the figure stated of it.

    `is_as_stated`: whether the value is one that the stated figure's qualifier allows.
    """

    line: Line
    value: int
    share: Decimal | None
    stated: str | None
    source: str | None
    is_as_stated: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What others stated of a line, with its source, and whether the line's value is that."""

    said: str
    source: str
    is_met: bool


def tell(readings: Readings) -> list[Told]:
    """Tell a place's report; figures stated elsewhere stand beside it and are never added."""
    values, stated = readings.own(), readings.stated(readings.scope.node)
    found = []
    for code, value in values.items():
        line = LINES[code]
        whole = values.get(line.part_of or "", 0)
        statement = statement_of(stated, line, value)
        found.append(
            Told(
                line=line,
                value=value,
                share=percent(value, whole) if whole else None,
                stated=statement.said if statement else None,
                source=statement.source if statement else None,
                is_as_stated=statement is not None and statement.is_met,
            )
        )
    return found


def statement_of(stated: Mapping[str, History], line: Line, value: int) -> Statement | None:
    """Return what others stated of a line at a place, if they did, of what they stated there."""
    named = (code for code in (line.code, *line.stated_as) if code in stated)
    history = stated.get(next(named, ""))
    if history is None:
        return None
    latest = history.stated(history.latest)
    exact = value // MINUTES_AN_HOUR if line.unit == "minutes" else value
    return Statement(said(latest), history.latest.source, allows(latest, exact))
