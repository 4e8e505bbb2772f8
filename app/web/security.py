"""Security headers: a strict content policy with a nonce, and nothing leaves the host."""

import secrets

from flask import Flask, Response, g, request
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

COMPRESSED = ("text/css", "text/javascript", "image/svg+xml", "application/wasm")
"""What is the same for everybody: a compressed page lets its tokens be guessed (BREACH)."""
PUBLIC_FILES = ("static", "assets.stylesheet", "installable.icon", "installable.worker")


def nonce() -> str:
    """Return this request's nonce for inline scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy() -> str:
    """Return the content security policy of this answer."""
    parts = (
        "default-src 'self'",
        f"script-src 'self' 'nonce-{nonce()}' 'wasm-unsafe-eval'",
        f"style-src 'self' 'nonce-{nonce()}'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    return "; ".join(parts)


def add_headers(response: Response) -> Response:
    """Put the headers of this house on an answer; a stricter one set before stays."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint not in PUBLIC_FILES:
        headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Attach the headers to every answer; believe our own proxies, and nobody else's."""
    if proxies := app.config["PROXY_COUNT"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.after_request(add_headers)
    app.config["COMPRESS_MIMETYPES"] = list(COMPRESSED)
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_STREAMS"] = False  # a stream would leave its file open
    Compress(app)
    app.jinja_env.globals["csp_nonce"] = nonce
