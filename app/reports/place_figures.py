"""A place in figures: what came from elsewhere with its history, and what is counted here.

The two stand apart and are never added up. Where both speak of the same thing, the live
count is printed in the manner of the figure (600余张), with the exact number on demand.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.community import figures
from app.community.figure_words import about, allows, said
from app.community.figures import History
from app.community.models import Figure, Node
from app.reports import place_counts
from app.reports.place_counts import Count


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as it was stated."""

    said: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Stated:
    """One kind of figure at a place, its lines from the latest to the first.

    `live` is the count of the same thing here, printed in the same manner; `exact` the
    number itself; `is_as_stated` whether it is what the latest line allows.
    """

    history: History
    lines: tuple[Line, ...]
    live: str | None
    exact: int | None
    is_as_stated: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a place in figures."""

    node: Node
    stated: tuple[Stated, ...]
    counts: tuple[Count, ...]


def draw(session: Session, *, ledger_id: int | None, node: Node) -> Picture:
    """Draw a place: its figures and its live counts; a place without a book has no counts."""
    counts = (
        place_counts.of_place(session, ledger_id=ledger_id, node=node)
        if ledger_id is not None
        else []
    )
    live = {count.code: count.value for count in counts}
    stated = [_stated(each, live) for each in figures.list_at(session, node)]
    return Picture(node, tuple(stated), tuple(counts))


def _stated(history: History, live: dict[str, int]) -> Stated:
    latest = history.stated(history.latest)
    exact = live.get(history.kind.code)
    return Stated(
        history=history,
        lines=tuple(Line(said(history.stated(each)), each) for each in history.figures),
        live=None if exact is None else about(exact, latest),
        exact=exact,
        is_as_stated=exact is not None and allows(latest, exact),
    )
