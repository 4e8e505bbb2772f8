"""Figures (数字) that came from elsewhere: entered once, kept for ever, shown with their source.

A kind of figure is known by its code and has one unit, so that two equal numbers are never
taken for one thing. Nothing here adds two figures up.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.figure_words import Stated
from app.community.models import Node
from app.community.models_figure import PLACES_MAX, Figure, FigureKind, FigureWithdrawal

NAME_MAX, UNIT_MAX = 64, 16
SERIES = "community_figure"
VALUE_MAX = Decimal(10) ** 12
TEN_THOUSANDS = "万"


@dataclass(frozen=True, slots=True)
class NewFigure:
    """What is stated of a place: of when, over which time, by whom."""

    node_id: int
    kind_code: str
    name: str
    unit: str
    value: Decimal
    qualifier: str
    span: str
    as_of_on: date
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """One kind of figure at one place: every figure of it, the latest first."""

    kind: FigureKind
    node: Node
    figures: tuple[Figure, ...]

    @property
    def latest(self) -> Figure:
        """The figure of the latest day."""
        return self.figures[0]

    def stated(self, figure: Figure) -> Stated:
        """Return a figure of this kind as it was stated."""
        return Stated(figure.value, figure.qualifier, self.kind.unit)


def read_value(text: str) -> Decimal | None:
    """Read a number as people write it: 5570, 3.73万, 98.95; None if it is none."""
    bare = text.strip().replace(",", "").replace("，", "")
    factor = TEN_THOUSANDS if bare.endswith(TEN_THOUSANDS) else ""
    try:
        value = Decimal(bare.removesuffix(TEN_THOUSANDS))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    value = value * 10_000 if factor else value
    value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    is_sound = 0 <= value <= VALUE_MAX and -int(value.as_tuple().exponent) <= PLACES_MAX
    return value if is_sound else None


def kinds_of(session: Session, codes: Collection[str]) -> dict[str, FigureKind]:
    """Return kinds by code in one statement; unknown codes are left out."""
    query = sa.select(FigureKind).where(FigureKind.code.in_(set(codes)))
    return {kind.code: kind for kind in session.scalars(query)}


def enter(session: Session, *, figures: Sequence[NewFigure], actor: Actor) -> int:
    """Enter figures; return how many are new. One that is there already stays as it is.

    A kind that nobody named before is made; the caller checked that known ones agree.
    """
    if not figures:
        return 0
    kinds = {
        each.kind_code: {"code": each.kind_code, "name": each.name, "unit": each.unit}
        for each in figures
    }
    session.execute(insert_or_ignore(session, FigureKind), list(kinds.values()))
    first = serials.take(session, ledger_id=serials.HOUSE, name=SERIES, count=len(figures))
    gone = _withdrawn_counts(session, figures)
    rows = [
        {**_row(each, first + at, actor), "edition": 1 + gone.get(key_of(each), 0)}
        for at, each in enumerate(figures)
    ]
    insert = insert_or_ignore(session, Figure.__table__).returning(Figure.id)
    return len(session.execute(insert, rows).all())


def known(session: Session, figures: Sequence[NewFigure]) -> dict[tuple[object, ...], Figure]:
    """Return what stands of these already, by place, kind, day, span and source."""
    query = _alike(figures).where(sa.not_(is_withdrawn()))
    return {key_of(each): each for each in session.scalars(query)}


def is_withdrawn() -> sa.ColumnElement[bool]:
    """Condition: the figure was taken down by two people; no page shows it."""
    return sa.exists().where(
        FigureWithdrawal.figure_id == Figure.id, FigureWithdrawal.state == "withdrawn"
    )


def rename_kind(session: Session, *, code: str, name: str, unit: str) -> FigureKind:
    """Put right what a kind is called and counted in, for every place that has it.

    Raises:
        NotFound: There is no such kind.
        ValidationFailed: Name or unit is empty or too long.
    """
    kind = session.get(FigureKind, code, with_for_update=True)
    if kind is None:
        raise NotFound("no such kind of figure")
    for field, text, length_max in (("name", name, NAME_MAX), ("unit", unit, UNIT_MAX)):
        if not 0 < len(text.strip()) <= length_max:
            raise ValidationFailed("empty or too long", field=field)
    kind.name, kind.unit = name.strip(), unit.strip()
    session.flush()
    return kind


def key_of(figure: Figure | NewFigure) -> tuple[object, ...]:
    """Return what makes a figure one: place, kind, day, span, source."""
    return (figure.node_id, figure.kind_code, figure.as_of_on, figure.span, figure.source)


def list_at(session: Session, node: Node) -> list[History]:
    """List the figures of exactly this place, by kind."""
    return _histories(session, Figure.node_id == node.id)


def list_in(session: Session, node: Node) -> list[History]:
    """List the figures of a place and of those below it, by place and kind."""
    return _histories(session, tree.within(Node.path, node))


def _histories(session: Session, condition: sa.ColumnElement[bool]) -> list[History]:
    query = (
        sa.select(Figure, FigureKind, Node)
        .join(FigureKind, FigureKind.code == Figure.kind_code)
        .join(Node, Node.id == Figure.node_id)
        .where(condition, sa.not_(is_withdrawn()))
        .order_by(Node.path, Figure.kind_code, Figure.as_of_on.desc(), Figure.id.desc())
    )
    found: dict[tuple[int, str], tuple[FigureKind, Node, list[Figure]]] = {}
    for figure, kind, node in session.execute(query):
        found.setdefault((node.id, kind.code), (kind, node, []))[2].append(figure)
    return [History(kind, node, tuple(listed)) for kind, node, listed in found.values()]


def _alike(figures: Sequence[NewFigure]) -> sa.Select[Figure]:
    """Select the figures of the same places and kinds, withdrawn ones too."""
    nodes = {each.node_id for each in figures}
    codes = {each.kind_code for each in figures}
    return sa.select(Figure).where(Figure.node_id.in_(nodes), Figure.kind_code.in_(codes))


def _withdrawn_counts(
    session: Session, figures: Sequence[NewFigure]
) -> Counter[tuple[object, ...]]:
    return Counter(map(key_of, session.scalars(_alike(figures).where(is_withdrawn()))))


def _row(figure: NewFigure, figure_id: int, actor: Actor) -> dict[str, object]:
    places = max(0, -int(figure.value.as_tuple().exponent))
    return {
        "id": figure_id,
        "node_id": figure.node_id,
        "kind_code": figure.kind_code,
        "digits": int(figure.value.scaleb(places)),
        "places": places,
        "qualifier": figure.qualifier,
        "span": figure.span,
        "as_of_on": figure.as_of_on,
        "source": figure.source,
        "entered_by_id": actor.person_id,
        "entered_at": clock.now(),
    }
