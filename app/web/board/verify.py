"""Verifying a file that left the house: whoever holds its code may ask (A16).

The code alone says what the file was, when and where it was made, and whether the books
still say so; with the file, whether it was changed. The answer names nobody in full.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import reading
from app.reports import exports, verification
from app.reports.verification import Verified
from app.web.errors import problem_of
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, allow
from app.web.translate import _, _l

bp = Blueprint("verify", __name__)
FILE_BYTES_MAX = 20_000_000
CODE_MAX = 20
NAMES = {
    "hours_ranking": _l("志愿服务时长排行"),
    "statement": _l("存折"),
    "orders": _l("居民问题清单"),
    "quarter_board": _l("季度榜"),
    "quarter_pack": _l("季度包"),
    "unit_hours": _l("单位志愿服务时长"),
}
"""What a kind of export is called; after the dot stands the kind of file."""

PRINTED = (
    _l("范围"),
    _l("起"),
    _l("止"),
    _l("队伍"),
    _l("类别"),
    _l("时长来源"),
    _l("志愿者"),
    _l("单位"),
    _l("状态"),
    _l("季度"),
    _l("排谁"),
    _l("规则"),
)
"""Names of a filter as files print them, here for the catalogue."""


@bp.get("/verify")
@allow(PUBLIC)
@limiter.limit(GUESSING, exempt_when=lambda: not request.args.get("code"))
def show() -> ResponseReturnValue:
    """Show the form; with a code, what it stands for."""
    code = request.args.get("code", "")[:CODE_MAX]
    if not code.strip():
        return _page("")
    try:
        with reading() as session:
            found = verification.look_up(session, code)
    except DomainError as error:
        return _page(code, problem_of(error))
    return _page(code, **_shown(found))


@bp.post("/verify")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def check() -> ResponseReturnValue:
    """Say whether the file is the one that left under its code, and what that one was."""
    code = request.form.get("code", "")[:CODE_MAX]
    file = request.files.get("file")
    content = file.stream.read(FILE_BYTES_MAX + 1) if file else b""
    try:
        if not content or len(content) > FILE_BYTES_MAX:
            raise ValidationFailed("no file, or one that is too large", field="file")
        with reading() as session:
            _export, is_unchanged = exports.verify(session, code=code, content=content)
            found = verification.look_up(session, code)
    except DomainError as error:
        return _page(code, problem_of(error))
    return _page(code, **_shown(found), is_unchanged=is_unchanged)


def _shown(found: Verified) -> dict[str, Any]:
    """Return what the page says of an export."""
    export = found.export
    return {
        "found": found,
        "kind": NAMES.get(export.kind.partition(".")[0], export.kind),
        "filter": [(_(name), value) for name, value in export.filter.items()],
        "said": _sentence(found.said, export),
        "now": _sentence(found.now, export),
    }


def _sentence(figures: dict[str, int], export: Any) -> str:
    """Say the figures of a file in one line."""
    if "people" in figures:
        tenths = figures["minutes"] // 6
        hours = f"{tenths // 10:,}.{tenths % 10}"
        return _("%(n)s 人，%(hours)s 小时", n=f"{figures['people']:,}", hours=hours)
    if "orders" in figures:
        values = {name: f"{figures[name]:,}" for name in ("orders", "finished")}
        return _("%(orders)s 件，办结 %(finished)s 件", **values)
    if "closing" in figures:
        values = {name: f"{figures[name]:,}" for name in ("opening", "closing", "lines")}
        text = _("期初 %(opening)s，期末 %(closing)s，%(lines)s 笔", **values)
        is_points = (export.asked or {}).get("unit") == "points"
        return f"{text}{_('（积分）') if is_points else _('（分钟）')}"
    return ""


def _page(code: str, problem: dict[str, Any] | None = None, **values: Any) -> Response:
    html = render_template("board/verify.html", problem=problem, code=code, **values)
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")
