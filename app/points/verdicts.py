"""What somebody decides about a thing that waits: approved, or refused with a reason (D23)."""

from app.base.errors import ValidationFailed

VERDICTS = ("approved", "refused")


def require(verdict: str, reason: str | None) -> None:
    """Refuse any other word, and a refusal that does not say why.

    Raises:
        ValidationFailed: Fact `field` is `reason`.
    """
    if verdict not in VERDICTS or (verdict == "refused" and not (reason or "").strip()):
        raise ValidationFailed("a verdict, and a reason to refuse", field="reason")
