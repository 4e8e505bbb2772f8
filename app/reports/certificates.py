"""服务证明 and 评优评先佐证: issued free of charge, verified by anybody, withdrawn with a reason.

It states the hours of some days by provenance, as the books said them when it was issued;
whoever holds the code sees whether they still say so. It carries no ID number and nothing
about what it is used for: that is decided elsewhere (P13, S3, D44).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.serials import take
from app.ledger import books
from app.people import audit, members
from app.people.models import Member
from app.points import second_person
from app.reports import certified, exports
from app.reports.certified import Sums
from app.reports.errors import CertificateOutdated, CertificateWithdrawn, NoHours
from app.reports.models import Certificate, CertificatePrint
from app.reports.models_certificate import CERTIFICATE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be certified, and who answers for it."""

    kind: str
    member_id: UUID
    begins_on: date
    ends_on: date
    issuer: str
    in_charge: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """Which printing this is, and the file if one was drawn."""

    number: int
    content: bytes


def issue(session: Session, *, ledger_id: int, wanted: Wanted, actor: Actor) -> Certificate:
    """Issue a certificate; the same asked again on one day returns the first.

    Raises:
        NotFound: No such member.
        ValidationFailed: The days make no sense, or no issuer is named.
        NoHours: There is nothing to certify in those days.
        SecondPersonRequired: A proof for merit is issued by another person than its subject.
    """
    if wanted.kind not in CERTIFICATE_KINDS or not wanted.issuer.strip():
        raise ValidationFailed("a kind, and who issues it", field="kind")
    if not wanted.begins_on <= wanted.ends_on <= clock.today():
        raise ValidationFailed("past days, first to last", field="ends_on")
    whose = members.get(session, ledger_id=ledger_id, member_id=wanted.member_id)
    if wanted.kind == "merit":
        second_person.require(
            session, ledger_id=ledger_id, actor=actor, makers=(), member_ids=[whose.id]
        )
    sums = certified.sums_of(
        session,
        ledger_id=ledger_id,
        member_id=whose.id,
        begins_on=wanted.begins_on,
        ends_on=wanted.ends_on,
    )
    if not sums.minutes:
        raise NoHours
    return _same_today(session, whose, wanted, sums) or _new(session, whose, wanted, sums, actor)


def print_out(
    session: Session,
    *,
    ledger_id: int,
    certificate_id: UUID,
    actor: Actor,
    file_kind: str | None = None,
    draw: Callable[[int], bytes] | None = None,
) -> Printed:
    """Write down that a certificate is printed, with the hash of the file that leaves (D44).

    Args:
        file_kind: `pdf`, or `xlsx` for a proof of merit.
        draw: Draws the file, told which printing it is.

    Raises:
        NotFound: There is none.
        ValidationFailed: Only a proof of merit comes as a sheet.
        CertificateWithdrawn: It was withdrawn.
        CertificateOutdated: The books say something else by now; issue a new one.
    """
    found = get(session, ledger_id=ledger_id, certificate_id=certificate_id, is_locked=True)
    if file_kind == "xlsx" and found.kind != "merit":
        raise ValidationFailed("only a proof of merit comes as a sheet", field="file_kind")
    if found.withdrawn_at is not None:
        raise CertificateWithdrawn
    if certified.now(session, found) != certified.said(found):
        raise CertificateOutdated
    number = len(list_prints(session, ledger_id=ledger_id, certificate_id=found.id)) + 1
    content = draw(number) if draw else b""
    session.add(
        CertificatePrint(
            ledger_id=ledger_id,
            id=new_id(),
            certificate_id=found.id,
            printed_by_id=actor.person_id,
            printed_at=clock.now(),
            file_kind=file_kind,
            sha256=hashlib.sha256(content).digest() if file_kind else None,
        )
    )
    session.flush()
    _audit(session, found, actor, "certificate_printed")
    return Printed(number, content)


def has_left(session: Session, found: Certificate, content: bytes) -> bool:
    """Whether a file is one that left for this certificate, to the last byte (S3)."""
    key: dict[str, Any] = {"ledger_id": found.ledger_id, "certificate_id": found.id}
    digest = hashlib.sha256(content).digest()
    return any(each.sha256 == digest for each in list_prints(session, **key))


def withdraw(
    session: Session, *, ledger_id: int, certificate_id: UUID, reason: str, actor: Actor
) -> Certificate:
    """Withdraw a certificate; whoever looks it up sees that, and why.

    Raises:
        NotFound: There is none.
        CertificateWithdrawn: It was withdrawn before.
        ValidationFailed: No reason is given.
    """
    if not reason.strip():
        raise ValidationFailed("withdrawing says why", field="reason")
    found = get(session, ledger_id=ledger_id, certificate_id=certificate_id, is_locked=True)
    if found.withdrawn_at is not None:
        raise CertificateWithdrawn
    found.withdrawn_by_id, found.withdrawn_at = actor.person_id, clock.now()
    found.withdraw_reason = reason.strip()
    session.flush()
    _audit(session, found, actor, "certificate_withdrawn")
    return found


def get(
    session: Session, *, ledger_id: int, certificate_id: UUID, is_locked: bool = False
) -> Certificate:
    """Return a certificate.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Certificate, (ledger_id, certificate_id), with_for_update=is_locked or None)
    if found is None:
        raise NotFound("no such certificate")
    return found


def by_code(session: Session, code: str) -> Certificate:
    """Return what was issued under a code, however it was typed.

    Raises:
        NotFound: Nothing was.
    """
    query = sa.select(Certificate).where(Certificate.verification_code == exports.as_kept(code))
    found = session.scalars(query.limit(1), execution_options={"cross_ledger": True})
    certificate = found.one_or_none()
    if certificate is None:
        raise NotFound("no such certificate")
    return certificate


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Certificate]:
    """List a member's certificates, the latest first."""
    query = sa.select(Certificate).where(
        Certificate.ledger_id == ledger_id, Certificate.member_id == member_id
    )
    return list(session.scalars(query.order_by(Certificate.issued_at.desc())))


def list_prints(
    session: Session, *, ledger_id: int, certificate_id: UUID
) -> list[CertificatePrint]:
    """List the printings of a certificate, the first first."""
    query = sa.select(CertificatePrint).where(
        CertificatePrint.ledger_id == ledger_id,
        CertificatePrint.certificate_id == certificate_id,
    )
    return list(session.scalars(query.order_by(CertificatePrint.printed_at)))


def _same_today(session: Session, whose: Member, wanted: Wanted, sums: Sums) -> Certificate | None:
    for each in list_of_member(session, ledger_id=whose.ledger_id, member_id=whose.id):
        is_same = (each.kind, each.begins_on, each.ends_on, each.issuer) == (
            wanted.kind,
            wanted.begins_on,
            wanted.ends_on,
            wanted.issuer.strip(),
        )
        is_today = clock.local_date(each.issued_at) == clock.today()
        if is_same and is_today and each.withdrawn_at is None and certified.said(each) == sums:
            return each
    return None


def _new(session: Session, whose: Member, wanted: Wanted, sums: Sums, actor: Actor) -> Certificate:
    ledger_id, day = whose.ledger_id, f"{clock.today():%Y%m%d}"
    serial = take(session, ledger_id=ledger_id, name=f"certificate:{day}")
    book = books.get(session, ledger_id).code.upper()
    made = Certificate(
        ledger_id=ledger_id,
        id=new_id(),
        number=f"{book}-Z{day}-{serial:04}",
        kind=wanted.kind,
        member_id=whose.id,
        node_id=whose.node_id,
        begins_on=wanted.begins_on,
        ends_on=wanted.ends_on,
        credited_minutes=sums.credited_minutes,
        honorary_minutes=sums.honorary_minutes,
        historical_minutes=sums.historical_minutes,
        grant_count=sums.grant_count,
        issuer=wanted.issuer.strip(),
        in_charge=wanted.in_charge.strip(),
        contact=wanted.contact.strip(),
        verification_code=exports.verification_code(),
        issued_by_id=actor.person_id,
        issued_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _audit(session, made, actor, "certificate_issued")
    return made


def _audit(session: Session, found: Certificate, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="certificate",
        subject_id=found.id,
        number=found.number,
        kind=found.kind,
    )
