"""Proofs at the desk: issue, print with a line in the log, withdraw with a reason (D44, S3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading, unit_of_work
from app.people import members
from app.points import programmes
from app.reports import certificate_lists, certificates, certified
from app.reports.certificates import Wanted
from app.web import paging, papers
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_stars import CertificateIn, ProofsIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _, _l

bp = Blueprint("proofs", __name__, url_prefix="/<place>/proofs")
KINDS = {"service": _l("服务证明"), "merit": _l("评优评先佐证")}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what was issued here, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def issue() -> ResponseReturnValue:
    """Issue a proof for a member of this place."""

    def verb(session: Session, asked: dict[str, Any]) -> UUID:
        desk.require_here(session, desk.WORKERS)
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, desk.WORKERS)
        wanted = Wanted(member_id=whose.id, **asked)
        made = certificates.issue(session, ledger_id=desk.ledger_id(), wanted=wanted, actor=actor())
        return made.id

    return forms.answer(
        verb,
        schema=CertificateIn,
        show=str,
        said=_("开好了，可以打印。免费。"),
        to=lambda made_id: url_for("staff.proofs.one", certificate_id=made_id),
        again=_show,
    )


@bp.get("/<uuid:certificate_id>")
@allow(SIGNED_IN)
def one(certificate_id: UUID) -> ResponseReturnValue:
    """Show one proof: every number leads to its rows, and who printed it."""
    return _one(certificate_id)


@bp.post("/<uuid:certificate_id>/print")
@allow(SIGNED_IN)
def print_out(certificate_id: UUID) -> ResponseReturnValue:
    """Print a proof; that it was printed is written down."""
    return _printed(certificate_id, "pdf")


@bp.post("/<uuid:certificate_id>/sheet")
@allow(SIGNED_IN)
def take_sheet(certificate_id: UUID) -> ResponseReturnValue:
    """Take a proof of merit as xlsx; that is written down as a printing (S3)."""
    return _printed(certificate_id, "xlsx")


def _printed(certificate_id: UUID, file_kind: str) -> ResponseReturnValue:

    def write(session: Session) -> ResponseReturnValue:
        key = _key(certificate_id)
        found = certificates.get(session, **key)
        desk.require_at(session, found.node_id, desk.READERS)
        return papers.print_out(session, found, actor=actor(), file_kind=file_kind)

    try:
        return unit_of_work(write)
    except DomainError as error:
        return _one(certificate_id, forms.problem(error))


@bp.post("/<uuid:certificate_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(certificate_id: UUID) -> ResponseReturnValue:
    """Withdraw a proof; whoever looks it up sees that."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = certificates.get(session, **_key(certificate_id))
        desk.require_at(session, found.node_id, desk.WORKERS)
        certificates.withdraw(session, **_key(certificate_id), actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ReasonIn,
        said=_("作废了，扫码的人会看到。"),
        to=url_for("staff.proofs.one", certificate_id=certificate_id),
        again=lambda problem: _one(certificate_id, problem),
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    today = clock.today()
    asked, unread = forms.asked(ProofsIn)
    with reading() as session:
        here = desk.here()
        key: dict[str, Any] = {
            "ledger_id": desk.ledger_id(),
            "node": here.node,
            "number": asked["number"],
        }
        found = certificate_lists.list_in(session, **key, **paging.slice_in(asked))
        return forms.page(
            "stars/proofs.html",
            problem or unread,
            found=found,
            total=certificate_lists.count_in(session, **key),
            asked=asked,
            kinds=KINDS,
            kind_options=list(KINDS.items()),
            begins_on=today.replace(month=1, day=1).isoformat(),
            today=today.isoformat(),
            issuer=papers.issuer_at(session, desk.ledger_id(), here.node),
        )


def _one(certificate_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    with reading() as session:
        found = certificates.get(session, **_key(certificate_id))
        desk.require_at(session, found.node_id, desk.READERS)
        key: dict[str, Any] = {"ledger_id": found.ledger_id, "member_id": found.member_id}
        programme = programmes.of_ledger(session, found.ledger_id)
        names = {each.code: each.name for each in programmes.list_categories(session, programme)}
        return forms.page(
            "stars/proof.html",
            problem,
            proof=found,
            kind=KINDS[found.kind],
            member=members.get(session, **key),
            sums=certified.said(found),
            now=certified.now(session, found),
            lines=certified.list_rows(
                session, **key, begins_on=found.begins_on, ends_on=found.ends_on
            ),
            names=names,
            prints=certificates.list_prints(session, **_key(certificate_id)),
        )


def _key(certificate_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "certificate_id": certificate_id}
