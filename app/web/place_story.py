"""A place's report in its own words, as a page draws it: each figure a link to where it is from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import url_for

from app.community.figure_words import Stated
from app.reports import place_reports
from app.reports.place_reports import Computed, Counted, Imported, Readings
from app.reports.place_reports import Piece as Told
from app.web.pages import hours, number
from app.web.place_lines import name_of, unit_of
from app.web.reader import language, prefers_english
from app.web.translate import _

QUALIFIED_EN = {
    "": "%s",
    "余": "more than %s",
    "多": "more than %s",
    "以上": "%s or more",
    "近": "nearly %s",
}
"""How a qualifier reads in English."""

RowsAt = Callable[[Counted], str]
"""The address of the rows behind a figure."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; a figure has an address, and says what it is of."""

    text: str
    href: str = ""
    about: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and what stands under it: as others stated it, and whose figures it took over."""

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]


def draw(readings: Readings, rows_at: RowsAt) -> list[Sentence]:
    """Draw a place's sentences in this reader's language."""
    told = place_reports.tell_story(readings, language=language())
    return [
        Sentence(tuple(_piece(each, rows_at) for each in sentence), tuple(_notes(sentence)))
        for sentence in told
    ]


def said_of(figure: Counted | Imported | Computed) -> str:
    """Say a figure as a sentence has it: hours with one decimal, a share in per cent.

    What was taken over is said as it was stated; in English its words are translated.
    """
    if isinstance(figure, Imported):
        return _in_english(figure.stated) if prefers_english() else figure.said
    if isinstance(figure, Computed) or figure.share is not None:
        return f"{figure.share}%"
    return hours(figure.value) if figure.line.unit == "minutes" else number(figure.value)


def _piece(each: Told, rows_at: RowsAt) -> Piece:
    if isinstance(each, str):
        return Piece(each)
    if isinstance(each, Counted):
        about = _("%(name)s，看每一行", name=name_of(each.line.code))
        return Piece(said_of(each), rows_at(each), about)
    place = f"{url_for('board.places.show', place=each.node.code)}#stated"
    if isinstance(each, Computed):
        return Piece(said_of(each), place, _("算出来的，看引用的数"), _("计算"))
    return Piece(said_of(each), place, _("引用的数，看来源"), _("引用"))


def _in_english(stated: Stated) -> str:
    """Say a stated figure in English: 610余场次 is more than 610; the sentence says of what."""
    unit = "%" if stated.unit == "%" else ""
    return QUALIFIED_EN[stated.qualifier] % f"{stated.value:,f}{unit}"


def _notes(sentence: tuple[Told, ...]) -> Iterator[str]:
    """Say how others stated what is counted here, and from where figures were taken over."""
    for each in sentence:
        if isinstance(each, Imported):
            yield _taken_over(each)
        elif isinstance(each, Computed):
            sum_ = {"part": _operand(each.part), "whole": _operand(each.whole), "n": each.share}
            yield _("计算：%(part)s ÷ %(whole)s = %(n)s%%，四舍五入。", **sum_)
            yield from (_taken_over(x) for x in (each.part, each.whole) if isinstance(x, Imported))
        elif isinstance(each, Counted) and each.share is None and each.statement is not None:
            stated = each.statement
            text = _("别处报的：%(said)s（%(source)s）", said=stated.said, source=stated.source)
            yield text if stated.is_met else f"{text} {_('和这里数的不一样。')}"


def _taken_over(figure: Imported) -> str:
    values = {"said": figure.said, "source": figure.source, "day": figure.as_of_on.isoformat()}
    return _("引用：%(said)s（%(source)s，截至 %(day)s）", **values)


def _operand(figure: Counted | Imported) -> str:
    """Say one side of a division, and whether it was counted here or taken over."""
    if isinstance(figure, Imported):
        return _("引用的 %(said)s", said=figure.said)
    return _("这里数的 %(n)s %(unit)s", n=number(figure.value), unit=unit_of(figure.line.code))
