"""Pages of a long list: one row more is read, to know whether a next page is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from flask import request, url_for

OFFSET_MAX = 1_000_000
Row = TypeVar("Row")


class Slice(TypedDict):
    """What a room is asked for."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Page:
    """Where the pages beside this one are; None where there is none."""

    previous: str | None
    next: str | None


def offset() -> int:
    """Return how many rows this page leaves out; 0 for anything that is no such number."""
    asked = request.args.get("offset", "")
    return min(int(asked), OFFSET_MAX) if asked.isascii() and asked.isdigit() else 0


def slice_of(limit: int) -> Slice:
    """Return what to read for a page of `limit` rows: one more, from where the address says."""
    return {"limit": limit + 1, "offset": offset()}


def slice_in(asked: Mapping[str, Any], name: str = "offset") -> Slice:
    """Return what to read for a request whose schema read the slice, of the list called `name`."""
    return {"limit": asked["limit"], "offset": asked[name]}


def cut(
    found: Sequence[Row], *, limit: int, endpoint: str, **values: Any
) -> tuple[list[Row], Page]:
    """Return a page of what was read by `slice_of(limit)`, and the ways to those beside it.

    Args:
        values: What else the addresses say.
    """
    return list(found[:limit]), beside(found, limit=limit, endpoint=endpoint, **values)


def beside(*lists: Sequence[Any], limit: int, endpoint: str, **values: Any) -> Page:
    """Return the ways to the pages beside one that shows several lists: either may have more."""
    begin = offset()
    if "limit" in request.args:  # a size that was asked for goes on
        values["limit"] = limit
    before = url_for(endpoint, **values, offset=max(begin - limit, 0) or None) if begin else None
    has_more = any(len(found) > limit for found in lists)
    after = url_for(endpoint, **values, offset=begin + limit) if has_more else None
    return Page(before, after)
