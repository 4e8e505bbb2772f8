"""`flask ledger`: the daily proof and a member's statement, for operators and cron."""

import json
import sys
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading, unit_of_work
from app.cli.refusals import told
from app.ledger import books, statements
from app.ledger.models import Book
from app.people import members
from app.reports import proofs

group = AppGroup("ledger", help="The books: daily proof, statements.")


@group.command("proof")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--book", "code", help="Only this book.")
def prove(as_json: bool, code: str | None) -> None:
    """Prove every book; a broken one becomes read-only. Exit 1 when not ok."""
    with told(), reading() as session:
        chosen = _books(session, code)
    with click.progressbar(
        chosen, label="proof", show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as steps:
        proved = [_prove(book) for book in steps]
    is_ok = all(one.is_ok for one in proved)
    if as_json:
        click.echo(json.dumps({"ok": is_ok, "ledgers": [_dump(one) for one in proved]}, indent=2))
    else:
        for one in proved:
            _print(one)
    sys.exit(0 if is_ok else 1)


@group.command("statement")
@click.argument("volunteer_no")
@click.option("--book", "code", required=True, help="The book's code.")
@click.option("--unit", type=click.Choice(["points", "minutes"]), default="points")
@click.option("--from", "begins_on", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "ends_on", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
def state(volunteer_no: str, code: str, unit: str, begins_on: Any, ends_on: Any) -> None:
    """Print a member's statement: opening, every line, closing, open holds."""
    with told(), reading() as session:
        book = books.by_code(session, code)
        member = members.by_volunteer_no(session, ledger_id=book.id, volunteer_no=volunteer_no)
        statement = statements.statement(
            session,
            ledger_id=book.id,
            owner_id=member.id,
            unit=unit,
            begins_at=clock.day_bounds(begins_on.date())[0] if begins_on else None,
            ends_at=clock.day_bounds(ends_on.date())[1] if ends_on else None,
        )
    click.echo(f"{member.volunteer_no} {member.name_masked} · {book.name} · {unit}")
    click.echo(f"{'opening':<30} {statement.opening:>10}")
    for line in statement.lines:
        day = clock.local_date(line.posted_at)
        click.echo(f"{day} {line.kind:<19} {line.delta:>+10} {line.balance:>10}")
    click.echo(f"{'closing':<30} {statement.closing:>10}")
    for hold in statement.holds:
        until = f"until {clock.local_date(hold.expires_at)}" if hold.expires_at else "open"
        click.echo(f"{clock.local_date(hold.held_at)} {'held, ' + until:<19} {hold.amount:>10}")


def _books(session: Session, code: str | None) -> list[Book]:
    """Return the books to prove: the house's own (0) holds no account."""
    if code is not None:
        return [books.by_code(session, code)]
    return [book for book in books.list_books(session) if book.id != 0]


def _prove(book: Book) -> proofs.Proved:
    """Prove one book in a transaction of its own."""
    return unit_of_work(lambda session: proofs.prove(session, ledger_id=book.id))


def _dump(one: proofs.Proved) -> dict[str, Any]:
    return {
        "name": one.book.name,
        "ok": one.is_ok,
        "read_only": one.book.read_only_at is not None,
        "checks": [
            {"name": check.name, "ok": check.is_ok, "detail": check.detail} for check in one.checks
        ],
        "totals": {"minutes": one.minutes, "points": one.points},
    }


def _print(one: proofs.Proved) -> None:
    state = "ok" if one.is_ok else "BROKEN"
    locked = "  READ-ONLY" if one.book.read_only_at else ""
    click.echo(f"{one.book.name} ({one.book.code}): {state}{locked}")
    for check in one.checks:
        click.echo(f"  {'ok ' if check.is_ok else 'NO '} {check.name:<24} {check.detail}")
    click.echo(f"  members hold {one.minutes / 60:,.1f} h and {one.points:,} points")


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
