"""Texts that people type: trimmed, bounded, without control characters."""

from app.base.errors import ValidationFailed


def clean(text: str, *, field: str, length_max: int, length_min: int = 1) -> str:
    """Return the text without surrounding space; lines may break, nothing else is special.

    Raises:
        ValidationFailed: Too short, too long, or with control characters; fact `field`.
    """
    trimmed = text.strip()
    if not length_min <= len(trimmed) <= length_max:
        raise ValidationFailed(f"{field} is too short or too long", field=field)
    if not all(line.isprintable() for line in trimmed.splitlines()):
        raise ValidationFailed(f"{field} holds control characters", field=field)
    return trimmed
