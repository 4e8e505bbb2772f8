"""The words of a place's report: sentences that its staff wrote, with figures in braces.

`{teams}` is counted here; `{requests_finished%}` is the share that it is of its whole
(`%2`: with two decimals);
`{@complaints_down}` came from elsewhere; `{350304103001:people_served}` is counted at a
part of the place; `{@events_finished/@events%2}` and `{shops/@villages%}` are computed of
figures from elsewhere. Nobody types a number that can be counted.
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
FIGURE = re.compile(r"\{(?:([\w-]+):)?(@?)([a-z0-9_]+)(?:/(@?)([a-z0-9_]+)(?=%))?(?:(%)([12]?))?\}")


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
    """A figure that a sentence names: of a part of the place, imported, or a share.

    Attributes:
        places: How many decimals a share is said with.
        whole: What it is a share of, where the report does not know that by itself.
    """

    code: str
    node_code: str = ""
    is_imported: bool = False
    is_share: bool = False
    places: int = 1
    whole: "Named | None" = None


def split(text: str) -> Iterator[str | Named]:
    """Part a sentence into its words and the figures that it names."""
    end = 0
    for found in FIGURE.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        node_code, mark, code, mark_2, code_2, share, places = found.groups()
        whole = Named(code_2, is_imported=mark_2 == "@") if code_2 else None
        yield Named(code, node_code or "", mark == "@", share == "%", int(places or 1), whole)
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
    if named.whole is not None:
        _require_share(session, number, named, named.whole)
    elif named.is_imported:
        if named.is_share or not figures.kinds_of(session, {named.code}):
            raise _wrong("no such figure", number, named.code)
    else:
        line = LINES.get(named.code)
        if line is None or (named.is_share and line.part_of is None):
            raise _wrong("no such figure", number, named.code)
    if named.node_code and not _is_part(session, node, named.node_code):
        raise _wrong("no part of this place", number, named.node_code)


def _require_share(session: Session, number: int, part: Named, whole: Named) -> None:
    """Refuse a share of what is not known, or of two things that are not of one kind."""
    kinds = figures.kinds_of(session, {part.code, whole.code})
    for each in (part, whole):
        line = LINES.get(each.code)
        is_known = each.code in kinds if each.is_imported else line and line.unit != "minutes"
        if not is_known:
            raise _wrong("no such figure", number, each.code)
    if not part.is_imported and not whole.is_imported:
        raise _wrong("a share of two counted lines is the report's own", number, part.code)
    if part.is_imported and whole.is_imported and kinds[part.code].unit != kinds[whole.code].unit:
        raise _wrong("two units make no share", number, whole.code)


def _is_part(session: Session, node: Node, code: str) -> bool:
    try:
        return tree.contains(node, tree.by_code(session, code))
    except NotFound:
        return False


def _wrong(message: str, line: int, figure: str = "") -> SentenceUnsound:
    return SentenceUnsound(message, field="sentences", line=line, figure=figure)
