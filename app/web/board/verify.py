"""Verifying a file that left the house: whoever holds it may ask whether it was changed (A16).

The answer says what the file was and when it was made; it names nobody.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import reading
from app.reports import exports
from app.web.errors import problem_of
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, allow
from app.web.translate import _l

bp = Blueprint("verify", __name__)
FILE_BYTES_MAX = 20_000_000
CODE_MAX = 20
NAMES = {"hours_ranking": _l("志愿服务时长排行")}
"""What a kind of export is called; after the dot stands the kind of file."""


@bp.get("/verify")
@allow(PUBLIC)
def show() -> ResponseReturnValue:
    """Show the form."""
    return _page()


@bp.post("/verify")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def check() -> ResponseReturnValue:
    """Say whether the file is the one that left under its code."""
    file = request.files.get("file")
    content = file.stream.read(FILE_BYTES_MAX + 1) if file else b""
    try:
        if not content or len(content) > FILE_BYTES_MAX:
            raise ValidationFailed("no file, or one that is too large", field="file")
        with reading() as session:
            export, is_unchanged = exports.verify(session, code=_code(), content=content)
    except DomainError as error:
        return _page(problem_of(error))
    kind = NAMES.get(export.kind.partition(".")[0], export.kind)
    return _page(found={"export": export, "is_unchanged": is_unchanged, "kind": kind})


def _code() -> str:
    """Return the code as it is kept, however it was typed: XXXX-XXXX-XXXX."""
    typed = "".join(each for each in request.form.get("code", "")[:CODE_MAX] if each.isalnum())
    return "-".join(typed.upper()[at : at + 4] for at in (0, 4, 8))


def _page(problem: dict[str, Any] | None = None, **values: Any) -> Response:
    code = request.form.get("code", "")[:CODE_MAX]
    html = render_template("board/verify.html", problem=problem, code=code, **values)
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")
