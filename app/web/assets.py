"""What a page needs beside its words: one stylesheet for each surface, and icons.

The packages come from npm by the committed lock (`flask assets install`) and lie
in static/vendor. A page asks for one stylesheet: the package of its surface, then
the house's own tokens and pieces, joined in memory and named by its content, so
that a browser keeps it for good and never shows an old one.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, url_for
from markupsafe import Markup

from app.web.permissions import PUBLIC, allow

STATIC = Path(__file__).resolve().parent / "static"
VENDOR = STATIC / "vendor"
HOUSE = ("css/tokens.css", "css/components.css", "css/forms.css")
SURFACES: dict[str, tuple[str, ...]] = {
    "phone": ("vendor/weui.min.css", *HOUSE, "css/leader.css", "css/phone.css"),
    "desk": ("vendor/bootstrap.min.css", *HOUSE, "css/desk.css"),
    "till": ("vendor/bootstrap.min.css", *HOUSE, "css/till.css"),
    "board": (*HOUSE, "css/leader.css", "css/board.css"),
}
DIGEST_LENGTH = 12
A_YEAR = 31_536_000
INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=.*?\*/")

bp = Blueprint("assets", __name__, url_prefix="/assets")


class NotInstalled(RuntimeError):
    """A front-end package is missing: `flask assets install` was not run."""


@cache
def bundle(surface: str) -> tuple[str, bytes]:
    """Return the digest and the text of a surface's stylesheet.

    Raises:
        NotInstalled: The npm packages are not there yet.
    """
    content = b"\n".join(SOURCE_MAP.sub(b"", read(name)) for name in SURFACES[surface])
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH], content


def read(name: str) -> bytes:
    """Return a static file.

    Raises:
        NotInstalled: It is not there.
    """
    try:
        return (STATIC / name).read_bytes()
    except FileNotFoundError:
        raise NotInstalled(f"static/{name} is missing: run `flask assets install`") from None


@bp.get("/<surface>.<digest>.css")
@allow(PUBLIC)
def stylesheet(surface: str, digest: str) -> Response:
    """Serve a surface's stylesheet; an old name leads nowhere."""
    if surface not in SURFACES or bundle(surface)[0] != digest:
        abort(404)
    answer = Response(bundle(surface)[1], mimetype="text/css")
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return answer


def stylesheet_url(surface: str) -> str:
    """Return the address of a surface's stylesheet."""
    return url_for("assets.stylesheet", surface=surface, digest=bundle(surface)[0])


@cache
def icon(name: str) -> Markup:
    """Return a Bootstrap icon as inline SVG: no font, no request, hidden from readers.

    Raises:
        NotInstalled: The icon is not on the list in vendor.json, or not installed.
    """
    found = INNER.search(read(f"vendor/icons/{name}.svg").decode())
    inner = found.group(1).strip() if found else ""
    return Markup(  # noqa: S704 - the package's own file, no user text
        f'<svg class="bi" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{inner}</svg>'
    )


def init_app(app: Flask) -> None:
    """Serve the stylesheets and give the templates their icons."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(stylesheet_url=stylesheet_url, icon=icon)
