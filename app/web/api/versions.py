"""ETag and If-Match: an edit names the version that was read (reliability contract §7)."""

from flask import Response, request

from app.base.errors import VersionRequired, VersionStale


def required() -> int:
    """Return the version that the request's If-Match names.

    Raises:
        VersionRequired: There is no If-Match.
        VersionStale: It names no version of ours.
    """
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text:
        raise VersionRequired
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise VersionStale
    return int(text)


def tagged(response: Response, version: int) -> Response:
    """Put the version on an answer as its ETag; a refusal has none."""
    if response.status_code < 400:
        response.headers["ETag"] = f'"{version}"'
    return response
