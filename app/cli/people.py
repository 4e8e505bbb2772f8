"""`flask people`: members from CSV files."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import CsvUnreadable, DomainError
from app.base.transactions import reading, unit_of_work
from app.ledger import books
from app.people import imports

group = AppGroup("people", help="Members of a book.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--book", "book_code", required=True, help="Code of the book they join.")
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
def import_file(file: Path, book_code: str, dry_run: bool) -> None:
    """Import people from a CSV file: external_id, name, phone, node_code.

    Optional columns: birth_year, team. UTF-8 with or without BOM, or GB18030. Each
    batch is committed by itself; a run that broke off is simply run again, since a
    known external_id stays as it is. Exits with 1 if any row was bad; the good rows
    are imported all the same.
    """
    try:
        with reading() as session:
            ledger_id = books.by_code(session, book_code).id
        counts = _import(file, ledger_id, _rehearse if dry_run else unit_of_work)
    except CsvUnreadable as error:
        raise click.ClickException(f"{file.name}: {error}; nobody was imported") from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    summary = f"{counts['new']} new, {counts['unchanged']} unchanged, {counts['bad']} bad"
    click.echo(f"{'dry run, nothing written: ' if dry_run else ''}{summary}")
    if counts["bad"]:
        raise click.exceptions.Exit(1)


def _import(file: Path, ledger_id: int, unit: imports.Unit) -> Counter[str]:
    """Run the import behind a progress bar; print the bad rows after the bar, by line."""
    counts: Counter[str] = Counter()
    bar = click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr)
    with file.open("rb") as content, TemporaryFile("w+", encoding="utf-8") as bad_lines:
        with bar:
            for step in imports.import_people(
                content, ledger_id=ledger_id, unit=unit, actor=SYSTEM
            ):
                counts.update(new=step.new, unchanged=step.unchanged, bad=len(step.bad))
                for row in step.bad:
                    bad_lines.write(f"line {row.line_no}: {row.text}\n")
                bar.update(step.bytes_done - bar.pos)
        bad_lines.seek(0)
        for line in bad_lines:
            click.echo(line, nl=False)
    return counts


class _Rehearsed(Exception):
    """Carries the result of a piece of work out of the transaction that it takes back."""

    def __init__(self, result: Any) -> None:
        self.result = result


def _rehearse(work: Callable[[Session], Any]) -> Any:
    """Run a piece of work as for real, and take it back."""

    def run(session: Session) -> Any:
        result = work(session)
        session.flush()
        raise _Rehearsed(result)

    try:
        return unit_of_work(run)
    except _Rehearsed as rehearsed:
        return rehearsed.result


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
