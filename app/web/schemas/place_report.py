"""A place's report as the doors take and give it."""

from itertools import zip_longest
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.reports.models_story import SENTENCE_MAX
from app.reports.place_reports import Words
from app.reports.place_reports.words import SENTENCES_MAX
from app.web.schemas import InSchema, PageIn, Text


class ReportIn(InSchema):
    """Up to which day, today if none is named."""

    as_of_on = fields.Date(data_key="as_of")


class ReportRowsIn(PageIn):
    """Which of the rows behind a line."""

    as_of_on = fields.Date(data_key="as_of")


class ReportLineOut(Schema):
    """A line: its unit is part of it, and no two lines are ever added."""

    code = fields.String()
    name = fields.String()
    unit = fields.String()
    value = fields.Integer(metadata={"description": "Hours are given in minutes"})
    share_percent = fields.String(allow_none=True)
    stated = fields.String(allow_none=True, metadata={"description": "As others stated it"})
    source = fields.String(allow_none=True)
    is_as_stated = fields.Boolean()


class PieceOut(Schema):
    """A stretch of a sentence: words, or a figure with where it comes from."""

    text = fields.String()
    code = fields.String(allow_none=True)
    node_code = fields.String(allow_none=True)
    value = fields.Integer(allow_none=True, metadata={"description": "Hours are in minutes"})
    is_imported = fields.Boolean()
    source = fields.String(allow_none=True)
    computed_of = fields.List(
        fields.Nested(lambda: PieceOut(exclude=("computed_of",))),
        allow_none=True,
        metadata={"description": "Of a share that was computed: its part and its whole"},
    )


class ToldSentenceOut(Schema):
    """A sentence of the place's own, filled in, and its pieces."""

    text = fields.String()
    pieces = fields.List(fields.Nested(PieceOut))


class ReportOut(Schema):
    """A place's report up to a day."""

    node_code = fields.String()
    book = fields.String()
    as_of_on = fields.Date()
    lines = fields.List(fields.Nested(ReportLineOut))
    sentences = fields.List(fields.Nested(ToldSentenceOut))


class ReportRowOut(Schema):
    """A row behind a figure; of lines about people it has no label (A19)."""

    label = fields.String(allow_none=True)
    at = fields.Raw(metadata={"type": "string", "description": "A day or an instant, or null"})
    amount = fields.Integer()


class ReportRowsOut(Schema):
    """The rows that a figure is added up from, the latest first."""

    node_code = fields.String()
    code = fields.String()
    name = fields.String()
    unit = fields.String()
    as_of_on = fields.Date()
    value = fields.Integer(metadata={"description": "The sum over all rows, not only these"})
    rows = fields.List(fields.Nested(ReportRowOut))


class WordsIn(InSchema):
    """A sentence in both languages; figures stand in braces."""

    text_zh = Text(required=True, length_max=SENTENCE_MAX)
    text_en = Text(required=True, length_max=SENTENCE_MAX)

    @post_load
    def as_words(self, data: dict[str, str], **_: Any) -> Words:
        """Make it what the room takes."""
        return Words(**data)


class ReportWordsIn(InSchema):
    """All sentences of a place's report, in their order."""

    sentences = fields.List(
        fields.Nested(WordsIn), required=True, validate=validate.Length(max=SENTENCES_MAX)
    )


class WordsOut(Schema):
    """A sentence as it is kept."""

    text_zh = fields.String()
    text_en = fields.String()


class ReportWordsOut(Schema):
    """The sentences of a place's report."""

    sentences = fields.List(fields.Nested(WordsOut))


class TypedWordsIn(InSchema):
    """The sentences as a form sends them: a line each, empty lines left out."""

    text_zh = fields.String(load_default="")
    text_en = fields.String(load_default="")

    @post_load
    def as_sentences(self, data: dict[str, str], **_: Any) -> dict[str, list[Words]]:
        """Pair the lines of both languages; one without its pair is empty there."""
        lines = (
            [each.strip() for each in data[name].splitlines() if each.strip()]
            for name in ("text_zh", "text_en")
        )
        return {"sentences": [Words(*pair) for pair in zip_longest(*lines, fillvalue="")]}
