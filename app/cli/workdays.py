"""`flask workdays`: years whose public holidays the library does not know yet (D25)."""

from datetime import date
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base import csv_rows, serials, workdays
from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.transactions import unit_of_work
from app.cli.refusals import told
from app.people import audit

WORKED = {"work": True, "off": False, "上班": True, "放假": False}
LABELS = {"日期": "day", "安排": "kind", "节日": "name"}
NAME_LENGTH_MAX = 32

group = AppGroup("workdays", help="Working days: holidays and 调休 of a year.")


@group.command("enter")
@click.argument("year", type=click.IntRange(2000, 2199))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Number of the announcement (国务院办公厅通知).")
def enter(year: int, file: Path, source: str) -> None:
    """Enter a year from a CSV file: day, kind (work or off), name. Again replaces it.

    Only the days that are not what their weekday says: holidays on weekdays (放假) and
    worked weekends (上班).
    """
    with told():
        days = _read(file)

        def work(session: Session) -> None:
            workdays.enter_year(session, year=year, source=source.strip(), days=days)
            audit.write(
                session,
                ledger_id=serials.HOUSE,
                actor=SYSTEM,
                action="workdays_entered",
                subject_kind="calendar",
                year=year,
                day_count=len(days),
            )

        unit_of_work(work)
        click.echo(f"{year}: {len(days)} days entered")


def _read(file: Path) -> dict[date, tuple[bool, str]]:
    """Read the file; one bad row refuses all, since half a year's holidays are worse than none."""
    days: dict[date, tuple[bool, str]] = {}
    with file.open("rb") as content:
        rows = csv_rows.open_rows(content, required=("day", "kind", "name"), labels=LABELS)
        for row in rows:
            try:
                day = date.fromisoformat(row.values["day"])
                days[day] = WORKED[row.values["kind"]], row.values["name"][:NAME_LENGTH_MAX]
            except (KeyError, ValueError):
                told_why = f"line {row.line_no}: {row.problem or 'day, work or off, name'}"
                raise ValidationFailed(told_why, field="file", line_no=row.line_no) from None
    return days


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
