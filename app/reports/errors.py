"""What reports may refuse."""

from app.base.errors import DomainError, NotFound


class PeriodEmpty(DomainError):
    """The period ends before it begins."""

    code = "validation_failed"


class UnknownExport(NotFound):
    """No file was exported under that code, or with that content."""
