"""`flask demo`: 金溪社区 and 架河武庙村's shop, lived through by the same verbs as real life."""

import json
import sys
from collections.abc import Callable
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading, reading_long
from app.cli.demo import (
    doors,
    jinxi_activities,
    jinxi_people,
    places,
    shops,
    today,
    wumiao,
    wumiao_orders,
)
from app.cli.demo.jinxi_cast import PASSWORD, PERSONAS
from app.cli.demo.names import phone
from app.cli.demo.whole import load as whole
from app.cli.demo.whole import logins, reconcile, table
from app.cli.demo.whole.expected import FIGURES
from app.cli.demo.world import BEGAN_ON, at, everyone, has_members, step
from app.cli.refusals import told
from app.community import tree
from app.ledger import books

group = AppGroup("demo", help="The demo world: load it, add today's activity, show its log-ins.")
JINXI_SHOP = "金溪社区积分超市"
QUICK, WHOLE = {"ningde", "panji"}, {"jianyang", "changan", "licheng"}
"""Books of the quick demo, and those that only the whole world has: they are started first."""


@group.command("load")
@click.option("--all", "is_whole", is_flag=True, help="All five books, in some minutes.")
def load(is_whole: bool) -> None:
    """Load the demo into an empty database; a second time nothing changes."""
    _refuse_in_production()
    codes = _refuse_other_data()
    if is_whole and codes and not codes >= WHOLE:
        raise click.ClickException("the whole world needs an empty database, or its own")
    if codes >= WHOLE and not is_whole:
        click.echo("the whole demo world is here; `flask demo load --all` ends what was left off")
        return
    with told():
        if is_whole:
            _load_whole()
        else:
            _load()


def _load_whole() -> None:
    _load_places(whole.start)
    _load_jinxi()
    whole.live()
    click.echo("loaded: the whole demo world; `flask demo reconcile` compares its books")


def _load() -> None:
    _load_places()
    jinxi, people = _load_jinxi()
    village = wumiao.settle_in()
    wumiao.earn(village)
    wumiao_orders.open_shop(village)
    count = sum(wumiao_orders.ORDERS.values())
    with click.progressbar(length=count, label="武庙村 orders    ") as bar:
        for sold in wumiao_orders.sell(village):
            bar.update(sold)
    click.echo(f"loaded: {people} people and 61 calls in 金溪社区, {count} orders in 武庙村")
    current_app.logger.info("demo loaded into book %s", jinxi)


@group.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reconcile_books(as_json: bool) -> None:
    """Print the plan beside the books of the whole world; exit 1 when anything differs."""
    bar = click.progressbar(
        length=len(FIGURES), label="figures", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    with told(), bar, reading_long() as session:
        compared = reconcile.compare(session, lambda: bar.update(1))
    if as_json:
        click.echo(json.dumps(table.as_json(compared), indent=2, ensure_ascii=False))
    else:
        for line in table.lines(compared):
            click.echo(line)
    sys.exit(0 if compared.is_same else 1)


@group.command("today")
def add_today() -> None:
    """Add one activity of today, open for check-in now, and something at every other door."""
    _refuse_in_production()
    with told():
        number = today.add()
        is_opened = doors.open_all()
    click.echo(f"today's activity: {number}" if number else "today's activity is there already")
    if is_opened:
        click.echo("orders, posts, wishes, a neighbour's offer and a merchant's are open")


@group.command("logins")
def show_logins() -> None:
    """Print who can sign in, and how."""
    click.echo(f"\nDemo log-ins (password for all: {PASSWORD})\n")
    for serial, persona in enumerate(PERSONAS, 1):
        click.echo(f"  {phone(serial)}   {persona.name}   {persona.about}")
    for serial, (_, name) in enumerate(wumiao.PERSONAS, 1):
        about = "武庙村积分超市店员" if name == "丁一诺" else "武庙村工作人员"
        click.echo(f"  {phone(wumiao.PHONE_FROM + serial)}   {name}   {about}")
    click.echo("\nOnly after `flask demo load --all`:\n")
    for line in logins.lines():
        click.echo(f"  {line}")
    click.echo()


def _load_places(further: Callable[[], None] | None = None) -> None:
    with click.progressbar(length=100, label="official divisions") as bar:
        shown = 0

        def progress(done: int, size: int) -> None:
            nonlocal shown
            part = 100 * done // max(size, 1)
            bar.update(part - shown)
            shown = part

        places.import_divisions(progress)
    step(at(BEGAN_ON, 7), places.build_below)
    if further is not None:
        further()
    places.start_programmes()


def _load_jinxi() -> tuple[int, int]:
    with reading() as session:
        ledger_id = jinxi_people.ledger_of(session)
    people = jinxi_people.join(ledger_id)
    planned = len(jinxi_activities.occasions())
    with click.progressbar(
        jinxi_activities.live(ledger_id, people), length=planned, label="金溪社区 activities"
    ) as bar:
        for _ in bar:
            pass

    def open_shop(session: Session) -> UUID:
        known = everyone(session, ledger_id)
        opening = shops.Opening(
            ledger_id=ledger_id,
            node=tree.by_code(session, places.COMMUNITY),
            merchant="金溪社区居民委员会",
            name=JINXI_SHOP,
            shelf=shops.JINXI_SHELF,
            approver=known["zhuo"].actor,
            clerk=known["jia"],
        )
        return shops.open_shop(session, opening)

    step(at(BEGAN_ON, 16), open_shop)
    return ledger_id, len(people)


def _refuse_in_production() -> None:
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("the demo is not for production")


def _refuse_other_data() -> set[str]:
    """Leave a database alone that holds anything but the demo; return its books' codes."""
    with reading() as session:
        codes = {book.code for book in books.list_books(session) if book.id != HOUSE}
        if not codes:
            return codes
        strangers = codes - QUICK - WHOLE
        first = books.by_code(session, "ningde") if "ningde" in codes else None
        # The personas come with the very first people of the demo.
        is_demo = (first is None and codes <= WHOLE) or (
            first is not None
            and ("wen" in everyone(session, first.id) or not has_members(session, first.id))
        )
    if strangers or not is_demo:
        raise click.ClickException("this database holds other data: the demo needs one of its own")
    return codes


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
