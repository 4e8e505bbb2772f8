"""A quarter of a calendar year, in Shanghai days."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from app.base.errors import ValidationFailed

NAME = re.compile(r"(2\d{3})Q([1-4])")


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter; quarters compare as time goes."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter of a day."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the quarter of a name like 2025Q4.

        Raises:
            ValidationFailed: It is no such name.
        """
        found = NAME.fullmatch(name)
        if found is None:
            raise ValidationFailed("a quarter is named like 2025Q4", field="period")
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        """Its name as it is kept and printed: 2025Q4."""
        return f"{self.year:04}Q{self.number}"

    @property
    def begins_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.next.begins_on - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter.of(self.begins_on - timedelta(days=1))
