"""The phone behind a request, by a random cookie of which only the hash is kept."""

import secrets
from typing import Any

from flask import Response, request

from app.base import crypto
from app.web.session import DEVICE_COOKIE

SECRET_BYTES = 16
COOKIE_DAYS = 400


class Device:
    """Knows a phone again; gives one without a cookie its own."""

    def __init__(self) -> None:
        sent = request.cookies.get(DEVICE_COOKIE, "")
        self.fresh = None if sent else secrets.token_urlsafe(SECRET_BYTES)
        self.hash = crypto.lookup_hash("device", sent or str(self.fresh))

    def remember(self, response: Any) -> Response:
        """Give the phone its cookie, if it had none."""
        answer: Response = response
        if self.fresh:
            answer.set_cookie(
                DEVICE_COOKIE,
                self.fresh,
                max_age=COOKIE_DAYS * 86_400,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        return answer
