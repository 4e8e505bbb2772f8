"""The shape of a refusal's words: two languages, and whether trying again helps."""

from dataclasses import dataclass

SENTENCE_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Text:
    """How one refusal reads, in Chinese first, and whether trying again helps."""

    zh: str
    en: str
    retryable: str = "after_change"
