"""`flask nodes`: the org tree from CSV files."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base import transactions
from app.base.actors import SYSTEM
from app.base.errors import CsvUnreadable
from app.community import imports
from app.people import audit

group = AppGroup("nodes", help="The org tree: provinces down to grids and buildings.")
COUNTED = ("new", "changed", "unchanged")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
def import_file(file: Path, dry_run: bool) -> None:
    """Import places from a CSV file: code, name, parent_code, kind.

    Optional columns: household_count, resident_count, external_id. UTF-8 with or
    without BOM, or GB18030. Each batch is committed by itself; a run that broke off
    is simply run again, since what is there already stays unchanged. Exits with 1 if
    any row was bad; the good rows are imported all the same.
    """
    try:
        counts = _import(file, dry_run)
    except CsvUnreadable as error:
        raise click.ClickException(f"{file.name}: {error}; nothing was imported") from error
    if counts["new"] + counts["changed"] and not dry_run:
        transactions.unit_of_work(lambda session: _note(session, counts))
    summary = ", ".join(f"{counts[name]} {name}" for name in (*COUNTED, "bad"))
    click.echo(f"{'dry run, nothing written: ' if dry_run else ''}{summary}")
    if counts["bad"]:
        raise click.exceptions.Exit(1)


def _import(file: Path, dry_run: bool) -> Counter[str]:
    """Run the import behind a progress bar; print the bad rows after the bar, by line."""
    counts: Counter[str] = Counter()
    bar = click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr)
    with file.open("rb") as content, TemporaryFile("w+", encoding="utf-8") as bad_lines:
        with bar:
            for step in _steps(content, dry_run):
                counts.update({name: getattr(step, name) for name in COUNTED})
                counts["bad"] += len(step.bad)
                for row in step.bad:
                    bad_lines.write(f"line {row.line_no}: {row.text}\n")
                bar.update(step.bytes_done - bar.pos)
        bad_lines.seek(0)
        for line in bad_lines:
            click.echo(line, nl=False)
    return counts


def _note(session: Session, counts: Counter[str]) -> None:
    """Write the import into the audit, as the upload at a door does."""
    facts = {f"{name}_count": counts[name] for name in (*COUNTED, "bad")}
    act = audit.Act("nodes_imported", "node", facts=facts)
    audit.write_all(session, ledger_id=audit.HOUSE, actor=SYSTEM, acts=[act])


def _steps(content: Any, dry_run: bool) -> Iterator[imports.Step]:
    unit = _reading if dry_run else transactions.unit_of_work
    return imports.import_nodes(content, unit=unit, actor=SYSTEM, is_dry_run=dry_run)


def _reading(work: Any) -> Any:
    with transactions.reading() as session:
        return work(session)


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
