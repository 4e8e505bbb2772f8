"""What a refusal code means: the page that `type` of every problem points at."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.errors import NotFound
from app.web.permissions import PUBLIC, allow
from app.web.texts import TEXTS
from app.web.translate import _l

bp = Blueprint("problems", __name__)

RETRIES = {
    "no": _l("再试也一样，请照上面说的办。"),
    "same_key": _l("可以原样再试一次，不会办两遍。"),
    "new_key": _l("请从头再来一次。"),
    "after_change": _l("改过以后可以再试。"),
}


@bp.get("/problems/<code>")
@allow(PUBLIC)
def page(code: str) -> ResponseReturnValue:
    """Show the sentence of a code, in Chinese and English."""
    if code not in TEXTS:
        raise NotFound("no such code")
    text = TEXTS[code]
    return render_template(
        "board/problem.html", code=code, text=text, retry=RETRIES[text.retryable]
    )
