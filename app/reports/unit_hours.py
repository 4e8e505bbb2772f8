"""A school's or an employer's people and their hours, as a sheet for the unit (K11).

Who belongs to a unit is who reported in by it (双报到) and joined. Hours are those of the
days asked for, by provenance; they are a part of what the communities count, never more.
"""

import io
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community.models import Node, Unit
from app.people import members
from app.people.models import Enlistment
from app.points.models import Day
from app.reports import table_files
from app.reports.exports import Ordered
from app.reports.sheets import Cell
from app.reports.table_files import Table

KIND = "unit_hours"
HEADINGS = (
    *("志愿者编号", "姓名", "信用时长(小时)", "荣誉时长(小时)", "历史时长(小时)"),
    *("合计(小时)", "合计(分钟)", "次数"),
)
PROVENANCES = ("credited", "honorary", "historical")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the unit: minutes by provenance, and how many records."""

    volunteer_no: str
    name: str
    minutes: tuple[int, int, int]
    grant_count: int

    @property
    def total_minutes(self) -> int:
        """All minutes."""
        return sum(self.minutes)


def rows(
    session: Session, *, ledger_id: int, unit: Unit, begins_on: date, ends_on: date
) -> list[Row]:
    """Return the members of a unit with their hours, most first; those without hours too."""
    ids = session.scalars(
        sa.select(Enlistment.member_id).where(
            Enlistment.ledger_id == ledger_id,
            Enlistment.unit_id == unit.id,
            Enlistment.member_id.is_not(None),
        )
    )
    known = members.get_many(session, ledger_id=ledger_id, member_ids=[one for one in ids if one])
    sums = _sums(session, ledger_id, set(known), begins_on, ends_on)
    found = [
        Row(
            each.volunteer_no,
            members.full_name(each),
            (minutes["credited"][0], minutes["honorary"][0], minutes["historical"][0]),
            sum(count for _minutes, count in minutes.values()),
        )
        for each in known.values()
        if (minutes := sums[each.id])
    ]
    return sorted(found, key=lambda each: (-each.total_minutes, each.volunteer_no))


def write(
    session: Session,
    *,
    ledger_id: int,
    unit: Unit,
    node: Node,
    begins_on: date,
    ends_on: date,
    ordered: Ordered,
) -> tuple[bytes, str]:
    """Write a unit's people and hours of some days as xlsx; return the file and its code."""
    found = rows(session, ledger_id=ledger_id, unit=unit, begins_on=begins_on, ends_on=ends_on)
    file = io.BytesIO()
    export = table_files.write(
        session,
        ledger_id=ledger_id,
        node=node,
        table=table(unit, found, begins_on, ends_on),
        file=file,
        file_kind="xlsx",
        ordered=ordered,
    )
    return file.getvalue(), export.verification_code


def table(unit: Unit, found: list[Row], begins_on: date, ends_on: date) -> Table:
    """Return the sheet of a unit's people."""
    lines: list[list[Cell]] = [
        [
            each.volunteer_no,
            each.name,
            *(minutes // 6 / 10 for minutes in each.minutes),
            each.total_minutes // 6 / 10,
            each.total_minutes,
            each.grant_count,
        ]
        for each in found
    ]
    words = {"单位": unit.name, "起": begins_on.isoformat(), "止": ends_on.isoformat()}
    return Table(KIND, f"{unit.name} 志愿服务时长", HEADINGS, lines, words)


def _sums(
    session: Session, ledger_id: int, member_ids: set[UUID], begins_on: date, ends_on: date
) -> dict[UUID, dict[str, tuple[int, int]]]:
    """Return minutes and grants of each member by provenance; 0 where there are none."""
    found = {each: dict.fromkeys(PROVENANCES, (0, 0)) for each in member_ids}
    query = (
        sa.select(
            Day.member_id, Day.provenance, sa.func.sum(Day.minutes), sa.func.sum(Day.grant_count)
        )
        .where(
            Day.ledger_id == ledger_id,
            Day.member_id.in_(member_ids),
            Day.provenance.in_(PROVENANCES),
            Day.counted_on.between(begins_on, ends_on),
        )
        .group_by(Day.member_id, Day.provenance)
    )
    for member_id, provenance, minutes, count in session.execute(query):
        found[member_id][provenance] = (int(minutes), int(count))
    return found
