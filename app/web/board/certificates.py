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
KINDS = {"service": _l("服务证明"), "merit": _l("评优评先佐证")}


@bp.get("/certificate")
@allow(PUBLIC)
@limiter.limit(GUESSING, exempt_when=lambda: not request.args.get("code"))
def show() -> ResponseReturnValue:
    """Show the form; with a code, what was issued under it."""
    code = request.args.get("code", "")[:CODE_MAX]
    if not code.strip():
        return _page(code)
    try:
        with reading() as session:
            found = certificates.by_code(session, code)
            sums, now = certified.said(found), certified.now(session, found)
    except DomainError as error:
        return _page(code, problem_of(error))
    return _page(code, proof=found, kind=KINDS[found.kind], sums=sums, is_same=now == sums)


def _page(code: str, problem: dict[str, Any] | None = None, **values: Any) -> Response:
    html = render_template("board/stars/certificate.html", problem=problem, code=code, **values)
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")
