"""My proofs on the phone: taken free of charge, printed with a line in the log (D44)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading, unit_of_work
from app.reports import certificates, certified
from app.reports.certificates import Wanted
from app.reports.models import Certificate
from app.web import papers
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import own
from app.web.h5.forms import load, typed
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.proofs import MyCertificateIn
from app.web.session import actor
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("proofs", __name__, url_prefix="/me/proofs"))
KINDS = {"service": _l("服务证明"), "merit": _l("评优评先佐证")}


@bp.get("")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what I have, and the form."""
    return _page()


@bp.post("")
@allow(SIGNED_IN)
def take() -> ResponseReturnValue:
    """Take a proof of my hours of some days."""
    asked, wrong = load(MyCertificateIn(), typed())
    if wrong:
        return _page(wrong)
    with reading() as session:
        me = own.here(session)
        issuer = papers.issuer_of(session, me.member)

    def verb(session: Session, _fact: None) -> None:
        wanted = Wanted(kind="service", member_id=me.member.id, issuer=issuer, **asked)
        certificates.issue(session, ledger_id=me.ledger_id, wanted=wanted, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    return _page(problem) if problem else redirect(url_for("h5.proofs.page", said=1), 303)


@bp.post("/<uuid:certificate_id>/print")
@allow(SIGNED_IN)
def print_out(certificate_id: UUID) -> ResponseReturnValue:
    """Open a proof of mine to be printed; that is written down."""

    def write(session: Session) -> ResponseReturnValue:
        me = own.here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "certificate_id": certificate_id}
        found = _mine(session, me, key)
        return papers.print_out(session, found, actor=actor())

    try:
        return unit_of_work(write)
    except DomainError as error:
        return _page(problem_of(error))


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    today = clock.today()
    with reading() as session:
        me = own.here(session)
        found = certificates.list_of_member(session, **me.key)
        outdated = {
            each.id
            for each in found
            if each.withdrawn_at is None and certified.now(session, each) != certified.said(each)
        }
    return show_page(
        "h5/stars/proofs.html",
        problem,
        me=me,
        found=found,
        outdated=outdated,
        kinds=KINDS,
        begins_on=today.replace(month=1, day=1).isoformat(),
        today=today.isoformat(),
        is_said="said" in request.args and problem is None,
    )


def _mine(session: Session, me: Own, key: dict[str, Any]) -> Certificate:
    found = certificates.get(session, **key)
    if found.member_id != me.member.id:
        raise NotFound("another's certificate")
    return found
