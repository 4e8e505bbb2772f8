"""The pages as an app on the phone: manifest, icons, service worker, the page without network.

The worker keeps the static files of the phone and the offline page, and nothing else: no
page of a person is ever in its cache, and it never answers a form by itself. Its version
is the content of what it keeps, so that a new release replaces the old one by itself.
"""

import hashlib
from functools import cache
from io import BytesIO

from flask import Blueprint, Flask, Response, abort, json, jsonify, render_template, url_for
from flask_babel import force_locale
from PIL import Image, ImageDraw

from app.web.assets import read, stylesheet_url
from app.web.permissions import PUBLIC, allow
from app.web.reader import LANGUAGE_TAGS, LANGUAGES
from app.web.translate import _

bp = Blueprint("installable", __name__)

KEPT = ("js/page.js", "js/late.js", "js/late_page.js", "js/offline.js", "icon.svg")
"""The static files that the offline page needs beside its stylesheet."""
RED, WHITE, PAPER = "#b4231a", "#ffffff", "#f7f4ef"
ICON_SIZES = {"180": 180, "192": 192, "512": 512, "maskable": 512}
SAFE_PERCENT = 80
"""What of a maskable icon every phone shows: the circle inside it."""
FINER = 4
A_DAY = 86_400
WIDTH = 32
HEART = ((16, 26), (6.5, 16.2), (15.1, 7.8), (16, 8.7), (16.9, 7.8), (25.5, 16.2))
LOBES = ((10.8, 12.0), (21.2, 12.0))
LOBE_RADIUS, CORNER_RADIUS = 6.01, 6
"""The heart of icon.svg, in its own 32 units."""


@bp.get("/manifest.webmanifest")
@allow(PUBLIC)
def manifest() -> Response:
    """Say to the phone how the pages look as an app."""
    icons = [
        {
            "src": url_for("installable.icon", name=name),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "maskable" if name == "maskable" else "any",
        }
        for name, size in ICON_SIZES.items()
        if name != "180"
    ]
    answer = jsonify(
        {
            "id": "/",
            "name": _("爱心银行"),
            "short_name": _("爱心银行"),
            "description": _("志愿服务记小时、积积分、换东西。"),
            "lang": "zh-CN",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": icons,
        }
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/icons/<name>.png")
@allow(PUBLIC)
def icon(name: str) -> Response:
    """Serve the house's icon as the picture a phone's home screen wants."""
    if name not in ICON_SIZES:
        abort(404)
    answer = Response(drawn(name), mimetype="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    return answer


@bp.get("/worker.js")
@allow(PUBLIC)
def worker() -> Response:
    """Serve the service worker with the list of what it keeps; never from a cache."""
    addresses, version = _kept()
    head = f"const VERSION = {json.dumps(version)};\nconst KEPT = {json.dumps(addresses)};\n"
    answer = Response(head.encode() + read("js/worker.js"), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/offline/<language>")
@allow(PUBLIC)
def offline(language: str) -> str:
    """Say in plain words what works without network and what does not."""
    if language not in LANGUAGES:
        abort(404)
    return _offline_page(language)


@cache
def drawn(name: str) -> bytes:
    """Return the icon as PNG; a maskable one fills its square and keeps the heart small."""
    size, is_maskable = ICON_SIZES[name], name == "maskable"
    scale = size * FINER / WIDTH
    shape = SAFE_PERCENT / 100 if is_maskable else 1.0
    edge = WIDTH * (1 - shape) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return (x * shape + edge) * scale, (y * shape + edge) * scale

    picture = Image.new("RGBA", (size * FINER, size * FINER), RED if is_maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if not is_maskable:
        corner = CORNER_RADIUS * scale
        pen.rounded_rectangle((0, 0, size * FINER - 1, size * FINER - 1), corner, RED)
    pen.polygon([at(*point) for point in HEART], WHITE)
    for x, y in LOBES:
        left_top = at(x - LOBE_RADIUS, y - LOBE_RADIUS)
        pen.ellipse((*left_top, *at(x + LOBE_RADIUS, y + LOBE_RADIUS)), WHITE)
    written = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()


def _offline_page(language: str) -> str:
    """Write the offline page for nobody in particular: the same bytes for every reader."""
    with force_locale(LANGUAGES[language]):
        return render_template(
            "offline.html",
            language=language,
            language_tag=LANGUAGE_TAGS[language],
            is_large=False,
            surface="phone",
            is_offline=True,
        )


def _kept() -> tuple[list[str], str]:
    """Return the addresses that the worker keeps, and the digest of all that is in them."""
    pages = {url_for("installable.offline", language=each): each for each in LANGUAGES}
    files = {url_for("static", filename=name): name for name in KEPT}
    digest = hashlib.sha256(stylesheet_url("phone").encode() + read("js/worker.js"))
    for name in files.values():
        digest.update(read(name))
    for language in pages.values():
        digest.update(_offline_page(language).encode())
    return [stylesheet_url("phone"), *files, *pages], digest.hexdigest()[:16]


def init_app(app: Flask) -> None:
    """Attach what a phone asks for."""
    app.register_blueprint(bp)
