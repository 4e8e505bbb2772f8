"""What reports may refuse."""

from app.base.errors import DomainError, NotFound, Refusal, ValidationFailed


class PeriodEmpty(ValidationFailed):
    """The period ends before it begins."""


class UnknownExport(NotFound):
    """No file was exported under that code, or with that content."""


class ExportsWaiting(DomainError):
    """This person has as many files under way as one may."""

    code = "exports_waiting"
    refusal = Refusal.CONFLICT


class ExportUnfinished(DomainError):
    """The file is not written yet."""

    code = "export_unfinished"
    refusal = Refusal.CONFLICT


class ExportExpired(DomainError):
    """The file was kept for three days, and they are over."""

    code = "export_expired"
    refusal = Refusal.GONE
