"""How this reader reads: in Chinese or English, in the usual size or large (长辈版).

Both are choices of the device, kept in plain cookies: they say nothing of a person
and hold before anybody has signed in. Chinese comes first; a browser that asks for
English gets Chinese pages until its reader chooses.
"""

from flask import Flask, has_request_context, request
from flask_babel import Babel

from app.base import clock
from app.community import quiet

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
LANGUAGE_COOKIE = "timebank_language"
SIZE_COOKIE = "timebank_size"
SURFACES = {"till": "till", "staff": "desk", "wall": "board"}

babel = Babel()


def language() -> str:
    """Return this reader's language: zh or en.

    A program says it by Accept-Language; a page follows the choice made on the device.
    """
    if not has_request_context():
        return "zh"
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(list(LANGUAGES), default="zh") or "zh"
    return "zh"


def locale() -> str:
    """Return the locale of this reader's language."""
    return LANGUAGES[language()]


def prefers_english() -> bool:
    """Whether this reader reads English."""
    return language() == "en"


def is_large() -> bool:
    """Whether this device shows the large pages (长辈版)."""
    return request.cookies.get(SIZE_COOKIE) == "large"


def surface() -> str:
    """Return what kind of screen the page is for: phone, till, desk or board."""
    return SURFACES.get(request.path.split("/")[1], "phone")


def _values() -> dict[str, object]:
    """What every page knows of its reader."""
    return {
        "language": language(),
        "language_tag": LANGUAGE_TAGS[language()],
        "is_large": is_large(),
        "surface": surface(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
    }


def init_app(app: Flask) -> None:
    """Translate by the reader's choice."""
    babel.init_app(app, default_locale=LANGUAGES["zh"], locale_selector=locale)
    app.context_processor(_values)
    app.jinja_env.globals["is_night"] = lambda: quiet.is_night(clock.now())
