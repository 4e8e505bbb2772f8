"""`flask programme`: start a programme at a place, with its book; list those there are.

This is how the first book of an installation comes to be: members, roles and
everything else need one.
"""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.transactions import reading, unit_of_work
from app.cli.refusals import told
from app.community import tree
from app.ledger import books
from app.points import activity_types, programmes, rates
from app.points.models import Programme
from app.points.models_rule import EXPIRY_POLICIES
from app.points.rates import Terms

MINUTES_AN_HOUR = 60

group = AppGroup("programme", help="Programmes (爱心银行, 时间银行, 积分制), each with its book.")


@group.command("start")
@click.option("--node", "place", required=True, help="Where it hangs: a code, or a unique name.")
@click.option("--book", required=True, help="Code of its book, as in addresses and card numbers.")
@click.option("--name", required=True, help="What people call it, such as 爱心银行.")
@click.option("--hours-only", is_flag=True, help="Keep hours alone: no points, no mall.")
@click.option("--expiry", type=click.Choice(EXPIRY_POLICIES), default="never", show_default=True)
@click.option(
    "--points-per-hour",
    type=click.IntRange(min=1),
    help="First rate of every indicator; the rest of an hour is carried.",
)
def start(
    place: str, book: str, name: str, hours_only: bool, expiry: str, points_per_hour: int | None
) -> None:
    """Start a programme: the place and all below it use it (P2, P7, D27)."""

    def work(session: Session) -> str:
        if hours_only and points_per_hour:
            raise ValidationFailed("a programme of hours has no rates", field="points_per_hour")
        node = tree.find(session, place)
        programme = programmes.start(
            session,
            node=node,
            book_code=book,
            name=name,
            has_points=not hours_only,
            expiry_policy=expiry,
            actor=SYSTEM,
        )
        if points_per_hour:
            _rate_all(session, programme, points_per_hour)
        return tree.breadcrumb(session, node)

    with told():
        click.echo(f"{name} started at {unit_of_work(work)}, book {book}")


@group.command("list")
def list_programmes() -> None:
    """List every programme: its book, its name, where it hangs."""
    with told(), reading() as session:
        for each in programmes.list_all(session):
            book = books.get(session, each.ledger_id)
            node = tree.get(session, each.node_id)
            kept = "hours and points" if each.has_points else "hours only"
            click.echo(f"{book.code} {each.name}, {kept}, at {node.code} {node.short_name}")


@group.command("complete")
@click.option("--book", help="Only the programme of this book; otherwise every one.")
def complete(book: str | None) -> None:
    """Give programmes the activity types that the catalogue has come to have since (C3).

    Run it after an upgrade. What a programme renamed or retired stays as it is.
    """

    def work(session: Session) -> list[tuple[str, list[str]]]:
        wanted = books.by_code(session, book).id if book else None
        return [
            (
                books.get(session, each.ledger_id).code,
                activity_types.complete(session, programme=each, actor=SYSTEM),
            )
            for each in programmes.list_all(session)
            if wanted in (None, each.ledger_id)
        ]

    with told():
        for code, added in unit_of_work(work):
            click.echo(f"{code}: {len(added)} added{': ' if added else ''}{', '.join(added)}")


def _rate_all(session: Session, programme: Programme, points_per_hour: int) -> None:
    for each in programmes.list_indicators(session, programme):
        rates.add_version(
            session,
            programme=programme,
            indicator_code=each.code,
            terms=Terms(points=points_per_hour, per_quantity=MINUTES_AN_HOUR),
            valid_from_on=clock.today(),
            actor=SYSTEM,
        )


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
