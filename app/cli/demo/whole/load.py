"""Loading the whole world: places and programmes first, then one book after another."""

import gc
from collections.abc import Callable, Iterator

import click

from app.cli.demo.whole import changan, jianyang, licheng, panji, places
from app.cli.demo.world import BEGAN_ON, at, step

Part = tuple[str, Callable[[], int], Callable[[], Iterator[int]]]
PARTS: tuple[Part, ...] = (
    ("长安 爱心储蓄银行   ", changan.count, changan.load),
    ("潘集 积分制         ", panji.count, panji.load),
    ("荔城 时长与微心愿   ", licheng.count, licheng.load),
    ("建阳 时间银行       ", jianyang.count, jianyang.load),
)
"""Label, length and life of each book, small before large."""

GARBAGE_EVERY = 100_000


def start() -> None:
    """Build all places and start all five programmes, in one step each."""
    step(at(BEGAN_ON, 7, 30), places.build)
    step(at(BEGAN_ON, 7, 45), places.start_programmes)


def live() -> None:
    """Let every book live, with a bar each."""
    gc.set_threshold(GARBAGE_EVERY)  # a million short-lived rows: look for cycles less often
    for label, count, load in PARTS:
        with click.progressbar(length=count(), label=label) as bar:
            for done in load():
                bar.update(done)
