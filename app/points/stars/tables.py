"""Star tables: from how many minutes on there are how many stars, as a programme decided.

A version never changes. A programme that decided nothing has the steps that provinces and
cities share: 100, 300, 600, 1,000 and 1,500 hours (D41, E13).
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.people import audit
from app.points.models import Programme, StarStep, StarTable
from app.points.models_star import STARS_MAX

PROVENANCES = {"all": ("credited", "honorary", "historical"), "credited": ("credited",)}
"""Which hours a table counts, by its `counts`."""
BAR_DAYS = range(365, 1_097)
NOTICE_WORKDAYS = range(5, 31)


@dataclass(frozen=True, slots=True)
class Table:
    """A version of a star table. `steps`: minutes, the first for one star, rising.

    Attributes:
        version: 0 for the usual one, which is nobody's row.
        notice_workdays: How many working days a rise is put up.
        bar_days: For how long false hours bar from rising.
    """

    version: int = 0
    steps: tuple[int, ...] = (6_000, 18_000, 36_000, 60_000, 90_000)
    counts: str = "all"
    notice_workdays: int = 5
    bar_days: int = 365
    valid_from_on: date = date.min

    @property
    def provenances(self) -> tuple[str, ...]:
        """Which hours count."""
        return PROVENANCES[self.counts]

    @property
    def hours(self) -> tuple[int, ...]:
        """The steps in whole hours, as a board prints them."""
        return tuple(minutes // 60 for minutes in self.steps)

    def stars_of(self, minutes: int) -> int:
        """Return how many stars so many minutes reach (E13)."""
        return sum(minutes >= step for step in self.steps)

    def next_step(self, minutes: int) -> int | None:
        """Return the minutes of the next star; None when there is none above."""
        return next((step for step in self.steps if step > minutes), None)


USUAL = Table()


def current(session: Session, programme_id: int) -> Table:
    """Return the table that a programme goes by today."""
    query = (
        sa.select(StarTable)
        .where(StarTable.programme_id == programme_id, StarTable.valid_from_on <= clock.today())
        .order_by(StarTable.version.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return _read(session, found) if found else USUAL


def version(session: Session, programme_id: int, number: int) -> Table:
    """Return a version of a programme's table; 0 is the usual one.

    Raises:
        NotFound: There is none.
    """
    if number == USUAL.version:
        return USUAL
    found = session.get(StarTable, (programme_id, number))
    if found is None:
        raise NotFound("no such star table")
    return _read(session, found)


def list_versions(session: Session, programme_id: int) -> list[Table]:
    """List a programme's versions, the latest first; those to come are among them."""
    query = sa.select(StarTable).where(StarTable.programme_id == programme_id)
    found = session.scalars(query.order_by(StarTable.version.desc()))
    return [_read(session, each) for each in found.all()]


def add_version(session: Session, *, programme: Programme, wanted: Table, actor: Actor) -> Table:
    """Add the next version of a programme's star table, valid from a day on.

    Stars that were granted stay under the version they were granted by.

    Raises:
        ValidationFailed: The steps do not rise or are not 1 to 5, the day has passed, the
            notice or the bar is too short or too long.
    """
    _require_sense(wanted)
    number = _next_number(session, programme.id)
    row = StarTable(
        programme_id=programme.id,
        version=number,
        counts=wanted.counts,
        notice_workdays=wanted.notice_workdays,
        bar_days=wanted.bar_days,
        valid_from_on=wanted.valid_from_on,
        made_by_id=actor.person_id,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    key = {"programme_id": programme.id, "version": number}
    steps = enumerate(wanted.steps, 1)
    session.execute(
        sa.insert(StarStep),
        [{**key, "stars": stars, "minutes": minutes} for stars, minutes in steps],
    )
    audit.write(
        session,
        ledger_id=programme.ledger_id,
        actor=actor,
        action="star_table_added",
        subject_kind="programme",
        version=number,
        steps=list(wanted.steps),
    )
    return _read(session, row)


def _require_sense(wanted: Table) -> None:
    steps = list(wanted.steps)
    if not 1 <= len(steps) <= STARS_MAX or steps[0] <= 0 or steps != sorted(set(steps)):
        raise ValidationFailed("one to five steps that rise", field="steps")
    if wanted.counts not in PROVENANCES:
        raise ValidationFailed("all or credited", field="counts")
    if wanted.notice_workdays not in NOTICE_WORKDAYS:
        raise ValidationFailed("5 to 30 working days", field="notice_workdays")
    if wanted.bar_days not in BAR_DAYS:
        raise ValidationFailed("one to three years", field="bar_days")
    if wanted.valid_from_on < clock.today():
        raise ValidationFailed("no past day", field="valid_from_on")


def _next_number(session: Session, programme_id: int) -> int:
    """Return the next version's number; two who decide at once wait for each other."""
    session.execute(
        sa.select(Programme.id).where(Programme.id == programme_id).with_for_update(key_share=True)
    )
    last = session.scalar(
        sa.select(sa.func.max(StarTable.version)).where(StarTable.programme_id == programme_id)
    )
    return int(last or 0) + 1


def _read(session: Session, row: StarTable) -> Table:
    query = sa.select(StarStep.minutes).where(
        StarStep.programme_id == row.programme_id, StarStep.version == row.version
    )
    return Table(
        version=row.version,
        steps=tuple(session.scalars(query.order_by(StarStep.stars))),
        counts=row.counts,
        notice_workdays=row.notice_workdays,
        bar_days=row.bar_days,
        valid_from_on=row.valid_from_on,
    )
