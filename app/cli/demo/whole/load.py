"""Loading the whole world: places and programmes first, then one book after another."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.db import db
from app.cli.demo.whole import changan, grounds, jianyang, licheng, ningde, panji, places, stories
from app.cli.demo.world import BEGAN_ON, at, step
from app.community import figure_imports, tree

Part = tuple[str, Callable[[], int], Callable[[], Iterator[int]]]
PARTS: tuple[Part, ...] = (
    ("宁德 其他队伍      ", ningde.count, ningde.load),
    ("长安 爱心储蓄银行   ", changan.count, changan.load),
    ("潘集 积分制         ", panji.count, panji.load),
    ("荔城 时长与微心愿   ", licheng.count, licheng.load),
    ("建阳 时间银行       ", jianyang.count, jianyang.load),
)
"""Label, length and life of each book, small before large."""

FIGURES = Path(__file__).with_name("figures.csv")
GARBAGE_EVERY = 100_000
LOOK_FIRST_AT = 8
"""Moments of a book after which the database looks at it first; then at twice as many."""


def start() -> None:
    """Build all places with what stands in them, and start the programmes, in a step each."""
    step(at(BEGAN_ON, 7, 30), places.build)
    step(at(BEGAN_ON, 7, 45), places.start_programmes)
    step(at(BEGAN_ON, 7, 50), _enter_figures)
    step(at(BEGAN_ON, 7, 55), grounds.build)


def _enter_figures(session: Session) -> None:
    """Enter what was published of these places, with its qualifier, day and source."""
    with FIGURES.open("rb") as file:
        entered = figure_imports.import_figures(
            session, file, within=tree.roots(session), actor=SYSTEM
        )
    assert not entered.bad, f"figures of the demo are not sound: {entered.bad}"


def live() -> None:
    """Let every book live, with a bar each."""
    step(at(BEGAN_ON, 17, 45), stories.write)
    gc.set_threshold(GARBAGE_EVERY)  # a million short-lived rows: look for cycles less often
    for label, count, load in PARTS:
        _look_anew()
        lived, look_at = 0, LOOK_FIRST_AT
        with click.progressbar(length=count(), label=label) as bar:
            for done in load():
                bar.update(done)
                lived += done
                if lived >= look_at:
                    _look_anew(has_rows=True)
                    look_at *= 2


def _look_anew(*, has_rows: bool = False) -> None:
    """Let the database look at what its tables hold by now: a book grows faster than it looks.

    SQLite looks when a connection closes. PostgreSQL is asked, but never while the book is
    empty: it would go on believing so.
    """
    db.engine.dispose()
    if has_rows and db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
