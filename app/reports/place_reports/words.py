"""The words of a place's report: sentences that its staff wrote, with figures in braces.

`{teams}` is counted here; `{requests_finished%}` is the share that it is of its whole;
`{@complaints_down}` came from elsewhere; `{350304103001:people_served}` is counted at a
part of the place. Nobody types a number that can be counted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound
from app.community import figures, tree
from app.community.models import Node
from app.people import audit
from app.reports.errors import SentenceUnsound
from app.reports.models import Sentence
from app.reports.models_story import SENTENCE_MAX
from app.reports.place_reports.lines import LINES

SENTENCES_MAX = 30
FIGURE = re.compile(r"\{(?:([\w-]+):)?(@?)([a-z0-9_]+)(%?)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages."""

    text_zh: str
    text_en: str

    def in_language(self, language: str) -> str:
        """Return the sentence for a reader of `zh` or `en`."""
        return self.text_en if language == "en" else self.text_zh


@dataclass(frozen=True, slots=True)
class Named:
    """A figure that a sentence names: of a part of the place, imported, or a share."""

    code: str
    node_code: str = ""
    is_imported: bool = False
    is_share: bool = False


def split(text: str) -> Iterator[str | Named]:
    """Part a sentence into its words and the figures that it names."""
    end = 0
    for found in FIGURE.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        node_code, mark, code, share = found.groups()
        yield Named(code, node_code or "", mark == "@", share == "%")
        end = found.end()
    if end < len(text):
        yield text[end:]


def read(session: Session, node: Node) -> list[Words]:
    """Return the sentences of exactly this place, in their order."""
    query = sa.select(Sentence).where(Sentence.node_id == node.id).order_by(Sentence.place)
    found = session.scalars(query.execution_options(populate_existing=True))
    return [Words(each.text_zh, each.text_en) for each in found]


def write(
    session: Session, *, ledger_id: int, node: Node, sentences: Sequence[Words], actor: Actor
) -> None:
    """Write a place's sentences; what stood there is replaced by them. None: the plain report.

    Args:
        ledger_id: The book of the place, in whose record it is noted.

    Raises:
        SentenceUnsound: Too many; one is empty or too long; a figure is not known, is no
            share, or is of a place that is not a part of this one; the two languages do
            not name the same figures. Facts `field`, `line` and `figure` say which.
    """
    if len(sentences) > SENTENCES_MAX:
        raise _wrong("too many sentences", SENTENCES_MAX + 1)
    for number, each in enumerate(sentences, 1):
        _require_sound(session, node, number, each)
    session.execute(sa.delete(Sentence).where(Sentence.node_id == node.id))
    session.add_all(
        Sentence(
            node_id=node.id,
            place=number,
            text_zh=each.text_zh.strip(),
            text_en=each.text_en.strip(),
        )
        for number, each in enumerate(sentences, 1)
    )
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="report_words_written",
        subject_kind="node",
        node_id=node.id,
        sentence_count=len(sentences),
    )


def _require_sound(session: Session, node: Node, number: int, words: Words) -> None:
    for text in (words.text_zh, words.text_en):
        if not 0 < len(text.strip()) <= SENTENCE_MAX or not text.strip().isprintable():
            raise _wrong("a sentence is empty, too long or no plain text", number)
        if re.search(r"[{}]", FIGURE.sub("", text)):
            raise _wrong("a brace that names no figure", number)
    named, others = (_named(text) for text in (words.text_zh, words.text_en))
    if sorted(map(repr, named)) != sorted(map(repr, others)):
        raise _wrong("the languages name different figures", number)
    for each in named:
        _require_known(session, node, number, each)


def _named(text: str) -> list[Named]:
    return [each for each in split(text) if isinstance(each, Named)]


def _require_known(session: Session, node: Node, number: int, named: Named) -> None:
    if named.is_imported:
        is_known = bool(figures.kinds_of(session, {named.code})) and not named.is_share
    else:
        line = LINES.get(named.code)
        is_known = line is not None and (line.part_of is not None or not named.is_share)
    if not is_known:
        raise _wrong("no such figure", number, named.code)
    if named.node_code and not _is_part(session, node, named.node_code):
        raise _wrong("no part of this place", number, named.node_code)


def _is_part(session: Session, node: Node, code: str) -> bool:
    try:
        return tree.contains(node, tree.by_code(session, code))
    except NotFound:
        return False


def _wrong(message: str, line: int, figure: str = "") -> SentenceUnsound:
    return SentenceUnsound(message, field="sentences", line=line, figure=figure)
