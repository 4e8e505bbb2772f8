"""A place's report as a page draws it: the sections with their lines, in the place's own words."""

from dataclasses import dataclass
from decimal import Decimal

from app.reports import place_reports
from app.reports.place_reports import Readings, Told
from app.service_orders import templates
from app.web.place_words import LINES, REQUESTS, SECTIONS, SHARES


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: its title, how the place calls it itself, and its lines."""

    title: str
    own_words: str
    lines: tuple[Told, ...]


def draw(readings: Readings) -> list[Section]:
    """Draw a place's report; what the place does not have is not there."""
    told = {each.line.code: each for each in place_reports.tell(readings)}
    own = templates.name_at(readings.session, readings.scope.node)
    drawn = [
        Section(
            str(title),
            own if title == REQUESTS else "",
            tuple(told[code] for code in codes if code in told),
        )
        for title, codes in SECTIONS
    ]
    return [each for each in drawn if each.lines]


def name_of(code: str) -> str:
    """Return what a line is called."""
    return str(LINES[code][0])


def unit_of(code: str) -> str:
    """Return a line's unit."""
    return str(LINES[code][1])


def share_of(code: str, share: Decimal | None) -> str:
    """Say the share that a line is of another, or nothing."""
    return str(SHARES[code]) % {"n": share} if share is not None and code in SHARES else ""
