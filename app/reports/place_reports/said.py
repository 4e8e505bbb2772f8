"""How a share is said: in per cent, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal


def percent(part: int | Decimal, whole: int | Decimal, places: int = 1) -> Decimal:
    """Return a share in per cent, rounded half up in decimal, never cut off (T9, T10)."""
    assert whole > 0, "a share of nothing is not said"
    exact = Decimal(part * 100) / Decimal(whole)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
