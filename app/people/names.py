"""Personal names: one spelling, and the mask that boards and tills show (D43)."""

import unicodedata

from app.base.errors import ValidationFailed

LENGTH_MAX = 32
STARS_MAX = 3
ERASED = "已注销"
"""Stands for the name of somebody who had their identity erased (D47)."""


def normalise(text: str) -> str:
    """Return a name as it is kept: composed characters, single spaces, no edges.

    Raises:
        ValidationFailed: It is empty, too long or holds control characters.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name or len(name) > LENGTH_MAX or not name.isprintable():
        raise ValidationFailed("empty, too long or unprintable", field="name", reason="text")
    return name


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are one name; spaces and case do not count."""
    return _bare(one) == _bare(other)


def holds(name: str, part: str) -> bool:
    """Whether the name holds the typed part; spaces and case do not count."""
    return _bare(part) in _bare(name)


def mask(name: str) -> str:
    """Mask a name: 温如许 becomes 温*许, 温许 becomes 温* (D43)."""
    if len(name) <= 2:
        return f"{name[:1]}*"
    return name[0] + "*" * min(len(name) - 2, STARS_MAX) + name[-1]


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
