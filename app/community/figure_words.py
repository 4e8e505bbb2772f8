"""How a figure is printed: 600余张, 2.1万余小时, 近500家, 98.95%; and what its qualifier allows.

Pure: no statement runs here. A figure with a qualifier says how far it may be from the
exact number: 600余 stands for 601 to 699, 440余 for 441 to 449, 1000余 for 1,001 to 1,099.
"""

from dataclasses import dataclass
from decimal import Decimal

ABOVE = ("余", "多")
"""More than this, by less than one step: written between the number and its unit."""

AT_LEAST = "以上"
"""This or more: written behind the unit."""

BELOW = "近"
"""A little less than this: written before the number."""

QUALIFIERS = ("", *ABOVE, AT_LEAST, BELOW)
TEN_THOUSAND = 10_000
IN_TEN_THOUSANDS = 100
"""From ten thousand on, what is whole to this is written with 万: 2.1万, 3.73万."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as it was stated, with its qualifier and its unit."""

    value: Decimal
    qualifier: str = ""
    unit: str = ""


def step_of(value: Decimal) -> Decimal:
    """Return how far 余 and 近 reach: the last power of ten that the number is whole to.

    A number that is a power of ten itself is finer by one: 1000余人 is no 1,900.
    """
    if value <= 0:
        return Decimal(1)
    digits = value.as_tuple()
    whole = "".join(str(each) for each in digits.digits) + "0" * int(digits.exponent)
    if int(digits.exponent) < 0:
        return Decimal(1).scaleb(int(digits.exponent))
    zeros = len(whole) - len(whole.rstrip("0"))
    step = Decimal(10) ** zeros
    return max(step / 10, Decimal(1)) if value == step else step


def allows(stated: Stated, exact: Decimal | int) -> bool:
    """Whether an exact number is what was stated, as its qualifier has it."""
    exact, value = Decimal(exact), stated.value
    if stated.qualifier in ABOVE:
        return value < exact < value + step_of(value)
    if stated.qualifier == AT_LEAST:
        return exact >= value
    if stated.qualifier == BELOW:
        return value - step_of(value) < exact < value
    return exact == value


def said(stated: Stated) -> str:
    """Print what was stated, as it was stated: 600余张, 2.1万余小时, 300家以上, 98.95%."""
    number = _number(stated.value)
    if stated.qualifier in ABOVE:
        return f"{number}{stated.qualifier}{stated.unit}"
    if stated.qualifier == AT_LEAST:
        return f"{number}{stated.unit}{AT_LEAST}"
    return f"{stated.qualifier}{number}{stated.unit}"


def about(exact: Decimal | int, like: Stated) -> str:
    """Print an exact number in the manner of a stated one: 612 like 600余张, 712 as 700余张.

    What is no more than stated, or was stated without a qualifier, is printed exactly.
    """
    if not like.qualifier:
        return said(Stated(Decimal(exact), "", like.unit))
    if allows(like, exact):
        return said(like)
    exact, step = Decimal(exact), step_of(like.value)
    base = exact - exact % step
    if like.qualifier not in ABOVE or base == exact or base <= 0:
        return said(Stated(exact, "", like.unit))
    return said(Stated(base, like.qualifier, like.unit))


def _number(value: Decimal) -> str:
    is_round = value >= TEN_THOUSAND and value % IN_TEN_THOUSANDS == 0
    shown = (value / TEN_THOUSAND).normalize() if is_round else value
    text = format(shown, "f")
    return f"{text}万" if is_round else text
