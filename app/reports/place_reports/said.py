"""How a figure is said: shares in per cent, and round numbers with 余."""

from decimal import ROUND_HALF_UP, Decimal

TEN_THOUSAND = 10_000


def percent(part: int, whole: int, places: int = 1) -> Decimal:
    """Return a share in per cent, rounded half up in decimal, never cut off (T9, T10)."""
    assert whole > 0, "a share of nothing is not said"
    exact = Decimal(part * 100) / Decimal(whole)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def about(count: int, step: int) -> str | None:
    """Say a number as a round one with 余: 612 by 100 is 600余, 21,531 by 1,000 is 2.1万余.

    None where it is round already, or below the step: then it is said as it is.
    """
    rounded = count // step * step
    if not rounded or rounded == count:
        return None
    if rounded < TEN_THOUSAND:
        return f"{rounded}余"
    ten_thousands = f"{Decimal(rounded) / TEN_THOUSAND:.4f}".rstrip("0").rstrip(".")
    return f"{ten_thousands}万余"
