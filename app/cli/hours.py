"""`flask hours ranking`: the list that decides awards and renewals, as a file."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.transactions import unit_of_work
from app.cli.refusals import told
from app.community import tree
from app.points import indicators, programmes
from app.reports import exports, rankings

group = AppGroup("hours", help="Service hours: rankings.")
DAY = click.DateTime(["%Y-%m-%d"])


@group.command("ranking")
@click.option("--node", "place", required=True, help="A node's code, or its name if unique.")
@click.option("--from", "begins_on", required=True, type=DAY, help="First day.")
@click.option("--to", "ends_on", required=True, type=DAY, help="Last day.")
@click.option("--category", help="Only this service category.")
@click.option("--provenance", multiple=True, type=click.Choice(rankings.PROVENANCES))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def rank(
    place: str,
    begins_on: datetime,
    ends_on: datetime,
    category: str | None,
    provenance: tuple[str, ...],
    out: Path,
) -> None:
    """Rank a community's members by hours and write .xlsx or .csv."""
    if out.suffix not in (".xlsx", ".csv"):
        raise click.BadParameter("the file must end in .xlsx or .csv", param_hint="--out")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}", param_hint="--out")

    def work(session: Session) -> tuple[str, int]:
        cut = _cut(session, place, (begins_on.date(), ends_on.date()), category, provenance)
        with draft.open("wb") as file, _bar() as progress:
            made = exports.hours_ranking(
                session,
                cut=cut,
                file=file,
                kind=out.suffix[1:],
                ordered=exports.Ordered(SYSTEM, "flask hours ranking"),
                progress=progress,
            )
        return made.verification_code, made.row_count

    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with told():
            code, count = unit_of_work(work)
        draft.replace(out)  # only now: the file of yesterday stands until its successor does
    except OSError as error:
        raise click.FileError(str(out), error.strerror or "cannot be written") from error
    finally:
        with suppress(OSError):
            draft.unlink()
    click.echo(f"{out}: {count} members, verification code {code}")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show how many of the lines are written."""
    with click.progressbar(length=1, label="ranking", file=sys.stderr, show_pos=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress


def _cut(
    session: Session,
    place: str,
    days: tuple[date, date],
    category: str | None,
    provenance: tuple[str, ...],
) -> rankings.Cut:
    node = tree.find(session, place)
    programme = programmes.of_node(session, node)
    if category is not None:
        indicators.category(session, programme, category)
    return rankings.Cut(
        ledger_id=programme.ledger_id,
        node=node,
        begins_on=days[0],
        ends_on=days[1],
        category_code=category,
        provenances=provenance or rankings.PROVENANCES,
        has_points=programme.has_points,
    )


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
