"""`flask quarter`: close a quarter that a person proposed, and make a place's pack."""

from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.transactions import reading, unit_of_work
from app.cli.refusals import told
from app.community import tree
from app.ledger import books
from app.points import programmes
from app.points.quarters.calendar import Quarter
from app.reports.exports import Ordered
from app.reports.quarters import freezing, packs

group = AppGroup("quarter", help="Quarters: closing them, and their packs.")


@group.command("close")
@click.argument("period")
@click.option("--book", "code", required=True, help="The book's code.")
def close(period: str, code: str) -> None:
    """Close a quarter (2025Q4) that a person proposed at the desk; the operator is the second."""
    with told(), reading() as session:
        book = books.by_code(session, code)
        quarter = Quarter.named(period)
    with told():
        report = unit_of_work(
            lambda session: freezing.close(
                session, ledger_id=book.id, quarter=quarter, actor=SYSTEM
            )
        )
    click.echo(f"{book.code} {quarter.name}: {report.line_count} lines, {report.sha256.hex()}")


@group.command("pack")
@click.argument("period")
@click.option("--node", "where", required=True, help="The place's code, or its name if unique.")
@click.option("--out", "path", required=True, type=click.Path(dir_okay=False, writable=True))
def pack(period: str, where: str, path: str) -> None:
    """Write a quarter's pack of a place and all below it to one xlsx."""

    def work(session: Session) -> bytes:
        node = tree.find(session, where)
        programme = programmes.of_node(session, node)
        named: dict[str, Any] = {"ledger_id": programme.ledger_id, "node": node}
        ordered = Ordered(SYSTEM, "flask quarter pack")
        return packs.make(session, **named, quarter=Quarter.named(period), ordered=ordered)

    with told():
        content = unit_of_work(work)
    Path(path).write_bytes(content)
    click.echo(f"{path}: {len(content):,} bytes")


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
