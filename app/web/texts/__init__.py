"""Every refusal code once: its status, its sentence for people, whether to try again.

The Chinese sentence is at most 40 characters and says what happened to the
points and what to do next (reliability contract §8). Programs branch on the
code, never on the sentence. `retryable`: no, same_key, new_key, after_change.
A new code goes to the file of its status (asking, conflict, rules) or of its subject.
"""

from http import HTTPStatus

from app.base.errors import Refusal
from app.web.texts.asking import ASKING
from app.web.texts.claims import CLAIMS
from app.web.texts.conflict import CONFLICTS
from app.web.texts.households import HOUSEHOLDS
from app.web.texts.neighbours import NEIGHBOURS
from app.web.texts.orders import ORDERS
from app.web.texts.partners import PARTNERS
from app.web.texts.registers import REGISTERS
from app.web.texts.rules import RULES
from app.web.texts.shape import SENTENCE_LENGTH_MAX, Text
from app.web.texts.shifts import SHIFTS
from app.web.texts.stars import STARS

__all__ = ["SENTENCE_LENGTH_MAX", "STATUS", "TEXTS", "UNKNOWN", "Text", "text_of"]

STATUS: dict[Refusal, HTTPStatus] = {
    Refusal.MALFORMED: HTTPStatus.BAD_REQUEST,
    Refusal.NOT_AUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Refusal.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Refusal.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Refusal.CONFLICT: HTTPStatus.CONFLICT,
    Refusal.GONE: HTTPStatus.GONE,
    Refusal.VERSION_STALE: HTTPStatus.PRECONDITION_FAILED,
    Refusal.VERSION_REQUIRED: HTTPStatus.PRECONDITION_REQUIRED,
    Refusal.UNPROCESSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.LOCKED: HTTPStatus.LOCKED,
    Refusal.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Refusal.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}

TEXTS: dict[str, Text] = {
    **ASKING,
    **CONFLICTS,
    **RULES,
    **REGISTERS,
    **STARS,
    **CLAIMS,
    **SHIFTS,
    **NEIGHBOURS,
    **HOUSEHOLDS,
    **PARTNERS,
    **ORDERS,
}

UNKNOWN = Text(
    "没有办成，积分没有变。请刷新看看。",
    "It was not done. No points have changed. Reload and look.",
    "no",
)


def text_of(code: str) -> Text:
    """Return how a code reads; an unknown code reads as a plain refusal."""
    return TEXTS.get(code, UNKNOWN)
