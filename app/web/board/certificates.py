"""What a certificate's code opens: number, hours, days, issuer, whether it holds; nobody's name.

No ID number, no political status, no name (P13): whoever holds the paper has the name on it.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.base.errors import DomainError
from app.base.transactions import reading
from app.reports import certificates, certified
from app.web.errors import problem_of
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, allow
from app.web.translate import _l

bp = Blueprint("certificates", __name__)
CODE_MAX = 20
FILE_BYTES_MAX = 20_000_000
KINDS = {"service": _l("服务证明"), "merit": _l("评优评先佐证")}


@bp.get("/certificate")
@allow(PUBLIC)
@limiter.limit(GUESSING, exempt_when=lambda: not request.args.get("code"))
def show() -> ResponseReturnValue:
    """Show the form; with a code, what was issued under it."""
    code = request.args.get("code", "")[:CODE_MAX]
    return _shown(code) if code.strip() else _page(code)


@bp.post("/certificate")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def check() -> ResponseReturnValue:
    """Say besides whether a file is the one that left, to the last byte (S3)."""
    file = request.files.get("file")
    content = file.stream.read(FILE_BYTES_MAX + 1) if file else b""
    return _shown(request.form.get("code", "")[:CODE_MAX], content)


def _shown(code: str, content: bytes | None = None) -> Response:
    try:
        with reading() as session:
            found = certificates.by_code(session, code)
            sums, now = certified.said(found), certified.now(session, found)
            values: dict[str, Any] = {"proof": found, "kind": KINDS[found.kind], "sums": sums}
            if content is not None:
                values["is_ours"] = certificates.has_left(session, found, content)
    except DomainError as error:
        return _page(code, problem_of(error))
    return _page(code, is_same=now == sums, **values)


def _page(code: str, problem: dict[str, Any] | None = None, **values: Any) -> Response:
    html = render_template("board/stars/certificate.html", problem=problem, code=code, **values)
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")
