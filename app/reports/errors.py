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


class NoHours(DomainError):
    """There is nothing to certify in those days."""

    code = "no_hours"


class CertificateWithdrawn(DomainError):
    """The certificate was withdrawn: it is printed no more."""

    code = "certificate_withdrawn"
    refusal = Refusal.GONE


class CertificateOutdated(DomainError):
    """The books say something else than the certificate by now: issue a new one."""

    code = "certificate_outdated"
    refusal = Refusal.CONFLICT


class SentenceUnsound(DomainError):
    """A sentence of a report names what is no figure; facts `field`, `line`, `figure`."""

    code = "report_sentence"
    refusal = Refusal.UNPROCESSABLE
