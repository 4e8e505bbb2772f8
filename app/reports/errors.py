"""What reports may refuse."""

from app.base.errors import NotFound, ValidationFailed


class PeriodEmpty(ValidationFailed):
    """The period ends before it begins."""


class UnknownExport(NotFound):
    """No file was exported under that code, or with that content."""
