"""What a reader chooses for this device: the language, and the large pages (长辈版)."""

from collections.abc import Container

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from app.web.permissions import PUBLIC, allow
from app.web.reader import LANGUAGE_COOKIE, LANGUAGES, SIZE_COOKIE

SIZES = ("normal", "large")
A_YEAR = 31_536_000
HOME = "/"

bp = Blueprint("choices", __name__)


@bp.get("/language/<chosen>")
@allow(PUBLIC)
def language(chosen: str) -> ResponseReturnValue:
    """Keep the language and go back to the page."""
    return _keep(LANGUAGE_COOKIE, chosen, LANGUAGES)


@bp.get("/size/<chosen>")
@allow(PUBLIC)
def size(chosen: str) -> ResponseReturnValue:
    """Keep the size and go back to the page."""
    return _keep(SIZE_COOKIE, chosen, SIZES)


def way_back(asked: str | None) -> str:
    """Return a path of this house to go back to; anything else leads home."""
    if not asked or not asked.startswith("/") or asked.startswith("//"):
        return HOME
    return asked if asked.isprintable() and "\\" not in asked else HOME


def _keep(cookie: str, value: str, known: Container[str]) -> ResponseReturnValue:
    if value not in known:
        abort(404)
    answer = redirect(way_back(request.args.get("back")), 303)
    answer.set_cookie(
        cookie, value, max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return answer
