"""Fields as a browser's form sends them: Shanghai wall-clock times, hours with one decimal."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from app.base import clock
from app.web.schemas import require_sound


class LocalMoment(fields.Field[datetime]):
    """A Shanghai wall-clock time as a browser sends it, 2026-03-10T09:00; becomes an instant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            typed = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("no date with a time") from error
        if typed.tzinfo is not None:
            raise ValidationError("a local time")
        require_sound(typed)
        return clock.local_instant(typed.date(), typed.time())


class Minutes(fields.Field[int]):
    """Hours as people write them, 2 or 1.5; becomes whole minutes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        whole, point, part = str(value).strip().partition(".")
        is_number = whole.isascii() and whole.isdigit() and len(whole) < 6
        if not is_number or (point and (not part.isascii() or not part.isdigit() or len(part) > 1)):
            raise ValidationError("hours with one decimal at most")
        return int(whole) * 60 + int(part or 0) * 6
