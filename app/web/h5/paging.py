"""Pages of a long list on the phone: one row more is read, to know whether a next page is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import request, url_for

OFFSET_MAX = 1_000_000
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """Where the pages beside this one are; None where there is none."""

    previous: str | None
    next: str | None


def offset() -> int:
    """Return how many rows this page leaves out; 0 for anything that is no such number."""
    asked = request.args.get("offset", "")
    return min(int(asked), OFFSET_MAX) if asked.isascii() and asked.isdigit() else 0


def cut(found: Sequence[Row], *, limit: int, endpoint: str) -> tuple[list[Row], Page]:
    """Return a page of what was read with `limit` + 1, and the ways to those beside it."""
    begin = offset()
    before = url_for(endpoint, offset=max(begin - limit, 0) or None) if begin else None
    after = url_for(endpoint, offset=begin + limit) if len(found) > limit else None
    return list(found[:limit]), Page(before, after)
