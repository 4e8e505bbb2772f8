"""Certificates over the API: issued, looked up by anybody, withdrawn (P13, S3, D44)."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading, unit_of_work
from app.reports import certificates, certified
from app.reports.certificates import Wanted
from app.reports.models import Certificate
from app.web import papers
from app.web.acts import act
from app.web.api import standing
from app.web.api.uploads import BINARY
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import items_of
from app.web.schemas.proofs import (
    CertificateFileIn,
    CertificateIn,
    CertificateOut,
    LookedUpOut,
    MyCertificateIn,
)
from app.web.session import actor

bp = Blueprint("certificates", __name__, description="Certificates")
NAMES = (
    *("number", "kind", "credited_minutes", "honorary_minutes", "historical_minutes"),
    *("grant_count", "issuer", "verification_code", "withdraw_reason"),
)
DATED = ("begins_on", "ends_on", "issued_at", "withdrawn_at")


@bp.get("/certificates/<code>")
@allow(PUBLIC)
@limiter.limit(GUESSING, exempt_when=lambda: not request.view_args)
@bp.response(200, LookedUpOut)
def look_up(code: str) -> dict[str, Any]:
    """Say what was issued under a code, and whether it holds; nobody is named."""
    with reading() as session:
        found = certificates.by_code(session, code)
        is_same = certified.now(session, found) == certified.said(found)
        shown = {name: getattr(found, name) for name in ("id", *NAMES, *DATED)}
        return {**shown, "is_same": is_same}


@bp.get("/books/<book>/me/certificates")
@allow(SIGNED_IN)
@bp.response(200, items_of(CertificateOut))
def list_mine(book: str) -> dict[str, Any]:
    """List my certificates, the latest first."""
    with reading() as session:
        key = standing.my_key(session, standing.book_id(book))
        return {"items": certificates.list_of_member(session, **key)}


@bp.post("/books/<book>/me/certificates")
@allow(SIGNED_IN)
@bp.arguments(MyCertificateIn)
@bp.response(201, CertificateOut)
def issue_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Take a certificate of my hours of some days, free of charge (D44)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        mine = standing.my_member(session, ledger_id)
        wanted = Wanted(
            kind="service", member_id=mine.id, issuer=papers.issuer_of(session, mine), **asked
        )
        made = certificates.issue(session, ledger_id=ledger_id, wanted=wanted, actor=actor())
        return _dumped(made)

    return act(verb, ledger_id=ledger_id)


@bp.post("/books/<book>/me/certificates/<uuid:certificate_id>/file")
@allow(SIGNED_IN)
@bp.alt_response(
    200, schema=BINARY, content_type="application/pdf", success=True, description="The file"
)
def take_mine(book: str, certificate_id: UUID) -> ResponseReturnValue:
    """Take my certificate as a PDF to be printed; that is written down."""
    ledger_id = standing.book_id(book)

    def work(session: Session) -> Response:
        mine = standing.my_member(session, ledger_id)
        found = certificates.get(session, ledger_id=ledger_id, certificate_id=certificate_id)
        if found.member_id != mine.id:
            raise NotFound("another's certificate")
        return papers.print_out(session, found, actor=actor())

    return unit_of_work(work)


@bp.post("/books/<book>/certificates/<uuid:certificate_id>/file")
@allow(SIGNED_IN)
@bp.arguments(CertificateFileIn)
@bp.alt_response(
    200, schema=BINARY, content_type="application/pdf", success=True, description="The file"
)
def take(asked: dict[str, str], book: str, certificate_id: UUID) -> ResponseReturnValue:
    """Take a certificate as pdf, one of merit as xlsx too; it is written down as a printing."""
    ledger_id = standing.book_id(book)

    def work(session: Session) -> Response:
        found = _at(session, ledger_id, certificate_id, standing.READERS)
        return papers.print_out(session, found, actor=actor(), file_kind=asked["kind"])

    return unit_of_work(work)


@bp.post("/books/<book>/certificates")
@allow(SIGNED_IN)
@bp.arguments(CertificateIn)
@bp.response(201, CertificateOut)
def issue(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Issue a certificate for a member of one's place, free of charge."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.member(session, ledger_id, asked["member_id"], standing.WORKERS)
        made = certificates.issue(
            session, ledger_id=ledger_id, wanted=Wanted(**asked), actor=actor()
        )
        return _dumped(made)

    return act(verb, ledger_id=ledger_id)


@bp.post("/books/<book>/certificates/<uuid:certificate_id>/prints")
@allow(SIGNED_IN)
@bp.response(201, CertificateOut)
def print_out(book: str, certificate_id: UUID) -> ResponseReturnValue:
    """Write down that a certificate is printed; refused when the books say something else."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        found = _at(session, ledger_id, certificate_id, standing.READERS)
        certificates.print_out(session, ledger_id=ledger_id, certificate_id=found.id, actor=actor())
        return _dumped(found)

    return act(verb, ledger_id=ledger_id)


@bp.post("/books/<book>/certificates/<uuid:certificate_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, CertificateOut)
def withdraw(asked: dict[str, Any], book: str, certificate_id: UUID) -> ResponseReturnValue:
    """Withdraw a certificate, with the reason that whoever looks it up sees."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        found = _at(session, ledger_id, certificate_id, standing.WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "certificate_id": found.id}
        return _dumped(certificates.withdraw(session, **named, actor=actor(), **asked))

    return act(verb, ledger_id=ledger_id, status=200)


def _at(
    session: Session, ledger_id: int, certificate_id: UUID, names: tuple[str, ...]
) -> Certificate:
    standing.require_holder(session, names)
    found = certificates.get(session, ledger_id=ledger_id, certificate_id=certificate_id)
    standing.node_at(session, found.node_id, names)
    return found


def _dumped(found: Certificate) -> dict[str, Any]:
    values = {name: getattr(found, name) for name in NAMES}
    dates = {name: at.isoformat() if (at := getattr(found, name)) else None for name in DATED}
    return {"id": str(found.id), **values, **dates}
